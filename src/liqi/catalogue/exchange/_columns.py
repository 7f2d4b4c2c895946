"""Our fields as columns of a table, the other names that they go by, and which of ours a header of others may mean."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from liqi.catalogue.exchange._header import plain

GROUPS: dict[str, tuple[str, ...]] = {
    "record": (
        *("kind", "id", "name", "name_en", "description", "website", "doi", "handle", "identifiers", "codes"),
        *("keywords", "licence", "confirmed_on", "confidence", "synthetic"),
    ),
    "instrument": (
        *("class", "class_edition", "maker", "model", "serial", "made_in", "built_year", "techniques"),
        *("capabilities", "measured_variables", "functions", "specification", "service_content", "achievements"),
        *("subjects", "status", "parent", "facility", "department", "value_cny", "value_wan", "value_other"),
        *("acquired_on", "commissioned_on", "decommissioned_on", "end_of_life_on", "obtained", "purpose", "one_off"),
        *("customs_supervised", "funds", "carrier_kind", "carrier_name", "calibrated_on", "calibration_due_on"),
        *("calibration", "portable", "related"),
    ),
    "access": (
        *("shared", "bookable", "booking_url", "training_required", "training", "user_rules", "fees"),
        *("price_cny_per_hour", "opening_hours", "time_zone", "run_hours", "outside_hours", "hours_year"),
        *("min_minutes", "max_minutes", "notice_minutes", "horizon_days"),
    ),
    "place": (
        *("institution", "institution_en", "ror_id", "country", "province", "city", "county", "place", "address"),
        *("postcode", "latitude", "longitude"),
    ),
    "contact": (
        *("contact_name", "contact_role", "contact_position", "contact_unit", "contact_phone", "contact_email"),
        *("contact_address", "contact_postcode", "contact_public"),
    ),
    "facility": (
        *("facility_kind", "field", "stages", "opened_year", "founded_on", "accepted_on", "cost_cny", "register"),
        *("acronym", "device_category", "level", "competent_department", "approving_department", "domestic_users"),
        *("foreign_users", "floor_area_m2", "instrument_count", "accredited", "documents"),
    ),
    "institution": ("institution_kind", "credit_code", "national_code", "aliases"),
    "service": ("sample_types", "price_cny", "price_unit", "turnaround_days", "open", "instruments"),
}
FIELDS = tuple(name for names in GROUPS.values() for name in names)
"""Every column that a table of ours may have."""
_SURE = 100
_LIKELY = 86


@cache
def other_names() -> dict[str, str]:
    """Folded titles, ours and those that others use, and the field that each means."""
    found = {plain(name): name for name in FIELDS}
    for field in FIELDS:
        found.setdefault(plain(field.replace("_", " ")), field)
    text = files("liqi.catalogue.exchange").joinpath("data", "column_names.tsv").read_text("utf-8")
    for line in text.splitlines()[1:]:
        field, _tab, names = line.partition("\t")
        for name in names.split("|"):
            found.setdefault(plain(name), field)
    return found


HEADERS = frozenset(other_names())
"""Titles by which the header of such a table is found."""


def columns_of(header: Iterable[str], mapping: Mapping[str, str]) -> dict[int, str]:
    """Position of a column and our field for it; the first of two columns for one field wins.

    With a mapping, its columns come first; one that is mapped to nothing is left out.
    """
    mapped = {plain(theirs): ours for theirs, ours in mapping.items()}
    titles = [plain(title) for title in header]
    found = {place: mapped[title] for place, title in enumerate(titles) if mapped.get(title) in FIELDS}
    taken = set(found.values())
    for place, title in enumerate(titles):
        if title in mapped:
            continue
        ours = other_names().get(title) or title.replace(" ", "_")
        if ours in FIELDS and ours not in taken:
            found[place] = ours
            taken.add(ours)
    return dict(sorted(found.items()))


@lru_cache(maxsize=4096)
def guess(title: str) -> tuple[str, int]:
    """Our field that a header of others most likely means, and how sure that is (0 to 100); empty below 86."""
    folded = plain(title)
    if field := other_names().get(folded) or other_names().get(folded.replace("_", " ")):
        return field, _SURE
    best = process.extractOne(folded, list(other_names()), scorer=fuzz.token_sort_ratio, score_cutoff=_LIKELY)
    return (other_names()[best[0]], int(best[1])) if best and len(folded) > 3 else ("", 0)
