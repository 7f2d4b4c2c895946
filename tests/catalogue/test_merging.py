"""Two records of one instrument made one, and made two again."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from liqi.access.models import Booking, Order, Session, Steward, UseChange
from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue import editing, merging
from liqi.catalogue.models import (
    Contact,
    IndexChange,
    Institution,
    Instrument,
    Merge,
    Picture,
    RecordChange,
    Service,
    ServiceRecord,
    Twins,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}
TRACES = (RecordChange, JournalEntry, Merge, IndexChange, UseChange)


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
def pair(lead: Person) -> tuple[Instrument, Instrument]:
    """Two records with rows in every table that can point at an instrument."""
    host = Institution.objects.get()
    kept, other = (
        Instrument.objects.create(
            key=key, name=name, institution=host, time_zone="Asia/Shanghai", serial="SN1", model=model,
            value_cny=value, related=[{"relation": "References", "identifier": "x", "type": "URL"}], **RECORD,
        )
        for key, name, model, value in (("a", "质谱仪", "", None), ("b", "Q Exactive", "QE", Decimal("1.50")))
    )  # fmt: skip
    for at, one in enumerate((kept, other)):
        order = Order.objects.create(title="o", person=lead, instrument=one, created_at=NOW)
        start = NOW + (at * 2 + 1) * HOUR
        booking = Booking.objects.create(
            order=order, instrument=one, person=lead, starts_at=start, ends_at=start + HOUR, created_at=NOW
        )
        Session.objects.create(
            instrument=one, booking=booking, person=lead, started_at=NOW, ended_at=NOW + HOUR, effective_hours=1
        )
        Steward.objects.create(person=lead, instrument=one)
        Contact.objects.create(instrument=one, name=f"C{at}")
        picture = {"media_type": "image/png", "size": 1, "width": 1, "height": 1, "added_at": NOW}
        Picture.objects.create(instrument=one, sha256="same", **picture)
        Picture.objects.create(instrument=one, sha256=f"own{at}", **picture)
        ServiceRecord.objects.create(
            instrument=one, source="test", source_ref=f"r{at}", starts_at=NOW, quantity_unit="hours",
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        Instrument.objects.create(key=f"part{at}", name="part", parent=one, **RECORD)
    both = Service.objects.create(key="both", name="both", institution=host, **RECORD)
    both.instruments.set([kept, other])
    Service.objects.create(key="one", name="one", institution=host, **RECORD).instruments.set([other])
    first, second = sorted((kept, other), key=lambda one: one.pk)
    Twins.objects.create(first=first, second=second, reason="serial", score=0.9, found_at=NOW)
    return kept, other


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the traces; the time of the last change of a record apart."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model not in TRACES:
            rows = list(model._meta.base_manager.order_by("pk").values())
            found[model._meta.label] = [{k: v for k, v in row.items() if k != "updated_at"} for row in rows]
    return found


def test_the_kept_record_takes_what_was_chosen_and_nothing_else(pair: Any, lead: Person) -> None:
    kept, other = pair
    merging.merge(kept, other, person=lead, now=NOW + HOUR, take=["model", "value_cny"])
    kept.refresh_from_db()
    assert (kept.name, kept.model, kept.value_cny) == ("质谱仪", "QE", Decimal("1.50"))
    assert kept.updated_at > NOW


def test_the_other_says_where_it_went_and_both_say_that_they_are_identical(pair: Any, lead: Person) -> None:
    kept, other = pair
    merging.merge(kept, other, person=lead, now=NOW + HOUR)
    assert not Instrument.objects.filter(key="b").exists()
    gone = Instrument.everything.get(key="b")
    assert (gone.merged_into, gone.removed_at) == (kept, NOW + HOUR)
    kept.refresh_from_db()
    assert kept.related[-1] == {"relation": "IsIdenticalTo", "identifier": "b", "type": "Other"}
    assert gone.related[-1] == {"relation": "IsIdenticalTo", "identifier": "a", "type": "Other"}


def test_all_that_pointed_at_the_other_points_at_the_kept_one(pair: Any, lead: Person) -> None:
    kept, other = pair
    merging.merge(kept, other, person=lead, now=NOW + HOUR)
    for model in (Booking, Order, Session, Contact, ServiceRecord):
        assert model._meta.base_manager.filter(instrument=kept).count() == 2, model
        assert not model._meta.base_manager.filter(instrument=other).exists(), model
    assert sorted(Picture.objects.filter(instrument=kept).values_list("sha256", flat=True)) == ["own0", "own1", "same"]
    assert [one.key for one in kept.services.order_by("key")] == ["both", "one"]
    assert [one.key for one in kept.parts.order_by("key")] == ["part0", "part1"]
    assert kept.stewards.count() == 1


def test_a_merge_is_on_record_in_the_journal_and_noted_for_the_index(pair: Any, lead: Person) -> None:
    kept, other = pair
    IndexChange.objects.all().delete()
    done = merging.merge(kept, other, person=lead, now=NOW + HOUR, take=["model"])
    changes = {row.key: row for row in RecordChange.objects.filter(cause="merge", cause_id=str(done.pk))}
    assert changes["a"].fields["model"] == ["", "QE"]
    assert changes["b"].fields["merged_into"] == [None, "a"]
    assert JournalEntry.objects.filter(verb="merge", person=lead).count() == 2
    noted = set(IndexChange.objects.values_list("kind", "key"))
    assert noted == {("instrument", "a"), ("instrument", "b"), ("service", "both"), ("service", "one")}
    assert Twins.objects.get().state == "merged"


def test_merging_and_unmerging_leaves_every_table_as_it_was(pair: Any, lead: Person) -> None:
    kept, other = pair
    names = merging.fields_to_take()
    for seed in range(12):
        chosen = random.Random(seed).sample(names, seed * 4)
        first, second = (kept, other) if seed % 2 else (other, kept)
        before = everything()
        done = merging.merge(first, second, person=lead, now=NOW + HOUR, take=chosen)
        assert everything() != before
        merging.unmerge(done, person=lead, now=NOW + 2 * HOUR)
        assert everything() == before, chosen


def test_a_part_merged_with_its_whole_is_not_part_of_itself(pair: Any, lead: Person) -> None:
    kept, other = pair
    Instrument.objects.filter(pk=kept.pk).update(parent=other)
    before = everything()
    done = merging.merge(kept, other, person=lead, now=NOW + HOUR)
    kept.refresh_from_db()
    assert kept.parent is None
    merging.unmerge(done, person=lead, now=NOW + 2 * HOUR)
    assert everything() == before


def test_what_came_to_the_kept_record_since_stays_with_it(pair: Any, lead: Person) -> None:
    kept, other = pair
    done = merging.merge(kept, other, person=lead, now=NOW + HOUR)
    Contact.objects.create(instrument=kept, name="new")
    kept.refresh_from_db()
    editing.change(kept, {"department": "B"}, person=lead, now=NOW + 2 * HOUR)
    merging.unmerge(done, person=lead, now=NOW + 3 * HOUR)
    kept.refresh_from_db()
    assert kept.department == "B"
    assert {one.name for one in kept.contacts.all()} == {"C0", "new"}
    assert {one.name for one in Instrument.objects.get(key="b").contacts.all()} == {"C1"}


def test_two_bookings_that_meet_refuse_the_merge_and_are_named(pair: Any, lead: Person) -> None:
    kept, other = pair
    start = NOW + timedelta(days=3)
    for one in pair:
        Booking.objects.create(
            order=Order.objects.filter(instrument=one)[0], instrument=one, person=lead, starts_at=start,
            ends_at=start + HOUR, created_at=NOW,
        )  # fmt: skip
    before = everything()
    with pytest.raises(merging.Clash, match=r"booked at the same time: “Q Exactive” on 2026-11-24 .* “质谱仪” on 2026"):
        merging.merge(kept, other, person=lead, now=NOW + HOUR)
    assert everything() == before
    assert not Merge.objects.exists()


def test_two_running_sessions_refuse_the_merge(pair: Any, lead: Person) -> None:
    for one in pair:
        Session.objects.create(instrument=one, person=lead, started_at=NOW)
    with pytest.raises(merging.Clash, match="A session is running on both"):
        merging.merge(*pair, person=lead, now=NOW + HOUR)


def test_a_field_that_was_changed_since_refuses_the_undoing_and_is_named(pair: Any, lead: Person) -> None:
    kept, other = pair
    done = merging.merge(kept, other, person=lead, now=NOW + HOUR, take=["model"])
    kept.refresh_from_db()
    editing.change(kept, {"model": "QE Plus"}, person=lead, now=NOW + 2 * HOUR)
    with pytest.raises(merging.NotAsItWas, match=r"“model” of “质谱仪” was changed since"):
        merging.unmerge(done, person=lead, now=NOW + 3 * HOUR)


def test_a_record_is_merged_once_and_a_chain_is_undone_from_its_end(pair: Any, lead: Person) -> None:
    kept, other = pair
    third = Instrument.objects.create(key="c", name="third", institution=kept.institution, **RECORD)
    first = merging.merge(kept, other, person=lead, now=NOW + HOUR)
    with pytest.raises(merging.NotAsItWas, match="no longer in the catalogue"):
        merging.merge(third, other, person=lead, now=NOW + HOUR)
    second = merging.merge(third, kept, person=lead, now=NOW + 2 * HOUR)
    with pytest.raises(merging.NotAsItWas, match="was itself merged or removed since"):
        merging.unmerge(first, person=lead, now=NOW + 3 * HOUR)
    merging.unmerge(second, person=lead, now=NOW + 3 * HOUR)
    merging.unmerge(first, person=lead, now=NOW + 4 * HOUR)
    assert Instrument.objects.filter(key__in="abc").count() == 3
    with pytest.raises(merging.NotAsItWas, match="undone already"):
        merging.unmerge(first, person=lead, now=NOW + 5 * HOUR)


def test_only_who_may_edit_both_merges_them(pair: Any, lead: Person) -> None:
    stranger = Person.objects.create_user("x@example.org", "x", name="X")
    with pytest.raises(merging.NotAllowed, match="not yours to edit"):
        merging.merge(*pair, person=stranger, now=NOW)
    done = merging.merge(*pair, person=lead, now=NOW)
    with pytest.raises(merging.NotAllowed, match="not yours to edit"):
        merging.unmerge(done, person=stranger, now=NOW)
    with pytest.raises(merging.NotAsItWas, match="with itself"):
        merging.merge(pair[0], pair[0], person=lead, now=NOW)


def test_a_field_of_no_record_cannot_be_taken(pair: Any, lead: Person) -> None:
    for name in ("key", "source", "removed_at", "related", "nonsense"):
        with pytest.raises(merging.NotAsItWas, match="no field that can be taken over"):
            merging.merge(*pair, person=lead, now=NOW, take=[name])


def test_days_and_numbers_come_back_to_the_digit(pair: Any, lead: Person) -> None:
    kept, other = pair
    Instrument.objects.filter(pk=kept.pk).update(
        value_cny=Decimal("12345678901234.56"), acquired_on=date(1999, 12, 31), latitude=31.123456789012345,
        longitude=-0.1, capabilities=[{"quantity": "x", "value": 1.1, "unit": "m"}], portable=False, run_hours=None,
    )  # fmt: skip
    before = everything()
    done = merging.merge(kept, other, person=lead, now=NOW + HOUR, take=merging.fields_to_take())
    merging.unmerge(done, person=lead, now=NOW + HOUR)
    assert everything() == before
