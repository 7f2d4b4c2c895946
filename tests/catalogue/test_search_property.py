"""Any question with any filters counts what a plain scan counts, facets and all."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.catalogue import search
from liqi.catalogue.search import Ability, Filters, Near
from tests.catalogue import plain

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


PIECES = [
    *("质谱联用仪", "電子顯微鏡", "分光光度计", "中国科学技术大学", "核磁共振波谱仪", "南京", "国家重点实验室"),
    *("x-ray diffractometer", "mass spec", "resolving power", "St Andrews", "Q Exactive", "GC-MS", "ICP-MS"),
    *("5 kV", "010201", "ctd"),
]


@st.composite
def questions(draw: st.DrawFn, records: list[plain.Plain]) -> str:
    """Pieces of the texts of records, cut anywhere, and words of people."""
    found = []
    for _ in range(draw(st.integers(1, 2))):
        if draw(st.integers(0, 4)) == 0:
            found.append(draw(st.sampled_from(PIECES)))
            continue
        record = records[draw(st.integers(0, len(records) - 1))]
        texts = [text.strip() for part in ("name", "label", "place", "text") for text in record.parts[part]]
        text = draw(st.sampled_from([text for text in texts if text]))
        if text.isascii():
            words = text.split(" ")
            at = draw(st.integers(0, len(words) - 1))
            found.append(" ".join(words[at : at + draw(st.integers(1, 3))]))
        else:
            at = draw(st.integers(0, len(text) - 1))
            found.append(text[at : at + draw(st.integers(1, 9))])
    return " ".join(found)


def some(codes: list[str]) -> Any:
    """No code, mostly; else one or two."""
    return st.one_of(st.just(()), st.just(()), st.just(()), st.lists(st.sampled_from(codes), max_size=2).map(tuple))


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """Any filters, most of them not set."""
    low = draw(st.sampled_from([None, None, None, Decimal(300_000), Decimal(2_000_000)]))
    return Filters(
        kinds=draw(some(["instrument", "facility", "institution", "service"])),
        classes=draw(some(["010000", "010200", "010201", "030000", "050104"])),
        places=draw(some(["CN", "340000", "340100", "310000", "GB", "US"])),
        makers=draw(some(["bruker", "thermo", "agilent"])),
        origins=draw(some(["CN", "DE", "US", "JP"])),
        made_in=draw(some(["CN", "DE", "US"])),
        techniques=draw(some(["hrms", "sem", "xrdp", "nmr"])),
        values=draw(some(["-100000", "500000-2000000", "10000000-"])),
        statuses=draw(some(["working", "down", "operating"])),
        owners=draw(some(["education", "facility", "company"])),
        facilities=draw(some(["service_platform", "laboratory"])),
        stages=draw(some(["applied_research", "industrialisation"])),
        shared=draw(st.sampled_from([None, None, True, False])),
        bookable=draw(st.sampled_from([None, None, None, True])),
        min_value_cny=low,
        max_value_cny=draw(st.sampled_from([None, None, None, Decimal(5_000_000)])),
        from_year=draw(st.sampled_from([None, None, None, 2015])),
        to_year=draw(st.sampled_from([None, None, None, 2020])),
        abilities=draw(
            st.sampled_from(
                [(), (), (), (), (Ability("mass_resolution", low=120_000.0),), (Ability("mass_range", 500.0, 1500.0),)]
            )
        ),
        near=draw(st.sampled_from([None, None, None, None, Near(31.82, 117.23, 60.0), Near(56.34, -2.79, 900.0)])),
    )


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_any_question_counts_what_a_plain_scan_counts(data: st.DataObject, records: list[plain.Plain]) -> None:
    text, wanted = data.draw(questions(records)), data.draw(filters())
    found = search.find(text, wanted, limit=20)
    meeting = plain.meeting(text, records)
    expected = {one.key for one in meeting if plain.passes(one, wanted)}
    if found.loosely:
        assert len(expected) < 3
        return
    assert found.total == len(expected)
    assert {(hit.kind, hit.key) for hit in found.hits} <= expected
    assert set(search.keys(text, wanted)) == expected
    for facet in ("class", "class_small", "place", "technique", "stage", "status", "source"):
        field = search.FILTER_OF[facet]
        emptied: Any = {field: ()}
        widened = replace(wanted, **emptied)
        counts = plain.counts(facet, [one for one in meeting if plain.passes(one, widened)])
        shown = {one.code: one.count for one in found.facets[facet]}
        assert shown == {code: counts[code] for code in shown}, facet
