"""Hours by what they were for, as the ministry's yearly table of valuable instruments (SJ3) splits them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, Q, Sum
from django.db.models.functions import Coalesce

from liqi.access.models import Session

__all__ = ["Split", "of"]

HOURS = DecimalField(max_digits=14, decimal_places=4)


@dataclass(frozen=True)
class Split:
    """Effective hours of one instrument that are confirmed."""

    teaching: Decimal
    research: Decimal
    service: Decimal
    """Service to society; outside use counts here where nobody said a purpose."""
    unsaid: Decimal
    """Inside use of which nobody said the purpose."""
    open: Decimal
    """Of all of these, for users of other institutions."""

    @property
    def total(self) -> Decimal:
        """All four together."""
        return self.teaching + self.research + self.service + self.unsaid


def of(instruments: Iterable[int], starts_at: datetime, ends_at: datetime) -> dict[int, Split]:
    """The split of each instrument over its confirmed sessions that ended in [starts_at, ends_at); one query.

    Instruments without a confirmed session are absent.
    """
    ended = Session.objects.ended_in(starts_at, ends_at).confirmed().filter(instrument__in=list(instruments))
    purpose = Session.Purpose
    unsaid = Q(purpose="")
    rows = ended.values("instrument").annotate(
        teaching=_sum(Q(purpose=purpose.TEACHING)),
        research=_sum(Q(purpose=purpose.RESEARCH)),
        service=_sum(Q(purpose=purpose.SERVICE) | (unsaid & Q(outside=True))),
        unsaid=_sum(unsaid & Q(outside=False)),
        open=_sum(Q(outside=True)),
    )
    return {
        row["instrument"]: Split(row["teaching"], row["research"], row["service"], row["unsaid"], row["open"])
        for row in rows
    }


def _sum(which: Q) -> Coalesce:
    return Coalesce(Sum("effective_hours", filter=which, output_field=HOURS), Decimal(0), output_field=HOURS)
