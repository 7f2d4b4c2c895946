"""Records changed by people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue import editing
from liqi.catalogue.models import Contact, IndexChange, Institution, Instrument, Maker, RecordChange

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def lead() -> Person:
    person = Person.objects.create_user("lead@example.org", "x", name="Lead")
    university = Organisation.objects.create(name="Host", kind=Organisation.Kind.INSTITUTION)
    Membership.objects.create(person=person, organisation=university, role=Membership.Role.LEAD)
    Institution.objects.create(key="host", name="Host", organisation=university, **RECORD)
    return person


@pytest.fixture
def instrument(lead: Person) -> Instrument:
    return Instrument.objects.create(
        key="ms", name="质谱仪", institution=Institution.objects.get(), time_zone="Asia/Shanghai", **RECORD
    )


def test_a_change_keeps_before_and_after_and_tells_journal_and_index(instrument: Instrument, lead: Person) -> None:
    values = {"name": "液质联用仪", "value_cny": "1 200 000", "acquired_on": "2024-03-01", "name_en": ""}
    done = editing.change(instrument, values, person=lead, now=NOW + timedelta(hours=1))
    assert done is not None
    assert done.fields == {
        "acquired_on": [None, "2024-03-01"],
        "name": ["质谱仪", "液质联用仪"],
        "value_cny": [None, "1200000.00"],
    }
    assert (instrument.name, instrument.value_cny) == ("液质联用仪", Decimal(1_200_000))
    assert instrument.updated_at == NOW + timedelta(hours=1)
    line = JournalEntry.objects.get(verb="edit")
    assert line.facts["change"] == done.pk
    assert list(IndexChange.objects.values_list("kind", "key")) == [("instrument", "ms")]


def test_a_change_of_nothing_leaves_no_trace(instrument: Instrument, lead: Person) -> None:
    assert editing.change(instrument, {"name": "质谱仪", "value_cny": ""}, person=lead, now=NOW) is None
    assert not RecordChange.objects.exists()
    assert not IndexChange.objects.exists()


def test_who_reads_an_old_record_overwrites_nothing(instrument: Instrument, lead: Person) -> None:
    mine, theirs = Instrument.objects.get(), Instrument.objects.get()
    editing.change(theirs, {"model": "B"}, person=lead, now=NOW)
    with pytest.raises(editing.Conflict, match=r"Lead changed model while you edited"):
        editing.change(mine, {"model": "A"}, person=lead, now=NOW)
    assert Instrument.objects.get().model == "B"


def test_two_changes_in_the_same_instant_are_told_apart(instrument: Instrument, lead: Person) -> None:
    seen = instrument.updated_at
    editing.change(instrument, {"model": "A"}, person=lead, now=NOW)
    assert instrument.updated_at > seen


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("name", "", "expected"),
        ("name", "x" * 301, "at most 300"),
        ("value_cny", "a lot", "expected a number"),
        ("value_cny", "-1", "zero or more"),
        ("value_cny", "1e99", "expected a"),
        ("value_cny", "NaN", "expected a number"),
        ("acquired_on", "2026-13-40", "expected a date"),
        ("status", "sleeping", "expected one of"),
        ("website", "javascript:alert(1)", "https://"),
        ("website", "https://", "https://"),
        ("class_code", "999999", "class of six digits"),
        ("made_in", "XX", "country code"),
        ("time_zone", "Mars/Base", "time zone"),
        ("max_minutes", "5", "least length"),
        ("latitude", "31.8", "both or neither"),
        ("doi", "https://doi.org/10.1/x", "DOI"),
        ("handle", "https://hdl.handle.net/21.11157/1234", "Handle"),
        ("maker", "nobody", "identifier of a record of the catalogue"),
        ("techniques", ["alchemy"], "alchemy"),
        ("capabilities", [{"quantity": "", "value": "5"}], "without a quantity"),
        ("capabilities", [{"quantity": "mass", "low": "9", "high": "2"}], "smaller number first"),
        ("capabilities", "140000", "no list of rows"),
        ("capabilities", [{"quantity": "mass range", "value": "5", "unit": "kg"}], "unit such as"),
        ("opening_hours", {"mon": "09:00-08:00"}, "times such as"),
        ("opening_hours", {"mon": "09:00-12:00, 11:00-13:00"}, "overlap"),
        ("opening_hours", {"someday": "09:00-12:00"}, "mon to sun"),
        ("identifiers", [{"type": "Asset"}], "without value"),
        ("description", "a\x00b", "NUL"),
        ("key", "other", "No field"),
        ("removed_at", "2026-01-01", "No field"),
    ],
)
def test_a_value_that_cannot_be_taken_says_what_was_expected(
    instrument: Instrument, lead: Person, field: str, given: Any, words: str
) -> None:
    with pytest.raises(editing.Invalid) as caught:
        editing.change(instrument, {"model": "new", field: given}, person=lead, now=NOW)
    assert words in " ".join(caught.value.problems.values())
    assert Instrument.objects.get().model == ""


def test_numbers_hours_and_class_are_read_as_written(instrument: Instrument, lead: Person) -> None:
    values = {
        "capabilities": [
            {"quantity": "质量分辨率", "value": "140 000", "unit": ""},
            {"quantity": "mass range", "low": "50", "high": "6000", "unit": "Da"},
            {"quantity": "", "value": "", "low": "", "high": "", "unit": ""},
            {"quantity": "检测器", "value": "轨道阱", "unit": ""},
        ],
        "opening_hours": {"tue": "13:00-17:30, 9:00–12:00", "mon": ""},
        "class_code": "010201",
    }
    editing.change(instrument, values, person=lead, now=NOW)
    assert instrument.capabilities == [
        {"quantity": "mass_resolution", "value": 140000, "unit": ""},
        {"quantity": "mass_range", "low": 50, "high": 6000, "unit": "Da"},
        {"quantity": "检测器", "value": "轨道阱", "unit": ""},
    ]
    assert instrument.opening_hours == {"tue": [["09:00", "12:00"], ["13:00", "17:30"]]}
    assert (instrument.class_scheme, instrument.class_edition) == ("cn-instr", "current")


def test_a_change_and_its_undoing_leave_the_record_as_it_was(instrument: Instrument, lead: Person) -> None:
    Maker.objects.create(key="thermo", name="赛默飞", **RECORD)
    before = Instrument.objects.values().get()
    contacts = [{"role": "manager", "name": "Wei", "phone": "123", "public": True}]
    values = {"maker": "thermo", "class_code": "010201", "shared": "yes", "contacts": contacts, "value_cny": "5"}
    done = editing.change(instrument, values, person=lead, now=NOW)
    assert done is not None
    assert Contact.objects.get().public
    editing.undo(done, person=lead, now=NOW + timedelta(minutes=1))
    after = Instrument.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"updated_at"}
    assert not Contact.objects.exists()
    assert RecordChange.objects.first().cause == "undo"  # type: ignore[union-attr]


def test_what_was_changed_again_is_not_undone(instrument: Instrument, lead: Person) -> None:
    done = editing.change(instrument, {"model": "A"}, person=lead, now=NOW)
    editing.change(instrument, {"model": "B"}, person=lead, now=NOW)
    assert done is not None
    with pytest.raises(editing.Conflict, match="changed again since"):
        editing.undo(done, person=lead, now=NOW)
    assert Instrument.objects.get().model == "B"


def test_a_fault_that_was_there_before_does_not_stop_another_change(instrument: Instrument, lead: Person) -> None:
    Instrument.objects.update(made_in="ZZ", updated_at=NOW)
    instrument.refresh_from_db()
    assert editing.change(instrument, {"model": "A"}, person=lead, now=NOW) is not None
    with pytest.raises(editing.Invalid):
        editing.change(instrument, {"made_in": "QQ"}, person=lead, now=NOW)


def test_a_removed_record_can_be_put_back(instrument: Instrument, lead: Person) -> None:
    gone = editing.remove(instrument, person=lead, now=NOW + timedelta(hours=1))
    assert not Instrument.objects.exists()
    assert instrument.removed_at is not None
    with pytest.raises(editing.Conflict):
        editing.remove(instrument, person=lead, now=NOW)
    editing.undo(gone, person=lead, now=NOW + timedelta(hours=2))
    assert Instrument.objects.get().updated_at == NOW + timedelta(hours=2)


def test_a_new_record_has_a_key_of_its_own_and_can_be_undone(instrument: Instrument, lead: Person) -> None:
    values = {"name": "天平", "name_en": "Balance", "institution": "host"}
    first = editing.create("instrument", values, person=lead, now=NOW)
    second = editing.create("instrument", values, person=lead, now=NOW)
    assert first.key != second.key
    assert "balance" in first.key
    assert first.institution.key == "host"
    editing.undo(RecordChange.objects.get(key=first.key), person=lead, now=NOW)
    assert set(Instrument.objects.values_list("key", flat=True)) == {"ms", second.key}


def test_only_those_who_look_after_a_record_change_it(instrument: Instrument) -> None:
    stranger = Person.objects.create_user("a@example.org", "x", name="A")
    member = Person.objects.create_user("b@example.org", "x", name="B")
    operator = Person.objects.create_superuser("c@example.org", "x", name="C")
    steward = Person.objects.create_user("d@example.org", "x", name="D")
    Membership.objects.create(person=member, organisation=Organisation.objects.get())
    steward.stewardships.create(instrument=instrument)
    for person in (stranger, member):
        assert not editing.may_edit(person, instrument)
        with pytest.raises(editing.NotAllowed):
            editing.change(instrument, {"model": "A"}, person=person, now=NOW)
        with pytest.raises(editing.NotAllowed):
            editing.create("instrument", {"name": "x", "institution": "host"}, person=person, now=NOW)
    for person in (operator, steward):
        assert editing.may_edit(person, instrument)
    assert not editing.may_edit(steward, instrument.institution)
    assert not editing.may_edit(None, instrument)


def test_a_new_name_of_an_institution_reaches_its_instruments_in_the_index(
    instrument: Instrument, lead: Person
) -> None:
    editing.change(Institution.objects.get(), {"name": "New name"}, person=lead, now=NOW)
    assert set(IndexChange.objects.values_list("kind", "key")) == {("institution", "host"), ("instrument", "ms")}


def test_an_instrument_cannot_move_to_where_the_person_may_not_add(instrument: Instrument, lead: Person) -> None:
    Institution.objects.create(key="other", name="Other", **RECORD)
    with pytest.raises(editing.NotAllowed):
        editing.change(instrument, {"institution": "other"}, person=lead, now=NOW)


def test_an_import_is_undone_without_its_row_and_a_merge_as_a_whole(instrument: Instrument, lead: Person) -> None:
    about: dict[str, Any] = {"kind": "instrument", "key": "ms", "at": NOW}
    fields = {"name": ["Old name", "质谱仪"], "source_row": [{}, {"name": "质谱仪"}]}
    editing.undo(RecordChange.objects.create(cause="import", fields=fields, **about), person=lead, now=NOW)
    assert Instrument.objects.get().name == "Old name"
    merged = RecordChange.objects.create(cause="merge", fields={"serial": ["", ""]}, **about)
    assert not editing.can_undo(merged)
    with pytest.raises(editing.Conflict, match="undo the merge itself"):
        editing.undo(merged, person=lead, now=NOW)
