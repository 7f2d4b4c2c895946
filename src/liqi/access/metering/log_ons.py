"""Log-ons come from the program on an instrument's PC, any number of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.metering.meters import AHEAD, KEPT, Rejected, Taken
from liqi.access.models import LogOn
from liqi.access.opening import utc
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["MOST", "Told", "take"]

MOST = 1000
"""Log-ons of one request."""


@dataclass(frozen=True)
class Told:
    """A log-on on its way in."""

    name: str
    account: str
    started_at: datetime
    ended_at: datetime | None = None


def take(*, instrument: Instrument, log_ons: Sequence[Told], now: datetime) -> Taken:
    """The log-ons are on record, each once by its name; a name that is known gets its end, or a later one.

    All or none: raises Rejected with every one that cannot be taken.
    """
    now = utc(now)
    if problems := _problems(log_ons, now):
        raise Rejected(problems)
    with transaction.atomic():
        Instrument.objects.select_for_update().get(pk=instrument.pk)  # two senders wait for each other
        known = {one.name: one for one in LogOn.objects.filter(instrument=instrument, name__in=_names(log_ons))}
        accounts = {one.account.strip().lower() for one in log_ons}
        people = {person.email: person for person in Person.objects.filter(email__in=accounts)}
        changed = 0
        for told in log_ons:
            row = known.get(told.name)
            if row is None:
                row = LogOn(
                    instrument=instrument, name=told.name, account=told.account,
                    person=people.get(told.account.strip().lower()),
                    started_at=utc(told.started_at), ended_at=told.ended_at and utc(told.ended_at),
                )  # fmt: skip
                known[told.name] = row
            elif told.ended_at is not None and (row.ended_at is None or utc(told.ended_at) > row.ended_at):
                row.ended_at = utc(told.ended_at)
            else:
                continue
            row.save()
            changed += 1
    return Taken(changed, len(log_ons) - changed)


def _names(log_ons: Sequence[Told]) -> set[str]:
    return {one.name for one in log_ons}


def _problems(log_ons: Sequence[Told], now: datetime) -> list[tuple[int, str]]:
    if len(log_ons) > MOST:
        words = _("found %(found)d log-ons, expected at most %(most)d; send them in parts.")
        return [(0, words % {"found": len(log_ons), "most": MOST})]
    found = []
    for position, one in enumerate(log_ons):
        if not one.name.strip() or len(one.name) > 80 or not one.account.strip() or len(one.account) > 120:
            words = _(
                "found no name or account, or a long one; send an id of 1 to 80 and an account of 1 to 120 signs."
            )
            found.append((position, words))
        elif not now - KEPT <= one.started_at <= now + AHEAD:
            words = _("found the time %(at)s, expected one of the last 90 days; set the sender's clock.")
            found.append((position, words % {"at": one.started_at.isoformat()}))
        elif one.ended_at is not None and not one.started_at < one.ended_at <= now + AHEAD:
            words = _("found the end %(at)s, expected one after the start and not ahead of now; correct it.")
            found.append((position, words % {"at": one.ended_at.isoformat()}))
    return found
