"""The clash: somebody else holds the instrument then."""

from functools import cached_property

from django.utils.translation import gettext as _

from liqi.access import free
from liqi.access.opening import Period
from liqi.access.rules import Request, clock
from liqi.accounts.naming import called


class SlotTaken(Exception):
    """Somebody else holds the instrument then; ``nearest`` are the free periods of that length beside it.

    They are searched when they are asked for, so that a lost race costs nothing.
    """

    def __init__(self, request: Request, family: str = "") -> None:
        super().__init__()
        self.request = request
        self.family = family

    @cached_property
    def nearest(self) -> list[Period]:
        """The nearest free period before and after, soonest first."""
        request = self.request
        return free.nearest(request.instrument, request.starts_at, request.ends_at, now=request.now, family=self.family)

    def __str__(self) -> str:
        request = self.request
        starts = [clock(start, request.instrument, request.person) for start, _end in self.nearest]
        words = {
            0: _("%(instrument)s is taken at %(start)s, and no free period of that length is near."),
            1: _("%(instrument)s is taken at %(start)s; it is free from %(first)s."),
            2: _("%(instrument)s is taken at %(start)s; it is free from %(first)s or from %(second)s."),
        }[len(starts)]
        start = clock(request.starts_at, request.instrument, request.person)
        said = {"instrument": called(request.instrument), "start": start}
        return words % (said | dict(zip(("first", "second"), starts, strict=False)))
