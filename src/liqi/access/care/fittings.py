"""What is fitted on an instrument: its dated history, what bookings need, and who is reminded to change it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.agents import stewards_of
from liqi.access.care.refusal import NotAllowed, NotPossible, require_steward, sentence
from liqi.access.models import Booking, FittedState, Fitting, FittingNeed
from liqi.access.opening import utc
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["Now", "add", "due", "end", "fit", "need", "of"]

AHEAD = timedelta(hours=24)
MOST_CHOICES = 40


@dataclass(frozen=True)
class Now:
    """A fitting, what is on it (None: nobody said), and the next booking that needs something else."""

    fitting: Fitting
    state: FittedState | None
    next_need: FittingNeed | None


def add(*, instrument: Instrument, person: Person, name: str, choices: Iterable[str], now: datetime) -> Fitting:
    """Of these things one at a time is fitted there; an ended fitting of that name is taken up again."""
    require_steward(person, instrument)
    words = list(dict.fromkeys(each.strip()[:80] for each in choices if each.strip()))
    if not 1 <= len(words) <= MOST_CHOICES:
        said = _("Found %(found)d things that can be fitted; expected 1 to %(most)d, one on a line.")
        raise NotPossible(said % {"found": len(words), "most": MOST_CHOICES})
    with transaction.atomic():
        made, _fresh = Fitting.objects.update_or_create(
            instrument=instrument, name=sentence(name, 60), defaults={"choices": words, "ended_at": None}
        )
        journal.write(
            person=person, verb="added", thing=made, at=now, instrument=instrument.key, name=made.name, choices=words
        )
    return made


def end(*, fitting: Fitting, person: Person, now: datetime) -> None:
    """The fitting is not kept any more; its history stays."""
    require_steward(person, fitting.instrument)
    with transaction.atomic():
        if Fitting.objects.filter(pk=fitting.pk, ended_at=None).update(ended_at=now):
            journal.write(person=person, verb="ended", thing=fitting, at=now)


def fit(*, fitting: Fitting, person: Person, value: str, now: datetime, words: str = "") -> FittedState:
    """This is fitted from now on; the same as before adds nothing. For stewards and who has a session running there."""
    if not belonging.looks_after(person, fitting.instrument):
        running = fitting.instrument.sessions.filter(person=person, ended_at=None)
        if not running.exists():
            said = _("Only the stewards of %(instrument)s, and who is in session on it, say what is fitted.")
            raise NotAllowed(said % {"instrument": called(fitting.instrument)})
    _require_choice(fitting, value)
    with transaction.atomic():
        Fitting.objects.select_for_update().get(pk=fitting.pk)
        last = fitting.states.first()
        if last is not None and last.value == value:
            return last
        made = FittedState.objects.create(
            fitting=fitting, value=value, at=now, person=person, words=words.strip()[:200]
        )
        journal.write(
            person=person, verb="fitted", thing=fitting, at=now, value=value, before=last.value if last else None
        )
        FittingNeed.objects.filter(fitting=fitting, booking__ends_at__gt=now).exclude(value=value).update(told_at=None)
    return made


def need(*, booking: Booking, fitting: Fitting, person: Person, value: str, now: datetime) -> FittingNeed | None:
    """The booking needs this fitted, or with an empty value nothing any more; for its person and the stewards."""
    if person.pk != booking.person_id and not belonging.looks_after(person, booking.instrument):
        raise NotAllowed(_("Only who booked and the stewards say what a booking needs; ask one of them."))
    if booking.instrument_id != fitting.instrument_id:
        raise NotPossible(_("This booking is on another instrument; choose one of its own fittings."))
    with transaction.atomic():
        journal.write(person=person, verb="needs", thing=booking, at=now, fitting=fitting.name, value=value)
        if not value:
            FittingNeed.objects.filter(booking=booking, fitting=fitting).delete()
            return None
        _require_choice(fitting, value)
        try:
            with transaction.atomic():
                made, _fresh = FittingNeed.objects.update_or_create(
                    booking=booking, fitting=fitting, defaults={"value": value, "told_at": None}
                )
        except IntegrityError:  # said twice at once
            made = FittingNeed.objects.get(booking=booking, fitting=fitting)
    return made


def of(instrument: Instrument, *, now: datetime) -> list[Now]:
    """Every fitting of the instrument with what is on it and the next booking that needs something else."""
    fittings = list(Fitting.objects.filter(instrument=instrument, ended_at=None).select_related("instrument"))
    if not fittings:
        return []
    newest = FittedState.objects.filter(fitting=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    last = Fitting.objects.filter(pk__in=[one.pk for one in fittings]).annotate(last=Subquery(newest)).values("last")
    states = {one.fitting_id: one for one in FittedState.objects.filter(pk__in=last).select_related("person")}
    needs: dict[int, FittingNeed] = {}
    rows = FittingNeed.objects.filter(fitting__in=fittings, booking__in=Booking.objects.live().ahead(utc(now)))
    for one in rows.select_related("booking__person").order_by("booking__starts_at", "pk"):
        state = states.get(one.fitting_id)
        if state is None or state.value != one.value:
            needs.setdefault(one.fitting_id, one)
    return [Now(one, states.get(one.pk), needs.get(one.pk)) for one in fittings]


def due(*, now: datetime) -> int:
    """The stewards hear a day ahead of a booking that needs something else than what is fitted; upkeep asks."""
    told = 0
    soon = Booking.objects.live().filter(starts_at__lte=now + AHEAD, ends_at__gt=now)
    newest = FittedState.objects.filter(fitting=OuterRef("fitting")).order_by("-at", "-pk").values("value")[:1]
    rows = FittingNeed.objects.filter(told_at=None, booking__in=soon, fitting__ended_at=None)
    rows = rows.select_related("booking__instrument", "fitting").annotate(fitted=Subquery(newest))
    for one in rows:
        if getattr(one, "fitted", None) == one.value:
            continue
        with transaction.atomic():
            if not FittingNeed.objects.filter(pk=one.pk, told_at=None).update(told_at=now):
                continue
            instrument = one.booking.instrument
            link = f"/instruments/{instrument.key}/fittings/"
            notices.tell(
                stewards_of(instrument), kind="fitting.needed", now=now, link=link,
                instrument=instrument, start_at=one.booking.starts_at.isoformat(), name=one.fitting.name,
                value=one.value,
            )  # fmt: skip
            told += 1
    return told


def _require_choice(fitting: Fitting, value: str) -> None:
    if value not in fitting.choices:
        words = _("Found “%(found)s”; expected one of: %(choices)s.")
        raise NotPossible(words % {"found": value[:80], "choices": ", ".join(fitting.choices)})
