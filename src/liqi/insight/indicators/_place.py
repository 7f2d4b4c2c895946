"""Indicators of place: what a region has more of than others, whether plants gather, and what its growth is made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import polars as pl

from liqi.insight import dependence, location
from liqi.insight.figure import Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, per_group, require
from liqi.insight.location.quotients import checked
from liqi.insight.origin import UnusableTable

MOST_CELLS = 10_000_000
"""Regions times industries that are held at once."""
Rows = Mapping[str, Sequence[float]]
Value = Callable[[str], float]
_QUOTIENT = "(e_ir / e_r) / (e_i / e)"
_CLUSTER = "(jobs share / people share) x (jobs share / area share) / (jobs share / firms share)"
_GAMMA = "(G - (1 - sum x^2) H) / ((1 - sum x^2) (1 - H))"
_ANCHOR = "jobs of the firm and of all that came from it / all jobs: what is lost without it"
_RING = "(jobs / all jobs of the band) / (jobs / all jobs of the whole)"
_CLUSTER_COLUMNS = ("jobs", "industry_jobs", "area", "all_area", "people", "all_people", "firms", "industry_firms")


def read(part: pl.DataFrame, texts: tuple[str, ...], numbers: tuple[str, ...]) -> tuple[pl.DataFrame, float]:
    """The rows that say all of these columns, and the share that does not."""
    require(part, [*texts, *numbers])
    columns = {column: part[column].cast(pl.String).str.strip_chars().replace("", None) for column in texts}
    whole = pl.DataFrame({**columns, **{column: dependence.number(part, column) for column in numbers}}).drop_nulls()
    return whole, 1 - whole.height / part.height if part.height else 0.0


def jobs_table(part: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """Regions down, industries across, jobs added up; blanks of the table are places without that industry: 0."""
    whole, missing = read(part, ("region", "industry"), ("jobs",))
    if not whole.height:
        raise UnusableTable(
            "found no row with region, industry and jobs; expected one a region and industry; add them."
        )
    checked(whole["jobs"].to_list(), "jobs")
    regions, industries = whole["region"].n_unique(), whole["industry"].n_unique()
    if regions * industries > MOST_CELLS:
        raise UnusableTable(
            f"found {regions} regions and {industries} industries; expected at most {MOST_CELLS:,} cells; take fewer."
        )
    table = whole.pivot(on="industry", index="region", values="jobs", aggregate_function="sum").fill_null(0)
    return table, missing


def _league(frame: pl.DataFrame, question: Question) -> Iterator[Figure]:
    for group, part in groups(frame, question.by):
        table, missing = jobs_table(part)
        chosen = question.settings.get("industry")
        industries = [chosen] if chosen else table.columns[1:]
        if chosen and chosen not in table.columns[1:]:
            raise UnusableTable(f"found no industry {chosen}; expected one of {', '.join(table.columns[1:][:9])} ...")
        base = table.select("region", base=pl.sum_horizontal(table.columns[1:]))
        for industry in industries:
            rows = base.with_columns(table[industry].alias("jobs"))
            for one in location.league(rows):
                yield Figure(
                    "location_league", one.quotient, "ratio", int(one.jobs > 0), missing, _QUOTIENT,
                    group={**group, "industry": industry, "region": one.region},
                    counts={"jobs": one.jobs, "base": one.base, "share": one.share, "strong": float(one.strong)},
                )  # fmt: skip


def _each(
    name: str,
    unit: str,
    formula: str,
    of: str,
    prepare: Callable[[Rows], Value],
    frame: pl.DataFrame,
    question: Question,
) -> Iterator[Figure]:
    """One figure a region (its industries) or an industry (its regions), against the whole table."""
    for group, part in groups(frame, question.by):
        table, missing = jobs_table(part)
        lines = table
        if of == "industry":
            lines = table.drop("region").transpose(include_header=True, header_name="industry")
        rows = {str(row[0]): [float(cell) for cell in row[1:]] for row in lines.iter_rows()}
        value = prepare(rows)
        for key, row in rows.items():
            seen = sum(cell > 0 for cell in row)
            yield Figure(
                name, value(key), unit, seen, missing, formula, group={**group, of: key}, counts={"jobs": sum(row)}
            )


def _gini(rows: Rows) -> Value:
    whole = [sum(column) for column in zip(*rows.values(), strict=True)]
    return lambda key: location.gini_of_specialisation(rows[key], whole)


def _krugman(rows: Rows) -> Value:
    """The mean shares of all others, without adding them up again for each."""
    if len(rows) < 2:
        raise UnusableTable(f"found {len(rows)} region; expected two or more, or there is nothing to compare with.")
    held = {key: [cell / (sum(row) or 1) for cell in row] for key, row in rows.items()}
    sums = [sum(column) for column in zip(*held.values(), strict=True)]
    return lambda key: location.krugman(rows[key], [max(0.0, a - b) for a, b in zip(sums, held[key], strict=True)])


def _gamma(frame: pl.DataFrame, question: Question) -> Iterator[Figure]:
    for group, part in groups(frame, question.by):
        whole, missing = read(part, ("region",), ("jobs",))
        baseline = None
        if "region_jobs" in part.columns:
            said = read(part, ("region",), ("region_jobs",))[0].unique(maintain_order=True)
            if said["region"].is_duplicated().any():
                raise UnusableTable(
                    f"found two numbers of region_jobs for {said.filter(said['region'].is_duplicated())['region'][0]}; "
                    "expected the same in each row of a region; correct them."
                )
            baseline = dict(said.iter_rows())
        found = location.ellison_glaeser(whole["jobs"].to_list(), whole["region"].to_list(), baseline)
        shown = ", ".join(f"{region} {share:.3g}" for region, share in sorted(found.baseline.items()))
        yield Figure(
            "ellison_glaeser", found.gamma, "index", part.height, missing, _GAMMA, group=group,
            counts={"G": found.gini, "H": found.herfindahl, "plants": float(found.plants),
                    **({"z": found.z} if found.z is not None else {})},
            note=f"baseline: {shown}" if baseline else f"baseline: every region the same ({shown})",
        )  # fmt: skip


def _shift(frame: pl.DataFrame, question: Question) -> Iterator[Figure]:
    columns = ("before", "after", "country_before", "country_after")
    for group, part in groups(frame, question.by):
        whole, missing = read(part, (), columns)
        found = location.shift_share(*(whole[column].to_list() for column in columns))
        formula = "change = national + structural (mix of industries) + local"
        parts = {"national": found.national, "structural": found.structural, "local": found.local}
        for name, value in {**parts, "change": found.change}.items():
            yield Figure("shift_share", value, "jobs", part.height, missing, formula, group={**group, "part": name})


def _ring(frame: pl.DataFrame, question: Question) -> Iterator[Figure]:
    edges = [float(one) for one in question.settings.get("edges_km", "60,120,250").split(",") if _is_number(one)]
    for group, part in groups(frame, question.by):
        require(part, ["region", "jobs", "base", "latitude", "longitude", "hub"])
        numbers = {one: dependence.number(part, one) for one in ("jobs", "base", "latitude", "longitude")}
        whole = pl.DataFrame({"region": part["region"].cast(pl.String), **numbers})
        whole = whole.filter(pl.col("jobs").is_not_null() & pl.col("base").is_not_null())
        hub = part["hub"].cast(pl.String).str.to_lowercase().is_in(["1", "yes", "true", "是"]).fill_null(value=False)
        found = location.ring(whole, part.filter(hub)["region"].cast(pl.String).to_list(), edges_km=edges)
        for band in found.bands:
            label = (
                "hub" if band.hub else f"{band.from_km:g}-{band.to_km:g} km" if band.to_km else f">{band.from_km:g} km"
            )
            least = {} if band.least is None else {"without_least": band.least.quotient or 0.0}
            left = f"weakest without {band.least.region}" if band.least else "no region here"
            yield Figure(
                "ring_test", band.quotient, "ratio", band.regions, found.unplaced / max(1, part.height), _RING,
                group={**group, "band": label}, counts={"jobs": band.jobs, "base": band.base, **least},
                note=f"{left}; test: {found.verdict}",
            )  # fmt: skip


def _anchors(frame: pl.DataFrame, question: Question) -> Iterator[Figure]:
    for group, part in groups(frame, question.by):
        require(part, ["firm", "parent"])
        held = part.filter(pl.col("firm").is_not_null())
        jobs = dependence.number(held, "jobs").fill_null(0) if "jobs" in part.columns else [1.0] * held.height
        texts = (held[column].cast(pl.String).fill_null("").str.strip_chars() for column in ("firm", "parent"))
        firms = [location.Firm(name, count, parent) for name, parent, count in zip(*texts, jobs, strict=True)]
        for one in location.anchors(firms):
            yield Figure(
                "anchor_share", one.share, "share", len(one.descendants) + 1, 1 - held.height / part.height, _ANCHOR,
                group={**group, "firm": one.name},
                counts={"own_share": one.own_share, "descendants": float(len(one.descendants))},
            )  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        raise UnusableTable(f"found --set edges_km with {text!r}; expected kilometres such as 60,120,250.") from None
    return True


def _listed(measure: Callable[..., Iterator[Figure]]) -> Callable[[pl.DataFrame, Question], list[Figure]]:
    return lambda frame, question: list(measure(frame, question))


def _of_each(name: str, unit: str, formula: str, of: str, prepare: Callable[[Rows], Value]) -> Indicator:
    return Indicator(unit, formula, _listed(partial(_each, name, unit, formula, of, prepare)))


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
    "location_league": Indicator(
        "ratio", _QUOTIENT, _listed(_league), {"industry": "Only this industry; all without it."}
    ),
    "gini_specialisation": _of_each(
        "gini_specialisation", "index", "Gini of a region's location quotients over its industries", "region", _gini
    ),
    "gini_concentration": _of_each(
        "gini_concentration", "index", "Gini of an industry's location quotients over the regions", "industry", _gini
    ),
    "krugman": _of_each("krugman", "index", "sum of |s_ir - mean of s_i elsewhere|, 0 to 2", "region", _krugman),
    "cluster_index": Indicator(
        "index",
        _CLUSTER,
        partial(
            per_group,
            "cluster_index",
            "index",
            _CLUSTER,
            _CLUSTER_COLUMNS,
            lambda *sums: location.cluster_index(**dict(zip(_CLUSTER_COLUMNS, sums, strict=True))),
        ),
    ),
    "ellison_glaeser": Indicator("index", _GAMMA, _listed(_gamma)),
    "shift_share": Indicator("jobs", "change = national + structural (mix of industries) + local", _listed(_shift)),
    "anchor_share": Indicator("share", _ANCHOR, _listed(_anchors)),
    "ring_test": Indicator(
        "ratio", _RING, _listed(_ring), {"edges_km": "Where the bands around the hubs end; 60,120,250 without it."}
    ),
}
