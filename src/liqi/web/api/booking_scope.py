"""/api/bookings: what was booked together cancelled and restored, answers taken back, two bookings swapped at once."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from liqi.access import approval, swap, together
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.api.bookings import Held, any_booking, held
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["bookings"], auth=SIGNED_IN)


class Pair(Sent):
    """Two bookings that change places."""

    one: Number
    other: Number


@router.post("/{int:id}/together/cancel", response=list[Held], summary="Cancel all that was booked together")
def cancel(request: HttpRequest, id: int) -> Any:
    """All of it holds nothing any longer; what was used or is over stays as it is."""
    return [
        held(one)
        for one in together.cancel(booking=any_booking(id), person=signed_in(request), now=timezone.now())
    ]  # fmt: skip


@router.post("/{int:id}/together/restore", response=list[Held], summary="Restore all that was booked together")
def restore(request: HttpRequest, id: int) -> Any:
    """What was cancelled with it in one go holds its instruments again: all, or none."""
    return [
        held(one)
        for one in together.restore(booking=any_booking(id), person=signed_in(request), now=timezone.now())
    ]  # fmt: skip


@router.post("/requests/{int:id}/undo", response=Held, summary="Take an answer to a request back")
def undo(request: HttpRequest, id: int) -> Any:
    """The booking waits again, if nobody took its time in the meantime; for stewards."""
    return held(approval.undo(booking=any_booking(id), person=signed_in(request), now=timezone.now()))


@router.post("/requests/swap", response=list[Held], summary="Have two bookings change places")
def swap_at_once(request: HttpRequest, sent: Pair) -> Any:
    """The two have changed places, by the rules for each person; for a steward of both instruments."""
    pair = swap.swap(
        one=any_booking(sent.one), other=any_booking(sent.other), person=signed_in(request), now=timezone.now()
    )  # fmt: skip
    return [held(one) for one in pair]
