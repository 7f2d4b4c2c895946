"""The cards that a commission adds to the thread of its order, and whose turn it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from liqi.access.models import Commission, CommissionStep, Custody, Feedback, Sample

__all__ = ["Links", "links", "steps"]

TOGETHER = timedelta(minutes=30)


@dataclass(frozen=True)
class Links:
    """Hand-overs of one kind by one person at nearly one time: 24 samples received are one card."""

    verb: str
    at: datetime
    links: list[Custody]

    @property
    def samples(self) -> list[Sample]:
        """The samples that were handed over."""
        return [link.sample for link in self.links]


def steps(commission: Commission) -> list[CommissionStep]:
    """Every step that the order took, first to last."""
    return list(commission.steps.select_related("person"))


def links(commission: Commission) -> list[Links]:
    """The hand-overs of all samples of the order, gathered into cards."""
    rows = Custody.objects.filter(sample__order=commission.order_id).select_related("person", "sample", "place__parent")
    return list(_gathered(rows.order_by("at", "pk")))


def feedback(commission: Commission) -> Feedback | None:
    """What the customer said of the order."""
    return Feedback.objects.filter(order=commission.order_id).select_related("person").first()


def _gathered(rows: Iterable[Custody]) -> Iterator[Links]:
    for (verb, _person), together in groupby(rows, key=lambda link: (link.verb, link.person_id)):
        part: list[Custody] = []
        for link in together:
            if part and link.at - part[0].at > TOGETHER:
                yield Links(verb, part[0].at, part)
                part = []
            part.append(link)
        yield Links(verb, part[0].at, part)
