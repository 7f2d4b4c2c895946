"""A need in words answered from the catalogue: offers judged limit by limit, the free time, words that were added."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from liqi.access import free, matching, terms
from liqi.access.positions import Hold
from liqi.accounts.models import JournalEntry
from liqi.catalogue import misses, search, technique_words
from liqi.catalogue.models import Institution, Instrument, Miss, Service, TechniqueWords
from tests.access.conftest import NOW, make_instrument, make_person

pytestmark = pytest.mark.django_db
HEFEI = {"country": "CN", "province": "340000", "city": "合肥市", "latitude": 31.82, "longitude": 117.23}
BEIJING = {"country": "CN", "province": "110000", "city": "北京市", "latitude": 39.9, "longitude": 116.4}
RECORD = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path


@pytest.fixture
def printers(institution: Institution) -> dict[str, Instrument]:
    """Printers: one that fits, one far, one dear, one coarse, one of which little is on record, one not open."""
    fine = [
        {"quantity": "smallest_feature", "value": 2, "unit": "µm"},
        {"quantity": "part size", "value": 50, "unit": "mm"},
    ]
    coarse = [{"quantity": "smallest_feature", "value": 50, "unit": "µm"}, *fine[1:]]
    made: dict[str, dict[str, Any]] = {
        "good": {"price_cny_per_hour": 100, "capabilities": fine, **HEFEI},
        "far": {"price_cny_per_hour": 100, "capabilities": fine, **BEIJING},
        "dear": {"price_cny_per_hour": 9000, "capabilities": fine, **HEFEI},
        "coarse": {"price_cny_per_hour": 100, "capabilities": coarse, **HEFEI},
        "silent": {**HEFEI},
        "closed": {"price_cny_per_hour": 100, "capabilities": fine, "shared": False, **HEFEI},
    }
    found = {
        key: make_instrument(institution, key=key, name=f"微纳打印机 {key}", techniques=["tpp"], **facts)
        for key, facts in made.items()
    }
    search.rebuild()
    return found


NEED = "print a 5 mm part with 2 um features under 3,000 CNY within 200 km of Hefei"


def ask(text: str, **limits: Any) -> matching.Answer:
    return matching.match(matching.understand(text, now=NOW, **limits), now=NOW)


def test_offers_that_keep_every_limit_come_first_and_those_that_break_one_not_at_all(
    printers: dict[str, Instrument],
) -> None:
    answer = ask(NEED)
    assert answer.techniques[0].technique == "tpp"
    assert [(one.key, one.fits) for one in answer.offers] == [("good", "pass"), ("silent", "unknown")]
    assert answer.left_out == {"distance": 1, "price": 1, "smallest_feature": 1}
    assert not answer.missed


def test_an_offer_says_of_every_limit_what_is_on_record(printers: dict[str, Instrument]) -> None:
    good, silent = ask(NEED).offers
    assert {one.limit: one.result for one in good.verdicts} == dict.fromkeys(
        ["open", "price", "distance", "part_size", "smallest_feature"], "pass"
    )
    unknown = {one.limit for one in silent.verdicts if one.result == "unknown"}
    assert unknown == {"price", "part_size", "smallest_feature"}
    assert good.km == pytest.approx(1, abs=5)
    assert good.price_cny == Decimal(100)
    assert isinstance(good.earliest, datetime)
    assert good.why


def test_a_limit_given_beside_the_words_stands_in_their_place(printers: dict[str, Instrument]) -> None:
    assert {one.key for one in ask(NEED, budget_cny=Decimal(20_000)).offers} == {"good", "dear", "silent"}
    assert {one.key for one in ask(NEED, within_km=2000.0).offers} == {"good", "far", "silent"}
    assert {one.key for one in ask(NEED, from_place="北京").offers} == {"far"}
    with pytest.raises(matching.UnknownPlace, match="expected a city"):
        ask(NEED, from_place="Nowhere-at-all")


def test_a_deadline_is_held_against_the_first_free_time(printers: dict[str, Instrument]) -> None:
    one = printers["good"]
    Instrument.objects.filter(pk=one.pk).update(notice_minutes=10 * 24 * 60)
    late = ask("micro 3D printing", before=NOW.date() + timedelta(days=3))
    assert "good" not in {offer.key for offer in late.offers}
    assert late.left_out["time"] == 1
    assert "good" in {offer.key for offer in ask("micro 3D printing", before=date(2026, 12, 30)).offers}


def test_the_first_free_time_is_that_of_the_calendar(instrument: Instrument) -> None:
    slots = free.next_slots(instrument, 1, now=NOW)
    usual = terms.Terms()

    def until(days: int) -> list[Hold]:
        end = NOW + timedelta(days=days)
        return [Hold(1, 1, 0, NOW, end, NOW, end, "")]

    assert free.first_start(instrument, [], usual, now=NOW) == slots[0][0]
    assert free.first_start(instrument, until(20), usual, now=NOW) == NOW + timedelta(days=20)
    assert free.first_start(instrument, until(90), usual, now=NOW) is None
    assert free.first_start(instrument, until(90), terms.Terms(positions=2), now=NOW) == slots[0][0]


def test_instruments_of_a_class_are_offered_where_they_name_no_technique(institution: Institution) -> None:
    classed = {"class_scheme": "cn-instr", "class_edition": "current"}
    make_instrument(institution, key="by-class", class_code="010204", **classed)
    make_instrument(institution, key="named", class_code="010204", techniques=["sims"], **classed)
    make_instrument(institution, key="other", class_code="010204", techniques=["xrf"], **classed)
    search.rebuild()
    found = matching.match(matching.understand("dopant depth profile", now=NOW), now=NOW, techniques=["sims"])
    assert [one.key for one in found.offers] == ["named", "by-class"]
    assert found.offers[0].score > found.offers[1].score


def test_a_service_is_offered_with_its_turnaround_and_qualification(institution: Institution) -> None:
    Service.objects.create(
        key="s", name="水质重金属检测（CMA）", institution=institution, techniques=["icpms"],
        price_cny=300, turnaround_days=5, **RECORD,
    )  # fmt: skip
    Service.objects.create(
        key="shut", name="停办的检测", institution=institution, techniques=["icpms"], open=False, **RECORD
    )
    search.rebuild()
    answer = ask("水中铅镉，要CMA资质，500元以内", before=NOW.date() + timedelta(days=5))
    assert [(one.key, one.kind, one.fits) for one in answer.offers] == [("s", "service", "pass")]
    assert answer.offers[0].earliest == NOW.date() + timedelta(days=5)
    assert not ask("水中铅镉", before=NOW.date() + timedelta(days=4)).offers


def test_a_need_that_nothing_answers_is_missed_and_counted_without_the_person(institution: Institution) -> None:
    search.rebuild()
    answer = ask("buy red shoes")
    assert answer.missed
    for _time in range(2):
        misses.record("match", "Buy  red shoes", day=NOW.date(), language="en")
    miss = Miss.objects.get()
    assert (miss.where, miss.text, miss.count, miss.language) == ("match", "buy red shoes", 2, "en")
    assert list(misses.read(where="match", text="RED", since=NOW.date())) == [miss]
    assert not misses.read(where="search")
    assert not misses.read(until=NOW.date() - timedelta(days=1))


def test_an_empty_question_is_no_miss() -> None:
    misses.record("match", "   ", day=NOW.date())
    assert not Miss.objects.exists()


def test_words_added_to_a_technique_count_at_once_and_stand_in_the_journal() -> None:
    person = make_person("Op")
    search.rebuild()
    assert not ask("zwirbelprobe").good
    technique_words.add("sem", ["  zwirbelprobe   of a beetle ", ""], person=person, now=NOW)
    assert ask("zwirbelprobe").techniques[0].technique == "sem"
    assert ask("zwirbelprobe").good
    assert technique_words.take_back("sem", "zwirbelprobe of a beetle", person=person, now=NOW) == []
    assert not ask("zwirbelprobe").good
    verbs = JournalEntry.objects.filter(person=person).values_list("verb", flat=True)
    assert sorted(verbs) == ["technique_words.add", "technique_words.take_back"]


@pytest.mark.parametrize("words", [[], ["  "], ["x" * 121]])
def test_words_that_cannot_be_taken_are_refused_in_a_sentence(words: list[str]) -> None:
    with pytest.raises(technique_words.WordsRefused, match="expected"):
        technique_words.add("sem", words, person=None, now=NOW)
    assert not TechniqueWords.objects.exists()


def test_an_unknown_technique_takes_no_words() -> None:
    with pytest.raises(technique_words.UnknownTechnique, match="expected a key"):
        technique_words.add("magic", ["wand"], person=None, now=NOW)


def test_the_document_has_the_fields_of_the_contract(printers: dict[str, Instrument]) -> None:
    document = matching.as_json(ask(NEED))
    assert set(document["techniques"][0]) >= {"id", "label", "score", "why"}
    assert set(document["offers"][0]) >= {"id", "kind", "name", "price", "earliest", "km", "score", "why"}
    assert [one["limit"] for one in document["understood"]] == [
        *("price", "distance", "place", "part_size", "smallest_feature")
    ]
