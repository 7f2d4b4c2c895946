"""The judge of a way: the rules of every instrument, asked for the person about times that are free."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from liqi.access import opening
from liqi.access.opening import Period, utc
from liqi.access.rules import Request, Settings, objections
from liqi.access.whole_job._way import MINUTE, At, JobStep, Way
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument
from liqi.planning import whole_job

PATIENCE = 3
"""After a rule stood against an instrument on so many days, another instrument is looked for."""


class Judge:
    """Asks the rules about times that are free, and takes out of the free time what they stand against."""

    def __init__(self, person: Person, organisation: Organisation | None, now: datetime) -> None:
        self.person, self.organisation, self.now = person, organisation, now
        self.known = Settings()
        self.against: dict[tuple[int, int], list[str]] = {}
        self.asked: dict[tuple[int, datetime, int], str] = {}

    def way(
        self, plan: whole_job.Plan, steps: Sequence[JobStep], every: Mapping[int, Instrument],
        own: list[dict[int, list[Period]]],
    ) -> Way | None:  # fmt: skip
        """The plan with instruments that the rules allow, None when a step has none then."""
        found = []
        for number, (placed, step) in enumerate(zip(plan.placed, steps, strict=True)):
            fit = [every[pk] for pk in placed.resources if self._may(number, step, every[pk], placed.starts_at, own)]
            if not fit:
                return None
            found.append(At(step, fit[0], tuple(fit[1:]), placed.starts_at, placed.ends_at))
        return Way(tuple(found))

    def said(self, index: int | None = None) -> list[str]:
        """What the rules said, each once; of one step or of all."""
        found = [words[0] for (step, _pk), words in self.against.items() if index is None or step == index]
        return list(dict.fromkeys(found))

    def _may(
        self, number: int, step: JobStep, instrument: Instrument, start: datetime, own: list[dict[int, list[Period]]]
    ) -> bool:
        asked = instrument.pk, start, step.minutes
        if asked not in self.asked:
            end = start + step.minutes * MINUTE
            request = Request(instrument, self.person, self.organisation, start, end, self.now, known=self.known)
            self.asked[asked] = " ".join(one.words for one in objections(request))
        if not (words := self.asked[asked]):
            return True
        heard = self.against.setdefault((number, instrument.pk), [])
        heard.append(words)
        own[number][instrument.pk] = [] if len(heard) >= PATIENCE else _without_day(
            own[number][instrument.pk], start, instrument
        )  # fmt: skip
        return False


def _without_day(periods: list[Period], moment: datetime, instrument: Instrument) -> list[Period]:
    """The periods without the day of the moment, by the clock where the instrument stands."""
    here = moment.astimezone(opening.zone(instrument)).replace(hour=0, minute=0, second=0, microsecond=0)
    dawn, dusk = utc(here), utc(here + timedelta(days=1))
    cut = [piece for start, end in periods for piece in ((start, min(end, dawn)), (max(start, dusk), end))]
    return [(start, end) for start, end in cut if start < end]
