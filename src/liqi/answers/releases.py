"""Releases: an answer shown to everybody or to organisations, under a licence, after an embargo, and taken back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers, results
from liqi.access.models import Order
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.answers.licences import LICENCES
from liqi.answers.models import Release, Run

__all__ = ["NotPossible", "all_of", "may_release", "may_withdraw", "outsider", "release", "standing", "withdraw"]


class NotPossible(ValueError):
    """The answer cannot be released like this; the message says what to change."""


def standing(run: Run) -> Release | None:
    """The release that was not withdrawn, whether its embargo is over or not."""
    return run.releases.standing().prefetch_related("organisations").select_related("released_by").first()


def all_of(run: Run) -> list[Release]:
    """Every release of the run, newest first: the log."""
    near = run.releases.select_related("released_by", "withdrawn_by").prefetch_related("organisations")
    return list(near.order_by("-released_at", "-pk"))


def may_release(person: Person | None, run: Run) -> bool:
    """Whether the answer is the person's to give away: of their own run, or of an order they are the customer of.

    What was measured for a customer is released by the customer alone, never by who measured it.
    """
    if person is None or run.person_id is None:
        return False
    if run.order is None or run.order.kind != Order.Kind.COMMISSIONED:
        return run.person_id == person.pk or person.is_operator
    return keepers.is_customer(person, run.order) and results.seen_by(run.order, person)


def may_withdraw(person: Person | None, run: Run) -> bool:
    """Whether the person may take a release back: who may release, who keeps the service, an operator."""
    if person is None:
        return False
    keeps = run.order is not None and keepers.answers_for(person, run.order.service)
    return person.is_operator or keeps or may_release(person, run)


def release(
    *,
    run: Run,
    person: Person,
    now: datetime,
    licence: str,
    to_everybody: bool = False,
    organisations: Sequence[Organisation] = (),
    with_files: bool = False,
    embargo_until: datetime | None = None,
) -> Release:
    """The answer is on record as released; raises NotAllowed, NotPossible."""
    if not may_release(person, run):
        raise NotAllowed(
            _("This answer is not yours to release; its owner %(owner)s may, or the customer of its order.")
            % {"owner": run.person or "–"}
        )
    _require_sound(run, licence, to_everybody, organisations, embargo_until, now)
    try:
        with transaction.atomic():
            made = Release.objects.create(
                run=run, to_everybody=to_everybody, licence=licence, with_files=with_files,
                embargo_until=embargo_until, released_at=now, released_by=person,
            )  # fmt: skip
            made.organisations.set(() if to_everybody else organisations)
            journal.write(person=person, verb="released answer", thing=run, at=now, **_facts(made, organisations))
    except IntegrityError:
        raise NotPossible(_("This answer is released already; withdraw that release first.")) from None
    return made


def _require_sound(
    run: Run,
    licence: str,
    to_everybody: bool,
    organisations: Sequence[Organisation],
    embargo_until: datetime | None,
    now: datetime,
) -> None:
    if run.state != Run.State.DONE:
        raise NotPossible(_("Found a run without an answer, expected one that is done; wait for its end."))
    if licence not in LICENCES:
        known = ", ".join(LICENCES)
        raise NotPossible(
            _("Found licence %(found)s, expected one of %(known)s; choose one.")
            % {"found": licence[:40] or "–", "known": known}
        )
    if not to_everybody and not organisations:
        raise NotPossible(_("Found nobody to release to, expected everybody or at least one organisation; choose."))
    if to_everybody and not LICENCES[licence].open:
        raise NotPossible(_("What goes to everybody needs a public licence; choose one, or name the organisations."))
    if embargo_until is not None and embargo_until <= now:
        raise NotPossible(_("Found an embargo that is over already, expected a day to come; choose one, or leave it."))


def _facts(made: Release, organisations: Sequence[Organisation]) -> dict[str, object]:
    to = "everybody" if made.to_everybody else ", ".join(sorted(str(one) for one in organisations))
    facts: dict[str, object] = {"licence": made.licence, "to": to, "with_files": made.with_files}
    return facts | ({"embargo_until": made.embargo_until.isoformat()} if made.embargo_until else {})


def withdraw(*, run: Run, person: Person, reason: str, now: datetime) -> Release:
    """Nobody beyond those whose run it is sees the answer from now on; raises NotAllowed, NotPossible."""
    if not may_withdraw(person, run):
        raise NotAllowed(
            _("This release is not yours to withdraw; its owner %(owner)s or the keeper of the service may.")
            % {"owner": run.person or "–"}
        )
    if not reason.strip():
        raise NotPossible(_("Found no reason, expected one sentence on why the release is withdrawn; write it."))
    with transaction.atomic():
        one = run.releases.standing().select_for_update().first()
        if one is None:
            raise NotPossible(_("Found no release of this answer that stands; there is nothing to withdraw."))
        one.withdrawn_at, one.withdrawn_by, one.reason = now, person, reason.strip()[:500]
        one.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
        journal.write(person=person, verb="withdrew release", thing=run, at=now, reason=one.reason)
    return one


def outsider(person: Person | None, run: Run) -> bool:
    """Whether the person sees this run by its release alone, and so not whose it is or what order it is of."""
    if run.person_id is None:
        return False
    return not Run.objects.of_own(person).filter(pk=run.pk).exists()
