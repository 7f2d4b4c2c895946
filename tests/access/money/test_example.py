"""The money of the example is made up, marked so, and balances."""

from datetime import timedelta

import pytest

from liqi.access.example import money as example_money
from liqi.access.models import Charge, Invoice, PriceTable, Quote, Session, Steward, Voucher
from liqi.access.money import ledger
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, make_person

pytestmark = pytest.mark.django_db


def test_is_marked_synthetic_balances_and_is_loaded_once(
    institution: Institution, instrument: Instrument, guest: Person
) -> None:
    group = Organisation.objects.create(name="Example group")
    manager, member = make_person("Manager"), make_person("Member", group)
    make_person("Operator", is_operator=True)
    Steward.objects.create(person=manager, instrument=instrument)
    firm = Organisation.objects.get(name="Small firm")
    for day in range(1, 9):
        Session.objects.create(
            instrument=instrument, person=guest, organisation=firm if day % 2 else group,
            started_at=NOW - timedelta(days=day, hours=2), ended_at=NOW - timedelta(days=day), effective_hours=2,
            synthetic=True,
        )  # fmt: skip
    assert example_money.load(now=NOW) == 8
    assert example_money.load(now=NOW) == 0
    for model in (PriceTable, Quote, Charge, Invoice, Voucher):
        assert model.objects.exists(), model
        assert not model.objects.filter(synthetic=False).exists(), model
    assert sum(ledger.recount().values()) == 0
    assert member.memberships.count() == 2
