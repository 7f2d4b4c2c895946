"""The pages of evaluation: figures that open their rows down to a session, what if, tables, paper; and who may."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liqi.access.models import Confirmation, EvaluationEdition, GivenFigure, Session
from liqi.accounts.models import Membership, Person
from liqi.catalogue.models import Institution, Instrument
from tests.web.access import Place, place
from tests.web.world import LANGUAGES

pytestmark = pytest.mark.django_db
YEAR = datetime.now(UTC).year
HERE = f"?year={YEAR}"


@dataclass(frozen=True)
class World:
    """Two instruments, two confirmed sessions and one that waits; an operator and a lead."""

    home: Place
    operator: Person
    lead: Person
    host: Institution
    session: Session


@pytest.fixture
def world() -> World:
    home = place()
    host = home.facility.institution
    operator = Person.objects.create_user("op@example.org", "x", name="Op", is_operator=True)
    lead = Person.objects.create_user("lead@example.org", "x", name="Lead")
    assert host.organisation is not None
    Membership.objects.create(person=lead, organisation=host.organisation, role=Membership.Role.LEAD)
    Instrument.objects.update(
        value_cny=Decimal(3_000_000), class_code="010201", class_scheme="cn-instr", class_edition="current",
        country="CN", province="340000", made_in="CN",
    )  # fmt: skip
    ended = datetime(YEAR, 1, 20, 8, tzinfo=UTC)
    made = [
        Session.objects.create(
            instrument=home.orbitrap, person=person, started_at=ended + timedelta(days=n), outside=outside,
            ended_at=ended + timedelta(days=n, hours=8), effective_hours=Decimal(hours),
        )
        for n, (person, hours, outside) in enumerate(((home.member, "6", True), (home.other, "2", False)))
    ]  # fmt: skip
    stood = Confirmation.objects.create(person=home.manager, at=ended, starts_at=ended, sessions=2,
                                        ends_at=ended + timedelta(days=9))  # fmt: skip
    Session.objects.update(confirmation=stood)
    Session.objects.create(
        instrument=home.triple, person=home.other, started_at=ended, ended_at=ended + timedelta(hours=3),
        effective_hours=Decimal(3),
    )  # fmt: skip
    return World(home, operator, lead, host, made[0])


def client(person: Person, language: str = "en") -> Client:
    made = Client()
    made.force_login(person)
    made.cookies["django_language"] = language
    return made


def text(answer: Any) -> str:
    """What the page says, without its marks."""
    assert answer.status_code == 200, answer.content[:500]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.decode()))


def addresses(world: World) -> list[str]:
    unit = reverse("evaluation_unit", args=["host"])
    kinds = ("sessions", "charges", "grades", "technicians", "samples")
    return [
        reverse("evaluation") + HERE, unit + HERE, f"{unit}{HERE}&basis=metered&m.shared_hours=200&weights.platform=0",
        reverse("evaluation_instruments") + HERE, f"{reverse('evaluation_instruments')}{HERE}&sort=-waiting&counting=1",
        reverse("evaluation_instrument", args=["orbitrap"]) + HERE,
        *(reverse("evaluation_rows", args=[kind]) + HERE + "&institution=host" for kind in kinds),
        reverse("evaluation_session", args=[world.session.pk]), reverse("evaluation_purchase"),
        f"{reverse('evaluation_purchase')}{HERE}&class=010201&place=安徽&value=3000000&unfit=triple",
        reverse("evaluation_tables"), *(reverse("evaluation_table", args=[name]) for name in
                                        ("hours", "moe_benefit", "university", "national")),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_operator_and_lead_in_every_language(world: World, language: str) -> None:
    for person in (world.operator, world.lead):
        for address in addresses(world):
            answer = client(person, language).get(address)
            assert answer.status_code == 200, f"{address}: {answer.content[:300]!r}"
            assert f'<html lang="{language}"' in answer.content.decode()


def test_a_figure_opens_its_rows_down_to_one_session(world: World) -> None:
    browser = client(world.operator)
    unit = browser.get(reverse("evaluation_unit", args=["host"]) + HERE)
    rows = next(
        link for link in re.findall(r'href="([^"]+)"', unit.content.decode())
        if "/rows/sessions/" in link and "side=outside" not in link
    ).replace("&amp;", "&")  # fmt: skip
    listed = browser.get(rows)
    assert "2 rows · 8 h" in text(listed)
    one = reverse("evaluation_session", args=[world.session.pk])
    assert one in listed.content.decode()
    said = text(browser.get(one))
    assert "6.0000 h" in said
    assert "Member" in said
    assert "Manager" in said


def test_waiting_sessions_are_not_counted_until_somebody_stands_for_them(world: World) -> None:
    browser = client(world.home.manager)
    said = text(browser.get(reverse("evaluation_instruments") + HERE))
    assert "三重四极杆质谱仪" in said or "Triple quadrupole" in said
    waiting = text(browser.get(f"{reverse('evaluation_rows', args=['sessions'])}{HERE}&instrument=triple&waiting=1"))
    assert "1 row · 3 h" in waiting
    none = text(browser.get(f"{reverse('evaluation_rows', args=['sessions'])}{HERE}&instrument=triple"))
    assert "0 rows · 0 h" in none


def test_who_may_see_what(world: World) -> None:
    unit, other = reverse("evaluation_unit", args=["host"]), reverse("evaluation_instrument", args=["orbitrap"])
    session = reverse("evaluation_session", args=[world.session.pk])
    purchase = reverse("evaluation_purchase")
    table = (
        (world.operator, {unit: 200, other: 200, session: 200, purchase: 200}),
        (world.lead, {unit: 200, other: 200, session: 200, purchase: 200}),
        (world.home.manager, {unit: 403, other: 200, session: 200, purchase: 200}),
        (world.home.member, {unit: 403, other: 403, session: 403, purchase: 403}),
    )
    for person, expected in table:
        for address, status in expected.items():
            assert client(person).get(address).status_code == status, (person.name, address)
    for address in (unit, other, session, purchase):
        assert Client().get(address).status_code == 302
    assert "No instrument is in your care" in text(client(world.home.member).get(reverse("evaluation")))
    give = reverse("evaluation_give", args=["host"])
    asked = {"year": YEAR, "name": "platform", "value": "80", "reason": "seen"}
    assert client(world.lead).post(give, asked).status_code == 403
    assert not GivenFigure.objects.exists()


def test_judging_moves_the_score_and_undo_takes_it_back(world: World) -> None:
    browser = client(world.operator)
    give = reverse("evaluation_give", args=["host"])
    answer = browser.post(give, {"year": YEAR, "name": "platform", "value": "80", "reason": "seen"}, follow=True)
    assert "It counts from now on" in text(answer)
    assert "8 100" not in text(answer)
    browser.post(reverse("evaluation_undo", args=[GivenFigure.objects.get().pk]))
    assert GivenFigure.objects.standing().count() == 0
    wrong = browser.post(give, {"year": YEAR, "name": "platform", "value": "lots", "reason": "r"}, follow=True)
    assert "expected points from 0 to 100" in text(wrong)


def test_a_steward_types_what_no_record_gives(world: World) -> None:
    browser = client(world.home.manager)
    give = reverse("evaluation_instrument_give", args=["orbitrap"])
    browser.post(give, {"year": YEAR, "name": "core_papers", "value": "3", "reason": "list"})
    assert GivenFigure.objects.get().value == 3
    assert "papers in core journals: 3" in text(browser.get(reverse("evaluation_instrument", args=["orbitrap"]) + HERE))
    answer = browser.post(give, {"year": YEAR, "name": "core_papers", "value": "1.5", "reason": "list"}, follow=True)
    assert "a whole number" in text(answer)


def test_what_if_says_before_and_after_and_keeps_nothing(world: World) -> None:
    browser = client(world.lead)
    unit = reverse("evaluation_unit", args=["host"]) + HERE
    said = text(browser.get(f"{unit}&m.shared_hours=273&m.coordination=100"))
    assert "What if: score" in said
    assert "Nothing is kept" in said
    assert not GivenFigure.objects.exists()
    assert "The weights add up to 90" in text(browser.get(f"{unit}&weights.shared_hours=10"))
    assert "The weights add up to 90" in text(browser.get(f"{unit}&weights.shared_hours=10%25"))
    assert "expected a number from 0 up" in text(browser.get(f"{unit}&m.shared_hours=many"))


def test_an_operator_dates_and_withdraws_a_table(world: World) -> None:
    address = reverse("evaluation_table", args=["hours"])
    given = {"survey_full_h": "1500", "since": f"{YEAR}-01-01", "source": "Letter 9"}
    assert client(world.lead).post(address, given).status_code == 403
    browser = client(world.operator)
    assert "Letter 9" in text(browser.post(address, given, follow=True))
    edition = EvaluationEdition.objects.get()
    assert edition.values["survey_full_h"] == 1500
    refused = browser.post(address, given | {"survey_full_h": "0"})
    assert refused.status_code == 422
    assert "expected more than 0" in refused.content.decode()
    browser.post(reverse("evaluation_table_withdraw", args=[edition.pk]))
    assert EvaluationEdition.objects.get().withdrawn_at is not None


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_every_list_is_a_file_too(world: World, kind: str) -> None:
    browser = client(world.operator, "zh-hans")
    signs = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "pdf": b"%PDF"}
    pages = [
        one for one in addresses(world)
        if "tables" not in one and "/sessions/" not in one.replace("/rows/sessions/", "") and "m." not in one
    ]  # fmt: skip
    for address in pages:
        if address == reverse("evaluation_purchase"):
            continue
        answer = browser.get(f"{address}{'&' if '?' in address else '?'}format={kind}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert body.startswith(signs[kind]), address


def test_the_ministrys_table_has_its_25_columns(world: World) -> None:
    answer = client(world.lead).get(f"{reverse('evaluation_instruments')}{HERE}&format=sj3-csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert len(lines[0].split(",")) == 25


def test_the_check_before_buying_lets_people_say_what_does_not_fit(world: World) -> None:
    browser = client(world.lead)
    asked = f"{reverse('evaluation_purchase')}{HERE}&class=010201&place=安徽"
    assert "There is time to spare" in text(browser.get(asked))
    assert "None near" in text(browser.get(f"{asked}&unfit=orbitrap&unfit=triple"))
    assert "expected a code of six digits" in text(browser.get(f"{reverse('evaluation_purchase')}?class=7"))
    assert "expected a number above 0" in text(browser.get(f"{asked}&km=far"))


def test_an_address_with_nonsense_gives_a_page_and_no_error(world: World) -> None:
    browser = client(world.operator)
    for query in ("?year=abc&basis=x&sort=y&page=-3", "?year=99999", "?year=²"):
        for address in (reverse("evaluation"), reverse("evaluation_instruments"),
                        reverse("evaluation_rows", args=["sessions"])):  # fmt: skip
            assert browser.get(address + query).status_code == 200, address + query
    assert browser.get("/evaluation/rows/charm/").status_code == 404
    assert browser.get("/evaluation/tables/charm/").status_code == 404
