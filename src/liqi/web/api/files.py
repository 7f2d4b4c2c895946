"""/api/files: what I brought and what instruments brought for me, held or let go, and how much I may keep."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.answers import check_standards, quota, retention
from liqi.answers.models import StoredFile
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["files"], auth=SIGNED_IN)


class FileOut(Schema):
    """A stored file; with `removed_at` its bytes went by a rule of retention, and `bytes_at` is null."""

    key: str
    name: str
    size: int
    sha256: str
    format: str
    order: str | None
    uploaded_at: datetime
    announced_at: datetime | None
    removed_at: datetime | None
    held_why: str
    check_standard_of: str | None
    bytes_at: str | None


class HoldIn(Sent):
    """Why the file has to stay."""

    why: Annotated[str, Field(min_length=1, max_length=300)]


class StandardIn(Sent):
    """The instrument whose check standard was measured; blank for none."""

    instrument: Annotated[str, Field(max_length=200)] = ""


class UseOut(Schema):
    """Bytes kept, on their way, at most, and free."""

    kept: int
    coming: int
    most: int
    free: int


@router.get("", response=Page[FileOut], summary="My files")
def listed(
    request: HttpRequest, paged: Annotated[Paged, Query()], state: Literal["", "announced", "held", "removed"] = ""
) -> Any:
    """My files, newest first; ``state`` gives those that go soon, are on hold, or whose bytes went."""
    files = StoredFile.objects.filter(person=signed_in(request)).select_related("order", "check_standard_of")
    if state == "announced":
        files = files.filter(announced_at__isnull=False, removed_at=None)
    elif state:
        files = files.filter(**{f"{state}_at__isnull": False})
    found, following = page(files, paged, newest_first=True)
    return {"items": [_shown(one) for one in found], "next": following}


@router.get("/quota", response=UseOut, summary="How much I may keep")
def use(request: HttpRequest) -> Any:
    """What I keep; equal bytes count once."""
    found = quota.of(signed_in(request))
    return {"kept": found.kept, "coming": found.coming, "most": found.most, "free": found.free}


@router.get("/{key}", response=FileOut, summary="One file")
def one(request: HttpRequest, key: str) -> Any:
    """A file that I may see."""
    return _shown(_seen(request, key))


@router.put("/{key}/hold", response=FileOut, summary="Hold a file")
def hold(request: HttpRequest, key: str, sent: HoldIn) -> Any:
    """No rule of retention takes its bytes until somebody lets it go; for whose file it is, and operators."""
    retention.hold(file=_seen(request, key), person=signed_in(request), why=sent.why, now=timezone.now())
    return _shown(_seen(request, key))


@router.delete("/{key}/hold", response=FileOut, summary="Let a file go")
def let_go(request: HttpRequest, key: str) -> Any:
    """The hold is over and its rule counts again; for whoever placed the hold, and operators."""
    retention.let_go(file=_seen(request, key), person=signed_in(request), now=timezone.now())
    return _shown(_seen(request, key))


@router.put("/{key}/check-standard", response=FileOut, summary="Say that a file is of a check standard")
def mark(request: HttpRequest, key: str, sent: StandardIn) -> Any:
    """Runs on it add points to the control charts of the instrument, or of none; for its stewards."""
    thing = get_object_or_404(Instrument, key=sent.instrument) if sent.instrument else None
    file = _seen(request, key)
    check_standards.mark(file=file, instrument=thing, person=signed_in(request), now=timezone.now())
    return _shown(_seen(request, key))


def _seen(request: HttpRequest, key: str) -> StoredFile:
    seen = StoredFile.objects.visible_to(signed_in(request)).select_related("order", "check_standard_of")
    found: StoredFile = get_object_or_404(seen, key=key)
    return found


def _shown(file: StoredFile) -> dict[str, Any]:
    names = ("key", "name", "size", "sha256", "format", "uploaded_at", "announced_at", "removed_at", "held_why")
    return {name: getattr(file, name) for name in names} | {
        "order": file.order.key if file.order else None,
        "check_standard_of": file.check_standard_of.key if file.check_standard_of else None,
        "bytes_at": reverse("file", args=[file.key]) if file.removed_at is None else None,
    }
