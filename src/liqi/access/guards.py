"""Guards that the database keeps on its own: a change that must not happen is stopped, whoever asks for it.

They are triggers over several tables, which SQLite cannot carry through the remaking of a table: so they are taken
down before a migration and put up after it, on every database alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections

__all__ = ["GUARDS", "Guard", "put_up", "take_down"]


@dataclass(frozen=True)
class Guard:
    """Forbid an event on a row while ``forbids`` holds, or carry out ``does`` after it while ``when`` holds.

    The expressions are plain SQL that SQLite and PostgreSQL both read; NEW and OLD are the row after and before.
    A forbidden change raises IntegrityError on both.
    """

    name: str
    table: str
    event: str
    forbids: str = ""
    does: str = ""
    when: str = "TRUE"

    def created(self, vendor: str) -> list[str]:
        """The statements that put it up."""
        condition = self.forbids or self.when
        if vendor == "postgresql":
            act = self.does or f"RAISE EXCEPTION 'Guard: {self.name}' USING ERRCODE = '23514'"
            body = f"BEGIN IF {condition} THEN {act}; END IF; RETURN NULL; END"
            return [
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ {body} $guard$",
                f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        act = self.does or f"SELECT RAISE(ABORT, 'Guard: {self.name}')"
        return [
            f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} WHEN {condition} BEGIN {act}; END",
        ]

    def dropped(self, vendor: str) -> str:
        """The statement that takes it down."""
        return f"DROP TRIGGER IF EXISTS {self.name}" + (f" ON {self.table}" if vendor == "postgresql" else "")


def _changed(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


_LINES = "access_ledgerline l WHERE l.entry_id = NEW.id"
_POSTED = "EXISTS (SELECT 1 FROM access_ledgerentry e WHERE e.id = {row}.entry_id AND e.posted)"
_UNBALANCED = f"(SELECT COUNT(*) FROM {_LINES}) < 2 OR (SELECT SUM(l.amount) FROM {_LINES}) <> 0"
_CLOSED = (
    "EXISTS (SELECT 1 FROM access_closedmonth c WHERE c.seller_id = NEW.seller_id"
    ' AND c.first_on <= NEW."on" AND c.last_on >= NEW."on")'
)
_FOREIGN = (
    f"EXISTS (SELECT 1 FROM access_account a WHERE a.seller_id <> NEW.seller_id"
    f" AND a.id IN (SELECT l.account_id FROM {_LINES}))"
)
_CARRY = (
    f"UPDATE access_account SET balance = balance + (SELECT SUM(l.amount) FROM {_LINES}"
    f" AND l.account_id = access_account.id) WHERE id IN (SELECT l.account_id FROM {_LINES})"
)
_STOCKED = "UPDATE access_stocklot SET left_thousandths = left_thousandths + NEW.thousandths WHERE id = NEW.lot_id"
_NOT_THE_SUM = (
    "NEW.left_thousandths <> (SELECT COALESCE(SUM(m.thousandths), 0) FROM access_stockmovement m"
    " WHERE m.lot_id = NEW.id)"
)

GUARDS: tuple[Guard, ...] = (
    Guard("ledger_posted_last", "access_ledgerentry", "INSERT", forbids="NEW.posted"),
    Guard("ledger_balances", "access_ledgerentry", "UPDATE", forbids=f"NEW.posted AND ({_UNBALANCED})"),
    Guard("ledger_one_house", "access_ledgerentry", "UPDATE", forbids=f"NEW.posted AND {_FOREIGN}"),
    Guard("ledger_month_open", "access_ledgerentry", "UPDATE", forbids=f"NEW.posted AND {_CLOSED}"),
    Guard("ledger_unchanged", "access_ledgerentry", "UPDATE", forbids="OLD.posted"),
    Guard("ledger_kept", "access_ledgerentry", "DELETE", forbids="OLD.posted"),
    Guard("ledger_carried", "access_ledgerentry", "UPDATE", does=_CARRY, when="NEW.posted AND NOT OLD.posted"),
    Guard("ledgerline_before_posting", "access_ledgerline", "INSERT", forbids=_POSTED.format(row="NEW")),
    Guard("ledgerline_unchanged", "access_ledgerline", "UPDATE", forbids=_POSTED.format(row="OLD")),
    Guard("ledgerline_kept", "access_ledgerline", "DELETE", forbids=_POSTED.format(row="OLD")),
    Guard("quote_kept", "access_quote", "DELETE", forbids="TRUE"),
    Guard("charge_kept", "access_charge", "DELETE", forbids="OLD.state <> 'proposed'"),
    Guard("invoice_kept", "access_invoice", "DELETE", forbids="TRUE"),
    Guard(
        "invoice_unchanged",
        "access_invoice",
        "UPDATE",
        forbids=_changed(
            *("number", "seller_id", "organisation_id", "person_id", "net", "tax", "voucher", "issued_on", "kind")
        ),
    ),
    Guard("voucher_kept", "access_voucher", "DELETE", forbids="TRUE"),
    Guard("stock_carried", "access_stockmovement", "INSERT", does=_STOCKED),
    Guard("stockmovement_unchanged", "access_stockmovement", "UPDATE", forbids="TRUE"),
    Guard("stockmovement_kept", "access_stockmovement", "DELETE", forbids="TRUE"),
    Guard("stocklot_sums", "access_stocklot", "UPDATE", forbids=_NOT_THE_SUM),
)
"""What the ledger, its papers and the stock promise, whoever writes; `docs/reference/ledger.md` says it in words."""


def take_down(*, using: str = "default", **_signal: Any) -> None:
    """No guard stands: a migration may remake its tables."""
    _run(using, [guard.dropped(connections[using].vendor) for guard in GUARDS if guard.table in _tables(using)])


def put_up(*, using: str = "default", **_signal: Any) -> None:
    """Every guard stands whose tables are there; putting them up again changes nothing."""
    vendor, tables = connections[using].vendor, _tables(using)
    if not {guard.table for guard in GUARDS} <= tables:
        return
    _run(using, [sql for guard in GUARDS for sql in (guard.dropped(vendor), *guard.created(vendor))])


def _tables(using: str) -> set[str]:
    return set(connections[using].introspection.table_names())


def _run(using: str, statements: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
