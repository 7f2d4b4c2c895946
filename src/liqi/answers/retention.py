"""Retention: the bytes of files go so many days after what they were for is over; their record and hash stay."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from liqi.access.models import Booking, Commission
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.answers import audit, store
from liqi.answers.models import RetentionRule, Run, StoredFile
from liqi.catalogue.models import Service

__all__ = ["Going", "Impossible", "drop_rule", "due", "hold", "let_go", "plan", "rule_for", "set_rule"]

AT_ONCE = 500
"""So many files are announced or go in one sweep; the next takes the next."""


class Impossible(ValueError):
    """The rule or the hold cannot be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Going:
    """A file under a rule: when its bytes go, or why they stay in spite of the rule."""

    file: StoredFile
    rule: RetentionRule
    over_at: datetime
    """When the order, the booking or the last run that it was for was over."""
    goes_at: datetime
    """When its days are over."""
    earliest_at: datetime
    """When its bytes go: its days are over, and the whole notice has passed."""
    stays: str = ""
    """held, standard, run, order, released; empty where nothing keeps it."""

    @property
    def stays_why(self) -> str:
        """Why it stays, in words; empty where it goes."""
        words = {
            "held": _("on hold: %(why)s") % {"why": self.file.held_why},
            "order": _("its order is not over"),
            "run": _("a run reads it now"),
            "released": _("an answer from it was released to a customer"),
            "standard": _("a check standard of %(instrument)s")
            % {"instrument": self.file.check_standard_of if self.stays == "standard" else ""},
        }
        return words.get(self.stays, "")


def set_rule(
    *, person: Person, days_kept: int, now: datetime, organisation: Organisation | None = None,
    service: Service | None = None, notice_days: int = 30, takes_released: bool = False,
) -> RetentionRule:  # fmt: skip
    """The rule of the organisation, of the service or, with neither, of everybody is this; raises NotAllowed."""
    _require_operator(person)
    if days_kept < 1 or notice_days < 1 or days_kept > 36_500 or notice_days > 365:
        words = _("Found %(kept)s and %(notice)s days; expected at least 1, at most 36,500 kept and 365 before.")
        raise Impossible(words % {"kept": days_kept, "notice": notice_days})
    if organisation is not None and service is not None:
        raise Impossible(_("A rule is for an organisation or for a service; choose one of them."))
    given = {"days_kept": days_kept, "notice_days": notice_days, "takes_released": takes_released}
    everybody = organisation is None and service is None
    with transaction.atomic():
        rule, _is_new = RetentionRule.objects.update_or_create(
            organisation=organisation, service=service, everybody=everybody,
            defaults={**given, "person": person, "set_at": now},
        )  # fmt: skip
        journal.write(person=person, verb="set", thing=rule, at=now, whose=_whose(rule), **given)
    return rule


def drop_rule(*, rule: RetentionRule, person: Person, now: datetime) -> None:
    """The rule is gone: files that were only under it are kept without end."""
    _require_operator(person)
    with transaction.atomic():
        journal.write(person=person, verb="dropped", thing=rule, at=now, whose=_whose(rule), days_kept=rule.days_kept)
        rule.delete()


def hold(*, file: StoredFile, person: Person, why: str, now: datetime) -> StoredFile:
    """No rule takes the file's bytes until somebody lets it go; whose file it is and operators may say so."""
    _require_own(file, person)
    if not why.strip():
        raise Impossible(_("A hold without a reason; say why the file has to stay."))
    with transaction.atomic():
        found = StoredFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if found.removed_at is not None:
            raise Impossible(_("The bytes of this file are gone already; only its record and hash are left."))
        found.held_at, found.held_by, found.held_why = now, person, why.strip()[:300]
        found.announced_at = None
        found.save(update_fields=["held_at", "held_by", "held_why", "announced_at"])
        journal.write(person=person, verb="held", thing=found, at=now, why=found.held_why)
    return found


def let_go(*, file: StoredFile, person: Person, now: datetime) -> StoredFile:
    """The hold is over: its rule counts again, with a new notice first. Whoever placed it and operators may."""
    if not person.is_operator and file.held_by_id != person.pk:
        raise NotAllowed(_("Only %(person)s, who placed the hold, or an operator may end it; ask them.")
                         % {"person": file.held_by or "–"})  # fmt: skip
    with transaction.atomic():
        found = StoredFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if found.held_at is None:
            return found
        journal.write(person=person, verb="let go", thing=found, at=now, why=found.held_why)
        found.held_at = found.held_by = found.announced_at = None
        found.held_why = ""
        found.save(update_fields=["held_at", "held_by", "held_why", "announced_at"])
    return found


def rule_for(file: StoredFile, rules: Iterable[RetentionRule]) -> RetentionRule | None:
    """The rule of the file's service, else of its order's organisation, else of everybody; None where none is set."""
    order = file.order
    best: tuple[int, RetentionRule] | None = None
    for rule in rules:
        if rule.service_id is not None:
            rank = 3 if order is not None and order.service_id == rule.service_id else 0
        elif rule.organisation_id is not None:
            rank = 2 if order is not None and order.organisation_id == rule.organisation_id else 0
        else:
            rank = 1
        if rank and (best is None or rank > best[0]):
            best = (rank, rule)
    return best[1] if best is not None else None


def plan(*, now: datetime, within: timedelta = timedelta(0)) -> Iterator[Going]:
    """Every file whose days are over within that time, oldest first, with what keeps it; nothing is changed."""
    rules = list(RetentionRule.objects.select_related("organisation", "service"))
    if not rules:
        return
    latest = now + within - timedelta(days=min(rule.days_kept for rule in rules))
    for file in _candidates(latest).iterator(chunk_size=500):
        rule = rule_for(file, rules)
        if rule is None:
            continue
        over_at = max(moment for moment in (file.uploaded_at, *_ends(file)) if moment is not None)
        goes_at = over_at + timedelta(days=rule.days_kept)
        if goes_at <= now + within:
            earliest_at = max(goes_at, (file.announced_at or now) + timedelta(days=rule.notice_days))
            yield Going(file, rule, over_at, goes_at, earliest_at, _stays(file, rule, now))


def due(*, now: datetime) -> int:
    """Whose files go soon has been told, and bytes whose time is over are gone; gives how many files went."""
    longest = max(RetentionRule.objects.values_list("notice_days", flat=True), default=0)
    soon: dict[Person, list[Going]] = defaultdict(list)
    over: list[Going] = []
    for going in plan(now=now, within=timedelta(days=longest)):
        if going.stays:
            continue
        notice = timedelta(days=going.rule.notice_days)
        if going.file.announced_at is None:
            if going.goes_at - notice <= now and going.file.person is not None:
                soon[going.file.person].append(going)
        elif going.goes_at <= now and going.file.announced_at + notice <= now:
            over.append(going)
        if len(over) >= AT_ONCE or sum(map(len, soon.values())) >= AT_ONCE:
            break
    for person, theirs in soon.items():
        _announce(person, theirs, now)
    return sum(_remove(going, now) for going in over)


def _announce(person: Person, theirs: list[Going], now: datetime) -> None:
    first = min(going.earliest_at for going in theirs)
    with transaction.atomic():
        StoredFile.objects.filter(pk__in=[going.file.pk for going in theirs]).update(announced_at=now)
        notices.tell(
            [person], kind="files.going", now=now, link="/files/", count=len(theirs), name=theirs[0].file.name,
            day=first.date().isoformat(),
        )  # fmt: skip
        for going in theirs:
            journal.write(person=None, verb="announced", thing=going.file, at=now, rule=_whose(going.rule))


def _remove(going: Going, now: datetime) -> bool:
    """The record says first that the bytes are gone; a cut before they are leaves them to the sweep."""
    with transaction.atomic():
        file = StoredFile.objects.select_for_update(of=("self",)).get(pk=going.file.pk)
        if file.removed_at is not None or file.held_at is not None or file.announced_at is None:
            return False
        if Run.objects.going_on().filter(files=file).exists():
            return False
        file.removed_at = now
        file.save(update_fields=["removed_at"])
        journal.write(
            person=None, verb="removed bytes", thing=file, at=now, sha256=file.sha256, size=file.size,
            rule=_whose(going.rule), days_kept=going.rule.days_kept,
        )  # fmt: skip
    if not audit.is_named(file.sha256):
        store.current().remove(file.sha256)
    return True


def _candidates(latest: datetime) -> QuerySet[StoredFile]:
    there = StoredFile.objects.filter(removed_at=None, person__isnull=False, uploaded_at__lte=latest)
    bookings = Booking.objects.filter(order=OuterRef("order")).order_by().values("order")
    runs = Run.objects.filter(files=OuterRef("pk"))
    return there.annotate(
        last_run=Subquery(runs.order_by("-ended_at").filter(ended_at__isnull=False).values("ended_at")[:1]),
        reading=Exists(runs.going_on()),
        last_booking=Subquery(bookings.annotate(last=Max("ends_at")).values("last")[:1]),
        released=Exists(
            runs.filter(state=Run.State.DONE, order__commission__state__in=Commission.OPENED)
        ),
    ).select_related("order__commission", "person", "check_standard_of").order_by("uploaded_at", "pk")  # fmt: skip


def _ends(file: StoredFile) -> list[datetime | None]:
    commission = getattr(file.order, "commission", None) if file.order is not None else None
    ended = commission.changed_at if commission is not None and commission.state in Commission.OVER else None
    return [getattr(file, "last_run", None), getattr(file, "last_booking", None), ended]


def _stays(file: StoredFile, rule: RetentionRule, now: datetime) -> str:
    commission = getattr(file.order, "commission", None) if file.order is not None else None
    booked_until: datetime | None = getattr(file, "last_booking", None)
    if file.held_at is not None:
        return "held"
    if file.check_standard_of_id is not None:
        return "standard"
    if getattr(file, "reading", False):
        return "run"
    if (commission is not None and commission.state not in Commission.OVER) or (booked_until and booked_until > now):
        return "order"
    return "released" if getattr(file, "released", False) and not rule.takes_released else ""


def _whose(rule: RetentionRule) -> str:
    return str(rule.service or rule.organisation or "*")


def _require_operator(person: Person) -> None:
    if not person.is_operator:
        raise NotAllowed(_("Only an operator of the platform sets how long files are kept; ask one."))


def _require_own(file: StoredFile, person: Person) -> None:
    if not person.is_operator and file.person_id != person.pk:
        raise NotAllowed(_("Only whose file it is or an operator may hold it; ask them."))
