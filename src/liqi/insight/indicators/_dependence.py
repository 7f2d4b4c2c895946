"""Indicators of dependence on imports."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from liqi.insight import chokepoints, cohorts, dependence, league, origin, purchasing, table, technology
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, number_of, require
from liqi.insight.indicators._concentration import HOLDERS
from liqi.insight.origin import UnusableTable


def _lens(frame: pl.DataFrame, question: Question) -> str:
    return question.lens or next(iter(origin.present(frame)), "made_in")


def _share(of: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    return dependence.share(frame, _lens(frame, question), of=of, by=question.by, weight=question.weight)


def _overlap(frame: pl.DataFrame, question: Question) -> list[Figure]:
    if question.by:
        raise UnusableTable("found --by; the overlap of lenses is made for the whole table; leave --by out.")
    return list(dependence.overlap(frame).values())


def _substitution(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a year (and group): what part of the base year's imports is bought at home by then."""
    base = number_of(question, "base")
    figures = []
    for group, part in groups(frame, [column for column in question.by if column != "year"]):
        found = cohorts.cohorts(
            part, _lens(frame, question), weight=question.weight, base=None if base is None else int(base)
        )
        figures += [replace(figure, group={**group, "year": str(y)}) for y, figure in found.substitution.items()]
    return figures or [dependence.nothing(_lens(frame, question), of="domestic", group={})]


def _league(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a holder, largest first: its share, with rank, size and the shares so far."""
    of = question.of or next((c for c in HOLDERS if c in frame.columns and c not in question.by), "maker")
    owners = question.settings.get("owners")
    day = _day(question.settings["on"]) if "on" in question.settings else question.as_of
    top = number_of(question, "top")
    lens = question.lens or ("owner" if owners else "")
    figures = []
    for group, part in groups(frame, question.by):
        found = league.league(
            part, of, lens=lens, weight=question.weight, on=day, owners=table.read(Path(owners)) if owners else None
        )
        kept = found.holders[: int(top)] if top else found.holders
        figures += [_line(holder, found, {**group, "holder": holder.name}) for holder in kept]
        if not kept:
            note = NOT_KNOWN if part.height else NONE_RECORDED
            figures.append(
                _figure("league", None, "share", part.height, found.missing, league.SHARE_FORMULA, group, note)
            )
    return figures


def _line(holder: league.Holder, found: league.League, group: dict[str, str | None]) -> Figure:
    return Figure(
        name="league",
        value=holder.share,
        unit="share",
        rows=len(holder.row_ids),
        missing=0.0,
        formula=league.SHARE_FORMULA,
        lens=found.lens,
        group={**group, "from": holder.country or None},
        counts={"rank": float(holder.rank), "size": holder.size, "cumulative": holder.cumulative},
        row_ids=holder.row_ids,
    )


def _choke_points(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure an item, worst first; a table of items with their factors is taken as it is."""
    by = question.by[0] if question.by else next((c for c in ("item", "class", "part") if c in frame.columns), "class")
    limits = {name: value for name in ("dependent", "few") if (value := number_of(question, name)) is not None}
    if "foreign_share" in frame.columns:
        items = _items(frame, by)
    else:
        use = question.settings.get("use") or next(
            (c for c in ("hours", "use", "run_hours") if c in frame.columns), None
        )
        of = question.of or next((c for c in HOLDERS if c in frame.columns and c != by), "maker")
        items = chokepoints.items(frame, _lens(frame, question), by=by, of=of, use=use)
    figures = [_choke_point(one, by) for one in chokepoints.rank(items, **limits)]
    return figures or [_figure("choke_points", None, "index", 0, 0.0, chokepoints.FORMULA, {}, NONE_RECORDED)]


def _items(frame: pl.DataFrame, by: str) -> list[chokepoints.Item]:
    require(frame, [by, "foreign_share", "sources", "domestic_sources", "use"])
    columns = ("foreign_share", "sources", "domestic_sources", "use")
    read = {column: dependence.number(frame, column).to_list() for column in columns}
    for column, values in read.items():
        high = 1.0 if column == "foreign_share" else float("inf")
        if (at := next((i for i, v in enumerate(values) if v is not None and not 0 <= v <= high), None)) is not None:
            raise UnusableTable(
                f"row {at + 1}, column {column}: found {values[at]:g}; expected a number from 0 "
                f"{'to 1' if high == 1 else 'up'}; correct the cell or leave it blank."
            )
    return [
        chokepoints.Item(str(name), share, sources or None, None if makers is None else int(makers), use, rows=1)
        for name, share, sources, makers, use in zip(frame[by].cast(pl.String), *read.values(), strict=True)
    ]


def _choke_point(one: chokepoints.ChokePoint, by: str) -> Figure:
    factors = {"dependence": one.dependence, "fewness": one.fewness, "absence": one.absence, "use": one.use}
    counts = {name: value for name, value in factors.items() if value is not None}
    note = f"not known: {', '.join(one.unknown)}" if one.unknown else "choke point" if one.is_choke_point else ""
    return Figure(
        name="choke_points",
        value=one.score,
        unit="index",
        rows=one.item.rows,
        missing=one.item.missing,
        formula=chokepoints.FORMULA,
        group={by: one.item.name},
        counts={**counts, **({"rank": float(one.rank)} if one.rank else {})},
        row_ids=one.item.row_ids,
        note=note,
    )


def _tree(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Two figures a part, tops first: dependence by both bounds; leaves that are at risk say so."""
    found = technology.tree(technology.read(frame))
    critical = {part.name for part in found.critical}
    figures = []
    for one in found.parts:
        bounds = (("independent", one.independent, technology.FORMULA_INDEPENDENT),
                  ("weakest", one.weakest, technology.FORMULA_WEAKEST))  # fmt: skip
        counts = {"leaves": float(one.leaves), "not_said": float(one.unknown), "depth": float(one.depth),
                  "at_risk_independent": one.at_risk_independent, "at_risk_weakest": one.at_risk_weakest}  # fmt: skip
        note = "single source, no substitute" if one.part.name in critical else ""
        for bound, value, formula in bounds:
            figures.append(
                replace(
                    _figure(
                        "technology_tree",
                        value,
                        "share",
                        one.leaves,
                        one.unknown / one.leaves,
                        formula,
                        {"part": one.part.name, "bound": bound},
                        note if value is not None else NOT_KNOWN,
                    ),
                    counts=counts,
                )
            )
    return figures or [_figure("technology_tree", None, "share", 0, 0.0, technology.FORMULA_WEAKEST, {}, NONE_RECORDED)]


def _demand(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """The spending on instruments that the amounts of each group lead to."""
    known = {name: one for name, one in purchasing.COEFFICIENTS.items() if name in frame.columns}
    if not known:
        require(frame, list(purchasing.COEFFICIENTS))
    mine = {name: number_of(question, name) for name in known}
    used = {name: replace(one, share=one.share if (m := mine[name]) is None else m) for name, one in known.items()}
    figures = []
    for group, part in groups(frame, question.by):
        read = {name: dependence.number(part, name) for name in known}
        sums = {name: float(column.sum()) if column.count() else None for name, column in read.items()}
        found = purchasing.estimate(sums, used)
        formula = " + ".join(f"{one.share:g} {name}" for name, one in used.items())
        silent = sum(column.null_count() for column in read.values())
        note = "" if found.total is not None else NOT_KNOWN if part.height else NONE_RECORDED
        missing = silent / (part.height * len(read)) if part.height else 0.0
        figure = _figure(
            "instrument_demand", found.total, "unit of the table", part.height, missing, formula, group, note
        )
        figures.append(replace(figure, counts=dict(found.parts)))
    return figures


def _figure(
    name: str, value: float | None, unit: str, rows: int, missing: float, formula: str,
    group: dict[str, str | None], note: str,
) -> Figure:  # fmt: skip
    return Figure(
        name=name, value=value, unit=unit, rows=rows, missing=missing, formula=formula, group=group, note=note
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnusableTable(f"found --set on={text}; expected a day such as 2015-03-01; correct it.") from None


INDICATORS = {
    "dependence": Indicator("share", dependence.FOREIGN_FORMULA, partial(_share, "foreign")),
    "domestic_share": Indicator("share", dependence.DOMESTIC_FORMULA, partial(_share, "domestic")),
    "lens_overlap": Indicator("instruments", "n(A or B) = n(A) + n(B) - n(A and B)", _overlap),
    "substitution_rate": Indicator(
        "share",
        cohorts.SUBSTITUTION,
        _substitution,
        {"base": "the year that is counted from; else the first whose share is known"},
    ),
    "league": Indicator(
        "share",
        league.SHARE_FORMULA,
        _league,
        {
            "top": "how many holders are given; else all",
            "owners": "a table of maker, owner, owner_country, from_on, to_on for the owner lens",
            "on": "the day whose owners count; else the day of the table",
        },
    ),
    "choke_points": Indicator(
        "index",
        chokepoints.FORMULA,
        _choke_points,
        {
            "use": "the column of use to add up; else hours, use or run_hours, else rows",
            "dependent": f"from which foreign share a choke point may be one; {chokepoints.DEPENDENT:g}",
            "few": f"under how many equal sources; {chokepoints.FEW:g}",
        },
    ),
    "technology_tree": Indicator("share", f"{technology.FORMULA_INDEPENDENT}; {technology.FORMULA_WEAKEST}", _tree),
    "instrument_demand": Indicator(
        "unit of the table",
        "0.6 fixed_assets + 0.25 research_funds",
        _demand,
        {
            "fixed_assets": "the share of fixed assets that buys instruments; 0.6",
            "research_funds": "the share of research funds that does; 0.25",
        },
    ),
}
