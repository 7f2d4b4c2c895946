"""Indicators of place: what a region has more of than others."""

from functools import partial

from liqi.insight import location
from liqi.insight.indicators._asking import Indicator, per_group

_QUOTIENT = "(e_ir / e_r) / (e_i / e)"
INDICATORS = {
    "location_quotient": Indicator(
        "ratio",
        _QUOTIENT,
        partial(
            per_group,
            "location_quotient",
            "ratio",
            _QUOTIENT,
            ("jobs", "region_jobs", "industry_jobs", "all_jobs"),
            location.quotient,
        ),
    ),
}
