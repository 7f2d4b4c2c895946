"""Indicators of site choice: rankings, coverage, access, idle land, talent."""

import polars as pl

from liqi.insight import dependence
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, number_of, require
from liqi.insight.indicators._place import read
from liqi.insight.origin import UnusableTable

_RANKING = "TOPSIS or PROMETHEE II; ranks with every weight moved by up to 20 % in 1000 draws; what flips is a tie"
_MEDIAN = "sum of weight x distance to the nearest of the chosen"
_COVERED = "sum of the weight within the distance of the chosen"
_PARTNERS = "quotient here x co-agglomeration with instruments, of industries with a quotient of 1 or more"
_HUFF = "sum of demand x (size / distance^decay) / sum of the same"


def _ranking(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight import sites

    if not frame.columns:
        raise UnusableTable("found a table without columns; expected one of names and some of numbers; add them.")
    names = frame.columns[0]
    weights, cost = weighed(question.settings.get("weights", ""), frame.columns[1:]), question.settings.get("cost", "")
    worse = [one.strip() for one in cost.split(",") if one.strip()]
    if odd := [one for one in worse if one not in weights]:
        raise UnusableTable(f"found --set cost={odd[0]}; expected criteria among {', '.join(weights)}; correct it.")
    whole, missing = read(frame, (names,), tuple(weights))
    found = sites.ranked(
        whole[names].to_list(), whole.select(list(weights)).to_numpy(), list(weights.values()),
        [one not in worse for one in weights], seed=int(number_of(question, "seed") or 1),
        method=question.settings.get("method", "topsis"),
    )  # fmt: skip
    return [
        Figure(
            "site_ranking", one.score, "index", frame.height, missing, _RANKING, group={names: one.name},
            counts={"rank": float(one.rank), "best": float(one.best), "worst": float(one.worst),
                    "first": one.first_share},
            note="" if sum(other.rank == one.rank for other in found.places) == 1 else "tie",
        )
        for one in found.places
    ]  # fmt: skip


def weighed(said: str, criteria: list[str]) -> dict[str, float]:
    """`a>b>c` as weights by rank, `a:3,b:2` as they stand, nothing as the same for all."""
    from liqi.insight import sites

    if ">" in said:
        order = [one.strip() for one in said.split(">")]
        found = dict(zip(order, sites.rank_order_centroid(len(order)), strict=True))
    elif said:
        pairs = [one.partition(":") for one in said.split(",")]
        try:
            found = {name.strip(): float(number) for name, _, number in pairs}
        except ValueError:
            raise UnusableTable(f"found --set weights={said}; expected a>b>c or a:3,b:2; write it so.") from None
    else:
        found = dict.fromkeys(criteria, 1.0)
    if odd := [name for name in found if name not in criteria]:
        raise UnusableTable(f"found the criterion {odd[0]}; expected some of {', '.join(criteria)}; correct it.")
    return found


def _median(frame: pl.DataFrame, question: Question) -> list[Figure]:
    return _chosen("p_median", frame, question)


def _covered(frame: pl.DataFrame, question: Question) -> list[Figure]:
    return _chosen("most_covered", frame, question)


def _chosen(name: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Every row is a demand and a possible place; the figures are the chosen places with what they serve."""
    from liqi.insight import sites
    from liqi.insight.location import between_km

    count, within = int(number_of(question, "count") or 1), number_of(question, "within_km")
    figures = []
    for group, part in groups(frame, question.by):
        whole, missing = read(part, ("name",), ("latitude", "longitude"))
        if whole.height > MOST_PLACES:
            raise UnusableTable(
                f"found {whole.height} places; expected at most {MOST_PLACES}; add up neighbours first."
            )
        ways = between_km(whole["latitude"].to_numpy(), whole["longitude"].to_numpy())
        weights = (
            dependence.number(part, "weight").fill_null(0).to_list() if "weight" in part.columns else [1.0] * len(part)
        )
        if len(weights) != whole.height:
            raise UnusableTable("found rows without a name or coordinates; expected both with a weight; complete them.")
        if name == "p_median":
            found = sites.p_median(ways, count, weights=weights)
        elif within is None:
            raise UnusableTable("found no --set within_km; expected how far a place reaches; name it.")
        else:
            found = sites.most_covered(ways, count, within=within, weights=weights)
        for place in found.places:
            mine = [at for at, server in enumerate(found.serves) if server == place]
            served = sum(weights[at] * (ways[at, place] if name == "p_median" else 1) for at in mine)
            figures.append(
                Figure(
                    name, float(served), INDICATORS[name].unit, part.height, missing, INDICATORS[name].formula,
                    group={**group, "name": str(whole["name"][place])},
                    counts={"serves": float(len(mine)), "whole": found.value},
                    note="proven best" if found.proven else "good, not proven best",
                )
            )  # fmt: skip
    return figures


def _huff(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight import sites

    figures = []
    for group, part in groups(frame, question.by):
        whole, missing = read(part, ("origin", "place"), ("size", "distance", "demand"))
        if whole.select("origin", "place").is_duplicated().any():
            raise UnusableTable("found an origin and place twice; expected one row for each two; add them up first.")
        drawn: dict[str, float] = {}
        for rows in whole.partition_by("origin", maintain_order=True):
            shares = sites.huff(rows["size"].to_list(), [rows["distance"].to_list()],
                                decay=number_of(question, "decay") or 2.0)[0]  # fmt: skip
            for place, share, demand in zip(rows["place"], shares, rows["demand"], strict=True):
                drawn[place] = drawn.get(place, 0.0) + share * demand
        figures += [
            Figure("huff", value, "unit of demand", part.height, missing, _HUFF, group={**group, "place": place})
            for place, value in drawn.items()
        ]
    return figures


def _idle(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight import sites

    figures = []
    for group, part in groups(frame, question.by):
        whole, missing = read(part, (), ("area_m2", "floor_ratio"))
        parcels = [sites.Parcel(f"row {at}", area, ratio) for at, (area, ratio) in enumerate(whole.iter_rows(), 1)]
        figures.append(
            Figure(
                "idle_capacity", sites.capacity(parcels) if parcels else None, "m2", part.height, missing,
                "sum of area x floor ratio", group=group, note=_note(part, whole),
                counts={"parcels": float(len(parcels)), "area_m2": float(whole["area_m2"].sum())},
            )
        )  # fmt: skip
    return figures


def _talent(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight import sites

    centre = tuple(_degrees(question, name) for name in ("latitude", "longitude"))
    radius = number_of(question, "radius_km")
    if radius is None:
        raise UnusableTable("found no --set radius_km; expected how far people would travel; name it.")
    figures = []
    for group, part in groups(frame, question.by):
        whole, missing = read(part, (), ("latitude", "longitude", "count"))
        points = [((lat, lon), count) for lat, lon, count in whole.iter_rows()]
        value = float(sites.within((centre[0], centre[1]), points, radius_km=radius)) if points else None
        figures.append(
            Figure(
                "talent_within",
                value,
                "people",
                part.height,
                missing,
                "sum of count within the radius",
                group=group,
                note=_note(part, whole),
            )
        )
    return figures


def _note(part: pl.DataFrame, whole: pl.DataFrame) -> str:
    """Blank where some row says it all, else what the blank means."""
    return "" if whole.height else NOT_KNOWN if part.height else NONE_RECORDED


def _kind(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a place: 1 a hub of facilities, 2 a belt of life science, 0 neither; what decided is in the counts."""
    from liqi.insight import sites

    facts = ("large_facilities", "life_science_quotient", "instrument_firms")
    require(frame, ["name", *facts])
    limits = {name: number_of(question, name) for name in ("least_facilities", "least_quotient", "least_firms")}
    asked = {name: value for name, value in limits.items() if value is not None}
    numbers = {name: dependence.number(frame, name).to_list() for name in facts}
    figures = []
    for at, name in enumerate(frame["name"].cast(pl.String)):
        said = {fact: numbers[fact][at] for fact in facts}
        found = sites.kind(**said, **asked)
        figures.append(
            Figure(
                "place_kind", float(KINDS.index(found.kind)) if found.kind in KINDS else None, "kind",
                1, sum(v is None for v in said.values()) / 3,
                INDICATORS["place_kind"].formula, group={"name": name},
                counts={fact: value for fact, value in said.items() if value is not None}, note=found.kind,
            )
        )  # fmt: skip
    return figures


def _partners(frame: pl.DataFrame, question: Question) -> list[Figure]:
    from liqi.insight import sites

    figures = []
    for group, part in groups(frame, question.by):
        whole, missing = read(part, ("industry",), ("quotient", "gamma"))
        rows = {industry: (quotient, gamma) for industry, quotient, gamma in whole.iter_rows()}
        if len(rows) != whole.height:
            raise UnusableTable("found an industry twice; expected one row an industry; add its rows up first.")
        found = sites.partners(
            {one: pair[0] for one, pair in rows.items()}, {one: pair[1] for one, pair in rows.items()}
        )
        figures += [
            Figure(
                "instrument_partners", one.score, "index", part.height, missing, _PARTNERS,
                group={**group, "industry": one.industry}, counts={"quotient": one.quotient, "gamma": one.gamma},
            )
            for one in found
        ]  # fmt: skip
    return figures


def _degrees(question: Question, name: str) -> float:
    said = question.settings.get(name, "")
    try:
        return float(said)
    except ValueError:
        raise UnusableTable(f"found --set {name}={said}; expected degrees such as 42.36; name the centre.") from None


MOST_PLACES = 3_000
KINDS = ("neither", "facility_hub", "life_science_belt")
_CHOICE = {"count": "How many places are chosen; 1 without it."}
INDICATORS = {
    "site_ranking": Indicator(
        "index",
        _RANKING,
        _ranking,
        {
            "weights": "a>b>c (weights by rank) or a:3,b:2; the same for all without it.",
            "cost": "Criteria of which less is better, with commas between.",
            "method": "topsis (without it) or promethee.",
            "seed": "Where the draws begin; 1 without it.",
        },
    ),
    "p_median": Indicator("weight x km", _MEDIAN, _median, _CHOICE),
    "most_covered": Indicator("weight", _COVERED, _covered, {**_CHOICE, "within_km": "How far a place reaches."}),
    "huff": Indicator("unit of demand", _HUFF, _huff, {"decay": "Power of the distance; 2 without it."}),
    "idle_capacity": Indicator("m2", "sum of area x floor ratio", _idle),
    "place_kind": Indicator(
        "kind",
        "1 (facility_hub) from so many large facilities; 2 (life_science_belt) from the quotient and the firms; else 0",
        _kind,
        {
            "least_facilities": "Large facilities that make a hub; 3 without it.",
            "least_quotient": "Quotient of life science that makes a belt; 1 without it.",
            "least_firms": "Instrument firms that a belt has; 10 without it.",
        },
    ),
    "instrument_partners": Indicator(
        "index",
        _PARTNERS,
        _partners,
    ),
    "talent_within": Indicator(
        "people",
        "sum of count within the radius",
        _talent,
        {
            "latitude": "Of the centre, in degrees.",
            "longitude": "Of the centre, in degrees.",
            "radius_km": "How far people would travel.",
        },
    ),
}
