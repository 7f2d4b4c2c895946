"""A whole job as people type it: what each step needs in their words, how long it takes, how soon it follows."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.access import vacancy, whole_job
from liqi.access.whole_job import At, BadJob, JobStep, Way
from liqi.catalogue.models import Instrument
from liqi.taxonomy import fold

SHOWN_STEPS, MOST_STEPS, USUAL_DAYS, LONGEST_DAYS = 3, 6, 14, 60


@dataclass
class TypedStep:
    """One step as it was typed."""

    what: str
    minutes: str
    gap_min: str
    gap_max: str
    wrong: str = ""
    step: JobStep | None = None


@dataclass
class TypedJob:
    """A job as it was typed, with moments where they can be read."""

    steps: list[TypedStep]
    place: str
    from_day: str
    to_day: str
    zone: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def asked(self) -> bool:
        """Whether any step says what it needs."""
        return any(each.what for each in self.steps)


def read(values: QueryDict, *, zone: str, now: datetime) -> TypedJob:
    """The job in these values; without any it is empty and looks at the next fourteen days."""
    here = zoneinfo.ZoneInfo(zone)
    today = now.astimezone(here).date()
    columns = [values.getlist(name)[:MOST_STEPS] for name in ("what", "minutes", "gap_min", "gap_max")]
    count = max(SHOWN_STEPS, *(len(column) for column in columns))
    filled = [column + [""] * (count - len(column)) for column in columns]
    job = TypedJob(
        [TypedStep(*(text.strip()[:200] for text in row)) for row in zip(*filled, strict=True)],
        values.get("place", "").strip()[:60],
        values.get("from_day") or f"{today}",
        values.get("to_day") or f"{today + timedelta(days=USUAL_DAYS)}",
        zone,
    )
    try:
        first, last = (datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=here) for day in (job.from_day, job.to_day))
    except ValueError:
        job.wrong.append(_("Found a day that cannot be read, expected one such as 2026-12-01."))
        return job
    if not timedelta(0) <= last - first <= timedelta(days=LONGEST_DAYS):
        words = _("Found a last day before the first or more than %(most)d days after it; choose another.")
        job.wrong.append(words % {"most": LONGEST_DAYS})
        return job
    job.not_before, job.not_after = first.astimezone(UTC), (last + timedelta(days=1)).astimezone(UTC)
    return job


def steps_of(job: TypedJob) -> list[JobStep]:
    """The steps that say what they need; what is wrong with one stands beside it."""
    found = []
    for typed in job.steps:
        if not typed.what:
            continue
        try:
            typed.step = JobStep(
                tuple(_instruments(typed.what, job.place)), _minutes(typed.minutes, 60), typed.what,
                _minutes(typed.gap_min, 0), _minutes(typed.gap_max, None),
            )  # fmt: skip
            found.append(typed.step)
        except BadJob as problem:
            typed.wrong = str(problem)
    return found


def way_of(values: QueryDict) -> Way:
    """The way that a form sends back to be booked: instruments by key, starts and minutes, one of each a step."""
    keys, starts, minutes = (values.getlist(name) for name in ("instrument", "starts_at", "minutes"))
    known = {one.key: one for one in Instrument.objects.select_related("institution", "facility").filter(key__in=keys)}
    try:
        steps = []
        for key, start, length in zip(keys, starts, minutes, strict=True):
            begins, step = datetime.fromisoformat(start), JobStep((known[key],), int(length))
            if begins.tzinfo is None:
                raise ValueError(start)
            steps.append(At(step, known[key], (), begins, begins + timedelta(minutes=step.minutes)))
    except (ValueError, KeyError, OverflowError):
        raise BadJob(_("Found a plan that cannot be read; search once more and book what is shown.")) from None
    if not steps:
        raise BadJob(_("Found a plan without steps; search once more and book what is shown."))
    return Way(tuple(steps))


def price_of(way: Way) -> Decimal | None:
    """What the whole job costs by the prices on record; None when a step has none."""
    total = Decimal(0)
    for each in way.steps:
        rate = each.instrument.price_cny_per_hour
        if rate is None:
            return None
        total += rate * Decimal((each.ends_at - each.starts_at) // timedelta(seconds=1)) / 3600
    return total.quantize(Decimal("0.01"))


def suggestions(language: str) -> list[str]:
    """What a step may need, to choose from while typing: the techniques in the language of the page."""
    return sorted({str(one.label(language)) for one in taxonomy.techniques().values()})


def _instruments(what: str, place: str) -> list[Instrument]:
    """Instruments by key, of a technique by its name or key, of a class by its code, or by name; BadJob for none."""
    technique = _technique_named(fold(what))
    if technique and (found := whole_job.candidates(technique=technique, place=place)):
        return found
    if what in taxonomy.classes():
        return whole_job.candidates(class_code=what, place=place)
    if found := whole_job.candidates(keys=what.replace(",", " ").split()):
        return found
    named = Q(name__icontains=what) | Q(name__icontains=taxonomy.to_hans(what)) | Q(name_en__icontains=what)
    rows = Instrument.objects.filter(named, bookable=True).exclude(status__in=vacancy.OUT)
    if found := list(rows.select_related("institution__organisation", "facility").order_by("name", "pk")[:20]):
        return found
    if technique:
        return []
    words = _("Found no instrument that can be booked for “%(found)s”; expected a technique, a class or a name.")
    raise BadJob(words % {"found": what})


@lru_cache(maxsize=512)
def _technique_named(folded: str) -> str:
    """The key of the technique of this key, label, abbreviation or synonym; blank for none."""
    every = taxonomy.techniques()
    for names in ("key", "labels", "abbreviations", "synonyms"):
        for key, one in every.items():
            labels = (one.label_en, *one.labels_zh)
            said = {"key": (key,), "labels": labels, "abbreviations": one.abbreviations}.get(names, one.synonyms)
            if folded in {fold(name) for name in said}:
                return key
    return ""


def _minutes(text: str, usual: Any) -> Any:
    if not text:
        return usual
    if not text.isdecimal() or len(text) > 6:
        raise BadJob(_("Found “%(found)s”, expected whole minutes; correct it.") % {"found": text})
    return int(text)
