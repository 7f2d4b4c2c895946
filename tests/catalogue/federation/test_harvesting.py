"""Other repositories are harvested: whole, again, with deletions, problems and what was edited here."""

import json

import pytest
from pytest_django import Settings

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue import editing
from liqi.catalogue.federation import harvesting, kept_here, provider, sources
from liqi.catalogue.models import (
    Harvest,
    HarvestProblem,
    HarvestState,
    IndexChange,
    Institution,
    Instrument,
    RecordChange,
    Service,
)
from tests.catalogue.federation.conftest import record
from tests.catalogue.federation.elsewhere import (
    BASE,
    NOW,
    OAI,
    ONE,
    SITE,
    Elsewhere,
    counts,
    harvest,
    page,
    pages_of,
    told,
)

pytestmark = pytest.mark.django_db


def test_a_whole_catalogue_comes_over_without_loss(served: Elsewhere, source: Harvest, small: Instrument) -> None:
    harvest(source)
    assert source.state == HarvestState.DONE
    assert counts(source) == (4, 0, 0, 0, 0, 0)
    got = Instrument.objects.get()
    alike = [
        *("name", "name_en", "maker_text", "model", "serial", "class_code", "class_scheme", "value_cny", "acquired_on"),
        *("doi", "techniques", "capabilities", "opening_hours", "description", "latitude", "longitude", "time_zone"),
    ]
    assert {name: getattr(got, name) for name in alike} == {name: getattr(small, name) for name in alike}
    assert (got.source, got.source_ref) == ("one.example.org", f"{ONE}Equipments/orbitrap")
    assert got.institution is not None
    assert got.institution.ror_id == "https://ror.org/04c4dkn09"
    assert got.facility is not None
    assert got.facility.name == "理化中心"
    assert got.maker is not None
    assert got.maker.key == "thermo"
    assert [one.name for one in got.contacts.all()] == ["Front desk"]
    assert list(Service.objects.get().instruments.all()) == [got]
    assert JournalEntry.objects.filter(verb="harvested").exists()
    assert IndexChange.objects.filter(kind="instrument", key=got.key).exists()


def test_what_is_booked_there_is_not_booked_here_but_says_where(served: Elsewhere, source: Harvest) -> None:
    harvest(source)
    got = Instrument.objects.get()
    assert not got.bookable
    assert got.booking_url == "https://one.example.org/id/orbitrap"


def test_harvested_again_nothing_changes_and_it_asks_from_an_hour_before(served: Elsewhere, source: Harvest) -> None:
    harvest(source)
    keys = set(Instrument.objects.values_list("key", "updated_at"))
    harvest(source)
    assert counts(source) == (0, 0, 4, 0, 0, 0)
    assert set(Instrument.objects.values_list("key", "updated_at")) == keys
    assert [one["from"] for one in served.asked if "from" in one] == ["2026-11-21T00:00:00Z"]


def test_what_was_edited_here_stays_until_its_repository_changes_it(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a", model="M1"))
    harvest(source)
    Instrument.objects.update(model="corrected here")
    harvest(source)
    assert Instrument.objects.get().model == "corrected here"
    elsewhere.answer = lambda _: page(told("a", model="M2"))
    harvest(source)
    assert (Instrument.objects.get().model, source.updated) == ("M2", 1)


def test_a_deletion_takes_the_record_out_and_its_return_brings_it_back(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a"), told("b"))
    harvest(source)
    key = Instrument.objects.get(name="a").key
    elsewhere.answer = lambda _: page(told("a", deleted=True))
    harvest(source)
    assert source.deleted == 1
    assert Instrument.everything.get(key=key).removed_at is not None
    elsewhere.answer = lambda _: page(told("a"))
    harvest(source)
    assert Instrument.objects.get(name="a").key == key


def test_what_was_taken_out_here_stays_out(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a"))
    harvest(source)
    Instrument.objects.update(removed_at=NOW)
    elsewhere.answer = lambda _: page(told("a", model="new"))
    harvest(source)
    assert source.skipped == 1
    assert not Instrument.objects.exists()


def test_a_bad_record_is_told_and_keeps_no_other_back(elsewhere: Elsewhere, source: Harvest) -> None:
    bad = {
        "no-name": {"name": " "},
        "long": {"model": "x" * 201},
        "date": {"acquired_on": "the other day"},
        "list": {"capabilities": "many"},
        "poison": {"capabilities": [["a"]]},
        "script": {"website": "javascript:alert(1)"},
        "half": {"latitude": 31.0},
        "nul": {"description": "a\x00b", "institution": {"name": "a\x00b"}},
        "zone": {"time_zone": "Moon/Base"},
        "deep": {"keywords": json.loads("[" * 15 + "]" * 15)},
    }
    elsewhere.answer = lambda _: page(told("good"), *[told(key, **facts) for key, facts in bad.items()], told("better"))
    harvest(source)
    assert set(Instrument.objects.values_list("name", flat=True)) == {"good", "better"}
    said = dict(HarvestProblem.objects.values_list("identifier", "message"))
    assert said.keys() == {f"{ONE}Equipments/{key}" for key in bad}
    assert all("found" in message or "refused" in message for message in said.values()), said
    elsewhere.answer = lambda _: page(told("long", model="short"))
    harvest(source)
    assert not HarvestProblem.objects.filter(identifier__endswith="/long").exists()
    assert HarvestProblem.objects.count() == len(bad) - 1


def test_links_to_what_comes_later_are_tied_up(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda arguments: (
        page(told("part", parent={"identifier": f"{ONE}Equipments/whole", "name": "whole"}), token="next")
        if "resumptionToken" not in arguments
        else page(told("whole"))
    )
    harvest(source)
    part = Instrument.objects.get(name="part")
    assert part.parent is not None
    assert part.parent.name == "whole"
    assert "loose" not in part.source_row


def test_an_owner_that_has_not_come_yet_is_made_and_filled_later(elsewhere: Elsewhere, source: Harvest) -> None:
    owner = {"identifier": f"{ONE}OrgUnits/host", "name": "Host"}
    centre = {"identifier": f"{ONE}Facilities/c", "name": "Centre", "kind": "laboratory", "facility_class": "research"}
    elsewhere.answer = lambda _: page(told("a", institution=owner, facility=centre))
    harvest(source)
    assert Instrument.objects.get().facility.kind == "laboratory"
    elsewhere.answer = lambda _: page(told("host", kind="institution", collection="OrgUnits", city="Hefei"))
    harvest(source)
    assert Institution.objects.get().city == "Hefei"
    assert Instrument.objects.get().institution == Institution.objects.get()


def test_an_organisation_known_by_its_ror_is_not_doubled(elsewhere: Elsewhere, source: Harvest) -> None:
    ror = "https://ror.org/04c4dkn09"
    here = Institution.objects.create(key="here", name="USTC", ror_id=ror, **record())
    owner = {"identifier": f"{ONE}OrgUnits/ustc", "name": "中国科学技术大学", "ror_id": ror}
    elsewhere.answer = lambda _: page(
        told("ustc", kind="institution", collection="OrgUnits", ror_id=ror), told("a", institution=owner)
    )
    harvest(source)
    assert Instrument.objects.get().institution == here
    assert source.failed == 0


def test_a_record_of_ours_that_comes_back_is_left_alone(elsewhere: Elsewhere, source: Harvest) -> None:
    about = f"""<about><provenance xmlns="{OAI}provenance"><originDescription harvestDate="2026-11-20" altered="true">
    <baseURL>https://two.example.org/oai</baseURL><identifier>oai:two.example.org:Equipments/mine</identifier>
    <datestamp>2026-11-01</datestamp><metadataNamespace>urn:liqi:record:1</metadataNamespace>
    </originDescription></provenance></about>"""
    elsewhere.answer = lambda _: page(told("relayed", about=about), told("a"))
    harvest(source)
    assert (source.skipped, source.created) == (1, 1)


def test_a_harvested_record_is_told_on_with_its_origin(
    elsewhere: Elsewhere, source: Harvest, settings: Settings
) -> None:
    elsewhere.answer = lambda _: page(told("a"))
    harvest(source)
    key = Instrument.objects.get().key
    pairs = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": f"oai:two.example.org:Equipments/{key}"}
    text = provider.answer(pairs.items(), base_url=BASE, site=SITE, now=NOW).decode()
    assert f"<identifier>{ONE}Equipments/a</identifier>" in text
    assert "originDescription" in text


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite", "cerif_openaire"])
def test_poorer_formats_bring_what_they_can_say(
    small: Instrument, elsewhere: Elsewhere, prefix: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    kept = pages_of(prefix, monkeypatch, settings)
    elsewhere.answer = lambda arguments: kept[arguments.get("resumptionToken", "")]
    source = harvest(sources.add(url=BASE, prefix=prefix, person=None, now=NOW))
    assert not source.problems.exists(), list(source.problems.values_list("identifier", "message"))
    got = Instrument.objects.get()
    assert got.name == small.name
    assert got.name_en.startswith("Orbitrap & <mass>")
    assert got.institution is not None
    assert got.institution.name in ("中国科学技术大学", "USTC")


def test_only_operators_add_and_change_sources(elsewhere: Elsewhere, source: Harvest) -> None:
    somebody = Person.objects.create_user("a@example.org", name="A")
    with pytest.raises(NotAllowed):
        sources.add(url=BASE, person=somebody, now=NOW)
    with pytest.raises(NotAllowed):
        sources.remove(source, person=somebody, now=NOW)


@pytest.mark.parametrize("url", ["ftp://one.example.org/oai", "one.example.org", "file:///etc/passwd", "https://"])
def test_an_address_that_cannot_be_asked_is_refused(db: None, url: str) -> None:
    with pytest.raises(harvesting.Refused, match="expected"):
        sources.add(url=url, person=None, now=NOW)


def test_what_a_person_changed_here_stays_and_the_record_tells_both(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a", model="M1", serial="1"))
    harvest(source)
    editing.change(Instrument.objects.get(), {"model": "M1b"}, person=None, now=NOW)
    elsewhere.answer = lambda _: page(told("a", model="M2", serial="2"))
    harvest(source)
    got = Instrument.objects.get()
    assert (got.model, got.serial) == ("M1b", "2")
    assert kept_here.shown(got) == {"model": "M2"}
    change = RecordChange.objects.get(cause="harvest")
    assert change.fields == {"serial": ["1", "2"]}
    assert change.cause_id == str(source.pk)
    elsewhere.answer = lambda _: page(told("a", model="M3", serial="2"))
    harvest(source)
    got.refresh_from_db()
    assert (got.model, kept_here.shown(got)) == ("M1b", {"model": "M3"})


def test_once_both_agree_the_repository_is_followed_again(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a", model="M1"))
    harvest(source)
    editing.change(Instrument.objects.get(), {"model": "M2"}, person=None, now=NOW)
    elsewhere.answer = lambda _: page(told("a", model="M2"))
    harvest(source)
    assert kept_here.shown(Instrument.objects.get()) == {}
    elsewhere.answer = lambda _: page(told("a", model="M4", value_cny="5"))
    harvest(source)
    assert Instrument.objects.get().model == "M4"


def test_an_edit_that_was_undone_holds_nothing_back(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a", model="M1"))
    harvest(source)
    done = editing.change(Instrument.objects.get(), {"model": "wrong"}, person=None, now=NOW)
    assert done is not None
    editing.undo(done, person=None, now=NOW)
    elsewhere.answer = lambda _: page(told("a", model="M2"))
    harvest(source)
    assert Instrument.objects.get().model == "M2"


def test_a_change_by_a_harvest_is_undone_and_stays_undone(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a", model="M1", value_cny="5"))
    harvest(source)
    elsewhere.answer = lambda _: page(told("a", model="M2", value_cny="6.5"))
    harvest(source)
    editing.undo(RecordChange.objects.get(cause="harvest"), person=None, now=NOW)
    got = Instrument.objects.get()
    assert (got.model, got.value_cny) == ("M1", 5)
    harvest(source)
    assert Instrument.objects.get().model == "M1"


def test_a_deletion_there_is_in_the_history_here(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: page(told("a"))
    harvest(source)
    elsewhere.answer = lambda _: page(told("a", deleted=True))
    harvest(source)
    assert [list(one.fields) for one in RecordChange.objects.filter(cause="harvest")] == [["removed_at"]]
