"""When data files were written at instruments: what agents brought says so, as a source for metered hours."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from liqi.access.metering.reconciliation import FileTime
from liqi.answers.models import Arrival

__all__ = ["read"]


def read(instruments: Sequence[int], starts_at: datetime, ends_at: datetime) -> Iterator[FileTime]:
    """The files that were last written in [starts_at, ends_at) at the instruments; one query.

    Files that a person sent later from elsewhere say nothing of when the machine worked, so they are left out.
    """
    rows = Arrival.objects.filter(
        instrument__in=instruments, modified_at__gte=starts_at, modified_at__lt=ends_at, arrived_at__gte=starts_at
    )
    for instrument, at, path in rows.values_list("instrument", "modified_at", "path"):
        yield FileTime(instrument, at, path.rpartition("/")[2])
