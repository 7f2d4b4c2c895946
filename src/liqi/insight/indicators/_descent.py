"""Indicators of descent and use: what came from what, who took it up when, what a stake brought, whom a tie brings."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from liqi.insight import adoption, dependence, funding, lineage, links, origin
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, plain_figure, require, words
from liqi.insight.indicators._pipeline import day_of
from liqi.insight.origin import UnusableTable

_DEPTH = "steps from an origin, the longest way; years in order, each with its source"
_CURVES = "customers on record by the end of the year, each once; home and abroad in counts"
_FIRST = "users whose first use was in the year, each once"
_MULTIPLE = "(received + worth) / paid in; rate: the yearly rate at which all flows are worth nothing"
_GAIN = "(density with the candidate) - (density without); density: ties / (n (n - 1) / 2)"


def _texts(frame: pl.DataFrame, column: str) -> list[str]:
    return [(said or "").strip() for said in frame[column].cast(pl.String)]


def _depth(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["name", "year", "source", "parents"])
    years = [None if year is None else round(year) for year in dependence.number(frame, "year")]
    names, sources = _texts(frame, "name"), _texts(frame, "source")
    parents = [tuple(sorted(words(said))) for said in _texts(frame, "parents")]
    for row, (name, year) in enumerate(zip(names, years, strict=True), 1):
        if not name or year is None:
            raise UnusableTable(f"row {row}: found no name or no year; expected both; fill them in.")
    nodes = [
        lineage.Node(name, year or 0, name, source, above)
        for name, year, source, above in zip(names, years, sources, parents, strict=True)
    ]
    try:
        ordered = lineage.timeline(nodes)
    except lineage.BrokenLineage as problem:
        raise UnusableTable(str(problem)) from None
    depths = lineage.depth({node.id: node.parents for node in nodes})
    return [
        plain_figure(
            "lineage_depth", depths[one.id], "steps", 1, _DEPTH,
            {"year": str(one.year), "name": one.id, "from": "; ".join(one.parents), "source": one.source}, "",
        )
        for one in ordered
    ] or [Figure("lineage_depth", None, "steps", 0, 0.0, _DEPTH, note=NONE_RECORDED)]  # fmt: skip


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with its `date` read; before it is split, so that a wrong one is told by its row of the whole table."""
    days = [day_of(said, row, "date") if said else None for row, said in enumerate(_texts(frame, "date"))]
    return frame.with_columns(pl.Series("date", days, dtype=pl.Date))


def _curves(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["customer", "date", "abroad"])
    figures = []
    for group, part in groups(_dated(frame), question.by):
        told = zip(_texts(part, "customer"), part["date"], origin.truth(part["abroad"]), strict=True)
        customers = [adoption.Customer(name, on, away) for name, on, away in told if name and on]
        found, missing = adoption.curves(customers), 1 - len(customers) / part.height if part.height else 0.0
        for year in found.home:
            home, abroad = found.home[year], found.abroad[year]
            figures.append(
                Figure(
                    "adoption", home + abroad, "customers", len(customers), missing, _CURVES,
                    group={**group, "year": str(year)}, counts={"home": home, "abroad": abroad},
                )
            )  # fmt: skip
    return figures or [Figure("adoption", None, "customers", frame.height, 0.0, _CURVES, note=NONE_RECORDED)]


def _first(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["user", "date"])
    figures = []
    for group, part in groups(_dated(frame), question.by):
        told = [(who, on) for who, on in zip(_texts(part, "user"), part["date"], strict=True) if who and on]
        missing = 1 - len(told) / part.height if part.height else 0.0
        for year, count in adoption.first_time_users(told).items():
            rows = sum(on.year == year for _who, on in told)
            figures.append(
                Figure(
                    "first_time_users", count, "users", rows, missing, _FIRST, group={**group, "year": str(year)},
                    counts={"uses": rows},
                )
            )  # fmt: skip
    return figures or [Figure("first_time_users", None, "users", frame.height, 0.0, _FIRST, note=NONE_RECORDED)]


def _stakes(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["stake", "date", "amount"])
    return list(_of_stakes(frame)) or [Figure("stake_multiple", None, "ratio", 0, 0.0, _MULTIPLE, note=NONE_RECORDED)]


def _of_stakes(frame: pl.DataFrame) -> Iterator[Figure]:
    told = zip(_texts(frame, "stake"), _dated(frame)["date"], _signed(frame), strict=True)
    stakes: dict[str, list[tuple[date | None, float | None]]] = {}
    for name, on, amount in told:
        stakes.setdefault(name, []).append((on, amount))
    for name, lines in stakes.items():
        flows = sorted((funding.Flow(on, amount) for on, amount in lines if on and amount is not None), key=_day)
        value, rate = funding.multiple(flows), funding.internal_rate(flows)
        yield Figure(
            "stake_multiple", value, "ratio", len(lines), 1 - len(flows) / len(lines), _MULTIPLE,
            group={"stake": name or None}, note="" if value is not None else NOT_KNOWN,
            counts={
                "paid_in": -sum(flow.amount for flow in flows if flow.amount < 0),
                "back": sum(flow.amount for flow in flows if flow.amount > 0),
                **({} if rate is None else {"rate": rate}),
            },
        )  # fmt: skip


def _day(flow: funding.Flow) -> date:
    return flow.on


def _signed(frame: pl.DataFrame) -> list[float | None]:
    """Amounts, below zero for what was paid in."""
    found: list[float | None] = []
    for row, said in enumerate(_texts(frame, "amount"), 1):
        try:
            value = float(said.replace(",", "").replace("−", "-")) if said else None
        except ValueError:
            value = float("nan")
        if value is not None and not abs(value) < 1e18:
            raise UnusableTable(
                f"row {row}, column amount: found {said[:40]!r}; expected a number, below 0 for what was paid in."
            )
        found.append(value)
    return found


def _gain(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["from", "to"])
    candidates = [one.strip() for one in question.settings.get("candidates", "").split(",") if one.strip()]
    if not candidates:
        raise UnusableTable("found no --set candidates=A,B; expected those who might come; name them.")
    ties = [(a, b) for a, b in zip(_texts(frame, "from"), _texts(frame, "to"), strict=True) if a and b]
    members = {name for tie in ties for name in tie} - set(candidates)
    before = links.density(members, ties)
    missing = 1 - len(ties) / frame.height if frame.height else 0.0
    return [
        Figure(
            "link_gain", None if one.density is None or before is None else one.density - before, "share", len(ties),
            missing, _GAIN, group={"candidate": one.id}, note="" if before is not None else NOT_KNOWN,
            counts={"ties": one.ties, **({} if one.density is None else {"density": one.density})},
        )
        for one in links.next_tenants(members, candidates, ties)
    ]  # fmt: skip


INDICATORS = {
    "lineage_depth": Indicator("steps", _DEPTH, _depth),
    "adoption": Indicator("customers", _CURVES, _curves),
    "first_time_users": Indicator("users", _FIRST, _first),
    "stake_multiple": Indicator("ratio", _MULTIPLE, _stakes),
    "link_gain": Indicator("share", _GAIN, _gain, {"candidates": "who might come, with commas between"}),
}
