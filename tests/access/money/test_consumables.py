"""What was taken from the stock is proposed to be paid, every movement once, whatever happens to the charge."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liqi.access import consumables, orders
from liqi.access.care import stock
from liqi.access.models import Charge, Commission, PriceTable, Session, Steward, StockItem
from liqi.access.money import budgets, charges, pricing, proposals
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Facility, Institution, Instrument, Service
from liqi.taxonomy import FACILITY_KINDS
from tests.access.conftest import NOW
from tests.access.money.conftest import cny

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def facility(institution: Institution, instrument: Instrument, steward: Person) -> Facility:
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    made = Facility.objects.create(
        key="f", name="Platform", institution=institution, kind=kind.code, facility_class=kind.facility_class,
        source="test", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    Instrument.objects.filter(pk=instrument.pk).update(facility=made)
    Steward.objects.create(person=steward, facility=made)
    return made


@pytest.fixture
def vials(facility: Facility, steward: Person) -> StockItem:
    return kept(facility, steward, "Vials", "12.50")


def kept(facility: Facility, steward: Person, name: str, price: str | None) -> StockItem:
    item = stock.add(
        facility=facility, person=steward, name=name, unit="box", now=NOW,
        price_cny=None if price is None else Decimal(price),
    )  # fmt: skip
    stock.receive(item=item, person=steward, number=f"lot of {name}", quantity=Decimal(100), now=NOW)
    return item


@pytest.fixture
def session(instrument: Instrument, facility: Facility, guest: Person, firm: Organisation) -> Session:
    made = Session.objects.create(instrument=instrument, person=guest, organisation=firm, started_at=NOW)
    made.refresh_from_db()
    return made


def end(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(ended_at=NOW + timedelta(hours=1), effective_hours=1)


def issue(item: StockItem, steward: Person, quantity: str, **of: Any) -> Any:
    return stock.issue(item=item, person=steward, quantity=Decimal(quantity), now=NOW, **of)


def found() -> list[tuple[str, str, Decimal]]:
    return list(Charge.objects.order_by("pk").values_list("kind", "state", "net"))


def test_a_session_is_charged_once_for_what_it_used_when_it_ends(
    vials: StockItem, session: Session, steward: Person, facility: Facility, prices: PriceTable
) -> None:
    issue(vials, steward, "1.5", session=session)
    issue(kept(facility, steward, "Gloves", None), steward, "3", session=session)
    assert consumables.due(now=LATER) == 0
    end(session)
    assert [consumables.due(now=LATER), consumables.due(now=LATER)] == [1, 0]
    charge = Charge.objects.get()
    assert (charge.kind, charge.net, charge.tax, charge.organisation) == (
        "extra",
        cny("18.75"),
        0,
        session.organisation,
    )
    (line,) = charge.lines
    assert (line["item"], line["quantity"], line["price"]) == ("Vials", "1.5", "12.50")
    assert proposals.due(now=LATER) == 1, "the hours are charged beside what was used"
    assert sorted(Charge.objects.values_list("kind", flat=True)) == ["extra", "use"]


def test_what_is_issued_after_the_charge_stands_on_the_next_one_and_what_comes_back_is_credited(
    vials: StockItem, session: Session, steward: Person
) -> None:
    (first,) = issue(vials, steward, "2", session=session)
    end(session)
    consumables.due(now=LATER)
    charge = Charge.objects.get()
    line = pricing.Line("item", Decimal(1), Decimal(5), Decimal(5))
    charges.correct(charge, lines=[line], reason="a gift", person=steward, now=LATER)
    charges.confirm([charge], person=steward, now=LATER)
    issue(vials, steward, "1", session=session)
    assert [consumables.due(now=LATER), consumables.due(now=LATER)] == [1, 0]
    stock.give_back(movement=first, person=steward, quantity=Decimal(2), now=NOW)
    assert [consumables.due(now=LATER), consumables.due(now=LATER)] == [1, 0]
    assert found() == [
        ("extra", "confirmed", cny(5)), ("extra", "proposed", cny("12.50")), ("credit", "proposed", cny(-25)),
    ]  # fmt: skip
    credit = Charge.objects.get(kind="credit")
    with pytest.raises(Unable, match="waived as it is"):
        charges.correct(credit, lines=[line], reason="no", person=steward, now=LATER)
    assert charges.confirm([credit], person=steward, now=LATER)[0].state == "confirmed"


def test_what_was_taken_and_brought_back_at_once_is_not_charged(
    vials: StockItem, session: Session, steward: Person
) -> None:
    (made,) = issue(vials, steward, "2", session=session)
    stock.give_back(movement=made, person=steward, quantity=Decimal(2), now=NOW)
    end(session)
    assert (consumables.due(now=LATER), found()) == (0, [])


def test_what_comes_to_nothing_holds_up_nobody_behind_it_and_charges_of_others_are_not_read(
    vials: StockItem, instrument: Instrument, guest: Person, firm: Organisation, steward: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(consumables, "AT_ONCE", 2)
    monkeypatch.setattr(consumables, "CHUNK", 2)
    hours = timedelta(hours=2)
    for number, brought_back in enumerate((True, True, True, False, False, False)):
        start = NOW - hours * (10 - number)
        used = Session.objects.create(instrument=instrument, person=guest, organisation=firm, started_at=start)
        (made,) = issue(vials, steward, "1", session=used)
        if brought_back:
            stock.give_back(movement=made, person=steward, quantity=Decimal(1), now=NOW)
        Session.objects.filter(pk=used.pk).update(ended_at=start + hours / 2, effective_hours=1)
    with CaptureQueriesContext(connection) as asked:
        assert [consumables.due(now=LATER) for _turn in range(3)] == [2, 1, 0]
    assert Charge.objects.count() == 3
    assert not [one for one in asked.captured_queries if "LIKE 'consumables:session:%'" in one["sql"]]


def test_a_group_with_a_budget_pays_from_it(
    vials: StockItem, instrument: Instrument, member: Person, group: Organisation, institution: Institution,
    steward: Person,
) -> None:  # fmt: skip
    budget = budgets.begin(
        seller=institution, organisation=group, title="2026", person=steward, now=NOW, amount=cny(100)
    )
    used = Session.objects.create(instrument=instrument, person=member, organisation=group, started_at=NOW)
    issue(vials, steward, "2", session=used)
    end(used)
    consumables.due(now=LATER)
    charge = Charge.objects.get()
    assert charges.confirm([charge], person=steward, now=LATER)[0].state == "settled"
    budget.available.refresh_from_db()
    assert budget.left == 75


def test_a_sample_order_is_charged_when_its_work_is_released_and_its_sessions_apart(
    vials: StockItem, session: Session, steward: Person, guest: Person, facility: Facility, institution: Institution
) -> None:
    service = Service.objects.create(
        key="s", name="Service", institution=institution, facility=facility, source="test", created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    order = orders.open(person=guest, title="Leaves", service=service, now=NOW)
    issue(vials, steward, "1", order=order)
    issue(vials, steward, "4", order=order, session=session)
    assert consumables.due(now=LATER) == 0
    end(session)
    Commission.objects.update(state="released", released_by=steward, released_at=NOW)
    assert [consumables.due(now=LATER), consumables.due(now=LATER)] == [2, 0]
    assert sorted((charge.net, charge.cause.split(":")[1]) for charge in Charge.objects.all()) == [
        (cny("12.50"), "order"), (cny(50), "session"),
    ]  # fmt: skip
