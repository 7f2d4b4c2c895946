"""Instruments with any content, as the database would give them, without a database."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from liqi.catalogue.models import Contact, Facility, Institution, Instrument, Maker

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SITE = "https://liqi.example.org"
LETTERS = st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\ufffe\uffff")
WORDS = st.text(LETTERS, min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)
LINES = st.lists(WORDS, max_size=3).map("\n".join)
DAYS = st.dates(date(1950, 1, 1), date(2040, 1, 1))
MAYBE_DAY = st.none() | DAYS
LISTS = st.lists(WORDS, max_size=3, unique=True)
_CODES = {"scheme": st.sampled_from(["gbt14885", "hs"]), "edition": st.sampled_from(["2010", "2022"]), "code": WORDS}
CODES = st.lists(st.fixed_dictionaries(_CODES), max_size=2, unique_by=str)
RELATED = st.lists(
    st.fixed_dictionaries(
        {
            "relation": st.sampled_from(["IsDescribedBy", "References", "WasUsedIn", "Sells"]),
            "identifier": st.sampled_from(["10.1000/one", "10.1000/two"]),
            "type": st.sampled_from(["DOI", "RRID", "Pager"]),
        }
    ),
    max_size=2,
    unique_by=str,
)
IDENTIFIERS = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from(["InventoryNumber", "Asset tag"]), "value": WORDS}),
    max_size=2,
    unique_by=str,
)
OWNER = Institution(pk=1, key="hzb", name="亥姆霍兹柏林中心", name_en="HZB", ror_id="https://ror.org/02aj13c28")
PLAIN_OWNER = Institution(pk=2, key="plain", name="Plain Institute", name_en="Plain Institute")
MAKER = Maker(pk=1, key="dectris", name="DECTRIS", name_en="DECTRIS", brand_country="CH")
PRIVATE = Contact(pk=1, name="Nobody Knows", email="secret@example.org", phone="0551-1234567", public=False)
PUBLIC = Contact(pk=2, name="Front desk", email="desk@example.org", public=True)


def cached(one: Any, **lists: list[Any]) -> Any:
    """The record as if its lists had been read beside it."""
    empty: dict[str, list[Any]] = {
        name: [] for name in ("parts", "twins", "pictures", "contacts", "instruments", "owners", "services")
    }
    one._prefetched_objects_cache = empty | lists
    return one


PARENT = cached(Instrument(pk=7, key="whole", name="Whole", doi="10.5442/whole"))


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Any instrument: many fields filled with anything."""
    classed = draw(st.booleans())
    located = draw(st.booleans())
    fields: dict[str, Any] = {
        "name": draw(WORDS),
        "doi": draw(st.sampled_from(["", "10.5442/ni000001"])),
        "handle": draw(st.sampled_from(["", "1234/5678"])),
        "identifiers": draw(IDENTIFIERS),
        "codes": draw(CODES),
        "related": draw(RELATED),
        "institution": draw(st.sampled_from([None, OWNER, PLAIN_OWNER])),
        "maker": draw(st.sampled_from([None, MAKER])),
        "maker_text": draw(st.sampled_from(["", "Dectris AG"])),
        "model": draw(st.just("") | WORDS),
        "serial": draw(st.just("") | WORDS),
        "class_code": "010201" if classed else "",
        "class_scheme": "cn-instr" if classed else "",
        "class_edition": "current" if classed else "",
        "techniques": draw(st.sampled_from([[], ["lcms"]])),
        "measured_variables": draw(LISTS),
        "keywords": draw(LISTS),
        "subjects": draw(st.sampled_from([[], ["140", "150"]])),
        "description": draw(LINES),
        "specification": draw(LINES),
        "functions": draw(LINES),
        "website": draw(st.sampled_from(["", "https://www.example.org/i/1"])),
        "department": draw(st.just("") | WORDS),
        "commissioned_on": draw(MAYBE_DAY),
        "decommissioned_on": draw(MAYBE_DAY),
        "acquired_on": draw(MAYBE_DAY),
        "built_year": draw(st.none() | st.integers(1950, 2030)),
        "value_cny": draw(st.none() | st.decimals(0, 10**9, places=2)),
        "shared": draw(st.booleans()),
        "portable": draw(st.sampled_from([None, True, False])),
        "synthetic": draw(st.booleans()),
        "parent": draw(st.sampled_from([None, PARENT])),
        "country": "CN" if located else "",
        "province": "340000" if located else "",
        "city": "合肥" if located else "",
        "latitude": 31.82 if located else None,
        "longitude": 117.23 if located else None,
    }
    fields["name_en"] = draw(st.sampled_from(["", fields["name"], "An English name"]))
    fields["facility"] = draw(st.sampled_from([None, Facility(pk=3, key="lab", name="Lab")]))
    fields["status"] = "retired" if fields["decommissioned_on"] else draw(st.sampled_from(["unknown", "working"]))
    one = Instrument(pk=5, key="one", source="test", created_at=NOW, updated_at=NOW, **fields)
    return cached(one, contacts=draw(st.sampled_from([[], [PUBLIC]])))  # type: ignore[no-any-return]
