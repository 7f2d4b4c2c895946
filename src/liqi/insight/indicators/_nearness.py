"""Indicators of nearness: what gathers with what, at which distances, and what lies near to what a place makes."""

from collections.abc import Callable
from functools import partial

import polars as pl

from liqi.insight.figure import Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, number_of, words
from liqi.insight.indicators._place import MOST_CELLS, jobs_table, read
from liqi.insight.origin import UnusableTable

_TOGETHER = "sum (s_mi - x_m)(s_mj - x_m) / (1 - sum x_m^2)"
_MORAN = (
    "n / sum w x sum w_ij (x_i - mean)(x_j - mean) / sum (x_i - mean)^2, neighbours of a region weighing 1 together"
)
_DENSITY = "share of pairs per km, Gaussian of Silverman's bandwidth, reflected at 0; band: draws out of all rows"

MOST_NEAR = 6
"""Neighbours of a region where nothing else is asked."""


def _together(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight.location.coagglomeration import companions

    asked = question.settings.get("with")
    if not asked:
        raise UnusableTable("found no --set with=INDUSTRY; expected the industry whose companions are asked; name it.")
    figures = []
    for group, part in groups(frame, question.by):
        table, missing = jobs_table(part)
        base = table.drop("region").sum_horizontal().to_numpy()
        floor = number_of(question, "floor") or 0.0
        found = companions(table.drop("region").to_numpy(), table.columns[1:], asked, base, floor_jobs=floor)
        figures += [
            Figure(
                "coagglomeration", one.gamma, "index", part.height, missing, _TOGETHER,
                group={**group, "industry": one.industry}, counts={"place": float(one.place), "jobs": one.jobs},
                note="baseline: all jobs of the table by region",
            )
            for one in found
        ]  # fmt: skip
    return figures


def _density(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight.location.distance_density import STEPS, curve

    seed, draws = int(number_of(question, "seed") or 1), int(number_of(question, "draws") or 1_000)
    column, _, value = question.settings.get("of", "").partition(":")
    if not value:
        raise UnusableTable(
            "found no --set of=COLUMN:VALUE; expected which rows are the firms (all rows are the sites), such as "
            "of=industry:334516; name them."
        )
    whole, missing = read(frame, (column,), ("latitude", "longitude"))
    mine = whole.filter(pl.col(column) == value)
    reach = number_of(question, "reach_km")
    points = [one[axis].to_list() for one in (mine, whole) for axis in ("latitude", "longitude")]
    found = curve(points[0], points[1], points[2], points[3], seed=seed, draws=draws, reach_km=reach)
    counts = {"bandwidth_km": found.bandwidth_km, "firms": float(found.firms), "sites": float(found.sites),
              "draws": float(found.draws), "seed": float(seed), "cell_km": found.cell_km,
              "p_localised": found.p_localised, "chance_of_a_verdict": found.chance_of_a_verdict}  # fmt: skip
    if found.p_dispersed is not None:
        counts["p_dispersed"] = found.p_dispersed
    return [
        Figure(
            "distance_density", found.density[at], "1/km", frame.height, missing, _DENSITY,
            group={"km": f"{found.distances_km[at]:.0f}"},
            counts={**counts, "low": found.low[at], "high": found.high[at]}, note=f"test: {found.verdict}",
        )
        for at in range(0, STEPS, 5)
    ]  # fmt: skip


def _moran(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight.location.autocorrelation import moran

    column = question.of or "value"
    figures = []
    for group, part in groups(frame, question.by):
        named = "neighbours" in part.columns
        whole, missing = read(part, ("region",), (column, *(() if named else ("latitude", "longitude"))))
        if whole["region"].is_duplicated().any():
            twice = whole.filter(whole["region"].is_duplicated())["region"][0]
            raise UnusableTable(f"found the region {twice} in two rows; expected a row a region; keep one of them.")
        near, how = _named(part, whole["region"].to_list()) if named else _around(whole, question)
        found = moran(whole[column].to_list(), near)
        counts = {"expected": found.expected, "variance": found.variance, "regions": float(found.regions),
                  "links": float(found.links), "alone": float(found.alone)}  # fmt: skip
        tested = {} if found.z is None or found.p is None else {"z": found.z, "p": found.p}
        figures.append(
            Figure("morans_i", found.value, "index", part.height, missing, _MORAN, group=group,
                   counts={**counts, **tested}, note=f"neighbours: {how}")
        )  # fmt: skip
    return figures


def _named(part: pl.DataFrame, regions: list[str]) -> tuple[list[list[int]], str]:
    """The neighbours as the table names them; one that has no value is left out."""
    at = {region: place for place, region in enumerate(regions)}
    texts = (part[column].cast(pl.String).fill_null("").str.strip_chars() for column in ("region", "neighbours"))
    said = {region: words(neighbours) - {region} for region, neighbours in zip(*texts, strict=True)}
    if odd := sorted(frozenset().union(*said.values()) - set(said)):
        raise UnusableTable(f"found {odd[0]} as a neighbour; expected a region that has a row; add it or correct it.")
    return [sorted(at[other] for other in said[region] if other in at) for region in regions], "as named"


def _around(whole: pl.DataFrame, question: Question) -> tuple[list[list[int]], str]:
    """The neighbours by distance: all within so many kilometres, else the nearest so many."""
    from liqi.insight.location import autocorrelation

    latitudes, longitudes = whole["latitude"].to_list(), whole["longitude"].to_list()
    km, count = number_of(question, "within_km"), number_of(question, "nearest")
    if km is not None:
        return autocorrelation.within(latitudes, longitudes, km), f"within {km:g} km"
    most = int(count) if count else MOST_NEAR
    return autocorrelation.nearest(latitudes, longitudes, most), f"the nearest {most}"


def _trade(part: pl.DataFrame) -> tuple[list[str], list[str], pl.DataFrame, float]:
    """Places, products, the table of values without empty rows and columns, and the share of rows that say nothing."""
    whole, missing = read(part, ("place", "product"), ("value",))
    sums = whole.filter((pl.col("value").sum().over("place") != 0) & (pl.col("value").sum().over("product") != 0))
    if sums["place"].n_unique() * sums["product"].n_unique() > MOST_CELLS:
        raise UnusableTable(f"found a table of more than {MOST_CELLS:,} places times products; take fewer of either.")
    table = sums.pivot(on="product", index="place", values="value", aggregate_function="sum").fill_null(0)
    return table["place"].to_list(), table.columns[1:], table.drop("place"), missing


def _complexity(name: str, of: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight.location import complexity

    figures = []
    for group, part in groups(frame, question.by):
        places, products, table, missing = _trade(part)
        if name == "fitness":
            numbers = complexity.fitness(table.to_numpy())[0]
        else:
            both = complexity.complexity(table.to_numpy())
            numbers = both.places if of == "place" else both.products
        named = zip(places if of == "place" else products, numbers, strict=True)
        figures += [
            Figure(
                name, float(value), "index", part.height, missing, INDICATORS[name].formula, group={**group, of: key}
            )
            for key, value in sorted(named, key=lambda pair: -pair[1])
        ]
    return figures


def _related(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight.location import complexity

    asked = question.settings.get("place")
    figures = []
    for group, part in groups(frame, question.by):
        places, products, table, missing = _trade(part)
        if asked not in places:
            raise UnusableTable(f"found --set place={asked}; expected one of {', '.join(places[:9])} ...; name one.")
        has = complexity.advantage(table.to_numpy())[places.index(asked)] >= 1
        near = complexity.density(table.to_numpy())[places.index(asked)]
        rows = [(product, float(value)) for product, value, mine in zip(products, near, has, strict=True) if not mine]
        figures += [
            Figure("relatedness", value, "share", part.height, missing, INDICATORS["relatedness"].formula,
                   group={**group, "product": product})
            for product, value in sorted(rows, key=lambda pair: (-pair[1], pair[0]))
        ]  # fmt: skip
    return figures


def _of(name: str, of: str, formula: str) -> Indicator:
    measure: Callable[[pl.DataFrame, Question], list[Figure]] = partial(_complexity, name, of)
    return Indicator("index", formula, measure)


INDICATORS = {
    "coagglomeration": Indicator(
        "index",
        _TOGETHER,
        _together,
        {"with": "The industry whose companions are asked.", "floor": "Jobs an industry must have; 0 without it."},
    ),
    "distance_density": Indicator(
        "1/km",
        _DENSITY,
        _density,
        {
            "of": "Which rows are the firms, as COLUMN:VALUE; all rows are the sites.",
            "draws": "How many draws make the band; 1000 without it.",
            "seed": "Where the draws begin; 1 without it.",
            "reach_km": "How far the curve goes; the median distance of all sites without it.",
        },
    ),
    "morans_i": Indicator(
        "index",
        _MORAN,
        _moran,
        {
            "within_km": "How far neighbours lie at most; the nearest few without it.",
            "nearest": f"How many nearest regions are neighbours; {MOST_NEAR} without it.",
        },
    ),
    "complexity": _of("complexity", "place", "second eigenvector of the shared advantages, mean 0, deviation 1"),
    "product_complexity": _of(
        "product_complexity", "product", "on the scale of the places: a place's is the mean of its products'"
    ),
    "fitness": _of("fitness", "place", "sum of the qualities of what it makes, 20 rounds, mean 1"),
    "relatedness": Indicator(
        "share",
        "of all proximity around a product that the place does not make, the share with what it makes",
        _related,
        {"place": "The place whose next steps are asked."},
    ),
}
