"""The ledger balances whatever happens, on every path, because the database keeps it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.access.models import Account, LedgerEntry, LedgerLine
from liqi.access.money import ledger
from liqi.access.money.refusal import MonthClosed, Overdrawn, Unable
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution
from tests.access.conftest import NOW
from tests.access.money.conftest import cny

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(institution: Institution) -> tuple[Account, Account]:
    return ledger.account(institution, "bank"), ledger.account(institution, "income")


def test_an_entry_moves_both_balances(institution: Institution, pair: tuple[Account, Account]) -> None:
    ledger.post(institution, "t", [(pair[0], cny("12.50")), (pair[1], cny("-12.50"))], person=None, now=NOW)
    assert Account.objects.get(pk=pair[0].pk).balance == cny("12.50")
    assert ledger.recount() == {pair[0].pk: cny("12.50"), pair[1].pk: cny("-12.50")}


def test_refuses_lines_that_do_not_balance(institution: Institution, pair: tuple[Account, Account]) -> None:
    with pytest.raises(Unable, match=r"sum to 0\.01"):
        ledger.post(institution, "t", [(pair[0], cny("1.01")), (pair[1], cny("-1"))], person=None, now=NOW)
    assert not LedgerEntry.objects.exists()


def test_the_database_posts_no_entry_that_does_not_balance(
    institution: Institution, pair: tuple[Account, Account]
) -> None:
    entry = LedgerEntry.objects.create(seller=institution, on=date(2026, 11, 1), made_at=NOW, kind="t")
    LedgerLine.objects.create(entry=entry, account=pair[0], amount=cny(5))
    with pytest.raises(IntegrityError, match="ledger_balances"), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(posted=True)
    LedgerLine.objects.create(entry=entry, account=pair[1], amount=cny(-4))
    with pytest.raises(IntegrityError, match="ledger_balances"), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(posted=True)
    with pytest.raises(IntegrityError, match="ledger_posted_last"), transaction.atomic():
        LedgerEntry.objects.create(seller=institution, on=date(2026, 11, 1), made_at=NOW, kind="t", posted=True)
    assert ledger.recount() == {}


def test_the_database_changes_nothing_that_is_posted(institution: Institution, pair: tuple[Account, Account]) -> None:
    entry = ledger.post(institution, "t", [(pair[0], cny(1)), (pair[1], cny(-1))], person=None, now=NOW)
    line = entry.lines.first()
    assert line is not None
    changes = [
        lambda: LedgerLine.objects.filter(pk=line.pk).update(amount=cny(2)),
        lambda: LedgerLine.objects.filter(pk=line.pk).delete(),
        lambda: LedgerLine.objects.create(entry=entry, account=pair[0], amount=cny(2)),
        lambda: LedgerEntry.objects.filter(pk=entry.pk).update(text="other"),
        lambda: LedgerEntry.objects.filter(pk=entry.pk).update(posted=False),
        lambda: LedgerEntry.objects.filter(pk=entry.pk).delete(),
    ]
    for change in changes:
        with pytest.raises((IntegrityError, Exception)) as raised, transaction.atomic():
            change()
        assert isinstance(raised.value, IntegrityError)
    assert ledger.recount()[pair[0].pk] == cny(1)


def test_an_entry_stays_in_one_house(institution: Institution, pair: tuple[Account, Account]) -> None:
    other = Institution.objects.create(key="o", name="Other", source="t", created_at=NOW, updated_at=NOW)
    with pytest.raises(IntegrityError, match="ledger_one_house"):
        ledger.post(
            institution, "t", [(pair[0], cny(1)), (ledger.account(other, "income"), cny(-1))], person=None, now=NOW
        )


def test_a_ceiling_is_never_passed(institution: Institution, pair: tuple[Account, Account]) -> None:
    budget = ledger.account(institution, "available", name="b", ceiling=cny(0))
    ledger.post(institution, "t", [(pair[0], cny(10)), (budget, cny(-10))], person=None, now=NOW)
    with pytest.raises(Overdrawn):
        ledger.post(institution, "t", [(budget, cny("10.01")), (pair[1], cny("-10.01"))], person=None, now=NOW)
    assert Account.objects.get(pk=budget.pk).balance == cny(-10)


def test_a_reversal_undoes_an_entry_once(institution: Institution, pair: tuple[Account, Account]) -> None:
    entry = ledger.post(institution, "t", [(pair[0], cny(3)), (pair[1], cny(-3))], person=None, now=NOW)
    ledger.reverse(entry, person=None, now=NOW)
    assert set(ledger.recount().values()) == {cny(0)}
    with pytest.raises(IntegrityError):
        ledger.reverse(entry, person=None, now=NOW)


def test_nothing_is_written_in_a_closed_month(
    institution: Institution, pair: tuple[Account, Account], steward: Person
) -> None:
    lines = [(pair[0], cny(3)), (pair[1], cny(-3))]
    ledger.post(institution, "t", lines, person=None, now=NOW, on=date(2026, 10, 31))
    closed = ledger.close_month(institution, first_on=date(2026, 10, 5), person=steward, now=NOW)
    assert closed.figures == {"bank": "3.00", "income": "-3.00"}
    for day in (date(2026, 10, 1), date(2026, 10, 31)):
        with pytest.raises(MonthClosed):
            ledger.post(institution, "t", lines, person=None, now=NOW, on=day)
    ledger.post(institution, "t", lines, person=None, now=NOW, on=date(2026, 11, 1))
    with pytest.raises(Unable, match="not over"):
        ledger.close_month(institution, first_on=date(2026, 11, 1), person=steward, now=NOW)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-500_000, 500_000), st.booleans()), max_size=12
    )
)
def test_balances_equal_a_plain_recount_after_any_history(
    institution: Institution, moves: list[tuple[int, int, int, bool]]
) -> None:
    with transaction.atomic():
        accounts = [
            ledger.account(institution, code, name=f"{code}{LedgerEntry.objects.count()}", ceiling=ceiling)
            for code, ceiling in (("bank", None), ("income", None), ("available", cny(0)), ("reserved", cny(0)))
        ]
        model = {account.pk: Decimal(0) for account in accounts}
        for source, target, fen, back in moves:
            amount = Decimal(fen) / 100
            try:
                entry = ledger.post(
                    institution, "t", [(accounts[source], amount), (accounts[target], -amount)], person=None, now=NOW
                )
            except Unable:
                over = {2: amount if source == 2 else -amount if target == 2 else Decimal(0)}
                over[3] = amount if source == 3 else -amount if target == 3 else Decimal(0)
                assert (
                    source == target
                    or not fen
                    or any(model[accounts[place].pk] + change > 0 for place, change in over.items())
                )
                continue
            model[accounts[source].pk] += amount
            model[accounts[target].pk] -= amount
            if back:
                try:
                    ledger.reverse(entry, person=None, now=datetime(2026, 11, 22, tzinfo=UTC))
                except Overdrawn:
                    continue
                model[accounts[source].pk] -= amount
                model[accounts[target].pk] += amount
        counted = ledger.recount(accounts)
        for account in Account.objects.filter(pk__in=model):
            assert account.balance == model[account.pk] == counted.get(account.pk, Decimal(0))
        assert sum(counted.values()) == 0
        transaction.set_rollback(True)
