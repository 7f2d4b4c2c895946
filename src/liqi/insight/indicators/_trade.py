"""Indicators of trade."""

from collections.abc import Callable
from functools import partial

from liqi.insight import trade
from liqi.insight.indicators._asking import Indicator, per_group


def _of(name: str, unit: str, formula: str, columns: tuple[str, ...], value: Callable[..., float | None]) -> Indicator:
    return Indicator(unit, formula, partial(per_group, name, unit, formula, columns, value))


INDICATORS = {
    "trade_competitiveness": _of(
        "trade_competitiveness", "index", "(X - M) / (X + M)", ("exports", "imports"), trade.competitiveness
    ),
    "trade_deficit": _of("trade_deficit", "unit of the table", "M - X", ("exports", "imports"), trade.deficit),
    "import_dependence": _of(
        "import_dependence", "share", "M / (Y + M - X)", ("production", "exports", "imports"), trade.import_dependence
    ),
}
