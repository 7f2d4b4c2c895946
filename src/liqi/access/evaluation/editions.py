"""The tables of parameters in force: those that come with the product, and those that operators dated."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.evaluation.refusal import NotSound
from liqi.access.models import EvaluationEdition
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.insight import evaluation
from liqi.insight.evaluation import Edition

__all__ = ["Rules", "date_new", "flat", "in_force", "kept", "nested", "numbers", "rules", "withdraw"]

Rules = Mapping[str, Edition]
"""The edition in force of each table."""
_SAID = ("assumed", "failed", "ties_by")
"""Values that are words."""


def kept(table: str = "") -> list[EvaluationEdition]:
    """The editions that operators dated and that stand, newest first."""
    rows = EvaluationEdition.objects.filter(withdrawn_at=None).select_related("person").order_by("table", "-since")
    return list(rows.filter(table=table) if table else rows)


def rules(on: date) -> Rules:
    """The edition in force of every table on the day; one query. Raises NotSound where a table has none yet."""
    own = [_edition(one) for one in kept()]
    found = {}
    for table in evaluation.TABLES:
        try:
            found[table] = evaluation.edition(table, on, own)
        except evaluation.NoEdition as problem:
            raise NotSound(str(problem)) from None
    return found


def in_force(table: str, on: date) -> Edition:
    """The edition of one table in force on the day."""
    _require_known(table)
    return rules(on)[table]


def _require_known(table: str) -> None:
    if table not in evaluation.TABLES:
        words = _("Found the table “%(found)s”; expected one of %(tables)s.")
        raise NotSound(words % {"found": table[:40], "tables": ", ".join(evaluation.TABLES)})


def date_new(
    *, table: str, since: date, source: str, numbers: Mapping[str, object], person: Person, now: datetime,
    note: str = "",
) -> EvaluationEdition:  # fmt: skip
    """The table has these numbers from that day on; what is not given stays as it was.

    `numbers` are named as `flat` names them, such as `weights.sharing`. What the operator writes is no longer our
    assumption. Raises NotAllowed for who is no operator, NotSound for numbers that cannot be.
    """
    _require_operator(person)
    _require_known(table)
    source = " ".join(source.split())[:300]
    if not source:
        raise NotSound(
            _("Found no source; expected the document that gives these numbers: write its title and number.")
        )
    try:
        before = in_force(table, since)
    except NotSound:
        before = evaluation.shipped(table)[0]
    values = nested(before.values, numbers)
    _require_sound(table, values)
    changed = {name.split(".")[0] for name, value in flat(values).items() if value != flat(before.values).get(name)}
    values["assumed"] = [one for one in values.get("assumed", []) if one not in changed]
    try:
        with transaction.atomic():
            made = EvaluationEdition.objects.create(
                table=table, since=since, source=source, note=note.strip()[:500], values=values, person=person, at=now
            )
            journal.write(person=person, verb="dated edition", thing=made, at=now, table=table, since=str(since))
    except IntegrityError:
        words = _("Found an edition of this table of %(day)s already; withdraw it first, or choose another day.")
        raise NotSound(words % {"day": since}) from None
    return made


def withdraw(*, edition: EvaluationEdition, person: Person, now: datetime) -> None:
    """The edition holds no longer: the one before it does again; the row stays for the record."""
    _require_operator(person)
    with transaction.atomic():
        left = EvaluationEdition.objects.filter(pk=edition.pk, withdrawn_at=None)
        if left.update(withdrawn_at=now, withdrawn_by=person):
            journal.write(person=person, verb="withdrew edition", thing=edition, at=now, table=edition.table)


def flat(values: Mapping[str, Any], under: str = "") -> dict[str, Decimal]:
    """Every number of a table by its path: `weights.hours`, `grades.excellent`, `functions.steps.80`."""
    found: dict[str, Decimal] = {}
    for name, value in values.items():
        path = f"{under}.{name}" if under else name
        if name in _SAID:
            continue
        if isinstance(value, Mapping):
            found |= flat(value, path)
        elif isinstance(value, list) and value and isinstance(value[0], list):
            found |= {f"{path}.{first}": Decimal(str(second)) for first, second in value}
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            found[path] = Decimal(str(value))
    return found


LARGEST = 10**9
"""What no weight, hour or amount of a rule reaches."""


def nested(values: Mapping[str, Any], given: Mapping[str, object], under: str = "") -> dict[str, Any]:
    """The same table with the given numbers in their places; raises NotSound for a name or number that is none."""
    if not under and (strange := sorted(set(given) - set(flat(values)))):
        words = _("Found %(found)s; expected numbers named %(names)s.")
        raise NotSound(words % {"found": ", ".join(strange)[:200], "names": ", ".join(flat(values))})
    made: dict[str, Any] = {}
    for name, value in values.items():
        path = f"{under}.{name}" if under else name
        if isinstance(value, Mapping):
            made[name] = nested(value, given, path)
        elif isinstance(value, list) and value and isinstance(value[0], list):
            made[name] = [[first, _plain(given.get(f"{path}.{first}", second))] for first, second in value]
        else:
            made[name] = _plain(given[path]) if path in given else value
    return made


def numbers(given: Mapping[str, str], table: Edition) -> dict[str, str]:
    """Of what a form sends, the fields that name numbers of the table and are not empty."""
    known = flat(table.values)
    return {name: text for name, text in given.items() if name in known and text.strip()}


def _plain(value: object) -> int | float:
    """The number as JSON has it; raises NotSound where it is none or below nothing."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0 or number >= LARGEST:
        words = _("Found “%(found)s”; expected a number from 0 up, below %(most)s.")
        raise NotSound(words % {"found": str(value)[:40], "most": f"{LARGEST:,}"})
    return int(number) if number == number.to_integral_value() else float(number)


def _require_sound(table: str, values: Mapping[str, Any]) -> None:
    """Weights make a hundred, grades go down, and what is divided by is not nothing."""
    if weights := values.get("weights"):
        total = sum(Decimal(str(value)) for value in weights.values())
        if total != 100:
            raise NotSound(_("Found weights that add up to %(found)s; expected 100: correct them.") % {"found": total})
    least = [Decimal(str(score)) for _name, score in values.get("grades", [])]
    if any(low >= high for high, low in pairwise(least)):
        raise NotSound(_("Found grades that do not go down; expected each to need less than the one before it."))
    divided = [name for name in flat(values) if "full_at" in name or name.endswith("_h") or name.endswith("per_point")]
    if none := [name for name in divided if not flat(values)[name]]:
        raise NotSound(_("Found 0 for %(names)s; expected more than 0.") % {"names": ", ".join(none)})


def _require_operator(person: Person) -> None:
    if not person.is_operator:
        raise NotAllowed(_("Only the platform's operators date the tables of evaluation; ask one of them."))


def _edition(row: EvaluationEdition) -> Edition:
    return Edition(row.table, row.since, row.source, row.values, row.note)
