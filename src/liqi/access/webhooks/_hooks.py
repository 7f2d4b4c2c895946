"""Webhooks themselves: made by stewards of an instrument and leads of an organisation, tested, stopped, removed."""

import base64
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import Delivery, Webhook
from liqi.access.webhooks import _out
from liqi.access.webhooks._what import THINGS
from liqi.accounts import journal, organisation
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue.federation import posting
from liqi.catalogue.models import Instrument

MOST_OF_A_PLACE = 10
OVERLAP = timedelta(hours=24)
"""So long the former secret signs beside the new one."""


class NotPossible(ValueError):
    """The webhook cannot be as it is asked for; the message says what to do."""


def may_make(person: Person, place: Instrument | Organisation) -> bool:
    """Whether the person looks after the instrument, or leads the organisation."""
    if isinstance(place, Instrument):
        return belonging.looks_after(person, place)
    return organisation.is_lead(place, person)


def places_of(person: Person) -> tuple[QuerySet[Instrument], QuerySet[Organisation]]:
    """The instruments and the organisations that the person can make webhooks of."""
    led = Organisation.objects.all()
    if not person.is_operator:
        led = led.filter(memberships__person=person, memberships__role=Membership.Role.LEAD)
    return belonging.looked_after_by(person).order_by("name", "pk"), led.order_by("name", "pk")


def mine(person: Person) -> QuerySet[Webhook]:
    """The webhooks that the person may see, newest first."""
    instruments, led = places_of(person)
    rows = Webhook.objects.select_related("instrument", "organisation")
    if not person.is_operator:
        rows = rows.filter(
            Q(instrument__in=instruments.order_by().values("pk")) | Q(organisation__in=led.order_by().values("pk"))
        )
    return rows.order_by("-made_at", "-pk")


def of_mine(person: Person, pk: int) -> Webhook | None:
    """The webhook of this number where the person may see it, else None."""
    return mine(person).filter(pk=pk).first()


def require(person: Person, place: Instrument | Organisation) -> None:
    """Raise NotAllowed unless the person may make webhooks of the place."""
    if not may_make(person, place):
        raise NotAllowed(
            _("Only the stewards of %(place)s, or the leads of an organisation, set its webhooks; ask one of them.")
            % {"place": place}
        )


def make(
    *, place: Instrument | Organisation, url: str, things: Iterable[str], person: Person, now: datetime
) -> Webhook:
    """The address hears from now on what happens at the place; its ``secret`` is to be shown this once."""
    require(person, place)
    wanted = sorted(set(things))
    if set(wanted) - THINGS.keys():
        raise NotPossible(
            _("Found %(found)s; expected some of %(known)s, or none for everything.")
            % {"found": ", ".join(wanted), "known": ", ".join(THINGS)}
        )
    url = url.strip()
    if len(url) > 500:
        raise NotPossible(_("Found an address of %(n)s letters; expected at most 500.") % {"n": len(url)})
    try:
        posting.judged(url, allow_private=False)
    except (posting.Refused, posting.Unreachable) as problem:
        raise NotPossible(str(problem)) from None
    at = {"instrument": place} if isinstance(place, Instrument) else {"organisation": place}
    with transaction.atomic():
        if Webhook.objects.filter(**at).count() >= MOST_OF_A_PLACE:
            raise NotPossible(_("There are %(most)s webhooks already; remove one.") % {"most": MOST_OF_A_PLACE})
        hook = Webhook.objects.create(
            **at, url=url, secret=new_secret(), things=wanted,
            made_by=person, made_at=now, from_entry=JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0,
        )  # fmt: skip
        journal.write(person=person, verb="made", thing=hook, at=now, url=url, things=wanted)
    return hook


def test(*, hook: Webhook, person: Person, now: datetime) -> Delivery:
    """A test event went to the address at once; what it answered stands in the delivery."""
    require(person, _place(hook))
    body = json.dumps({"type": "test", "timestamp": now.isoformat(), "data": {"words": "Liqi"}}, sort_keys=True)
    delivery = Delivery.objects.create(webhook=hook, event="test", body=body, at=now, next_at=now + _out.HELD)
    return _out.send(delivery, now=now)


def change_secret(*, hook: Webhook, person: Person, now: datetime) -> Webhook:
    """A new secret signs from now on, to be shown this once; the former one signs beside it for a day.

    So a receiver that knows either of the two believes every request while it learns the new one. A secret changed
    twice within a day: the first of the three proves nothing any more.
    """
    require(person, _place(hook))
    with transaction.atomic():
        held = Webhook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
        hook.secret, hook.old_secret, hook.old_secret_until = new_secret(), held.secret, now + OVERLAP
        hook.save(update_fields=["secret", "old_secret", "old_secret_until"])
        journal.write(person=person, verb="changed secret", thing=hook, at=now, url=hook.url)
    return hook


def stop(*, hook: Webhook, person: Person, now: datetime) -> None:
    """The webhook hears nothing until it is restarted."""
    _switch(hook, person, now, "stopped", now)


def restart(*, hook: Webhook, person: Person, now: datetime) -> None:
    """The webhook hears of what happens from now on; what failed meanwhile stays failed."""
    _switch(hook, person, None, "restarted", now)


def remove(*, hook: Webhook, person: Person, now: datetime) -> None:
    """The webhook and its deliveries are gone; the journal keeps that it was."""
    require(person, _place(hook))
    with transaction.atomic():
        journal.write(person=person, verb="removed", thing=hook, at=now, url=hook.url)
        hook.delete()


def new_secret() -> str:
    """A secret as Standard Webhooks wants it: 32 bytes by chance, in base64 behind whsec_."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _switch(hook: Webhook, person: Person, stopped_at: datetime | None, verb: str, now: datetime) -> None:
    require(person, _place(hook))
    with transaction.atomic():
        hook.stopped_at = stopped_at
        if stopped_at is None:
            hook.from_entry = JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        hook.save(update_fields=["stopped_at", "from_entry"])
        journal.write(person=person, verb=verb, thing=hook, at=now, url=hook.url)


def _place(hook: Webhook) -> Instrument | Organisation:
    place = hook.instrument or hook.organisation
    assert place is not None
    return place
