"""/api/runs/KEY/releases: an answer released to everybody or to organisations, the log of it, and its withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from liqi.accounts.models import Organisation
from liqi.answers import releases
from liqi.answers.models import Release, Run
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["runs"], auth=SIGNED_IN)


class NewRelease(Sent):
    """To whom and under which licence (an SPDX identifier); nobody new sees the answer before `embargo_until`."""

    licence: Annotated[str, Field(max_length=40)]
    to_everybody: bool = False
    organisations: Annotated[list[Number], Field(max_length=200)] = []
    with_files: bool = False
    embargo_until: datetime | None = None


class Withdrawal(Sent):
    """Why a release is taken back."""

    reason: Annotated[str, Field(max_length=500)]


class ReleaseOut(Schema):
    """A release as it stands, or as it was until it was withdrawn."""

    id: int
    to_everybody: bool
    organisations: list[int]
    licence: str
    with_files: bool
    embargo_until: datetime | None
    released_at: datetime
    withdrawn_at: datetime | None
    reason: str


@router.get("/{key}/releases", response=list[ReleaseOut], summary="List the releases of an answer")
def log(request: HttpRequest, key: str) -> Any:
    """Every release, newest first, for those whose run it is."""
    return [_told(one) for one in releases.all_of(_own(request, key))]


@router.post("/{key}/releases", response={201: ReleaseOut}, summary="Release an answer")
def release(request: HttpRequest, key: str, asked: NewRelease) -> Any:
    """The answer is shown under a licence to everybody or to organisations, from now or from `embargo_until` on."""
    found = list(Organisation.objects.filter(pk__in=asked.organisations))
    if missing := set(asked.organisations) - {one.pk for one in found}:
        raise Http404(_("Found no organisation %(id)s; expected the id of one.") % {"id": min(missing)})
    if asked.embargo_until is not None and timezone.is_naive(asked.embargo_until):
        words = _("Found embargo_until without a time zone; expected a moment such as %(example)s.")
        raise ValueError(words % {"example": "2030-01-01T00:00:00+08:00"})
    made = releases.release(
        run=_own(request, key),
        person=signed_in(request),
        now=timezone.now(),
        licence=asked.licence,
        to_everybody=asked.to_everybody,
        organisations=found,
        with_files=asked.with_files,
        embargo_until=asked.embargo_until,
    )
    return Status(201, _told(made))


@router.post("/{key}/releases/withdraw", response=ReleaseOut, summary="Withdraw the release of an answer")
def withdraw(request: HttpRequest, key: str, asked: Withdrawal) -> Any:
    """Nobody beyond those whose run it is sees the answer any more; the release stays on record."""
    one = _own(request, key)
    return _told(releases.withdraw(run=one, person=signed_in(request), reason=asked.reason, now=timezone.now()))


def _own(request: HttpRequest, key: str) -> Run:
    near = Run.objects.of_own(signed_in(request)).select_related("order", "person")
    one: Run = get_object_or_404(near, key=key)
    return one


def _told(one: Release) -> dict[str, Any]:
    names = ("to_everybody", "licence", "with_files", "embargo_until", "released_at", "withdrawn_at", "reason")
    organisations = sorted(each.pk for each in one.organisations.all())
    return {"id": one.pk, **{name: getattr(one, name) for name in names}, "organisations": organisations}
