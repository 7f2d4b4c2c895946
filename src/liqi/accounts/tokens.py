"""API tokens: secrets with which a person's programs speak for the person, within scopes and for a while."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.accounts import journal, rows
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import ApiToken, Person

PREFIX = "liqi-api-"
"""What every token begins with, so that one that lies about is known for what it is."""
SCOPES: dict[str, Any] = {
    "read": gettext_lazy("Read what I may read"),
    "book": gettext_lazy("Book, wait for and use instruments, take places in training"),
    "orders": gettext_lazy("Write orders, samples and results, start analyses"),
    "money": gettext_lazy("Change what is kept of money: quotes, charges, invoices, budgets, vouchers, prices"),
    "manage": gettext_lazy("Manage what I look after: rules, terms, requests, hours, agents, webhooks"),
    "account": gettext_lazy("Take my data out, read the address of my calendar feed, be forgotten"),
}
"""What a token may do; each holds what its person may do, never more."""
MOST_DAYS = 366
MOST_LIVE = 50
USED_EVERY = timedelta(minutes=1)
"""Its use is written down so often at most."""


class WrongToken(ValueError):
    """The token cannot be issued as it is asked for; the message says what was expected."""


class UnknownToken(Exception):
    """The token is not one of ours, or is over; the message says what to do."""


@dataclass(frozen=True)
class Issued:
    """A token and its secret, which nobody can ask for again."""

    token: ApiToken
    secret: str


def issue(*, person: Person, name: str, scopes: Iterable[str], days: int, now: datetime) -> Issued:
    """The person has one more token, whose secret is told this once."""
    name, asked = " ".join(name.split())[:80], list(dict.fromkeys(scopes))
    if not name:
        raise WrongToken(_("Found no name; give the token one, such as the program that will use it."))
    if not asked or set(asked) - SCOPES.keys():
        raise WrongToken(
            _("Found the scopes %(found)s; expected one or more of %(known)s.")
            % {"found": ", ".join(asked) or "-", "known": ", ".join(SCOPES)}
        )
    if not 1 <= days <= MOST_DAYS:
        raise WrongToken(
            _("Found %(days)s days; expected 1 to %(most)s, and a new token after that.")
            % {"days": days, "most": MOST_DAYS}
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        if live(person, now=now).count() >= MOST_LIVE:
            raise WrongToken(_("You have %(most)s tokens; revoke those you no longer use.") % {"most": MOST_LIVE})
        token = ApiToken.objects.create(
            person=person, name=name, digest=_digest(secret), hint=secret[-4:], scopes=asked, issued_at=now,
            expires_at=now + timedelta(days=days),
        )  # fmt: skip
        journal.write(person=person, verb="issued", thing=token, at=now, name=name, scopes=asked)
    return Issued(token, secret)


def revoke(*, token: ApiToken, person: Person, now: datetime) -> None:
    """The token is good for nothing from now on; revoking it again changes nothing."""
    if token.person_id != person.pk and not person.is_operator:
        raise NotAllowed(_("This token is not yours; only its person or an operator revokes it."))
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            journal.write(person=person, verb="revoked", thing=token, at=now, name=token.name)
    token.refresh_from_db()


def live(person: Person, *, now: datetime) -> Any:
    """The person's tokens that are good."""
    return ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=now)


BY_DIGEST = rows.Lookup(lambda: ApiToken.objects.select_related("person"), by="digest")


def recognise(secret: str, *, now: datetime) -> ApiToken:
    """The token with this secret, its use written down; raises UnknownToken."""
    token = BY_DIGEST.find(_digest(secret))
    if token is None or token.revoked_at is not None or token.expires_at <= now or not token.person.is_active:
        raise UnknownToken(_("This token is not known, was revoked or has expired; make a new one in your profile."))
    if token.used_at is None or token.used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
