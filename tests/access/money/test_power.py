"""The stateful test of the ledger finds faults: each is planted, and the machine fails within its usual budget."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import Phase

from liqi.access.models import Account, Charge, Hold
from liqi.access.money import budgets, charges, credited, ledger, voucher_caps
from tests.access.money.test_as_plain_books import live

Plant = Callable[[pytest.MonkeyPatch], None]
Lines = Iterable[tuple[Account, Decimal]]


def changed(patch: pytest.MonkeyPatch, change: Callable[[Any, str, Lines], Lines]) -> None:
    """Every entry has other lines."""
    post = ledger.post
    patch.setattr(
        ledger, "post", lambda seller, kind, lines, **given: post(seller, kind, change(seller, kind, lines), **given)
    )


def the_tax_leg_stands_in_income(patch: pytest.MonkeyPatch) -> None:
    def change(seller: Any, _kind: str, lines: Lines) -> Lines:
        income = ledger.account(seller, Account.Code.INCOME)
        return [(income if at.code == Account.Code.OUTPUT_TAX else at, amount) for at, amount in lines]

    changed(patch, change)


def a_payment_has_one_leg_wrong(patch: pytest.MonkeyPatch) -> None:
    def change(seller: Any, kind: str, lines: Lines) -> Lines:
        first, *rest = lines
        if kind == "matched":
            rest = [(ledger.account(seller, Account.Code.UNBILLED), amount) for _at, amount in rest]
        return [first, *rest]

    changed(patch, change)


def a_reversal_is_posted_twice(patch: pytest.MonkeyPatch) -> None:
    reverse = ledger.reverse

    def twice(entry: Any, **given: Any) -> Any:
        made = reverse(entry, **given)
        lines = [(line.account, line.amount) for line in made.lines.select_related("account")]
        ledger.post(entry.seller, "again", lines, person=given["person"], now=given["now"])
        return made

    patch.setattr(ledger, "reverse", twice)


def a_credit_counts_twice(patch: pytest.MonkeyPatch) -> None:
    given = credited.net
    patch.setattr(credited, "net", lambda charge, **but: 2 * given(charge, **but))


def a_credit_counts_for_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(credited, "net", lambda _charge, **_but: Decimal(0))


def what_was_set_aside_is_given_back_twice(patch: pytest.MonkeyPatch) -> None:
    release = budgets.release

    def again(kept: Hold, **given: Any) -> Hold:
        found = release(kept, **given)
        if kept.amount:
            lines = [(kept.budget.available, -kept.amount), (kept.budget.reserved, kept.amount)]
            ledger.post(kept.budget.seller, "given back", lines, person=None, now=given["now"])
        return found

    patch.setattr(budgets, "release", again)


def a_voucher_gets_nothing_back(patch: pytest.MonkeyPatch) -> None:
    move = voucher_caps.move
    patch.setattr(voucher_caps, "move", lambda *of: move(*of) if of[-1] > 0 else None)


def a_charge_undone_is_owed_still(patch: pytest.MonkeyPatch) -> None:
    def undo(rows: list[Charge], **_given: Any) -> list[Charge]:
        for row in rows:
            if row.state == Charge.State.CONFIRMED:
                Charge.objects.filter(pk=row.pk).update(state=Charge.State.PROPOSED, decided_by=None, decided_at=None)
        return rows

    patch.setattr(charges, "undo", undo)


FAULTS: list[Plant] = [
    the_tax_leg_stands_in_income,
    a_payment_has_one_leg_wrong,
    a_reversal_is_posted_twice,
    a_credit_counts_twice,
    a_credit_counts_for_nothing,
    what_was_set_aside_is_given_back_twice,
    a_voucher_gets_nothing_back,
    a_charge_undone_is_owed_still,
]


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):
        live(phases=[Phase.generate], derandomize=True, database=None, report_multiple_bugs=False)
