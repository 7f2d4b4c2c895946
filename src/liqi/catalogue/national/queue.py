"""The push queue: what is to be sent of an institution, in the platform's order, and where each record stands."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.exchange.national import dictionary, records
from liqi.catalogue.models import Institution, Push, PushState
from liqi.catalogue.national import preflight
from liqi.catalogue.national.figures import TARGET
from liqi.catalogue.national.preflight import ORDER, Checked, Report

BY_HAND = "hand"
"""The code of a record that a person holds back."""
PREFLIGHT = "check"
"""The code of a record that the preflight holds back; its message lists `field:code`."""
_BATCH = 500


class NoCode(ValueError):
    """The institution has no code of the platform; the message says what to do."""


def enqueue(
    institution: Institution,
    year: int,
    *,
    now: datetime,
    person: Person | None = None,
    policy: str = "fill",
    submit: bool = False,
    kinds: Iterable[str] = ORDER,
    target: str = TARGET,
) -> dict[str, int]:
    """Everything of the institution and year is in the queue as it stands now; says what became of each record.

    A record that the preflight finds fault with is held. One that the platform took stays as it is until it changes;
    one that it rejected goes again once it changed; one that was submitted is frozen until the platform rejects it.
    """
    if not institution.national_code:
        raise NoCode(
            _(
                "Found no code of the national platform for %(institution)s; expected the insCode that the platform "
                "issued; enter it on the institution's record."
            )
            % {"institution": called(institution)}
        )
    report = preflight.check(institution, year, now=now, policy=policy, submit=submit, target=target)
    wanted = set(kinds)
    with transaction.atomic():
        counts = _keep(report, [one for one in report.records if one.record in wanted], submit, target, now)
        journal.write(
            person=person, verb="queued for the national platform", thing=institution, at=now, year=year, **counts
        )
    return counts


def _keep(report: Report, checked: list[Checked], submit: bool, target: str, now: datetime) -> dict[str, int]:
    known = {
        (row.record_type, row.record): row
        for row in Push.objects.select_for_update().filter(target=target, institution=report.institution)
    }
    new, changed = {}, []
    counts: Counter[str] = Counter()
    for one in checked:
        identity = (dictionary.RECORDS[one.record], one.number[:300])
        row = known.get(identity)
        if row is None:
            if identity in new:
                counts["held"] += 1
                continue
            new[identity] = row = _new(report.institution, identity, target, now)
            _set(row, one, submit, now)
            counts[str(row.state)] += 1
        else:
            outcome = _again(row, one, submit, now)
            counts[outcome] += 1
            if outcome != "unchanged":
                changed.append(row)
    Push.objects.bulk_create(new.values(), batch_size=_BATCH)
    names = ["payload", "sha256", "state", "submit", "code", "message", "attempts", "queued_at", "place"]
    Push.objects.bulk_update(changed, names, batch_size=_BATCH)
    return dict(counts)


def _new(institution: Institution, identity: tuple[str, str], target: str, now: datetime) -> Push:
    record_type, record = identity
    place = ORDER.index(dictionary.record_of(record_type))
    return Push(
        target=target, institution=institution, record_type=record_type, record=record, place=place, queued_at=now
    )


def _again(row: Push, one: Checked, submit: bool, now: datetime) -> str:
    """The row takes up the record as it stands now, where that may be; says what became of it."""
    same = row.sha256 == sha256_of(one.payload) and row.submit == submit
    if row.state == PushState.LOCKED or row.code == BY_HAND:
        return "unchanged"
    if same and row.state in (PushState.ACCEPTED, PushState.REJECTED, PushState.WAITING):
        return "unchanged"
    before = (row.state, row.message, row.sha256)
    _set(row, one, submit, now)
    return "unchanged" if before == (row.state, row.message, row.sha256) else str(row.state)


def _set(row: Push, one: Checked, submit: bool, now: datetime) -> None:
    row.payload, row.sha256, row.submit = one.payload, sha256_of(one.payload), submit
    row.queued_at, row.attempts = now, 0
    row.state = PushState.HELD if one.held else PushState.WAITING
    row.code = PREFLIGHT if one.held else ""
    row.message = "; ".join(dict.fromkeys(f"{p.field}:{p.code}" for p in one.problems if p.fatal)) if one.held else ""


def sha256_of(payload: dict[str, Any]) -> str:
    """What the payload says, whether as a draft or submitted, as a hash."""
    return hashlib.sha256(records.canonical({**payload, "auditStatus": ""})).hexdigest()


def hold(rows: Iterable[Push], *, now: datetime, person: Person | None = None) -> int:
    """The records are not sent until they are released; those that the platform took or locked stay as they are."""
    return _move(
        rows,
        (PushState.WAITING, PushState.REJECTED, PushState.FAILED, PushState.HELD),
        {"state": PushState.HELD, "code": BY_HAND, "message": ""},
        "held",
        now,
        person,
    )


def send_again(rows: Iterable[Push], *, now: datetime, person: Person | None = None) -> int:
    """The records wait to be sent, whatever was answered before; not those locked or held by the preflight."""
    movable = [row for row in rows if not (row.state == PushState.HELD and row.code == PREFLIGHT)]
    return _move(
        movable,
        (PushState.REJECTED, PushState.FAILED, PushState.ACCEPTED, PushState.HELD),
        {"state": PushState.WAITING, "code": "", "message": "", "attempts": 0},
        "queued again",
        now,
        person,
    )


def _move(
    rows: Iterable[Push],
    states: tuple[PushState, ...],
    values: dict[str, Any],
    verb: str,
    now: datetime,
    person: Person | None,
) -> int:
    moved = 0
    with transaction.atomic():
        for row in rows:
            if Push.objects.filter(pk=row.pk, state__in=states).update(**values):
                moved += 1
                journal.write(person=person, verb=verb, thing=row, at=now, before=row.state)
    return moved


def status(institution: Institution | None = None, *, target: str = TARGET) -> dict[str, Any]:
    """How many records of each kind are in each state, and what the platform said to those that it did not take."""
    rows = Push.objects.filter(target=target)
    if institution is not None:
        rows = rows.filter(institution=institution)
    counts = Counter(rows.values_list("record_type", "state"))
    by_record: dict[str, dict[str, int]] = {}
    for (record_type, state), count in sorted(counts.items()):
        by_record.setdefault(dictionary.record_of(record_type), {})[state] = count
    totals = {str(state): sum(n for (_type, one), n in counts.items() if one == state) for state in PushState.values}
    troubled = rows.filter(state__in=[PushState.REJECTED, PushState.FAILED]).order_by("place", "id")[:200]
    return {
        "target": target,
        "total": sum(totals.values()),
        "states": totals,
        "records": by_record,
        "refused": [
            {"record": dictionary.record_of(row.record_type), "id": row.record, "state": row.state, "code": row.code,
             "message": row.message, "attempts": row.attempts}
            for row in troubled
        ],
    }  # fmt: skip
