"""Synthetic services of the synthetic platforms."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from liqi.catalogue._example.rows import synthetic
from liqi.catalogue.models import Facility, Institution, Instrument, Service
from liqi.taxonomy import techniques

_SAMPLES = ("solution", "powder", "film", "tissue", "water", "food", "gas", "cells")
_MOST_INSTRUMENTS = 3


def services(
    instruments: Sequence[Instrument], institutions: Sequence[Institution], now: datetime
) -> Iterator[tuple[Service, list[Instrument]]]:
    """One service for each technique that a platform has instruments for, with these instruments."""
    dice = random.Random(7)
    by_technique: dict[tuple[Facility, str], list[Instrument]] = {}
    for one in instruments:
        if one.facility is not None and one.synthetic and one.techniques:
            by_technique.setdefault((one.facility, one.techniques[0]), []).append(one)
    for serial, ((facility, key), machines) in enumerate(by_technique.items(), start=1):
        technique = techniques()[key]
        owner = machines[0].institution
        if owner is None:
            continue
        service = Service(
            key=f"syn-s{serial:04d}",
            name=f"示例 {technique.label('zh-hans')}测试服务",
            name_en=f"Example {technique.label_en} service",
            institution=owner,
            facility=facility,
            techniques=[key],
            sample_types=sorted(dice.sample(_SAMPLES, 3)),
            description="、".join(technique.uses_zh[:6]),
            price_cny=Decimal(dice.choice((80, 120, 200, 300, 500, 800, 1500))),
            turnaround_days=dice.choice((2, 3, 5, 7, 10)),
            **synthetic(f"service {serial}", now),
        )
        yield service, machines[:_MOST_INSTRUMENTS]
