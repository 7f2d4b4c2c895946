"""The customs ledger of instruments imported free of duty: its terms, what happened, every use, the warning before end.

Whether others may use it under supervision follows 国科发基〔2018〕245号 as the policy rule `tax.dutyfree.share`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from liqi import policy
from liqi.access import belonging
from liqi.access.models import CustomsEvent, CustomsTerms, Session, Steward
from liqi.access.money import books
from liqi.access.money.refusal import Unable
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import CustomsRecord

__all__ = ["YEARS", "Line", "judge", "lines", "may_keep", "note", "set_terms", "warn"]

YEARS = 3
"""海关法 implementing rules: supervision of other goods than ships, aircraft and motor vehicles lasts three years."""
BEFORE = timedelta(days=90)
RULE = "tax.dutyfree.share"
"""The policy rule on sharing what came in free of duty."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger: a use or an event, with what it says about sharing."""

    on: date
    kind: str
    text: str
    organisation: str
    hours: Decimal | None
    outside: bool | None
    allowed: bool | None
    """None where no rule says so: it is switched off here."""


def may_keep(record: CustomsRecord, person: Person) -> bool:
    """Whether the person keeps the customs ledger of this instrument."""
    return belonging.looks_after(person, record.instrument)


def set_terms(
    record: CustomsRecord, *, supervised_from: date, sharing: bool, permit: str, person: Person, now: datetime,
    supervised_until: date | None = None,
) -> CustomsTerms:  # fmt: skip
    """Supervision runs between these days (three years, if the end is not said), sharing allowed or not."""
    _require_keeper(record, person)
    until = supervised_until or _years_on(supervised_from, YEARS)
    if until <= supervised_from:
        raise Unable(_("Found an end of supervision before its start; mend the days."))
    with transaction.atomic():
        kept, _made = CustomsTerms.objects.update_or_create(
            record=record,
            defaults={
                "supervised_from": supervised_from, "supervised_until": until, "sharing": sharing,
                "permit": permit.strip()[:200], "warned_at": None,
            },
        )  # fmt: skip
        journal.write(person=person, verb="set customs terms", thing=record, at=now, until=str(until), sharing=sharing)
    return kept


def note(record: CustomsRecord, *, kind: str, on: date, text: str, person: Person, now: datetime) -> CustomsEvent:
    """Something that customs ask for is in the ledger; lines are added, never changed."""
    _require_keeper(record, person)
    if kind not in CustomsEvent.Kind.values or not text.strip():
        raise Unable(_("Found no text or an unknown kind; say what happened, and choose its kind."))
    with transaction.atomic():
        made = CustomsEvent.objects.create(
            record=record, kind=kind, on=on, text=text.strip()[:500], person=person, at=now
        )
        journal.write(person=person, verb="noted for customs", thing=record, at=now, kind=kind, on=str(on))
    return made


def judge(terms: CustomsTerms, *, on: date, rules: Mapping[str, policy.Rule] | None = None) -> policy.Verdict | None:
    """Whether others may use the instrument on that day, by the rule on duty-free instruments.

    `rules` are those in use here; without them, those that ship. None where the rule is switched off.
    """
    rule = (policy.rules() if rules is None else rules).get(RULE)
    if rule is None:
        return None
    years = Decimal((on - terms.supervised_from).days) / Decimal("365.25")
    whole = Decimal((terms.supervised_until - terms.supervised_from).days) / Decimal("365.25")
    subject: dict[str, Any] = {
        "on_platform": terms.sharing, "years_since_import": years, "supervision_years": whole,
    }  # fmt: skip
    return policy.judge(rule, subject, on=on)


def lines(
    record: CustomsRecord, *, now: datetime, rules: Mapping[str, policy.Rule] | None = None
) -> Iterator[Line]:  # fmt: skip
    """Every use while customs supervised it and every event, newest first; a use of others is allowed or not.

    `rules` are those in use here, as for `judge`.
    """
    terms = getattr(record, "terms", None)
    found = [
        Line(event.on, event.kind, event.text, str(event.person), None, None, True)
        for event in record.events.select_related("person")
    ]
    if terms is not None:
        found += [_use(session, terms, rules) for session in uses(terms, now=now)]
    return iter(sorted(found, key=lambda line: line.on, reverse=True))


def uses(terms: CustomsTerms, *, now: datetime) -> list[Session]:
    """The sessions on the instrument while it is supervised."""
    here = ZoneInfo(settings.TIME_ZONE)
    start, end = (
        datetime.combine(day, datetime.min.time(), here) for day in (terms.supervised_from, terms.supervised_until)
    )
    rows = Session.objects.filter(
        instrument=terms.record.instrument_id, started_at__gte=start, started_at__lt=end, ended_at__lte=now
    )
    return list(rows.select_related("organisation", "person").order_by("-started_at")[:5000])


def warn(*, now: datetime) -> int:
    """Stewards of instruments whose supervision ends within 90 days were told once; how many instruments."""
    today = books.day_of(now)
    rows = CustomsTerms.objects.filter(
        warned_at=None, supervised_until__gt=today, supervised_until__lte=today + BEFORE
    ).select_related("record__instrument")
    count = 0
    for terms in rows[:100]:
        instrument = terms.record.instrument
        with transaction.atomic():
            if CustomsTerms.objects.filter(pk=terms.pk, warned_at=None).update(warned_at=now):
                stewards = Steward.objects.filter(instrument=instrument) | Steward.objects.filter(
                    facility=instrument.facility_id, facility__isnull=False
                )
                notices.tell(
                    Person.objects.filter(stewardships__in=stewards).distinct(), kind="customs.ending", now=now,
                    link=f"/desk/customs/{terms.record_id}/", instrument=instrument,
                    until=str(terms.supervised_until),
                )  # fmt: skip
                count += 1
    return count


def _use(session: Session, terms: CustomsTerms, rules: Mapping[str, policy.Rule] | None) -> Line:
    on = books.day_of(session.started_at)
    verdict = judge(terms, on=on, rules=rules) if session.outside else None
    allowed = (verdict.result == "yes" if verdict is not None else None) if session.outside else True
    return Line(
        on, "use", str(session.person), str(session.organisation or ""), session.effective_hours, session.outside,
        allowed,
    )  # fmt: skip


def _require_keeper(record: CustomsRecord, person: Person) -> None:
    if not may_keep(record, person):
        raise NotAllowed(
            _("Only a steward of %(instrument)s keeps its customs ledger; ask one.")
            % {"instrument": called(record.instrument)}
        )


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
