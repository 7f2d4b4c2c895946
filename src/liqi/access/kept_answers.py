"""Answers kept under idempotency keys: a request that comes again changes nothing and hears what it heard first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.models import Agent, KeptAnswer
from liqi.accounts.models import Person

__all__ = ["KEPT", "LEASE", "LONGEST_KEY", "Claim", "OtherRequest", "StillRunning", "claim", "drop", "due", "keep"]

KEPT = timedelta(hours=48)
"""How long an answer is given again."""
LEASE = timedelta(minutes=2)
"""A request that took a key and gave no answer for so long is dead, and another may take the key."""
LONGEST_KEY = 80
"""Letters of a key, also of one that a verb keeps on what it makes."""
MOST = 5000
"""How many old answers go in one turn of upkeep."""


class StillRunning(Exception):
    """The first request under this key is at work."""


class OtherRequest(ValueError):
    """The key was given to another request; the message says what to do."""


@dataclass(frozen=True)
class Claim:
    """A key with its answer; ``fresh`` says that there is none yet and that who claimed it is to make it."""

    answer: KeptAnswer
    fresh: bool


def claim(*, caller: Person | Agent, key: str, fingerprint: str, now: datetime) -> Claim:
    """The key is the caller's to answer, or holds the answer that was given first.

    Call it outside the transaction of the change: a rival sees at once that the key is taken. Raises StillRunning
    while the first request is at work, OtherRequest where the key belongs to another request.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise OtherRequest(
            _("Found an Idempotency-Key of %(n)s letters; expected 1 to %(most)s.")
            % {"n": len(key), "most": LONGEST_KEY}
        )
    whose: dict[str, Person | Agent] = {"person": caller} if isinstance(caller, Person) else {"agent": caller}
    while True:
        if made := _taken(whose, key, fingerprint, now):
            return Claim(made, fresh=True)
        found = KeptAnswer.objects.filter(**whose, key=key).first()
        if found is None:  # the rival who had it gave it up in between
            continue
        if found.at <= now - KEPT:
            KeptAnswer.objects.filter(pk=found.pk, at=found.at).delete()
        elif found.fingerprint != fingerprint:
            raise OtherRequest(
                _("Found the Idempotency-Key %(key)s on another request of yours; give each new request a new key.")
                % {"key": key[:40]}
            )
        elif found.status is not None:
            return Claim(found, fresh=False)
        elif found.at > now - LEASE:
            raise StillRunning(_("The first request under this Idempotency-Key is at work; ask again in a moment."))
        elif KeptAnswer.objects.filter(pk=found.pk, status=None, at=found.at).update(at=now):
            found.at = now
            return Claim(found, fresh=True)


def keep(claim: Claim, *, status: int, headers: Mapping[str, str], body: str) -> None:
    """The answer is what every repeat hears; call it in the transaction of the change.

    Raises StillRunning where the key was given to another in the meantime: the change is then to be rolled back.
    """
    mine = KeptAnswer.objects.filter(pk=claim.answer.pk, status=None, at=claim.answer.at)
    if not mine.update(status=status, headers=dict(headers), body=body):
        raise StillRunning(_("This request took too long, and a repeat of it is at work; ask again in a moment."))


def drop(claim: Claim) -> None:
    """The key is free again, because nothing was changed under it."""
    KeptAnswer.objects.filter(pk=claim.answer.pk, status=None, at=claim.answer.at).delete()


def due(*, now: datetime) -> int:
    """Answers that are no longer given again are deleted; how many."""
    old = KeptAnswer.objects.filter(at__lte=now - KEPT).order_by("at").values_list("pk", flat=True)[:MOST]
    return KeptAnswer.objects.filter(pk__in=list(old)).delete()[0]


def _taken(whose: dict[str, Person | Agent], key: str, fingerprint: str, now: datetime) -> KeptAnswer | None:
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(**whose, key=key, fingerprint=fingerprint, at=now)
    except IntegrityError:
        return None
