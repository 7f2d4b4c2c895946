"""Safety documents are published version by version, and accepted by those who use an instrument."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from liqi.access.models import Acceptance, SafetyDocument, SafetyDocumentVersion
from liqi.access.opening import utc
from liqi.access.training import course as courses
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility, Instrument

__all__ = ["NotPossible", "Standing", "accept", "begin", "publish", "standing", "withdraw"]


class NotPossible(ValueError):
    """The document cannot be so; the message says what can."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with a document."""

    document: SafetyDocument
    newest: SafetyDocumentVersion
    accepted: SafetyDocumentVersion | None
    """The newest version that the person accepted, ever."""
    until: datetime | None
    """Until when that counts; None with ``accepted`` where it does not end by itself."""
    state: str
    """accepted, missing (never accepted), outdated (a newer version is there) or expired."""


def begin(
    *, of: Instrument | Facility, title: str, text: str, by: Person, now: datetime, valid_months: int = 12
) -> SafetyDocument:
    """The instrument or facility has the document, with its first version."""
    courses.require_steward_of(by, of)
    if not title.strip():
        raise NotPossible(_("The document has no title; give it one by which people know it."))
    place = {"facility": of} if isinstance(of, Facility) else {"instrument": of}
    with transaction.atomic():
        document = SafetyDocument.objects.create(**place, title=title.strip(), created_at=now)
        publish(document=document, text=text, by=by, now=now, valid_months=valid_months)
    return document


def publish(
    *, document: SafetyDocument, text: str, by: Person, now: datetime, changes: str = "", valid_months: int = 12,
    grace_days: int = 0,
) -> SafetyDocumentVersion:  # fmt: skip
    """The text is the document's newest version; acceptances of the one before count for the days of grace."""
    courses.require_steward_of(by, place_of(document))
    if not text.strip():
        raise NotPossible(_("The document says nothing; write the text that people are to accept."))
    if not 0 <= valid_months <= 240 or not 0 <= grace_days <= 365:
        raise NotPossible(_("Found a validity or grace out of range; expected 0 to 240 months and 0 to 365 days."))
    with transaction.atomic():
        SafetyDocument.objects.select_for_update().get(pk=document.pk)
        last = document.versions.aggregate(last=Max("number"))["last"] or 0
        version = SafetyDocumentVersion.objects.create(
            document=document, number=last + 1, text=text.strip(), changes=changes.strip(), published_at=now,
            published_by=by, valid_months=valid_months, grace_days=grace_days if last else 0,
        )  # fmt: skip
        journal.write(person=by, verb="published", thing=document, at=now, version=version.number)
    return version


def withdraw(*, document: SafetyDocument, by: Person, now: datetime, back: bool = False) -> SafetyDocument:
    """Nobody need accept the document any more; or again, when it is taken back."""
    courses.require_steward_of(by, place_of(document))
    with transaction.atomic():
        changed = SafetyDocument.objects.filter(pk=document.pk, withdrawn_at__isnull=not back)
        if changed.update(withdrawn_at=None if back else now):
            journal.write(person=by, verb="restored" if back else "withdrew", thing=document, at=now)
    document.refresh_from_db()
    return document


def accept(*, version: SafetyDocumentVersion, person: Person, now: datetime) -> Acceptance:
    """The person accepted the version now; it must be the newest."""
    newest = version.document.versions.aggregate(last=Max("number"))["last"]
    if version.number != newest:
        words = _("Version %(old)d of %(document)s is replaced by version %(new)d; read and accept that one.")
        raise NotPossible(words % {"old": version.number, "new": newest, "document": called(version.document)})
    expires_at = _later(now, version.valid_months) if version.valid_months else None
    with transaction.atomic():
        accepted, _made = Acceptance.objects.update_or_create(
            version=version,
            person=person,
            defaults={"accepted_at": now, "expires_at": expires_at, "reminded_days": None},
        )
        journal.write(person=person, verb="accepted", thing=version.document, at=now, version=version.number)
    return accepted


def standing(person: Person, documents: Iterable[int], *, at: datetime) -> list[Standing]:
    """Where the person stands with each of the documents, by number, at that moment; two queries, none for none.

    Withdrawn documents are left out. Versions published later than ``at`` are not known yet.
    """
    numbers = list(documents)
    if not numbers:
        return []
    mine = Acceptance.objects.filter(person=person, accepted_at__lte=at)
    versions = SafetyDocumentVersion.objects.filter(published_at__lte=at).order_by("number")
    rows = SafetyDocument.objects.filter(pk__in=numbers, withdrawn_at=None).order_by("title", "pk").prefetch_related(
        Prefetch("versions", versions.prefetch_related(Prefetch("acceptances", mine, to_attr="mine")), to_attr="read")
    )  # fmt: skip
    return [_standing(document, document.read, at) for document in rows if document.read]


def place_of(document: SafetyDocument) -> Instrument | Facility:
    """What the document belongs to."""
    found = document.instrument or document.facility
    assert found is not None, "a constraint of the database sees to it"
    return found


def unknown(numbers: Collection[int]) -> list[int]:
    """Those numbers that no document has."""
    there = set(SafetyDocument.objects.filter(pk__in=list(numbers)).values_list("pk", flat=True))
    return [number for number in numbers if number not in there]


def _standing(document: SafetyDocument, versions: Sequence[Any], at: datetime) -> Standing:
    newest = versions[-1]
    accepted = [(version, version.mine[0]) for version in versions if version.mine]
    if not accepted:
        return Standing(document, newest, None, None, "missing")
    version, acceptance = accepted[-1]
    until, state = acceptance.expires_at, "accepted"
    if version.pk != newest.pk:
        following = next(later for later in versions if later.number > version.number)
        ends = following.published_at + timedelta(days=following.grace_days)
        until = min(until, ends) if until else ends
        state = "accepted" if at < ends else "outdated"
    if state == "accepted" and until is not None and at >= until:
        state = "expired"
    return Standing(document, newest, version, until, state)


def _later(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    for last in (moment.day, 30, 29, 28):
        try:
            return utc(moment.replace(year=moment.year + years, month=month + 1, day=last))
        except ValueError:
            continue
    raise AssertionError("unreachable")
