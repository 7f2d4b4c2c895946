"""Pairs of instruments that may be one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue import duplicates, merging
from liqi.catalogue.models import Institution, Instrument, Maker, Twins

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world() -> dict[str, Any]:
    university = Organisation.objects.create(name="Host", kind=Organisation.Kind.INSTITUTION)
    lead = Person.objects.create_user("lead@example.org", "x", name="Lead")
    Membership.objects.create(person=lead, organisation=university, role=Membership.Role.LEAD)
    return {
        "lead": lead,
        "host": Institution.objects.create(key="host", name="Host", organisation=university, **RECORD),
        "guest": Institution.objects.create(key="guest", name="Guest", **RECORD),
        "maker": Maker.objects.create(key="m", name="Maker", **RECORD),
    }


def made(world: dict[str, Any], key: str, **fields: Any) -> Instrument:
    return Instrument.objects.create(key=key, **{"name": key, "institution": world["host"], **RECORD, **fields})


def found() -> dict[tuple[str, str], tuple[str, float]]:
    return {(row.first.key, row.second.key): (row.reason, row.score) for row in Twins.objects.all()}


def test_the_same_maker_and_serial_in_any_writing_are_a_pair(world: dict[str, Any]) -> None:
    made(world, "a", maker=world["maker"], serial="SN 12-345", model="QE")
    made(world, "b", maker=world["maker"], serial="sn12345", model="Q E", institution=world["guest"])
    made(world, "c", maker=world["maker"], serial="SN12346", model="QE")
    run = duplicates.propose(now=NOW)
    assert found() == {("a", "b"): ("serial", 0.97)}
    assert (run.new, run.waiting, run.by_reason) == (1, 1, {"serial": 1})


@pytest.mark.parametrize("serial", ["1", "n/a", "N/A", "UNKNOWN", "0000", "-", "无", "S/N 1", "XXXX", "tbc"])
def test_what_is_no_serial_makes_no_pair(world: dict[str, Any], serial: str) -> None:
    for key in "abc":
        made(world, key, maker=world["maker"], serial=serial)
    duplicates.propose(now=NOW)
    assert found() == {}


def test_the_same_serial_of_another_model_or_maker_is_another_instrument(world: dict[str, Any]) -> None:
    made(world, "a", maker=world["maker"], serial="138-1", model="SBE 52")
    made(world, "b", maker=world["maker"], serial="138-1", model="SBE 16")
    made(world, "c", maker_text="Other", serial="138-1", model="SBE 52")
    made(world, "d", serial="138-1", model="SBE 52")
    duplicates.propose(now=NOW)
    assert found() == {}


def test_two_asset_numbers_of_one_institution_make_a_pair_less_sure(world: dict[str, Any]) -> None:
    for key in ("a", "b"):
        made(world, key, maker=world["maker"], serial="50004", identifiers=[{"type": "asset", "value": f"CGINS-{key}"}])
    duplicates.propose(now=NOW)
    assert found() == {("a", "b"): ("serial", 0.595)}


def test_a_maker_known_by_its_text_alone_counts_too(world: dict[str, Any]) -> None:
    made(world, "a", maker_text="RBR Global", serial="77331")
    made(world, "b", maker_text="rbr global", serial="77331")
    duplicates.propose(now=NOW)
    assert found() == {("a", "b"): ("serial", 0.85)}


def test_the_same_name_and_model_within_a_year_are_a_pair_unless_their_serials_differ(world: dict[str, Any]) -> None:
    same: dict[str, Any] = {"name": "质谱仪", "model": "QE"}
    made(world, "a", acquired_on=date(2024, 3, 1), **same)
    made(world, "b", acquired_on=date(2024, 9, 1), **same)
    made(world, "later", acquired_on=date(2026, 1, 1), **same)
    made(world, "undated", **same)
    made(world, "elsewhere", acquired_on=date(2024, 3, 1), **{**same, "institution": world["guest"]})
    made(world, "s1", name="天平", acquired_on=date(2024, 3, 1), serial="AB100")
    made(world, "s2", name="天平", acquired_on=date(2024, 3, 1), serial="AB200")
    duplicates.propose(now=NOW)
    assert list(found()) == [("a", "b")]
    assert found()["a", "b"][0] == "name"


def test_a_fleet_bought_together_is_no_heap_of_pairs(world: dict[str, Any]) -> None:
    for number in range(8):
        made(world, f"pc{number}", name="计算机", model="X", acquired_on=date(2024, 3, 1))
    run = duplicates.propose(now=NOW)
    assert (run.new, run.fleets) == (0, 1)


def test_the_same_doi_handle_or_asset_number_is_a_pair(world: dict[str, Any]) -> None:
    made(world, "a", doi="10.1/X")
    made(world, "b", doi="10.1/x", institution=world["guest"])
    made(world, "c", handle="20.1/y")
    made(world, "d", handle="20.1/y")
    made(world, "e", identifiers=[{"type": "asset", "value": "A-7"}])
    made(world, "f", identifiers=[{"type": "InventoryNumber", "value": "a-7"}])
    made(world, "g", identifiers=[{"type": "asset", "value": "A-7"}], institution=world["guest"])
    duplicates.propose(now=NOW)
    assert {pair: reason for pair, (reason, _score) in found().items()} == {
        ("a", "b"): "doi",
        ("c", "d"): "handle",
        ("e", "f"): "asset",
    }


def test_a_whole_and_its_part_are_no_pair(world: dict[str, Any]) -> None:
    whole = made(world, "a", handle="20.1/y")
    made(world, "b", handle="20.1/y", parent=whole)
    duplicates.propose(now=NOW)
    assert found() == {}


def test_a_second_run_finds_nothing_new_and_withdraws_what_no_longer_holds(world: dict[str, Any]) -> None:
    made(world, "a", doi="10.1/x")
    twin = made(world, "b", doi="10.1/x")
    assert duplicates.propose(now=NOW).new == 1
    assert duplicates.propose(now=NOW).new == 0
    Instrument.objects.filter(pk=twin.pk).update(doi="10.1/z")
    assert duplicates.propose(now=NOW).withdrawn == 1
    assert found() == {}


def test_a_waiting_pair_has_the_score_of_today(world: dict[str, Any]) -> None:
    made(world, "a", maker=world["maker"], serial="50004")
    two = made(world, "b", maker=world["maker"], serial="50004")
    duplicates.propose(now=NOW)
    for key in ("a", "b"):
        Instrument.objects.filter(key=key).update(model="QE")
    duplicates.propose(now=NOW)
    assert found() == {("a", "b"): ("serial", 0.97)}
    assert two.pk == Twins.objects.get().second_id


def test_only_records_changed_since_are_looked_at_when_asked_so(world: dict[str, Any]) -> None:
    made(world, "a", doi="10.1/x")
    made(world, "b", doi="10.1/x")
    later = NOW + timedelta(days=1)
    assert duplicates.propose(now=later, since=later).new == 0
    made(world, "c", doi="10.1/x", updated_at=later)
    assert duplicates.propose(now=later, since=later).new == 3


def test_a_pair_called_different_is_not_proposed_again_until_reconsidered(world: dict[str, Any]) -> None:
    made(world, "a", doi="10.1/x")
    made(world, "b", doi="10.1/x")
    duplicates.propose(now=NOW)
    lead = world["lead"]
    (pair,) = duplicates.of_person(lead)
    duplicates.call_different(pair, person=lead, now=NOW)
    assert duplicates.propose(now=NOW).waiting == 0
    assert JournalEntry.objects.filter(verb="twins different").count() == 1
    duplicates.reconsider(pair, person=lead, now=NOW)
    assert list(duplicates.of_person(lead)) == [pair]


def test_people_see_and_decide_the_pairs_of_their_own_records(world: dict[str, Any]) -> None:
    made(world, "a", doi="10.1/x")
    made(world, "b", doi="10.1/x", institution=world["guest"])
    duplicates.propose(now=NOW)
    assert list(duplicates.of_person(world["lead"])) == []
    operator = Person.objects.create_user("op@example.org", "x", name="Op", is_operator=True)
    (pair,) = duplicates.of_person(operator)
    with pytest.raises(duplicates.NotAllowed, match="not yours"):
        duplicates.call_different(pair, person=world["lead"], now=NOW)


def test_a_merged_pair_waits_no_longer_and_comes_back_when_parted(world: dict[str, Any]) -> None:
    one, two = made(world, "a", doi="10.1/x"), made(world, "b", doi="10.1/x")
    duplicates.propose(now=NOW)
    done = merging.merge(one, two, person=world["lead"], now=NOW)
    assert duplicates.propose(now=NOW).waiting == 0
    merging.unmerge(done, person=world["lead"], now=NOW)
    assert duplicates.of_person(world["lead"]).count() == 1
