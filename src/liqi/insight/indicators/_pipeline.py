"""Indicators of plans and pipelines: times in a stage, exits, the funnel, targets, portfolios."""

from datetime import date

import polars as pl

from liqi.insight import dependence, pipeline, portfolio, survival, targets
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, require
from liqi.insight.origin import UnusableTable
from liqi.insight.survival import Spell

NOT_ENDED = ("", "0", "no", "none", "censored", "false", "否", "未")
"""What stands in `exit` for a stay that has not ended."""


def _spells(part: pl.DataFrame, group: str = "") -> list[Spell]:
    times = dependence.number(part, "time").to_list()
    exits = part["exit"].cast(pl.String).fill_null("").str.strip_chars().to_list()
    named = part[group].cast(pl.String).fill_null("").to_list() if group else [""] * part.height
    return [
        Spell(time, "" if way.lower() in NOT_ENDED else way, name)
        for time, way, name in zip(times, exits, named, strict=True)
        if time is not None
    ]


def _figure(
    name: str,
    value: float | None,
    part: pl.DataFrame,
    spells: list[Spell],
    *,
    group: dict[str, str | None] | None = None,
    counts: dict[str, float] | None = None,
) -> Figure:
    missing = 1 - len(spells) / part.height if part.height else 0.0
    note = "" if value is not None else NOT_KNOWN if part.height else NONE_RECORDED
    known = INDICATORS[name]
    return Figure(
        name, value, known.unit, part.height, missing, known.formula, group=group or {}, counts=counts or {}, note=note
    )


def _median(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["time", "exit"])
    figures = []
    for group, part in groups(frame, question.by):
        spells = _spells(part)
        ended = sum(bool(spell.exit) for spell in spells)
        counts = {"ended": float(ended), "not_ended": float(len(spells) - ended)}
        figures.append(_figure("median_time", survival.median(spells), part, spells, group=group, counts=counts))
    return figures


def _log_rank(frame: pl.DataFrame, question: Question) -> list[Figure]:
    of = question.of or ("group" if "group" in frame.columns else "")
    if not of:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected a column of groups to compare; name it with --of."
        )
    require(frame, ["time", "exit", of])
    figures = []
    for group, part in groups(frame, question.by):
        spells = _spells(part, of)
        found = survival.log_rank(spells) if spells else None
        counts = {"degrees": float(found.degrees), "p_value": found.p_value} if found else {}
        value = found.statistic if found else None
        figures.append(_figure("log_rank", value, part, spells, group=group, counts=counts))
    return figures


def _exits(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["time", "exit"])
    figures = []
    for group, part in groups(frame, question.by):
        spells = _spells(part)
        for way, curve in survival.incidence(spells).items():
            own = float(sum(spell.exit == way for spell in spells))
            counts = {"exits": own, "time": curve[-1][0]}
            line = _figure("exit_probability", curve[-1][1], part, spells, group={**group, "exit": way}, counts=counts)
            figures.append(line)
    return figures or [_figure("exit_probability", None, frame, _spells(frame))]


def _funnel(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["state"])
    order = tuple(filter(None, question.settings.get("order", "").split(","))) or pipeline.STATES
    figures = []
    for group, part in groups(frame, question.by):
        said = part["state"].cast(pl.String).fill_null("").str.strip_chars()
        size = dependence.number(part, question.weight) if question.weight else pl.Series([1.0] * part.height)
        told = pl.DataFrame({"state": said, "size": size.cast(pl.Float64)}).filter(pl.col("state") != "").drop_nulls()
        sums = {state: round(count) for state, count in told.group_by("state").agg(pl.col("size").sum()).iter_rows()}
        for rung in pipeline.funnel(sums, order):
            counts = {"reached": float(rung.reached)}
            figures.append(
                Figure(
                    name="funnel",
                    value=rung.of_first,
                    unit="share",
                    rows=part.height,
                    missing=1 - told.height / part.height if part.height else 0.0,
                    formula=INDICATORS["funnel"].formula,
                    group={**group, "state": rung.state},
                    counts={**counts, **({} if rung.of_before is None else {"of_before": rung.of_before})},
                    note="" if rung.of_first is not None else NONE_RECORDED,
                )
            )
    return figures


def _targets(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["target", "reached", "begun", "due"])
    on = question.as_of
    if on is None:
        raise UnusableTable("found no day of the question; expected one such as 2026-12-31; give as_of (--as-of).")
    wanted, reached = dependence.number(frame, "target").to_list(), dependence.number(frame, "reached").to_list()
    base = dependence.number(frame, "baseline").to_list() if "baseline" in frame.columns else [0.0] * frame.height
    name = next((c for c in ("name", "plan", "id") if c in frame.columns), "")
    figures = []
    for n in range(frame.height):
        begun, due = (day_of(frame[column][n], n, column) for column in ("begun", "due"))
        label = str(frame[name][n]) if name else str(n + 1)
        if wanted[n] is None:
            raise UnusableTable(f"row {n + 1}, column target: found nothing; expected a number; fill it in.")
        found = targets.standing(wanted[n], reached[n], begun=begun, due=due, on=on, baseline=base[n] or 0.0)
        figures.append(
            Figure(
                name="target_progress",
                value=found.done,
                unit="share",
                rows=1,
                missing=0.0 if found.done is not None else 1.0,
                formula=INDICATORS["target_progress"].formula,
                group={name or "row": label},
                counts={"elapsed": found.elapsed, "days_left": float(found.days_left)},
                note=found.state,
            )
        )
    return figures or [
        Figure("target_progress", None, "share", 0, 0.0, INDICATORS["target_progress"].formula, note=NONE_RECORDED)
    ]


def day_of(said: object, row: int, column: str) -> date:
    """The day in a cell; UnusableTable names the row, counted from 0 here and from 1 in its words, and the column."""
    try:
        return date.fromisoformat(str(said)[:10])
    except ValueError:
        raise UnusableTable(
            f"row {row + 1}, column {column}: found {str(said)[:40]!r}; expected a day such as 2030-12-31; correct it."
        ) from None


def _portfolio(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["id", "cost", "score"])
    try:
        budget = float(question.settings["budget"])
    except (KeyError, ValueError):
        raise UnusableTable("found no --set budget=NUMBER; expected the money there is; add it.") from None
    pairs = [tuple(pair.split(":")) for pair in question.settings.get("conflicts", "").split(",") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise UnusableTable("found --set conflicts that are no pairs; expected a:b,c:d; correct it.")
    costs, scores = dependence.number(frame, "cost").to_list(), dependence.number(frame, "score").to_list()
    ids = frame["id"].cast(pl.String).to_list()
    told = [
        portfolio.Candidate(key, cost, score)
        for key, cost, score in zip(ids, costs, scores, strict=True)
        if None not in (key, cost, score)
    ]
    found = portfolio.choose(told, budget, [(a.strip(), b.strip()) for a, b in pairs])
    counts = {"cost": found.cost, "score": found.score, "proved": float(found.proved)}
    known = {one.id for one in told}
    return [
        Figure(
            name="portfolio",
            value=float(key in found.ids) if key in known else None,
            unit="1 or 0",
            rows=1,
            missing=0.0 if key in known else 1.0,
            formula=INDICATORS["portfolio"].formula,
            group={"id": key},
            counts=counts,
            note="" if key in known else NOT_KNOWN,
        )
        for key in ids
    ] or [Figure("portfolio", None, "1 or 0", 0, 0.0, INDICATORS["portfolio"].formula, note=NONE_RECORDED)]


INDICATORS = {
    "median_time": Indicator(
        "unit of the table", "first time with S(t) <= 1/2, S(t) = product of (1 - d / n) (Kaplan-Meier)", _median
    ),
    "log_rank": Indicator("chi-squared", "(O - E)' V^-1 (O - E) over the groups of --of (Mantel)", _log_rank),
    "exit_probability": Indicator(
        "share", "sum of S(t-) d_k / n over the times: competing exits (Aalen-Johansen)", _exits
    ),
    "funnel": Indicator(
        "share",
        "projects that reached the state or went on / projects found",
        _funnel,
        {"order": f"the states in order, with commas ({','.join(pipeline.STATES)})"},
    ),
    "target_progress": Indicator("share", "(reached - baseline) / (target - baseline)", _targets),
    "portfolio": Indicator(
        "1 or 0",
        "1 taken: highest summed score with summed cost <= budget and at most one of each conflicting pair",
        _portfolio,
        {"budget": "the money there is", "conflicts": "pairs that exclude each other, such as a:b,c:d (none)"},
    ),
}
