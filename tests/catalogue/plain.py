"""Every record as plain folded text and facts, read straight from the database: what search has to agree with."""

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from liqi.catalogue.models import Facility, Institution, Instrument, Service
from liqi.catalogue.search import Filters
from liqi.catalogue.search import _question as question
from liqi.catalogue.search._names import class_names, division_codes, place_names, technique_names
from liqi.catalogue.search._tokens import prepare, runs, squashed
from liqi.catalogue.search._tokens import word as basic_form
from liqi.taxonomy import STAGES, class_prefix, distance_km, large_class, read_capability


@dataclass
class Plain:
    """One record: its texts by part, what it is exactly called, its codes and numbers."""

    key: tuple[str, str]
    exact: set[str]
    parts: dict[str, list[str]]
    codes: dict[str, set[str]]
    where: set[str]
    class_code: str
    value: float | None
    year: int | None
    point: tuple[float, float] | None
    able: dict[str, list[tuple[float, float]]]


def records() -> list[Plain]:
    """Every record of the four kinds."""
    related = ("institution", "facility", "maker")
    found = [_instrument(row) for row in Instrument.objects.select_related(*related)]
    found += [_other("facility", row, row) for row in Facility.objects.select_related("institution")]
    found += [_other("institution", row, row) for row in Institution.objects.all()]
    for row in Service.objects.select_related("institution", "facility"):
        placed = row.facility if row.facility and row.facility.country else row.institution
        found.append(_other("service", row, placed))
    return found


def _instrument(row: Any) -> Plain:
    maker, names = row.maker, [row.name, row.name_en, row.model]
    label = [maker.name, maker.name_en, *maker.aliases] if maker else []
    said = [row.description, row.functions, row.specification, row.service_content, *row.keywords]
    said += row.measured_variables
    for one in row.capabilities:
        values = [one.get(name, "") for name in ("quantity", "value", "low", "high", "unit")]
        said.append(" ".join(str(value) for value in values if value not in ("", None)))
    year = row.built_year or (row.acquired_on.year if row.acquired_on else None)
    plain = _record("instrument", row, row, names, [*label, row.maker_text, *class_names(row.class_code)], said)
    plain.exact |= {squashed(row.class_code), squashed(row.serial)}
    plain.class_code, plain.year = row.class_code, year
    plain.value = None if row.value_cny is None else float(row.value_cny)
    plain.codes |= {
        "class": {large_class(row.class_code)},
        "maker": {maker.key if maker else ""},
        "origin": {maker.brand_country if maker else ""},
        "made_in": {row.made_in},
        "technique": set(row.techniques),
        "year": {str(year or "")},
        "shared": {str(int(row.shared))},
        "bookable": {str(int(row.bookable))},
        "status": {row.status},
    }
    prefix = class_prefix(row.class_code)
    plain.codes["class_middle"] = {f"{prefix[:4]}00"} if len(prefix) >= 4 else set()
    plain.codes["class_small"] = {row.class_code} if len(prefix) >= 6 else set()
    for one in row.capabilities:
        if reading := read_capability({name: str(value) for name, value in one.items() if value is not None}):
            low = float("-inf") if reading.low is None else reading.low
            high = float("inf") if reading.high is None else reading.high
            plain.able.setdefault(reading.quantity.key, []).append((low, high))
    return plain


def _other(kind: str, row: Any, placed: Any) -> Plain:
    names = [row.name, row.name_en]
    names += row.aliases if kind == "institution" else [row.acronym] if kind == "facility" else []
    said = [getattr(row, name, "") for name in ("description", "functions", "specification")]
    said += row.sample_types if kind == "service" else []
    plain = _record(kind, row, placed, names, [], said)
    plain.codes["status"] = {row.status} if kind == "facility" else set()
    plain.codes["technique"] = set(getattr(row, "techniques", ()))
    return plain


def _record(kind: str, row: Any, placed: Any, names: list[str], label: list[str], said: list[str]) -> Plain:
    institution = row if kind == "institution" else row.institution
    facility = row if kind == "facility" else getattr(row, "facility", None)
    owners = [] if kind == "institution" else [institution] if kind == "facility" else [institution, facility]
    place = [name for owner in owners if owner for name in (owner.name, owner.name_en)]
    here = (placed.country, placed.province, placed.city)
    parts = {
        "name": names,
        "label": label,
        "place": [*place, *place_names(*here)],
        "text": [*said, *technique_names(tuple(getattr(row, "techniques", ())))],
    }
    codes = {
        "kind": {kind},
        "place": {placed.province or placed.country},
        "country": {placed.country},
        "owner": {institution.kind if institution else ""},
        "facility": {facility.kind if facility else ""},
        "stage": {stage for stage in STAGES if facility and getattr(facility, stage)},
        "source": {row.source},
    }
    exact = {squashed(text) for text in (row.key, *names)}
    point = (placed.latitude, placed.longitude) if placed.latitude is not None else None
    words = {part: [_folded(text) for text in texts if text] for part, texts in parts.items()}
    return Plain((kind, row.key), exact, words, codes, set(division_codes(*here)), "", None, None, point, {})


@functools.cache
def _folded(text: str) -> str:
    """Names of classes, places and owners stand in thousands of records."""
    return words_of(prepare(text))


def words_of(text: str) -> str:
    """The runs of a text with a blank on both sides of each: Chinese as it stands, words in their basic form."""
    return f" {' '.join(basic_form(run) if kind == 'letters' else run for kind, run in runs(text))} "


def scan(text: str, among: list[Plain], filters: Filters | None = None) -> list[Plain]:
    """The records that meet the question and pass the filters, told by reading every one of them."""
    filters = filters or Filters()
    return [one for one in meeting(text, among) if passes(one, filters)]


def meeting(text: str, among: list[Plain]) -> list[Plain]:
    """The records that meet the question, whatever is filtered."""
    units = [
        (unit.exact, [(way.fields, pieces_of(way.text)) for way in unit.alternatives]) for unit in question.read(text)
    ]
    return [one for one in among if all(meets(exact, ways, one) for exact, ways in units)]


def pieces_of(text: str) -> list[str]:
    """What must stand somewhere: each stretch of one script, blanks divide."""
    pieces = [piece for piece in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff\s]+", text) if runs(piece)]
    return [words_of(piece).strip() if runs(piece)[0][0] == "cjk" else words_of(piece) for piece in pieces]


def meets(exact: str, ways: list[tuple[tuple[str, ...], list[str]]], one: Plain) -> bool:
    """Whether the record is called exactly so, or has all pieces of one of the ways."""
    return (exact in one.exact and exact != "") or any(
        all(any(piece in text for field in fields for text in one.parts[field]) for piece in pieces)
        for fields, pieces in ways
    )


def passes(one: Plain, filters: Filters) -> bool:
    """Whether the record passes every filter."""
    listed = {
        "kind": filters.kinds, "maker": filters.makers, "origin": filters.origins, "made_in": filters.made_in,
        "technique": filters.techniques, "year": filters.years, "status": filters.statuses, "owner": filters.owners,
        "facility": filters.facilities, "stage": filters.stages, "source": filters.sources,
    }  # fmt: skip
    if any(wanted and not one.codes.get(name, set()) & set(wanted) for name, wanted in listed.items()):
        return False
    if filters.classes and not one.class_code.startswith(tuple(class_prefix(code) for code in filters.classes)):
        return False
    if filters.places and not one.where & set(filters.places):
        return False
    for name in ("shared", "bookable"):
        wanted = getattr(filters, name)
        if wanted is not None and one.codes.get(name) != {str(int(wanted))}:
            return False
    if filters.values and not any(_inside(one.value, *_band(code)) for code in filters.values):
        return False
    return (
        _inside(one.value, filters.min_value_cny, filters.max_value_cny, closed=True)
        and _inside(one.year, filters.from_year, filters.to_year, closed=True)
        and all(_able(one, wanted) for wanted in filters.abilities)
        and _near(one, filters)
    )


def _band(code: str) -> tuple[float | None, float | None]:
    low, high = (float(end) if end else None for end in code.split("-"))
    return low, high


def bands(found: list[Plain]) -> dict[str, int]:
    """How many of the records have a value in each band."""
    codes = ("-100000", "100000-500000", "500000-2000000", "2000000-10000000", "10000000-")
    numbers = {code: sum(_inside(one.value, *_band(code)) for one in found) for code in codes}
    return {code: number for code, number in numbers.items() if number}


def _inside(number: float | None, low: Any, high: Any, *, closed: bool = False) -> bool:
    if closed and low is None and high is None:
        return True
    if number is None or (low is not None and number < low):
        return False
    return high is None or number < high or (closed and number == high)


def _able(one: Plain, wanted: Any) -> bool:
    ranges = one.able.get(wanted.quantity, [])
    if not ranges:
        return False
    low, high = min(low for low, _high in ranges), max(high for _low, high in ranges)
    return (wanted.low is None or high >= wanted.low) and (wanted.high is None or low <= wanted.high)


def _near(one: Plain, filters: Filters) -> bool:
    near = filters.near
    if near is None:
        return True
    if one.point is None:
        return False
    written = (round(one.point[0], 4), round(one.point[1], 4))
    return distance_km((near.latitude, near.longitude), written) <= near.km


def counts(facet: str, found: list[Plain]) -> dict[str, int]:
    """How many of the records have each code of the facet."""
    return dict(Counter(code for one in found for code in one.codes.get(facet, set()) if code))
