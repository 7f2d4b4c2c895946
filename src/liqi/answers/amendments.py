"""Amendments: an identification confirmed, rejected or renamed with a reason; the computed answer stays as it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import answer
from liqi.answers.models import Amendment, Run, Signing

__all__ = ["NotPossible", "amend", "history", "may_amend", "require_open", "standing", "undo"]


class NotPossible(ValueError):
    """The answer cannot be amended or signed so; the message says what to do."""


def may_amend(run: Run, person: Person | None) -> bool:
    """Whether the person started the run, answers for the service that its order is of, or runs the platform."""
    if person is None:
        return False
    if person.is_operator or run.person_id == person.pk:
        return True
    return run.order is not None and keepers.answers_for(person, run.order.service)


def amend(
    *,
    run: Run,
    feature: int,
    kind: str,
    reason: str,
    person: Person,
    now: datetime,
    name: str = "",
    inchikey: str = "",
) -> Amendment:
    """The amendment stands in the place of one that stood before; raises NotPossible, NotAllowed.

    `kind` is confirm, reject or rename; `name` is for rename alone.
    """
    require_right(run, person)
    known = {one["index"] for one in _features(run)}
    reason, name, inchikey = reason.strip()[:1000], " ".join(name.split())[:200], inchikey.strip().upper()[:27]
    if feature not in known:
        raise NotPossible(_("Found the row %(found)s; expected one of this answer's features.") % {"found": feature})
    if kind not in Amendment.Kind.values:
        raise NotPossible(_("Found “%(found)s”; expected confirm, reject or rename.") % {"found": kind[:20]})
    if not reason:
        raise NotPossible(_("Found no reason; say in a sentence why."))
    if kind != Amendment.Kind.RENAME:
        name = inchikey = ""
    elif not name:
        raise NotPossible(_("Found no name; write the name of the compound that it is."))
    with transaction.atomic():
        require_open(run)
        before = run.amendments.standing().filter(feature=feature).first()
        if before is not None:
            _take_back(before, person, now)
        made = Amendment.objects.create(
            run=run, feature=feature, kind=kind, name=name, inchikey=inchikey, reason=reason, person=person, at=now
        )
        facts = {"feature": feature, "kind": kind, "reason": reason} | ({"name": name} if name else {})
        journal.write(person=person, verb="amended answer", thing=run, at=now, **facts)
    return made


def undo(*, run: Run, feature: int, person: Person, now: datetime) -> None:
    """No amendment of this feature stands any more; what was said stays on record."""
    require_right(run, person)
    with transaction.atomic():
        require_open(run)
        one = run.amendments.standing().filter(feature=feature).first()
        if one is None:
            raise NotPossible(_("Found no edit of the row %(found)s; nothing was undone.") % {"found": feature})
        _take_back(one, person, now)
        journal.write(person=person, verb="took amendment back", thing=run, at=now, feature=feature, kind=one.kind)


def _take_back(one: Amendment, person: Person, now: datetime) -> None:
    one.undone_by, one.undone_at = person, now
    one.save(update_fields=["undone_by", "undone_at"])


def standing(run: Run) -> dict[int, Amendment]:
    """The amendments that stand, by the number of their feature."""
    return {one.feature: one for one in run.amendments.standing().select_related("person").order_by("feature")}


def history(run: Run, feature: int) -> list[Amendment]:
    """Everything that was said of one feature, newest first."""
    return list(run.amendments.filter(feature=feature).select_related("person", "undone_by").order_by("-at", "-pk"))


def require_right(run: Run, person: Person) -> None:
    """Raise NotAllowed unless the person may amend and sign, NotPossible where there is no answer yet."""
    if not may_amend(run, person):
        raise NotAllowed(
            _("Only whose run it is (%(owner)s), those who answer for its service, or an operator may do this.")
            % {"owner": run.person or _("a visitor, on an example")}
        )
    if run.state != Run.State.DONE:
        raise NotPossible(_("The run has no answer; wait for its end."))


def require_open(run: Run) -> None:
    """Raise NotPossible where the answer is signed; call it inside the transaction, it waits for others' changes."""
    Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    signed = Signing.objects.standing().filter(run=run).select_related("author").first()
    if signed is not None and signed.is_final:
        raise NotPossible(_("The answer is signed and countersigned; compute it again to change what it says."))
    if signed is not None:
        raise NotPossible(
            _("The answer is signed by %(person)s; they withdraw their signature first.") % {"person": signed.author}
        )


def _features(run: Run) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = answer.read(run)["detail"].get("features", [])
    if not found:
        raise NotPossible(_("This answer identifies nothing that could be confirmed, rejected or renamed."))
    return found
