"""Records are sent one by one, what was answered is kept at once, and nothing is sent twice without need.

An attempt is on record before the request leaves. If the process dies before the answer is kept, the record is sent
again (at least once): the platform keeps one record for a code and number, so that a repetition changes nothing; where
a submitted record may already be locked there, it is read back first.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.models import Institution, Push, PushState
from liqi.catalogue.national import preflight
from liqi.catalogue.national.client import Answer, Client, Unreachable
from liqi.catalogue.national.figures import TARGET
from liqi.catalogue.national.queue import sha256_of

OK, WRONG, NO_INSTITUTION, NO_TYPE, BAD_FORMAT = "100", "101", "200", "201", "202"
ATTEMPTS = {"203": 2, "204": 4, "301": 4, "": 4}
"""How often a record is sent while the answer may change: data not verified, other fault, database, no answer."""
STOPS = {
    NO_INSTITUTION: _("The platform does not know the institution's code; enter the code that it issued."),
    NO_TYPE: _("The platform does not take this kind of record; ask it which version of the interface it serves."),
    BAD_FORMAT: _("The platform cannot read the envelope; check the address and the version of the interface."),
}
"""Answers that every further record would get too: the run stops, and the record waits."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Outcome:
    """What one go through the queue did.

    `ended` says that it came to the end of the queue, `stopped` in a sentence why the platform made it end before.
    """

    sent: int = 0
    ended: bool = False
    states: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    stopped: str = ""

    def as_json(self) -> dict[str, Any]:
        """The outcome as a document."""
        states = {state: self.states[state] for state in ("accepted", "locked", "rejected", "failed")}
        return {"sent": self.sent, **states, "waiting": self.waiting, "stopped": self.stopped}


def push(
    institution: Institution,
    client: Client,
    *,
    clock: Clock,
    limit: int | None = None,
    target: str = TARGET,
    person: Person | None = None,
    pause: Callable[[float], None] = time.sleep,
    go_on: Callable[[Outcome], bool] = lambda _outcome: True,
) -> Outcome:
    """The waiting records are sent in their order, at most `limit`; each one's state says what was answered.

    A record that refers to an instrument waits until the platform has taken that. `go_on` is asked before
    each record, with what was done so far.
    """
    outcome = Outcome()
    last = (-1, -1)
    while (limit is None or outcome.sent < limit) and go_on(outcome):
        row = _next(institution, target, last)
        if row is None:
            outcome.ended = True
            break
        last = (row.place, row.pk)
        if (needed := _instrument_of(row)) and not _taken(row, needed):
            outcome.waiting += 1
            continue
        answer = _send(row, client, clock, pause)
        outcome.sent += 1
        outcome.states[_keep(row, answer, clock(), person)] += 1
        if answer.code in STOPS or not answer.code:
            outcome.stopped = _why(answer)
            break
    outcome.waiting = waiting(institution, target).count()
    return outcome


def waiting(institution: Institution, target: str = TARGET) -> QuerySet[Push]:
    """The institution's records that wait to be sent, in order."""
    return Push.objects.filter(target=target, institution=institution, state=PushState.WAITING).order_by("place", "id")


def _next(institution: Institution, target: str, last: tuple[int, int]) -> Push | None:
    place, pk = last
    rows = waiting(institution, target).select_related("institution")
    return rows.filter(place=place, pk__gt=pk).first() or rows.filter(place__gt=place).first()


def _instrument_of(row: Push) -> str:
    """The number of the instrument that a customs or service record is about."""
    about = row.record_type in (dictionary.RECORDS["customs"], dictionary.RECORDS["service_record"])
    return str(row.payload.get("innerId", "")) if about else ""


def _taken(row: Push, number: str) -> bool:
    """Whether the platform has the instrument: taken as a draft, locked, or locked here and unchanged there."""
    there = Push.objects.filter(
        target=row.target, institution=row.institution, record_type=dictionary.RECORDS["instrument"], record=number
    )
    return there.filter(state__in=[PushState.ACCEPTED, PushState.LOCKED]).exists()


def _send(row: Push, client: Client, clock: Clock, pause: Callable[[float], None]) -> Answer:
    """The platform's last answer to the record, an empty code where it gave none."""
    ins_code = row.institution.national_code
    answer = Answer("", "")
    if row.attempts and _submits(row) and (held := _read_back(row, client)) is not None:
        return held
    _freshen(row, clock())
    for attempt in range(1, max(ATTEMPTS.values()) + 1):
        Push.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
        row.attempts += 1
        try:
            answer = client.push(ins_code=ins_code, record_type=row.record_type, payload=row.payload)
        except Unreachable as problem:
            answer = Answer("", str(problem))
        if attempt >= ATTEMPTS.get(answer.code, 1):
            break
        pause(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1)))
    return answer


def _submits(row: Push) -> bool:
    """Whether the platform freezes the record once it took it: instruments and service records that are submitted."""
    return str(row.payload.get("auditStatus", "")) == "0"


def _read_back(row: Push, client: Client) -> Answer | None:
    """The platform's word for a record that may have been locked before its answer was kept, if it holds the same."""
    try:
        found = client.read_back(
            ins_code=row.institution.national_code, record_type=row.record_type, payload=row.payload
        )
    except Unreachable:
        return None
    if found.code == OK and found.audit_status == "0" and found.data is not None:
        there = {key: value for key, value in found.data.items() if key in row.payload}
        if sha256_of(there) == row.sha256:
            return Answer(OK, found.message)
    return None


def _freshen(row: Push, now: datetime) -> None:
    """The results of a year are computed again when their turn comes: what was sent before them counts in them."""
    if row.record_type != dictionary.RECORDS["institution_year"]:
        return
    report = preflight.check(row.institution, int(row.payload["year"]), now=now, submit=row.submit, target=row.target)
    row.payload = report.records[-1].payload
    row.sha256 = sha256_of(row.payload)
    Push.objects.filter(pk=row.pk).update(payload=row.payload, sha256=row.sha256)


def _keep(row: Push, answer: Answer, now: datetime, person: Person | None) -> str:
    """What was answered is on record with the state that follows from it; gives the state."""
    if answer.code == OK:
        state = PushState.LOCKED if _submits(row) else PushState.ACCEPTED
    elif answer.code == WRONG:
        state = PushState.REJECTED
    elif answer.code in STOPS or not answer.code:
        state = PushState.WAITING
    else:
        state = PushState.FAILED
    values = {"state": state, "code": answer.code, "message": answer.message, "answered_at": now}
    with transaction.atomic():
        if Push.objects.filter(pk=row.pk, state=PushState.WAITING, sha256=row.sha256).update(**values):
            journal.write(
                person=person, verb="pushed", thing=row, at=now, code=answer.code, state=state, sha256=row.sha256
            )
    return str(state)


def _why(answer: Answer) -> str:
    if not answer.code:
        return answer.message
    said = f"{answer.code} {answer.message}".strip()
    rest = gettext("The records not sent yet wait.")
    return f"{said}: {STOPS[answer.code]} {rest}"


def read_back(
    institution: Institution, client: Client, *, now: datetime, target: str = TARGET, person: Person | None = None
) -> dict[str, int]:
    """Submitted records that the platform has rejected are open again here; says how many were looked at and opened."""
    looked = opened = 0
    for row in Push.objects.filter(target=target, institution=institution, state=PushState.LOCKED).order_by("place"):
        found = client.read_back(ins_code=institution.national_code, record_type=row.record_type, payload=row.payload)
        looked += 1
        if found.code == OK and found.audit_status == "0":
            continue
        values = {"state": PushState.REJECTED, "code": WRONG, "message": found.message, "answered_at": now}
        with transaction.atomic():
            if Push.objects.filter(pk=row.pk, state=PushState.LOCKED).update(**values):
                opened += 1
                journal.write(person=person, verb="rejected by the platform", thing=row, at=now, message=found.message)
    return {"looked": looked, "rejected": opened}
