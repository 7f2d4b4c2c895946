"""/api/me: my account, PIN and badge, my calendar feed, everything that is kept about me, being forgotten."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from liqi.access import ical
from liqi.access.metering import kiosk
from liqi.accounts import personal_data, profile
from liqi.accounts.models import Person
from liqi.web.api._once import changes_nothing
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["me"], auth=SIGNED_IN)


class GroupOfMine(Schema):
    """An organisation and what I am in it."""

    id: int
    name: str
    kind: str
    role: str


class Me(Schema):
    """Who asks, in which language they read, and their organisations."""

    id: int
    name: str
    email: str
    language: str
    operator: bool
    organisations: list[GroupOfMine]


class Feed(Schema):
    """The secret address of my bookings as iCalendar; whoever knows it reads them."""

    address: str


class ProfileIn(Sent):
    """How I am called, the language of my pages (blank follows the browser), and my time zone."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    language: Annotated[str, Field(max_length=10)] = ""
    time_zone: Annotated[str, Field(max_length=60)]


class PassIn(Sent):
    """A PIN of 4 to 8 figures, a badge; an empty one is taken away, one that is left out stays."""

    pin: Annotated[str, Field(max_length=8)] | None = None
    badge: Annotated[str, Field(max_length=64)] | None = None


class PassOut(Schema):
    """Whether I am known at tablets by a PIN, by a badge."""

    pin: bool
    badge: bool


class Goodbye(Sent):
    """One's own e-mail address, as nothing undoes it."""

    email: Annotated[str, Field(max_length=254)]


@router.get("", response=Me, summary="Who I am")
def show(request: HttpRequest) -> Any:
    """The account of whoever asks."""
    person = signed_in(request)
    rows = person.memberships.select_related("organisation").order_by("pk")
    groups = [
        {"id": one.organisation_id, "name": one.organisation.name, "kind": one.organisation.kind, "role": one.role}
        for one in rows
    ]
    names = ("name", "email", "language")
    facts = {"id": person.pk, "operator": person.is_operator, "organisations": groups}
    return facts | {name: getattr(person, name) for name in names}


@router.post("/feed", response=Feed, summary="The address of my calendar feed")
@changes_nothing
def feed(request: HttpRequest) -> Any:
    """The address at which a calendar program reads my bookings; it outlives the token that asked."""
    return {"address": _address(request, signed_in(request).feed_token)}


@router.post("/feed/renew", response=Feed, summary="Renew the address of my calendar feed")
def renew(request: HttpRequest) -> Any:
    """The feed has a new address, and the old one answers nothing any more."""
    return {"address": _address(request, ical.renew(person=signed_in(request), now=timezone.now()))}


@router.post("/export", response={200: bytes}, summary="Everything that is kept about me")
@changes_nothing
def export(request: HttpRequest) -> Any:
    """The file itself, not JSON: a ZIP (`application/zip`) with each table as CSV and as JSON."""
    made = personal_data.export(signed_in(request), now=timezone.now())
    return HttpResponse(
        made,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "no-store"},
    )


@router.put("", response=Me, summary="Change my profile")
def change(request: HttpRequest, sent: ProfileIn) -> Any:
    """I am called so, read this language and count time in this zone."""
    profile.change(signed_in(request), **sent.dict())
    return show(request)


@router.put("/kiosk-pass", response=PassOut, summary="My PIN and badge")
def set_pass(request: HttpRequest, sent: PassIn) -> Any:
    """I am known by them at the tablets beside instruments."""
    row = kiosk.set_pass(person=signed_in(request), now=timezone.now(), **sent.dict())
    return {"pin": bool(row.pin_hash), "badge": bool(row.badge_hash)}


@router.delete("", response={204: None}, summary="Be forgotten")
def forget(request: HttpRequest, sent: Goodbye) -> Any:
    """Name and address are gone, tokens and notices deleted; what had to stay as evidence carries no name."""
    person: Person = signed_in(request)
    if sent.email.strip().lower() != person.email:
        words = _("Found another address; send your own, %(email)s, to be forgotten.")
        raise ValueError(words % {"email": person.email})
    personal_data.forget(person=person, by=person, now=timezone.now())
    return HttpResponse(status=204)


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("feed_ics", args=[token]))
