"""Maintenance plans: due by date, by hours of use or whichever is first; records of what was done; contracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from liqi.access.agents import stewards_of
from liqi.access.care.refusal import NotPossible, require_steward, sentence
from liqi.access.models import MaintenancePlan, MaintenanceRecord, ServiceContract, Session
from liqi.access.opening import utc, zone
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.catalogue import deposit, editing
from liqi.catalogue.models import Instrument

__all__ = ["MOST_BYTES", "Due", "begin", "due", "due_list", "end", "path_of", "record", "sign"]

MOST_BYTES = 10_000_000
STARTS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")
"""PDF, PNG and JPEG by their first bytes."""
NEARLY = Decimal("0.9")
"""From this share of its hours on a plan falls due."""
CONTRACT_WARNING = timedelta(days=60)
LONGEST_MONTHS, MOST_HOURS = 240, 1_000_000


@dataclass(frozen=True)
class Due:
    """A plan and how far it is: days and hours left, below zero when overdue; None where it does not count them."""

    plan: MaintenancePlan
    days_left: int | None
    hours: Decimal
    hours_left: Decimal | None

    @property
    def state(self) -> str:
        """overdue, soon or fine."""
        days, hours = self.days_left, self.hours_left
        if (days is not None and days < 0) or (hours is not None and hours <= 0):
            return "overdue"
        every = Decimal(self.plan.every_hours or 0)
        soon = days is not None and days <= self.plan.warn_days
        return "soon" if soon or (hours is not None and self.hours >= every * NEARLY) else "fine"


def begin(
    *,
    instrument: Instrument,
    person: Person,
    name: str,
    now: datetime,
    kind: str = MaintenancePlan.Kind.MAINTENANCE,
    every_months: int | None = None,
    every_hours: int | None = None,
    first_on: date | None = None,
    warn_days: int = 14,
) -> MaintenancePlan:
    """The plan counts from now; by date it is first due on ``first_on``, else one interval from today."""
    require_steward(person, instrument)
    if kind not in MaintenancePlan.Kind.values:
        raise NotPossible(_("Found the kind “%(found)s”; choose one from the list.") % {"found": kind[:40]})
    if every_months is None and every_hours is None:
        raise NotPossible(_("The plan has no interval; give months, hours of use, or both."))
    for found, most in ((every_months, LONGEST_MONTHS), (every_hours, MOST_HOURS), (warn_days or 1, 365)):
        if found is not None and not 1 <= found <= most:
            words = _("Found %(found)d; expected 1 to %(most)d.")
            raise NotPossible(words % {"found": found, "most": most})
    due_on = None
    if every_months is not None:
        due_on = first_on or _today(instrument, now) + relativedelta(months=every_months)
    try:
        with transaction.atomic():
            made = MaintenancePlan.objects.create(
                instrument=instrument, person=person, name=sentence(name, 120), kind=kind, every_months=every_months,
                every_hours=every_hours, due_on=due_on, warn_days=warn_days, counted_from=now, created_at=now,
            )  # fmt: skip
            journal.write(
                person=person, verb="began plan", thing=made, at=now, instrument=instrument.key, name=made.name,
                every_months=every_months, every_hours=every_hours,
            )  # fmt: skip
            _carry(made, now, done_on=None, person=person)
    except IntegrityError:
        raise NotPossible(_("There is a plan “%(name)s” already; choose another name.") % {"name": name}) from None
    return made


def end(*, plan: MaintenancePlan, person: Person, now: datetime) -> None:
    """The plan counts no longer; its records stay."""
    require_steward(person, plan.instrument)
    with transaction.atomic():
        if MaintenancePlan.objects.filter(pk=plan.pk, ended_at=None).update(ended_at=now):
            journal.write(person=person, verb="ended plan", thing=plan, at=now)


def record(
    *,
    instrument: Instrument,
    person: Person,
    done_on: date,
    done_by: str,
    words: str,
    now: datetime,
    plan: MaintenancePlan | None = None,
    result: str = MaintenanceRecord.Result.PASSED,
    parts: str = "",
    cost_cny: Decimal | None = None,
    certificate_number: str = "",
    certificate: tuple[str, bytes] | None = None,
) -> MaintenanceRecord:
    """What was done is on record; its plan counts anew unless it failed, and a calibration shows with the instrument.

    ``certificate`` is a file's name and bytes. Raises NotAllowed, NotPossible; after either nothing is kept.
    """
    require_steward(person, instrument)
    if done_on > _today(instrument, now):
        words_ = _("Found the day %(day)s, which is still to come; give the day on which it was done.")
        raise NotPossible(words_ % {"day": done_on.isoformat()})
    if result not in MaintenanceRecord.Result.values:
        raise NotPossible(_("Found the result “%(found)s”; choose one from the list.") % {"found": result[:40]})
    if plan is not None and plan.instrument_id != instrument.pk:
        raise NotPossible(_("This plan is of another instrument; write the record there."))
    name, content = certificate or ("", b"")
    if certificate and (not content.startswith(STARTS) or len(content) > MOST_BYTES):
        raise NotPossible(_("Found a file that is no PDF, PNG or JPEG of at most 10 MB; save it as PDF."))
    with transaction.atomic():
        made = MaintenanceRecord.objects.create(
            instrument=instrument, plan=plan, person=person, at=now, done_on=done_on, done_by=sentence(done_by, 120),
            words=sentence(words, 2000), parts=parts.strip()[:500], cost_cny=cost_cny, result=result,
            certificate_number=certificate_number.strip()[:80], certificate_name=name[-200:],
            certificate_sha256=deposit.keep("certificates", content) if certificate else "",
        )  # fmt: skip
        journal.write(
            person=person, verb="recorded", thing=made, at=now, instrument=instrument.key, done_on=done_on.isoformat(),
            result=result, plan=plan.pk if plan else None, cost_cny=str(cost_cny) if cost_cny is not None else None,
        )  # fmt: skip
        if plan is not None and result != MaintenanceRecord.Result.FAILED:
            _count_anew(plan, done_on, person, now)
    return made


def sign(
    *,
    instrument: Instrument,
    person: Person,
    provider: str,
    starts_on: date,
    ends_on: date,
    now: datetime,
    kind: str = ServiceContract.Kind.CONTRACT,
    number: str = "",
    cost_cny: Decimal | None = None,
) -> ServiceContract:
    """The warranty or contract is on record; the stewards hear 60 days before it ends."""
    require_steward(person, instrument)
    if kind not in ServiceContract.Kind.values:
        raise NotPossible(_("Found the kind “%(found)s”; choose one from the list.") % {"found": kind[:40]})
    if ends_on < starts_on:
        words = _("It would end on %(end)s, before it starts on %(start)s; give a later end.")
        raise NotPossible(words % {"end": ends_on.isoformat(), "start": starts_on.isoformat()})
    with transaction.atomic():
        made = ServiceContract.objects.create(
            instrument=instrument, person=person, provider=sentence(provider, 120), number=number.strip()[:80],
            kind=kind, starts_on=starts_on, ends_on=ends_on, cost_cny=cost_cny, created_at=now,
        )  # fmt: skip
        journal.write(
            person=person, verb="signed", thing=made, at=now, instrument=instrument.key, provider=made.provider,
            starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(),
        )  # fmt: skip
    return made


def due_list(plans: "QuerySet[MaintenancePlan]", *, now: datetime) -> list[Due]:
    """How far each plan that counts is, what is overdue first; one query however many there are."""
    used: Any = Session.objects.filter(
        instrument=OuterRef("instrument"), withdrawn=False, ended_at__gt=OuterRef("counted_from")
    )
    used = used.order_by().values("instrument").annotate(sum=Sum("effective_hours")).values("sum")
    rows: Any = plans.filter(ended_at=None).select_related("instrument")
    rows = rows.annotate(used=Subquery(used, output_field=DecimalField(max_digits=14, decimal_places=4)))
    found = [_far(plan, plan.used or Decimal(0), now) for plan in rows.order_by("due_on", "pk")]
    order = {"overdue": 0, "soon": 1, "fine": 2}
    return sorted(found, key=lambda one: order[one.state])


def due(*, now: datetime) -> int:
    """The stewards hear once of each plan that falls due and each contract that ends; upkeep asks."""
    count = 0
    for one in due_list(MaintenancePlan.objects.filter(told_at=None), now=now):
        if one.state == "fine":
            continue
        with transaction.atomic():
            if MaintenancePlan.objects.filter(pk=one.plan.pk, told_at=None).update(told_at=now):
                count += _tell(one.plan.instrument, "maintenance.due", now, name=one.plan.name)
    ending = ServiceContract.objects.filter(told_at=None, ends_on__lte=(now + CONTRACT_WARNING).date())
    for contract in ending.select_related("instrument"):
        with transaction.atomic():
            if ServiceContract.objects.filter(pk=contract.pk, told_at=None).update(told_at=now):
                facts = {"name": contract.provider, "day": contract.ends_on.isoformat()}
                count += _tell(contract.instrument, "contract.ends", now, **facts)
    return count


def path_of(sha256: str) -> Path:
    """Where the bytes of the certificate with this hash lie."""
    return deposit.path_of("certificates", sha256)


def _count_anew(plan: MaintenancePlan, done_on: date, person: Person, now: datetime) -> None:
    """The plan counts from the day it was done; an older record than the newest moves nothing back."""
    found = MaintenancePlan.objects.select_for_update(of=("self",)).select_related("instrument").get(pk=plan.pk)
    newest = found.records.exclude(result=MaintenanceRecord.Result.FAILED).order_by("-done_on").values_list("done_on")
    if found.ended_at is not None or done_on < newest[0][0]:
        return
    if found.every_months is not None:
        found.due_on = done_on + relativedelta(months=found.every_months)
    over = datetime.combine(done_on + timedelta(days=1), time(), zone(found.instrument)).astimezone(UTC)
    found.counted_from, found.told_at = min(over, utc(now)), None
    found.save(update_fields=["due_on", "counted_from", "told_at"])
    _carry(found, now, done_on=done_on, person=person)


def _carry(plan: MaintenancePlan, now: datetime, *, done_on: date | None, person: Person) -> None:
    """The record of the instrument says when it was calibrated and when it is due again."""
    if plan.kind != MaintenancePlan.Kind.CALIBRATION or plan.due_on is None:
        return
    values = {"calibration_due_on": plan.due_on} | ({"calibrated_on": done_on} if done_on else {})
    fresh = Instrument.everything.get(pk=plan.instrument_id)
    editing.change(fresh, values, person=person, now=now, cause="calibration", cause_id=str(plan.pk))


def _far(plan: MaintenancePlan, hours: Decimal, now: datetime) -> Due:
    days = (plan.due_on - _today(plan.instrument, now)).days if plan.due_on else None
    return Due(plan, days, hours, Decimal(plan.every_hours) - hours if plan.every_hours else None)


def _today(instrument: Instrument, now: datetime) -> date:
    return now.astimezone(zone(instrument)).date()


def _tell(instrument: Instrument, kind: str, now: datetime, **facts: str) -> int:
    people: Iterable[Person] = stewards_of(instrument)
    link = f"/instruments/{instrument.key}/maintenance/"
    notices.tell(people, kind=kind, now=now, link=link, instrument=instrument, **facts)
    return 1
