"""The dates of a series, each with what becomes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liqi.access.booking import Refused, Round, SlotTaken, Wanted
from liqi.access.models import Series
from liqi.access.positions import Place
from liqi.access.rules import Objection, clock
from liqi.access.series._recurrence import Length
from liqi.accounts.naming import called

STEP = timedelta(minutes=15)
LONGEST_SHIFT = timedelta(days=3)


@dataclass(frozen=True)
class Date:
    """One date of a series."""

    occurrence_at: datetime
    """The start that the rule gives."""
    state: str
    """free, taken, refused, shifted; skipped where a taken or refused one is left out."""
    starts_at: datetime
    ends_at: datetime
    words: str = ""
    """What stands against it, or where it was shifted from."""
    placed: tuple[tuple[Wanted, Place], ...] = ()

    @property
    def is_booked(self) -> bool:
        """Whether it can be had."""
        return bool(self.placed)


class SeriesRefused(Refused):
    """Some of the dates cannot be had; ``dates`` says of each what becomes of it."""

    def __init__(self, dates: Sequence[Date]) -> None:
        against = [date for date in dates if not date.is_booked]
        super().__init__([Objection(f"date_{date.state}", date.words, waivable=False) for date in against])
        self.dates = list(dates)

    def __str__(self) -> str:
        count = len(self.objections)
        words = ngettext(
            "%(count)d of %(all)d dates cannot be had: %(first)s Skip it, let it shift, or choose another time.",
            "%(count)d of %(all)d dates cannot be had, the first: %(first)s Skip them, let them shift, or choose "
            "another time.",
            count,
        )
        first = self.objections[0].words if self.objections else ""
        return words % {"count": count, "all": len(self.dates), "first": first}


def plan(
    asked: Round, template: Sequence[Wanted], moments: Sequence[datetime], *, zone: str, clash: str,
    tolerance: timedelta,
) -> list[Date]:  # fmt: skip
    """What becomes of each moment: every instrument of the template is wanted then, all or none."""
    lead = [each.starts_at - template[0].starts_at for each in template]
    lengths = [Length.of(each.starts_at, each.ends_at, zone) for each in template]
    dates = []
    for moment in moments:
        wanted = [
            replace(each, starts_at=moment + late, ends_at=length.after(moment + late), occurrence_at=moment)
            for each, late, length in zip(template, lead, lengths, strict=True)
        ]
        dates.append(_one(asked, wanted, moment, clash, min(tolerance, LONGEST_SHIFT)))
    return dates


def _one(asked: Round, wanted: list[Wanted], moment: datetime, clash: str, tolerance: timedelta) -> Date:
    first = wanted[0]
    try:
        places = asked.find_all(wanted)
        return Date(moment, "free", first.starts_at, first.ends_at, placed=tuple(zip(wanted, places, strict=True)))
    except SlotTaken as problem:
        state, said = "taken", _taken(problem)
    except Refused as problem:
        state, said = "refused", str(problem)
    words = f"{clock(moment, first.instrument, asked.asking.person)}: {said}"
    if clash == Series.Clash.SHIFT:
        for shift in _shifts(tolerance):
            moved = [
                replace(each, starts_at=each.starts_at + shift, ends_at=each.ends_at + shift) for each in wanted
            ]  # fmt: skip
            if not all(asked.free(each) for each in moved):
                continue
            try:
                places = asked.find_all(moved)
            except (SlotTaken, Refused):
                continue
            placed = tuple(zip(moved, places, strict=True))
            return Date(moment, "shifted", moved[0].starts_at, moved[0].ends_at, said, placed)
    return Date(
        moment, "skipped" if clash == Series.Clash.SKIP else state, first.starts_at, first.ends_at, words
    )  # fmt: skip


def _taken(problem: SlotTaken) -> str:
    return _("%(instrument)s is taken then.") % {"instrument": called(problem.request.instrument)}


def _shifts(tolerance: timedelta) -> Iterator[timedelta]:
    """Later and earlier by quarter hours, nearest first."""
    for step in range(1, tolerance // STEP + 1):
        yield step * STEP
        yield -step * STEP
