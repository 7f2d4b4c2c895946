from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from liqi.access.models import Order, Wish
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Maker, Miss
from liqi.insight.inquiry import UnclearQuestion
from liqi.observatory import boards, chain, question
from liqi.observatory.models import DemandLine
from liqi.observatory.question import _moves
from liqi.planning import matching
from tests.observatory.conftest import NOW, instrument, made

pytestmark = pytest.mark.django_db
QINGDAO = {"country": "CN", "province": "370000", "city": "青岛市"}
YANTAI = {"country": "CN", "province": "370000", "city": "烟台市"}


@pytest.fixture
def towns(db):
    """Qingdao has three mass spectrometers, Yantai an isotope one and a microscope; one maker of each side."""
    own = made(Maker, "own", brand_country="CN", city="青岛")
    theirs = made(Maker, "theirs", brand_country="US")
    instrument("q1", code="010201", made_in="CN", maker=own, value=Decimal(900_000), shared=True, **QINGDAO)
    instrument(
        "q2", code="010201", made_in="US", maker=theirs, value=Decimal(3_000_000), bookable=True, shared=True, **QINGDAO
    )
    instrument("q3", code="010202", made_in="", maker=theirs, **QINGDAO)
    instrument("q4", code="", **QINGDAO)
    instrument("y1", code="010203", made_in="DE", maker=theirs, **YANTAI)
    instrument("y2", code="010801", made_in="JP", **YANTAI)
    instrument("y3", code="010201", made_in="CN", maker=own, **YANTAI)


def read(text="质谱 in 青岛", **given):
    return question.read(question.understand(text, **given), now=NOW)


def ids(found, **narrower):
    return question.rows(found.asked, now=NOW, **narrower)[0].collect()["id"].to_list()


def test_the_stock_is_counted_and_opens_just_its_rows(towns):
    found = read()
    assert (found.have.value, found.shared.value, found.bookable.value, found.worth.value) == (3, 2, 1, 3_900_000)
    assert ids(found) == ["q1", "q2", "q3"]
    assert ids(found, terms="shared") == ["q1", "q2"]
    assert ids(found, terms="bookable") == ["q2"]
    assert ids(found, terms="unclassified") == ["q4"]
    assert found.unclassified == 1
    assert {line.code: line.instruments for line in found.lines} == {"010201": 2, "010202": 1}


@pytest.mark.parametrize("text", ["instruments in Beijing", "北京的仪器", "equipment near Qingdao"])
def test_a_question_without_a_kind_is_about_all_and_loads_no_techniques(towns, monkeypatch, text):
    monkeypatch.setattr(matching, "match", lambda *_given: pytest.fail("the techniques were asked"))
    found = question.understand(text)
    assert (found.class_code, found.through, found.place.country) == ("", "", "CN")


def test_the_lens_moves_the_share_and_blanks_are_missing(towns):
    found = read()
    assert {lens: figure.value for lens, figure in found.imported.items()} == {
        "made_in": 0.5, "brand": pytest.approx(2 / 3), "owner": pytest.approx(2 / 3),
    }  # fmt: skip
    assert found.imported["made_in"].missing == pytest.approx(1 / 3)
    assert ids(found, origins="foreign") == ["q2"]
    assert ids(read(lens="brand"), origins="foreign") == ["q2", "q3"]
    assert ids(found, origins="not_said") == ["q3"]


def test_what_peers_have_and_this_place_has_not_is_missing_with_the_nearest(towns):
    gap = read().missing.gaps[0]
    assert (gap.code, gap.peers) == ("010203", (("370600", 1),))
    assert (gap.near[0].town, round(gap.near[0].km)) == ("370600", 182)


def test_the_peers_that_have_a_missing_class_open_their_instruments(towns):
    found = read()
    with translation.override("zh-hans"):
        missing = next(one for one in question.tell(found).sections if one.key == "missing")
    gap = next(one for one in missing.tables if one.key == "gaps").rows[0][1]
    assert (gap.text, gap.link.query["terms"], gap.link.query["class"]) == ("1 / 1", "peers", "010203")
    there = question.understand(found.asked.text, class_code="010203", place=gap.link.query["place"])
    assert question.rows(there, now=NOW, terms="peers")[0].collect()["id"].to_list() == ["y1"]


def test_who_makes_it_is_counted_here_and_in_the_country(towns):
    makers = read().makers
    assert [(one.key, one.here) for one in makers.here] == [("theirs", 2), ("own", 1)]
    assert [(one.key, one.here, one.country, one.seat_here) for one in makers.home] == [("own", 1, 2, True)]
    assert ids(read(), maker="theirs") == ["q2", "q3"]


def test_unmet_demand_is_counted_and_few_people_are_hidden(towns):
    Miss.objects.create(where="search", text="青岛质谱", day=NOW.date(), count=4)
    Miss.objects.create(where="search", text="isotope mass spectrometer", day=NOW.date(), count=2)
    Miss.objects.create(where="search", text="青岛冷冻电镜", day=NOW.date(), count=9)
    Miss.objects.create(where="search", text="质谱", day=date(2020, 1, 1), count=9)
    wish(Person.objects.create(email="a@example.org", name="A"))
    found = read()
    assert (found.needs.asked, found.needs.asked_here) == (6, 4)
    assert (found.needs.waiting.people, found.needs.waiting.hidden) == (1, True)
    with translation.override("en"):
        told = question.tell(found)
    assert "fewer than 3 people" in next(one for one in told.sections if one.key == "needs").sentence


def wish(person):
    order = Order.objects.create(title="Tea", person=person, created_at=NOW)
    window = {"earliest_at": NOW, "latest_at": NOW + timedelta(days=3), "minutes": 60}
    Wish.objects.create(person=person, order=order, created_at=NOW, **window).instruments.set(list(instruments("q1")))


def instruments(*keys):
    from liqi.catalogue.models import Instrument

    return Instrument.objects.filter(key__in=keys)


def test_rules_of_the_place_come_before_those_of_the_nation(towns):
    found = read()
    assert found.rules[0].rule.place.code == "370200"
    assert [one.distance for one in found.rules] == sorted(one.distance for one in found.rules)
    assert not any(one.rule.place.code.startswith("34") for one in found.rules)


def test_three_moves_each_with_its_reason(towns):
    found = read()
    assert len(found.moves) == 3
    with translation.override("en"):
        told = question.tell(found)
    assert all(step.title and step.why for step in told.steps)
    gap = next(one for one in told.steps if one.title.startswith("Fill the gap"))
    assert gap.why == "1 of 1 comparable places have it, none stands here. Until then the nearest is in Yantai, 182 km."


def test_the_maker_to_try_is_one_of_the_class_that_comes_from_abroad_and_may_stand_here(towns):
    found = read()
    step = next(one for one in found.moves if one.kind == "try_domestic")
    assert (step.code, step.count, step.maker.key, step.maker.here) == ("010201", 1, "own", 1)
    with translation.override("en"):
        told = next(one for one in question.tell(found).steps if "before the next purchase" in one.title)
    assert told.why.endswith("1 of them here: look at it without a journey.")
    assert [link.query.get("origin", "") for _label, link in told.more] == ["foreign", ""]
    assert {link.query["class"] for _label, link in told.more} == {"010201"}


def test_what_nobody_at_home_makes_is_a_need_to_be_said(towns, monkeypatch):
    monkeypatch.setattr(_moves, "SHOWN", 9)
    found = read("质谱 in 烟台")
    seek = next(one for one in found.moves if one.kind == "seek_maker")
    assert (seek.code, seek.count) == ("010203", 1)
    assert "try_domestic" not in {one.kind for one in found.moves}
    with translation.override("en"):
        told = next(one for one in question.tell(found).steps if "say the need" in one.title)
    assert told.why == "1 here come from abroad (lens: Made in), and no domestic maker of this class is on record."


def test_what_is_to_be_opened_shows_just_what_stands_closed(towns):
    assert ids(read(), terms="closed") == ["q3"]


def test_a_place_without_one_is_sent_to_the_nearest(towns):
    found = read("质谱 in 威海")
    assert (found.have.value, found.moves[0].kind, found.moves[0].near.town) == (None, "elsewhere", "370600")
    with translation.override("en"):
        assert question.tell(found).sentence == "Mass spectrometers in Weihai: none on record."


def test_an_empty_catalogue_answers_without_a_figure():
    found = read()
    assert found.have.value is None
    assert found.missing.peers == ()
    for language in ("en", "zh-hans", "zh-hant"):
        with translation.override(language):
            assert question.tell(found).sections[0].empty


def test_without_a_place_the_whole_country_is_counted_and_said(towns):
    found = read("质谱")
    assert (found.asked.place.code, found.asked.place_named, found.have.value) == ("CN", False, 5)


def test_a_class_beside_the_words_stands_before_them(towns):
    assert read(class_code="010201").have.value == 2
    assert read("青岛").have.value == 4


def test_a_place_beside_the_words_stands_before_them(towns):
    assert read(place="370600").have.value == 2
    assert read(place="370000").have.value == 5
    assert read(place="370212").have.value == 3


@translation.override("en")
def test_the_answer_of_a_district_names_the_town_that_is_counted(towns):
    told = question.tell(question.read(question.understand("质谱 in 崂山"), now=NOW))
    assert (told.place, told.reading) == (
        "Qingdao",
        ("Records name no district by code: the whole of Qingdao is counted.",),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("长三角 质谱", "“长三角” is made of several divisions; this is Shanghai alone."),
        ("质谱 in 松山湖", "“松山湖” is no division of its own; it lies in Dongguan."),
        ("质普仪 青岛", "“质普仪” was read as “质谱仪”."),
        ("质谱", "No place was named, so all of China is counted."),
    ],
)
def test_what_was_assumed_is_said_also_when_the_lens_is_moved(towns, text, said):
    asked = question.understand(text)
    again = question.understand(text, class_code=asked.class_code, place=asked.place.code, lens="brand")
    for one in (asked, again):
        with translation.override("en"):
            assert question.tell(question.read(one, now=NOW)).reading == (said,)


def test_words_that_hardly_tell_a_class_are_held_against_the_techniques(towns):
    asked = question.understand("测土壤重金属 青岛")
    assert (asked.class_code, asked.through, asked.sure) == ("010202", "icpms", True)
    other = question.understand("测土壤重金属 青岛", class_code="010200")
    assert (other.class_code, other.through) == ("010200", "")


@pytest.mark.parametrize(
    ("text", "given", "kind"),
    [
        ("qwertz asdf", {}, "subject"),
        ("", {}, "subject"),
        ("质谱 in nowhere", {}, "place"),
        ("质谱", {"lens": "luck"}, "code"),
        ("质谱", {"class_code": "999999"}, "code"),
        ("质谱", {"place": "999999"}, "code"),
    ],
)
def test_an_unclear_question_says_found_expected_and_what_to_do(text, given, kind):
    with pytest.raises(UnclearQuestion) as problem:
        question.understand(text, **given)
    assert problem.value.kind == kind
    assert "found" in str(problem.value)
    assert "expected" in str(problem.value)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_answer_is_told_in_each_language_with_the_same_numbers(towns, language):
    with translation.override(language):
        told = question.tell(read())
    assert [one.key for one in told.sections] == ["have", "imported", "missing", "makers", "needs", "rules"]
    assert told.sections[0].figures[0].shown == "3"
    assert ("Qingdao" in told.title) == (language == "en")


def test_what_facilities_plan_to_buy_of_the_class_is_among_those_who_need_it(towns):
    line = {"programme": "light source", "item": "x", "created_at": NOW, "updated_at": NOW}
    DemandLine.objects.create(code="1", class_code="010203", quantity=7, **line)
    DemandLine.objects.create(code="2", class_code="010801", quantity=50, **line)
    DemandLine.objects.create(code="3", class_code="010201", quantity=9, withdrawn_at=NOW, **line)
    found = read()
    assert (found.needs.lines, found.needs.pieces, found.needs.any) == (1, 7, False)
    cell = next(one for one in question.tell(found).sections if one.key == "needs").tables[0].rows[-1][1]
    assert (cell.value, dict(cell.link.query)) == (7, {"class_code": "010200"})
    shown = boards.read(boards.BOARDS["demand"], filters=dict(cell.link.query))
    assert [one.quantity for one in shown] == [7]
    assert not boards.read(boards.BOARDS["demand"], filters={"class_code": "luck"}).exists()


def test_the_peers_that_fill_a_cell_of_the_chain_open_their_facilities(towns):
    for key, place in (("hub", YANTAI), ("far", {"country": "DE", "city": "Berlin"})):
        made(Facility, key, facility_class="research", kind="laboratory", frontier_research=True, **place)
    with translation.override("en"):
        told = question.tell(read())
    (cells,) = [table for section in told.sections for table in section.tables if table.key == "cells"]
    linked = [row[1] for row in cells.rows if row[1].link]
    assert [cell.text for cell in linked] == ["1 / 1"]
    query = linked[0].link.query
    assert query["peers"] == read().asked.place.code
    frame, _taken = chain.rows(
        now=NOW, facility_class=query["class"], stage=query["stage"], country="CN", peers_of=query["peers"]
    )
    assert frame["id"].to_list() == ["hub"]
