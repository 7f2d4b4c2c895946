"""Signatures: an answer and its amendments signed by their author, then by another person, and closed by that."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Membership, Person
from liqi.answers.amendments import NotPossible, may_amend, require_open, require_right, standing
from liqi.answers.models import Amendment, Run, Signing

__all__ = ["Layer", "colleagues", "countersign", "layer_of", "may_countersign", "send_back", "sign", "withdraw"]

MOST_COLLEAGUES = 200


@dataclass(frozen=True, slots=True)
class Layer:
    """What people said of a computed answer: the amendments that stand, by feature, and the signing that stands."""

    amendments: Mapping[int, Amendment]
    signing: Signing | None

    def as_json(self) -> dict[str, Any]:
        """Return both as JSON, with the words of kinds left to who reads it."""
        return {
            "amendments": [_told(one) for one in self.amendments.values()],
            "signature": _signature(self.signing) if self.signing else None,
        }

    @property
    def sha256(self) -> str:
        """The hash of all of it; empty where nobody said anything."""
        facts = self.as_json()
        said = facts["amendments"] or facts["signature"]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest() if said else ""


def layer_of(run: Run) -> Layer:
    """The layer of people's words over a run's answer, in two queries."""
    near = Signing.objects.standing().filter(run=run).select_related("author", "asked", "countersigner", "run")
    return Layer(standing(run), near.first())


def _told(one: Amendment) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ("feature", "kind", "name", "inchikey", "reason")}
    return {**facts, "person": str(one.person), "at": one.at.isoformat()}


def _signature(one: Signing) -> dict[str, Any]:
    return {
        "content_sha256": one.content_sha256,
        "author": str(one.author),
        "signed_at": one.signed_at.isoformat(),
        "asked": str(one.asked),
        "countersigner": str(one.countersigner) if one.countersigner else None,
        "countersigned_at": one.countersigned_at.isoformat() if one.countersigned_at else None,
    }


def content_of(run: Run) -> str:
    """The SHA-256 of what is signed: the computed answer's hash with every amendment that stands."""
    said = [_told(one) for one in standing(run).values()]
    return hashlib.sha256(json.dumps([run.answer_sha256, said], sort_keys=True).encode()).hexdigest()


def may_countersign(run: Run, person: Person, author: Person) -> bool:
    """Whether another person than the author may: who may amend the answer, or acts for the same organisation."""
    if person == author or not person.is_active:
        return False
    houses = Membership.objects.filter(person=author).values("organisation")
    return may_amend(run, person) or person.memberships.filter(organisation__in=houses).exists()


def colleagues(run: Run, person: Person) -> list[Person]:
    """Who can be asked to countersign what the person signs: of the same organisations, or of the run's service."""
    houses = Membership.objects.filter(person=person).values("organisation")
    near = Person.objects.filter(memberships__organisation__in=houses, is_active=True).distinct()
    found = {one.pk: one for one in near.order_by("name")[:MOST_COLLEAGUES]}
    if run.order is not None and run.order.service is not None:
        found |= {one.pk: one for one in keepers.keepers_of(run.order.service) if one.is_active}
    return [one for one in found.values() if one != person]


def sign(*, run: Run, asked: Person, person: Person, now: datetime) -> Signing:
    """The answer is signed and nobody changes it; `asked` is told to countersign. Raises NotPossible, NotAllowed."""
    require_right(run, person)
    if asked == person:
        raise NotPossible(_("Found yourself; four eyes need another person: name a colleague to countersign."))
    if not may_countersign(run, asked, person):
        raise NotPossible(
            _("%(person)s may not countersign; name somebody of your organisation or who answers for the service.")
            % {"person": asked}
        )
    with transaction.atomic():
        require_open(run)
        made = Signing.objects.create(
            run=run, content_sha256=content_of(run), author=person, signed_at=now, asked=asked
        )
        journal.write(
            person=person, verb="signed answer", thing=run, at=now, asked=str(asked), sha256=made.content_sha256
        )
        _tell(made, [asked], "answer.countersign", person, now)
    return made


def countersign(*, run: Run, person: Person, now: datetime) -> Signing:
    """The answer is final; its author is told. Raises NotAllowed for the author and who may not, NotPossible."""
    with transaction.atomic():
        one = _open_signing(run)
        if person == one.author:
            raise NotAllowed(_("You signed this answer; another person countersigns it: %(asked)s was asked.")
                             % {"asked": one.asked})  # fmt: skip
        if not may_countersign(run, person, one.author):
            raise NotAllowed(_("Only %(asked)s, who was asked, or who may sign this answer may countersign it.")
                             % {"asked": one.asked})  # fmt: skip
        if content_of(run) != one.content_sha256:
            raise NotPossible(_("What was signed is not what stands here now; send it back to be signed again."))
        one.countersigner, one.countersigned_at = person, now
        one.save(update_fields=["countersigner", "countersigned_at"])
        journal.write(person=person, verb="countersigned answer", thing=run, at=now, sha256=one.content_sha256)
        _tell(one, [one.author], "answer.countersigned", person, now)
    return one


def withdraw(*, run: Run, person: Person, now: datetime) -> None:
    """The author's signature is gone and the answer may be amended again, until somebody countersigned it."""
    with transaction.atomic():
        one = _open_signing(run)
        if person != one.author:
            raise NotAllowed(_("Only %(author)s, who signed, may withdraw it.") % {"author": one.author})
        _end(one, person, now, "")
        journal.write(person=person, verb="withdrew signature", thing=run, at=now)


def send_back(*, run: Run, reason: str, person: Person, now: datetime) -> None:
    """Who was asked does not countersign, and says why; the answer may be amended again and its author is told."""
    reason = reason.strip()[:1000]
    with transaction.atomic():
        one = _open_signing(run)
        if person == one.author or not may_countersign(run, person, one.author):
            raise NotAllowed(_("Only who may countersign sends an answer back: %(asked)s was asked.")
                             % {"asked": one.asked})  # fmt: skip
        if not reason:
            raise NotPossible(_("Found no reason; say in a sentence why."))
        _end(one, person, now, reason)
        journal.write(person=person, verb="sent answer back", thing=run, at=now, reason=reason)
        _tell(one, [one.author], "answer.sent_back", person, now, reason=reason)


def _open_signing(run: Run) -> Signing:
    """The signing that waits, its row locked."""
    Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    one = Signing.objects.standing().filter(run=run).select_related("author", "asked").first()
    if one is None:
        raise NotPossible(_("Found no signature; the author signs first."))
    if one.is_final:
        raise NotPossible(_("The answer is signed and countersigned already; nothing was changed."))
    return one


def _end(one: Signing, person: Person, now: datetime, reason: str) -> None:
    one.withdrawn_at, one.withdrawn_by, one.reason = now, person, reason
    one.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])


def _tell(one: Signing, people: list[Person], kind: str, person: Person, now: datetime, **facts: Any) -> None:
    told = {"person": person, "run": one.run.key, **facts}
    notices.tell(people, kind=kind, now=now, link=f"/runs/{one.run.key}/#signatures", **told)
