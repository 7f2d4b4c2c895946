"""One change of many records."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue import bulk_edit, editing
from liqi.catalogue.models import BulkEdit, Facility, IndexChange, Institution, Instrument, Maker, RecordChange

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}
KEYS = [f"i{number}" for number in range(6)]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def lead() -> Person:
    person = Person.objects.create_user("lead@example.org", "x", name="Lead")
    university = Organisation.objects.create(name="Host", kind=Organisation.Kind.INSTITUTION)
    Membership.objects.create(person=person, organisation=university, role=Membership.Role.LEAD)
    host = Institution.objects.create(key="host", name="Host", organisation=university, **RECORD)
    Maker.objects.create(key="m1", name="Maker 1", **RECORD)
    Maker.objects.create(key="m2", name="Maker 2", **RECORD)
    Facility.objects.create(
        key="f", name="F", institution=host, kind="service_platform", facility_class="support", **RECORD
    )
    for number, key in enumerate(KEYS):
        Instrument.objects.create(
            key=key, name=key, institution=host, maker=Maker.objects.get(key="m1") if number % 2 else None,
            techniques=["lcms"] if number < 3 else ["odd key", "gcms"], class_code="990000", class_scheme="other",
            class_edition="1999", **RECORD,
        )  # fmt: skip
    Instrument.objects.create(key="theirs", name="theirs", **RECORD)
    return person


def rows() -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name != "updated_at"}
        for row in Instrument.everything.order_by("pk").values()
    ]


def apply(lead: Person, values: dict[str, Any], keys: list[str] = KEYS) -> BulkEdit:
    return bulk_edit.apply("instrument", keys, values, person=lead, now=LATER)


def test_all_records_have_the_new_values_and_what_they_had_is_kept(lead: Person) -> None:
    IndexChange.objects.all().delete()
    done = apply(lead, {"class_code": "010201", "maker": "m2", "shared": "yes", "confirmed_on": "2026-11-21"})
    assert done.count == 6
    assert done.before["i0"]["maker"] is None
    assert done.before["i1"]["maker"] == "m1"
    for one in Instrument.objects.filter(key__in=KEYS):
        assert (one.class_code, one.class_scheme, one.class_edition) == ("010201", "cn-instr", "current")
        assert one.maker
        assert one.maker.key == "m2"
        assert one.shared
        assert one.updated_at == LATER
    assert RecordChange.objects.filter(cause="bulk", cause_id=str(done.pk)).count() == 6
    assert JournalEntry.objects.get(verb="bulk edit").facts["count"] == 6
    assert IndexChange.objects.count() == 6


def test_words_are_added_and_taken_out_without_touching_the_others(lead: Person) -> None:
    apply(lead, {"techniques": {"add": ["nmr"], "remove": ["gcms"]}})
    assert Instrument.objects.get(key="i0").techniques == ["lcms", "nmr"]
    assert Instrument.objects.get(key="i5").techniques == ["odd key", "nmr"]


def test_a_preview_counts_what_there_is_and_changes_nothing(lead: Person) -> None:
    before = rows()
    values = {"maker": "m1"}
    seen = bulk_edit.preview("instrument", [*KEYS, "theirs", "gone"], values, person=lead)
    assert (seen.changed, seen.unchanged) == (3, 3)
    assert dict(seen.before["maker"]) == {"": 3}
    assert seen.samples[0] == ("i0", "i0", {"maker": [None, "m1"]})
    assert seen.refused == {
        "theirs": "This record is not yours to edit.",
        "gone": "This record is no longer in the catalogue.",
    }
    assert rows() == before
    assert not RecordChange.objects.exists()


def test_what_a_preview_says_is_what_is_done(lead: Person) -> None:
    values = {"department": "Chemistry", "status": "working"}
    seen = bulk_edit.preview("instrument", KEYS, values, person=lead)
    assert apply(lead, values).count == seen.changed


def test_an_edit_taken_back_leaves_every_record_as_it_was(lead: Person) -> None:
    choices: dict[str, list[Any]] = {
        "class_code": ["010201", "", "011012"],
        "maker": ["m2", "", "m1"],
        "facility": ["f", ""],
        "department": ["A", ""],
        "shared": ["yes", "no"],
        "confirmed_on": ["2026-01-31", ""],
        "techniques": [{"add": ["nmr", "lcms"], "remove": ["gcms"]}, ["afm"], []],
        "training_required": ["yes", "no", ""],
        "made_in": ["CN", ""],
    }
    for seed in range(20):
        chance = random.Random(seed)
        values = {name: chance.choice(choices[name]) for name in chance.sample(sorted(choices), 1 + seed % 5)}
        keys = chance.sample(KEYS, 1 + seed % 6)
        before = rows()
        try:
            done = apply(lead, values, keys)
        except bulk_edit.NotPossible:
            continue
        assert rows() != before
        result = bulk_edit.undo(done, person=lead, now=LATER + timedelta(minutes=seed))
        assert (result.restored, result.changed_since) == (done.count, {})
        assert rows() == before, values


def test_a_record_that_was_changed_since_is_left_and_named(lead: Person) -> None:
    done = apply(lead, {"department": "A"})
    editing.change(Instrument.objects.get(key="i2"), {"department": "B"}, person=lead, now=LATER)
    editing.change(Instrument.objects.get(key="i3"), {"model": "X"}, person=lead, now=LATER)
    result = bulk_edit.undo(done, person=lead, now=LATER)
    assert (result.restored, result.changed_since) == (5, {"i2": ["department"]})
    assert Instrument.objects.get(key="i2").department == "B"
    assert Instrument.objects.get(key="i3").model == "X"
    with pytest.raises(bulk_edit.NotPossible, match="taken back already"):
        bulk_edit.undo(done, person=lead, now=LATER)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "nothing to change"),
        ({"key": "x"}, "cannot be changed of many"),
        ({"name": "x"}, "cannot be changed of many"),
        ({"class_code": "777777"}, "777777"),
        ({"maker": "nobody"}, "nobody"),
        ({"confirmed_on": "soon"}, "soon"),
        ({"shared": "perhaps"}, "perhaps"),
    ],
)
def test_a_value_that_fits_none_refuses_the_whole_edit(lead: Person, values: dict[str, Any], said: str) -> None:
    before = rows()
    for act in (bulk_edit.preview, lambda *a, **k: bulk_edit.apply(*a, now=LATER, **k)):
        with pytest.raises(bulk_edit.NotPossible, match=said):
            act("instrument", KEYS, values, person=lead)
    assert rows() == before
    assert not BulkEdit.objects.exists()


def test_nothing_found_and_too_much_found_are_said(lead: Person) -> None:
    with pytest.raises(bulk_edit.NotPossible, match="Found no record"):
        apply(lead, {"department": "A"}, [])
    with pytest.raises(bulk_edit.NotPossible, match="more than 10000 records"):
        apply(lead, {"department": "A"}, [f"k{number}" for number in range(10_001)])
    with pytest.raises(bulk_edit.NotPossible, match="none is yours to edit"):
        apply(lead, {"department": "A"}, ["theirs"])


def test_only_who_made_an_edit_or_an_operator_takes_it_back(lead: Person) -> None:
    done = apply(lead, {"department": "A"})
    with pytest.raises(bulk_edit.NotAllowed):
        bulk_edit.undo(done, person=Person.objects.create_user("x@example.org", "x", name="X"), now=LATER)
    operator = Person.objects.create_user("o@example.org", "x", name="O", is_operator=True)
    assert bulk_edit.undo(done, person=operator, now=LATER).restored == 6


def test_progress_is_told_and_many_records_take_few_queries(lead: Person, django_assert_max_num_queries: Any) -> None:
    host = Institution.objects.get()
    Instrument.objects.bulk_create(
        Instrument(key=f"n{number}", name=f"n{number}", institution=host, **RECORD) for number in range(1200)
    )
    told: list[tuple[int, int]] = []
    keys = [f"n{number}" for number in range(1200)]
    with django_assert_max_num_queries(60):
        bulk_edit.apply(
            "instrument", keys, {"maker": "m1", "shared": True}, person=lead, now=LATER,
            report=lambda done, whole: told.append((done, whole)),
        )  # fmt: skip
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]
