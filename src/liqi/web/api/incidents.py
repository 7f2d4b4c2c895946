"""/api/care/incidents: problems reported with pictures, read, closed, opened again, the instrument out of use."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from liqi.access import belonging
from liqi.access.care import incidents
from liqi.access.models import Incident, IncidentPicture
from liqi.accounts.membership import NotAllowed
from liqi.accounts.naming import called
from liqi.catalogue import pictures
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.api.outages import OutageOut, outage_shown
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)


class ReportIn(Sent):
    """What went wrong at an instrument."""

    instrument: str
    words: Annotated[str, Field(min_length=1, max_length=2000)]
    severity: str = "minor"
    happened: AwareDatetime | None = None


class IncidentOut(Schema):
    """An incident; ``closed`` and ``lesson`` are empty while it is open."""

    id: int
    instrument: str
    severity: str
    words: str
    reported: AwareDatetime
    closed: AwareDatetime | None
    lesson: str


class LessonIn(Sent):
    """What is done so that it does not happen again."""

    lesson: Annotated[str, Field(min_length=1, max_length=2000)]


class PictureOut(Schema):
    """A picture of an incident, and the address of its bytes."""

    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    bytes_at: str


class IncidentWithPictures(IncidentOut):
    """An incident with its pictures."""

    pictures: list[PictureOut]


MOST_BYTES = pictures.MOST_BYTES


@router.get("/incidents", response=Page[IncidentOut], summary="Incidents I may read")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "") -> Any:
    """Those that the person reported and those of the instruments in their care, oldest first."""
    person = signed_in(request)
    rows = Incident.objects.filter(person=person) | Incident.objects.filter(
        instrument__in=belonging.looked_after_by(person)
    )
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, after = page(rows.select_related("instrument"), paged)
    return {"items": [_incident(one) for one in found], "next": after}


@router.post("/incidents", response={201: IncidentOut, 200: IncidentOut}, summary="Report a problem")
def report(request: HttpRequest, sent: ReportIn) -> Any:
    """The stewards are told; the same words again within ten minutes are the same incident, answered with 200.

    Pictures are added to it afterwards.
    """
    now = timezone.now()
    made = incidents.report(
        instrument=get_object_or_404(Instrument, key=sent.instrument), person=signed_in(request),
        words=sent.words, severity=sent.severity, happened_at=sent.happened, now=now,
    )  # fmt: skip
    return Status(201 if made.reported_at == now else 200, _incident(made))


@router.post("/incidents/{int:id}/close", response=IncidentOut, summary="Close an incident")
def close(request: HttpRequest, id: int, sent: LessonIn) -> Any:
    """Its reporter hears so; the lesson stands with it. Closing it again changes nothing."""
    incident = get_object_or_404(Incident.objects.select_related("instrument"), pk=id)
    done = incidents.close(
        incident=incident, person=signed_in(request), lesson=sent.lesson, now=timezone.now()
    )  # fmt: skip
    return _incident(done)


@router.get("/incidents/{int:id}", response=IncidentWithPictures, summary="One incident")
def show(request: HttpRequest, id: int) -> Any:
    """The incident with its pictures; for who reported it and the stewards."""
    return _whole(_readable(request, id))


@router.post("/incidents/{int:id}/reopen", response=IncidentOut, summary="Open a closed incident again")
def reopen(request: HttpRequest, id: int) -> Any:
    """The incident is open again; its lesson stays on record."""
    return _incident(incidents.reopen(incident=_found(id), person=signed_in(request), now=timezone.now()))


@router.post("/incidents/{int:id}/outage", response={201: OutageOut}, summary="Take the instrument out of use")
def take_out(request: HttpRequest, id: int) -> Any:
    """The instrument is out of use from now on because of the incident; again gives the same outage."""
    made = incidents.take_out(incident=_found(id), person=signed_in(request), now=timezone.now())
    return Status(201, outage_shown(made))


@router.post("/incidents/{int:id}/pictures", response={201: IncidentWithPictures}, summary="Add pictures")
def add_pictures(request: HttpRequest, id: int, pictures: File[list[UploadedFile]]) -> Any:
    """The pictures (PNG, JPEG or WebP, eight at most) stand with the incident; one that is there already stays one."""
    found = _found(id)
    contents = [one.read(MOST_BYTES + 1) for one in pictures[: incidents.MOST_PICTURES + 1]]
    incidents.add_pictures(incident=found, person=signed_in(request), contents=contents, now=timezone.now())
    return Status(201, _whole(found))


@router.get("/incidents/{int:id}/pictures/{sha256}", response={200: bytes}, summary="The bytes of a picture")
def picture(request: HttpRequest, id: int, sha256: str) -> Any:
    """The file itself, not JSON; for who reported the incident and the stewards."""
    kept = get_object_or_404(IncidentPicture, incident=_readable(request, id), sha256=sha256)
    path = pictures.path_of(kept.sha256)
    if not path.exists():
        raise Http404(_("The picture is on record, but its file is missing."))
    return FileResponse(
        path.open("rb"), content_type=kept.media_type, headers={"X-Content-Type-Options": "nosniff"}
    )  # fmt: skip


def _found(id: int) -> Incident:
    found: Incident = get_object_or_404(Incident.objects.select_related("instrument__facility", "person"), pk=id)
    return found


def _readable(request: HttpRequest, id: int) -> Incident:
    found = _found(id)
    if not incidents.may_read(signed_in(request), found):
        words = _("This incident is for who reported it and the stewards of %(instrument)s; ask one of them.")
        raise NotAllowed(words % {"instrument": called(found.instrument)})
    return found


def _whole(one: Incident) -> dict[str, Any]:
    names = ("sha256", "media_type", "size", "width", "height")
    shown = [
        {name: getattr(each, name) for name in names}
        | {"bytes_at": f"/api/care/incidents/{one.pk}/pictures/{each.sha256}"}
        for each in one.pictures.order_by("pk")
    ]
    return _incident(one) | {"pictures": shown}


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.pk, "instrument": one.instrument.key, "severity": one.severity, "words": one.words,
        "reported": one.reported_at, "closed": one.closed_at, "lesson": one.lesson,
    }  # fmt: skip
