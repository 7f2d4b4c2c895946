"""/api/runs/<key>/amendments, /signature: identifications edited with a reason, answers signed by two people."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from liqi.answers import amendments, signatures
from liqi.web.api._sent import Sent
from liqi.web.api.runs import RunOut, state_of
from liqi.web.asked import run_seen, signed_in, somebody
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["runs"], auth=SIGNED_IN)


class Amend(Sent):
    """What is said of one feature: `kind` is confirm, reject or rename; a renamed one has a `name`."""

    feature: int
    kind: str
    reason: str
    name: str = ""
    inchikey: str = ""


class Asked(Sent):
    """Who is to countersign: the e-mail address of a colleague."""

    countersigner: str


class Reason(Sent):
    """Why, in a sentence."""

    reason: str


@router.post("/{key}/amendments", response=RunOut, summary="Confirm, reject or rename an identification")
def amend(request: HttpRequest, key: str, asked: Amend) -> Any:
    """The edit stands beside the computed answer; an earlier one of the feature is taken back."""
    one = run_seen(request, key)
    amendments.amend(run=one, **asked.dict(), person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)


@router.delete("/{key}/amendments/{int:feature}", response=RunOut, summary="Undo the edit of an identification")
def undo(request: HttpRequest, key: str, feature: int) -> Any:
    """No edit of the feature stands any more; what was said stays on record."""
    one = run_seen(request, key)
    amendments.undo(run=one, feature=feature, person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)


@router.post("/{key}/signature", response=RunOut, summary="Sign an answer")
def sign(request: HttpRequest, key: str, asked: Asked) -> Any:
    """Nobody edits the answer while it is signed; who is named is told to countersign it."""
    one = run_seen(request, key)
    colleague = somebody(asked.countersigner)
    signatures.sign(run=one, asked=colleague, person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)


@router.delete("/{key}/signature", response=RunOut, summary="Withdraw a signature")
def withdraw(request: HttpRequest, key: str) -> Any:
    """The answer may be edited again; only who signed it, and only until somebody countersigned."""
    one = run_seen(request, key)
    signatures.withdraw(run=one, person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)


@router.post("/{key}/countersignature", response=RunOut, summary="Countersign an answer")
def countersign(request: HttpRequest, key: str) -> Any:
    """The answer is final."""
    one = run_seen(request, key)
    signatures.countersign(run=one, person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)


@router.post("/{key}/signature/send-back", response=RunOut, summary="Send a signed answer back")
def send_back(request: HttpRequest, key: str, said: Reason) -> Any:
    """Whoever was asked does not countersign and says why; the answer may be edited again."""
    one = run_seen(request, key)
    signatures.send_back(run=one, reason=said.reason, person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)
