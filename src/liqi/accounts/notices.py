"""Notices: what a person is told of, kept in the transaction of the change that it tells of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from liqi.accounts.models import Notice, Person

__all__ = ["KINDS", "read", "tell", "unread"]

KINDS: dict[str, Any] = {
    "booking.cancelled": _("%(person)s cancelled your booking of %(instrument)s at %(start)s."),
    "booking.moved": _("%(person)s moved your booking of %(instrument)s to %(start)s."),
    "waiting.offered": _("%(instrument)s is free at %(starts_at)s and held for you until %(expires_at)s."),
    "waiting.booked": _("%(instrument)s fell free and is booked for you at %(starts_at)s."),
    "waiting.expired": _("The offer of %(instrument)s at %(starts_at)s ended unanswered; you stay on the list."),
    "waiting.over": _("You wait no longer for “%(title)s”: the time is past, or offers went unanswered too often."),
    "no_show.released": _(
        "Your booking of %(instrument)s at %(starts_at)s was not begun within %(minutes)d min and was given free."
    ),
    "no_show.banned": _(
        "Your booking of %(instrument)s at %(starts_at)s was not begun and was given free. "
        "These are %(points)d no-shows, so you cannot book here until %(until_at)s."
    ),
    "no_show.forgiven": _("Your no-show on %(instrument)s is forgiven: %(why)s"),
}
"""Every kind of notice and its sentence; the facts of a notice fill it in the language of whoever reads it."""


def tell(people: Iterable[Person], *, kind: str, now: datetime, link: str = "", **facts: Any) -> list[Notice]:
    """Each of the people has the notice; call it inside the transaction of the change.

    ``link`` is the path of the page where the person can act. The facts are words or numbers that JSON can keep;
    a moment goes in as ISO 8601 under a name that ends in ``_at`` and is shown on the reader's clock.
    Raises KeyError for a kind without a sentence.
    """
    KINDS[kind]
    told = {person.pk: person for person in people if person.is_active}
    return Notice.objects.bulk_create(
        Notice(person=person, kind=kind, facts=facts, link=link, at=now) for person in told.values()
    )


def unread(person: Person) -> int:
    """How many notices the person has not seen."""
    return Notice.objects.filter(person=person, read_at=None).count()


def read(person: Person, *, now: datetime) -> int:
    """The person has seen all their notices; how many were new."""
    return Notice.objects.filter(person=person, read_at=None).update(read_at=now)
