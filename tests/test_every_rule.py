"""What every booking rule owes: codes, words, whether it may be waived, a line in the docs, words for the page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from liqi.access import rules
from liqi.access.rules import RULES, Objection, Request, outage
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DOCS = Path(__file__).parents[1] / "docs" / "reference" / "booking-rules.md"
HOUR = timedelta(hours=1)

CASES: list[tuple[str, bool, dict[str, Any], timedelta, timedelta]] = [
    # code, waivable, the instrument's terms, start and end from now
    ("period_reversed", False, {}, 2 * HOUR, 1 * HOUR),
    ("past", False, {}, -2 * HOUR, 1 * HOUR),
    ("not_bookable", False, {"bookable": False}, HOUR, 2 * HOUR),
    ("not_working", True, {"status": "down"}, HOUR, 2 * HOUR),
    ("not_shared", True, {"shared": False}, HOUR, 2 * HOUR),
    ("too_short", True, {"min_minutes": 90}, HOUR, 2 * HOUR),
    ("too_long", True, {"max_minutes": 30}, HOUR, 2 * HOUR),
    ("closed", True, {"opening_hours": {"tue": [["09:00", "17:30"]]}}, HOUR, 2 * HOUR),
    ("short_notice", True, {"notice_minutes": 120}, HOUR, 2 * HOUR),
    ("too_far_ahead", True, {"horizon_days": 1}, 25 * HOUR, 26 * HOUR),
]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def ask(terms: dict[str, Any], start: timedelta, end: timedelta) -> Request:
    given = {"name": "MS", "shared": True, "bookable": True, "time_zone": "Asia/Shanghai"}
    instrument = Instrument(**(given | terms))
    person = Person(name="Lin", time_zone="Europe/London")
    return Request(instrument, person, None, NOW + start, NOW + end, NOW)


def found(terms: dict[str, Any], start: timedelta, end: timedelta) -> list[Objection]:
    return rules.objections(ask(terms, start, end))


@pytest.mark.parametrize(("code", "waivable", "terms", "start", "end"), CASES, ids=[case[0] for case in CASES])
def test_objects_with_code_words_and_waivable(
    code: str, waivable: bool, terms: dict[str, Any], start: timedelta, end: timedelta
) -> None:
    (objection,) = found(terms, start, end)
    assert (objection.code, objection.waivable) == (code, waivable)
    assert str(objection) == objection.words
    assert objection.words.endswith(".")
    assert "%(" not in objection.words
    waived = rules.objections(ask(terms, start, end), waive=[code])
    assert bool(waived) is not waivable


def test_has_a_case_and_a_line_in_the_docs_for_every_code() -> None:
    fixed = [rule for rule in RULES if not hasattr(rule, "PARAMETERS") and rule is not outage]
    codes = [code for rule in fixed for code in rule.CODES]  # outages are on record: tests/access asks those
    assert sorted(codes) == sorted(case[0] for case in CASES)
    told = DOCS.read_text(encoding="utf-8")
    for code, waivable, *_rest in CASES:
        assert f"| `{code}` | {'yes' if waivable else 'no'} |" in told


def test_every_rule_says_itself_in_words() -> None:
    instrument = ask({"notice_minutes": 90, "opening_hours": {"mon": [["09:00", "12:00"]]}}, HOUR, 2 * HOUR).instrument
    assert rules.in_words(instrument) == [
        "Open to everybody.",
        "From 30 min to 24 h at a time.",
        "Open Mon 09:00-12:00 (Asia/Shanghai).",
        "Book at least 1 h 30 min ahead.",
        "Bookings open 180 days ahead.",
    ]


def test_a_wish_that_keeps_all_rules_meets_no_objection() -> None:
    assert found({}, HOUR, 2 * HOUR) == []


@pytest.mark.parametrize(
    ("terms", "start", "end"),
    [
        ({"notice_minutes": 60}, HOUR, 2 * HOUR),
        ({"horizon_days": 1}, 24 * HOUR, 25 * HOUR),
        ({"min_minutes": 60, "max_minutes": 60}, HOUR, 2 * HOUR),
        ({"opening_hours": {"mon": [["10:00", "11:00"]]}}, HOUR, 2 * HOUR),
        ({}, timedelta(0), HOUR),
    ],
    ids=["notice", "horizon", "length", "opening hours", "now"],
)
def test_bounds_themselves_are_allowed(terms: dict[str, Any], start: timedelta, end: timedelta) -> None:
    assert found(terms, start, end) == []


def test_tells_both_clocks_where_they_differ() -> None:
    (objection,) = found({}, -2 * HOUR, HOUR)
    assert "2026-11-23 07:00 (CST; 2026-11-22 23:00 GMT)" in objection.words


def test_the_hour_that_the_clocks_skip_is_counted_right() -> None:
    """Sunday 2026-03-29 in London has no 01:00 to 02:00: 00:30 to 02:30 by the wall is one hour."""
    zone = ZoneInfo("Europe/London")
    asked = Request(
        Instrument(name="MS", shared=True, bookable=True, time_zone="Europe/London", max_minutes=60),
        Person(name="Lin", time_zone="Europe/London"), None,
        datetime(2026, 3, 29, 0, 30, tzinfo=zone), datetime(2026, 3, 29, 2, 30, tzinfo=zone),
        datetime(2026, 3, 28, tzinfo=UTC),
    )  # fmt: skip
    assert asked.length == HOUR
    assert rules.objections(asked) == []
