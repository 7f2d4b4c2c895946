from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liqi.access.evaluation import editions, form, given, income, purchase, rows, scope, sj3, tally, totals, units, use
from liqi.access.evaluation.refusal import NotSound
from liqi.access.models import Charge, Commission, Course, Feedback, GivenFigure, Order, Qualification, Steward
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue.models import Institution, Instrument, Service
from liqi.insight.evaluation import national
from tests.access.conftest import NOW, make_instrument, make_person
from tests.access.evaluation.uses import confirmed, used

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 11, 22)


@pytest.fixture
def operator(db: None) -> Person:
    return make_person("Op", is_operator=True)


@pytest.fixture
def worth(instrument: Instrument) -> Instrument:
    instrument.value_cny, instrument.made_in, instrument.class_code = D(3_000_000), "CN", "010201"
    instrument.class_scheme, instrument.class_edition = "cn-instr", "current"
    instrument.latitude, instrument.longitude, instrument.country, instrument.province = 31.8, 117.3, "CN", "340000"
    instrument.save()
    return instrument


def charge(seller: Institution, net: str, **fields: Any) -> Charge:
    number = Charge.objects.count()
    return Charge.objects.create(
        **{
            "cause": f"t:{number}", "kind": "use", "title": "use", "seller": seller, "net": D(net), "tax": D(0),
            "used_on": date(2026, 5, 1), "made_at": NOW, "decided_at": NOW, "state": "confirmed", **fields,
        }
    )  # fmt: skip


def graded(service: Service, person: Person, organisation: Organisation, grade: int) -> Feedback:
    order = Order.objects.create(
        title="o", kind="commissioned", person=person, organisation=organisation, service=service, created_at=NOW
    )
    Commission.objects.create(order=order, changed_at=NOW)
    return Feedback.objects.create(order=order, grade=grade, person=person, at=NOW)


def test_a_unit_is_measured_from_its_records(
    worth: Instrument, institution: Institution, steward: Person, guest: Person, member: Person, home: Organisation
) -> None:
    firm = guest.organisations.get()
    confirmed(used(worth, member, "30"), used(worth, guest, "10", outside=True))
    used(worth, member, "99")
    make_instrument(institution, value_cny=D(400_000))
    make_instrument(institution)
    service = Service.objects.create(
        key="s", name="s", institution=institution, source="test", created_at=NOW, updated_at=NOW
    )
    graded(service, guest, firm, 5)
    graded(service, guest, firm, 4)
    graded(service, member, home, 1)
    rules = editions.rules(TODAY)
    (unit,) = units.read(2026, use.CONFIRMED, rules)
    measured = {name: one.value for name, one in unit.measures.items()}
    assert measured == {
        "open_share": 1, "technicians": 1, "running_hours": 40, "shared_hours": 10, "outside_results": D("4.5"),
        "home_grown": 1, **dict.fromkeys(national.JUDGED),
    }  # fmt: skip
    assert (unit.instruments, unit.unpriced, unit.rank, unit.score.total) == (1, 1, 1, None)
    assert unit.shares.sharing_percent == 25
    assert units.read(2026, use.METERED, rules)[0].measures["running_hours"].value == 139
    # open 10, technicians 5, hours 40/1600 of 20, shared 10/273 of 20, results 15, home-grown 5
    assert unit.score.low == 10 + 5 + D("0.50") + D("0.73") + 15 + 5


def test_the_figures_of_all_count_instruments_of_no_institution_too(
    worth: Instrument, institution: Institution, member: Person
) -> None:
    confirmed(used(worth, member, "30"))
    lone = make_instrument(institution, value_cny=D(600_000))
    Instrument.objects.filter(pk=lone.pk).update(institution=None)
    rules = editions.rules(TODAY)
    every, whole = units.read_all(2026, use.CONFIRMED, rules)
    assert whole == use.shares(Instrument.objects.all(), 2026, use.CONFIRMED, rules["hours"])
    assert whole.instruments == 2
    assert sum(one.instruments for one in every) == 1


def test_every_measure_is_what_its_rows_add_up_to(
    worth: Instrument, institution: Institution, steward: Person, guest: Person, operator: Person
) -> None:
    confirmed(used(worth, guest, "10", outside=True), used(worth, steward, "30"))
    charge(institution, "500", instrument=worth, organisation=guest.organisations.get())
    charge(institution, "200", instrument=worth, organisation=institution.organisation)
    charge(institution, "900", instrument=worth, state="proposed", decided_at=None)
    tally.bring_up()
    asked = rows.Asked(2026, institution=institution)
    assert rows.read("sessions", asked, operator).total == 40
    assert rows.read("sessions", rows.Asked(2026, institution=institution, side="outside"), operator).total == 10
    earned = income.of_seller(institution.pk, 2026)
    assert earned == income.Income(D(200), D(500), 2)
    for side, sum_cny in (("outside", 500), ("inside", 200), ("", 700)):
        assert rows.read("charges", rows.Asked(2026, institution=institution, side=side), operator).total == sum_cny
    assert income.of_instruments([worth.pk], 2026)[worth.pk] == earned
    assert income.of_seller(institution.pk, 2025) is None
    assert rows.read("technicians", asked, operator).total == 1
    alone = make_instrument(institution)
    assert (alone.facility_id, rows.read("technicians", rows.Asked(2026, instrument=alone), operator).total) == (
        None,
        0,
    )


def test_people_see_the_rows_of_their_own_instruments_alone(
    worth: Instrument, institution: Institution, steward: Person, guest: Person, home: Organisation
) -> None:
    other = make_instrument(institution)
    confirmed(used(worth, guest, "10"), used(other, guest, "7"))
    assert rows.read("sessions", rows.Asked(2026), steward).total == 10
    assert rows.read("sessions", rows.Asked(2026), guest).total == 0
    lead = make_person("Lead")
    Membership.objects.create(person=lead, organisation=home, role=Membership.Role.LEAD)
    assert rows.read("sessions", rows.Asked(2026), lead).total == 17
    scope.require_institution(lead, institution)
    with pytest.raises(NotAllowed, match="leads of Home University"):
        scope.require_institution(steward, institution)
    with pytest.raises(NotAllowed, match="stewards of"):
        scope.require_instrument(guest, worth)


def test_points_are_judged_by_operators_with_a_reason_and_undone(
    worth: Instrument, institution: Institution, operator: Person, steward: Person
) -> None:
    said: dict[str, Any] = {"of": institution, "year": 2026, "name": "platform", "now": NOW}
    given.give(**said, value=D(70), reason="Visited", person=operator)
    last = given.give(**said, value=D(80), reason="Visited again", person=operator)
    rules = editions.rules(TODAY)
    assert units.read(2026, use.METERED, rules)[0].measures["platform"].value == 80
    given.undo(figure=last, person=operator, now=NOW)
    assert units.read(2026, use.METERED, rules)[0].measures["platform"].value == 70
    assert JournalEntry.objects.filter(verb__in=["gave figure", "took back figure"]).count() == 3
    with pytest.raises(NotAllowed, match="operators"):
        given.give(**said, value=D(80), reason="mine", person=steward)
    for wrong, words in (({"value": D(101)}, "0 to 100"), ({"reason": " "}, "reason"), ({"name": "charm"}, "charm")):
        with pytest.raises(NotSound, match=words):
            given.give(**{**said, "value": D(1), "reason": "r", "person": operator, **wrong})
    assert GivenFigure.objects.count() == 2


def test_what_if_changes_score_and_rank_and_keeps_nothing(
    worth: Instrument, institution: Institution, guest: Person, operator: Person
) -> None:
    other = Institution.objects.create(key="b", name="B", source="test", created_at=NOW, updated_at=NOW)
    rival = make_instrument(other, value_cny=D(3_000_000), made_in="CN")
    confirmed(used(worth, guest, "10"), used(rival, guest, "16", outside=True))
    rules = editions.rules(TODAY)
    before = units.read(2026, use.CONFIRMED, rules)
    assert [unit.institution.key for unit in before] == ["b", "home"]
    after, _rule = units.what_if(before, "home", {"shared_hours": D(273)}, {}, rules["national"])
    assert [(unit.rank, unit.institution.key) for unit in after] == [(1, "home"), (2, "b")]
    weights = {"weights.shared_hours": "0", "weights.home_grown": "25"}
    again, rule = units.what_if(before, "home", {}, weights, rules["national"])
    assert rule.values["weights"]["home_grown"] == 25
    one = units.one(again, "home")
    assert one is not None
    assert one.score.low == 10 + D("0.13") + 25
    assert units.read(2026, use.CONFIRMED, rules) == before
    with pytest.raises(NotSound, match=r"weights\.charm"):
        units.what_if(before, "home", {}, {"weights.charm": "1"}, rules["national"])


def test_an_operator_dates_an_edition_and_what_it_says_is_no_longer_our_assumption(
    operator: Person, steward: Person
) -> None:
    weights = {"weights.shared_hours": "25", "weights.running_hours": "15"}
    said: dict[str, Any] = {"table": "national", "since": date(2026, 6, 1), "source": "Letter 7", "now": NOW}
    made = editions.date_new(**said, numbers=weights, person=operator)
    rule = editions.in_force("national", TODAY)
    assert (rule.source, rule.values["weights"]["shared_hours"]) == ("Letter 7", 25)
    assert rule.assumed == {"full_at", "grades"}
    assert editions.in_force("national", date(2026, 5, 31)).values["weights"]["shared_hours"] == 20
    with pytest.raises(NotSound, match="2026-06-01 already"):
        editions.date_new(**said, numbers=weights, person=operator)
    with pytest.raises(NotAllowed, match="operators"):
        editions.date_new(**said, numbers=weights, person=steward)
    editions.withdraw(edition=made, person=operator, now=NOW)
    assert editions.in_force("national", TODAY).assumed == {"weights", "full_at", "grades"}
    for wrong, words in (
        ({"weights.shared_hours": "99"}, "add up to 179"), ({"full_at.technicians": "0"}, "more than 0"),
        ({"grades.good": "90"}, "do not go down"), ({"weights.platform": "many"}, "many"), ({"charm": "1"}, "charm"),
    ):  # fmt: skip
        with pytest.raises(NotSound, match=words):
            editions.date_new(**{**said, "since": TODAY}, numbers=wrong, person=operator)


def test_a_table_of_every_kind_goes_flat_and_back() -> None:
    for rule in editions.rules(TODAY).values():
        flat = editions.flat(rule.values)
        assert editions.flat(editions.nested(rule.values, flat)) == flat
        assert flat


def test_the_form_of_an_instrument_is_fed_by_training_income_and_what_people_gave(
    worth: Instrument, institution: Institution, steward: Person, guest: Person, member: Person
) -> None:
    confirmed(used(worth, guest, "1000", outside=True))
    course = Course.objects.create(title="c", instrument=worth, created_at=NOW)
    for person, level in ((guest, "self"), (member, "assisted")):
        Qualification.objects.create(
            person=person,
            course=course,
            level=level,
            source="steward",
            granted_on=date(2026, 3, 1),
            created_at=NOW,
        )
    charge(institution, "20000", instrument=worth, organisation=guest.organisations.get())
    for name, value in (("core_papers", 4), ("provincial_awards", 1), ("national_awards", 0), ("school_awards", 0)):
        given.give(of=worth, year=2026, name=name, value=D(value), reason="list", person=steward, now=NOW)
    tally.bring_up()
    one = use.of(Instrument.objects.filter(pk=worth.pk), 2026, use.CONFIRMED).get()
    made = form.read([one], 2026, editions.rules(TODAY))[worth.pk]
    points = {part.name: part.points for part in made.benefit.parts}
    # 1,000 of 1,400 h; 10 + 3; 60 + 4 x 5; 20 x 1.5; functions are not known
    assert points == {"hours": D(1000) / 14, "training": 13, "results": 80, "income": 30, "functions": None}
    assert made.benefit.unknown == ("functions",)
    # outside share above 0.1; 1.5 x 20,000 / 3,000,000 of 0.2; 1,000 h
    assert [part.points for part in made.points.parts] == [10, D("0.75"), 10]


def test_the_check_before_buying_finds_time_to_spare_near(
    worth: Instrument, institution: Institution, guest: Person
) -> None:
    confirmed(used(worth, guest, "1100"))
    far = make_instrument(
        institution, class_code="010201", class_scheme="cn-instr", class_edition="current", latitude=39.9,
        longitude=116.4, country="CN", province="110000",
    )  # fmt: skip
    rules = editions.rules(TODAY)
    asked: dict[str, Any] = {"year": 2026, "basis": use.CONFIRMED, "on": TODAY, "rules": rules}
    found = purchase.check(purchase.Wanted("010201", "合肥", 100, value_cny=D(2_500_000)), **asked)
    assert (found.finding.verdict, [one.key for one in found.finding.spare]) == ("time to spare", [worth.key])
    assert found.asked_for is True
    assert purchase.check(purchase.Wanted("010201", "安徽"), **asked).finding.verdict == "time to spare"
    unfit = purchase.check(purchase.Wanted("010201", "安徽"), **asked, unfit=[worth.key])
    assert unfit.finding.verdict == "none near"
    assert [one.key for one in unfit.finding.unfit] == [worth.key]
    everywhere = purchase.check(purchase.Wanted("010201"), **asked)
    assert {one.key for one in everywhere.finding.spare} == {worth.key, far.key}
    confirmed(used(worth, guest, "100"))
    assert purchase.check(purchase.Wanted("010201", "合肥", 100), **asked).finding.verdict == "all are full"
    for wrong, words in ((purchase.Wanted("999"), "six digits"), (purchase.Wanted("010201", "Nowhere"), "Nowhere")):
        with pytest.raises(NotSound, match=words):
            purchase.check(wrong, **asked)


def test_totals_of_the_year_say_where_they_differ(worth: Instrument, institution: Institution, guest: Person) -> None:
    confirmed(used(worth, guest, "10", outside=True))
    Instrument.objects.filter(pk=worth.pk).update(run_hours=D(12), outside_hours=D(10), hours_year=2026)
    checks = {one.name: one for one in totals.of_year(institution, 2026)}
    assert checks["tally_hours"].agrees is True
    assert checks["service_record_hours"].agrees is None
    assert checks["declared_hours"].agrees is False
    assert checks["declared_outside_hours"].agrees is True
    (row,) = totals.differing(institution, 2026)
    assert (row.metered_h, row.declared_h) == (10, 12)


def test_the_yearly_table_of_the_ministry_has_25_columns_and_blanks_for_what_nobody_said(
    worth: Instrument, steward: Person, guest: Person
) -> None:
    confirmed(used(worth, guest, "10.4", outside=True, purpose="research"))
    given.give(of=worth, year=2026, name="core_papers", value=D(2), reason="list", person=steward, now=NOW)
    make_instrument(worth.institution, value_cny=D(399_999))
    tally.bring_up()
    (row,) = sj3.rows(Instrument.objects.all(), 2026, use.CONFIRMED, editions.rules(TODAY))
    assert len(row) == len(sj3.COLUMNS) == 25
    by_name = dict(zip(sj3.COLUMNS, row, strict=True))
    assert by_name["使用机时：科研"] == by_name["使用机时：其中开放使用机时"] == 10
    assert (by_name["论文情况：核心刊物"], by_name["获奖情况：国家级"]) == (2, None)
    assert by_name["负责人姓名"] == "Wei"


def test_the_tree_of_organisations_tells_outsiders_as_belonging_does(
    institution: Institution, member: Person, guest: Person
) -> None:
    from liqi.access import belonging
    from liqi.access.evaluation._homes import homes

    known = homes()
    for organisation in (*Organisation.objects.all(), None):
        pk = organisation.pk if organisation else None
        assert known.outside(pk, institution.pk) == belonging.is_outside(organisation, institution)


def test_evaluating_needs_the_same_few_queries_however_many_instruments(
    institution: Institution, guest: Person, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        one = make_instrument(institution, value_cny=D(600_000))
        used(one, guest, "1")
        Steward.objects.create(person=guest, instrument=one)
    tally.bring_up()
    rules = editions.rules(TODAY)
    with django_assert_max_num_queries(8):
        units.read(2026, use.METERED, rules)
    listed = list(use.of(Instrument.objects.all(), 2026, use.METERED))
    with django_assert_max_num_queries(8):
        form.read(listed, 2026, rules)
