"""Files on their way in, from people and from instruments: created, sent piece by piece, gone on with after a cut."""

import re
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from liqi.access import orders
from liqi.access.models import Agent, Order
from liqi.accounts.models import Person
from liqi.answers import quota, upload
from liqi.answers.models import Upload
from liqi.web import tus

SHA256 = re.compile(r"[0-9a-f]{64}")
WORST_CLOCK = timedelta(days=3650)
"""A clock that is wrong by more says nothing; the time of arrival stands instead."""


@tus.speaks_tus
def create(request: HttpRequest) -> HttpResponse:
    """POST makes an empty upload, with its first bytes where they come along; OPTIONS says what this server speaks."""
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
        answer["Tus-Version"], answer["Tus-Extension"] = tus.VERSION, tus.EXTENSIONS
        answer["Tus-Max-Size"] = str(quota.per_person())
        answer["Tus-Checksum-Algorithm"] = ",".join(tus.CHECKSUMS)
        return answer
    if request.method != "POST":
        return HttpResponse(status=405)
    size, now = tus.number(request, "Upload-Length"), datetime.now(UTC)
    facts = tus.metadata(request.headers.get("Upload-Metadata", ""))
    sender = tus.sender_of(request)
    one = _of_person(sender, facts, size, now) if isinstance(sender, Person) else _of_agent(sender, facts, size, now)
    if request.headers.get("Content-Type") == tus.BODY and one.offset == 0 and one.size:
        one = tus.take(request, one, 0)
    else:
        tus.drain(request)
    return _told(HttpResponse(status=201), one)


@tus.speaks_tus
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """HEAD says how far the upload is, PATCH sends the next bytes, DELETE gives it up."""
    one = get_object_or_404(Upload.objects.of(tus.sender_of(request)), key=key)
    if request.method == "DELETE":
        if one.file is None and one.arrival is None:
            upload.drop(upload=one)
        return HttpResponse(status=204)
    if request.method == "HEAD":
        return _told(HttpResponse(status=200), one)
    if request.method != "PATCH":
        return HttpResponse(status=405)
    if request.headers.get("Content-Type") != tus.BODY:
        words = _("Found another kind of content; expected Content-Type: %(kind)s; send it so.")
        return HttpResponse(words % {"kind": tus.BODY}, status=415, content_type="text/plain; charset=utf-8")
    one = tus.take(request, one, tus.number(request, "Upload-Offset"))
    return _told(HttpResponse(status=204), one)


@tus.speaks_tus
def known(request: HttpRequest, sha256: str) -> HttpResponse:
    """HEAD asks by hash: how far these bytes came, whoever of the instrument sent them; 404 where they never did."""
    if request.method != "HEAD":
        return HttpResponse(status=405)
    sender = tus.sender_of(request)
    if not isinstance(sender, Agent):
        one = Upload.objects.of(sender).filter(sha256_expected=sha256).order_by("file", "-offset").first()
    else:
        one = upload.known_to(agent=sender, sha256=sha256)
    return _told(HttpResponse(status=200), one) if one is not None else HttpResponse(status=404)


def _told(answer: HttpResponse, one: Upload) -> HttpResponse:
    made = upload.finish(upload=one, now=datetime.now(UTC)) if one.is_complete else None
    answer["Location"] = reverse("upload", kwargs={"key": one.key})
    return tus.tell(answer, one, made)


def _of_person(person: Person, facts: dict[str, str], size: int, now: datetime) -> Upload:
    order = _order(facts.get("order", ""), person)
    name, sha256 = facts.get("filename", ""), facts.get("sha256", "")
    return upload.begin(name=name, size=size, person=person, order=order, sha256=sha256, now=now)


def _of_agent(agent: Agent, facts: dict[str, str], size: int, now: datetime) -> Upload:
    sha256, path = facts.get("sha256", "").lower(), facts.get("filename", "")
    if not SHA256.fullmatch(sha256) or not path:
        words = _("Found no filename and sha256 (64 hexadecimal figures) in the header Upload-Metadata; send both.")
        raise tus.Unusable(words)
    return upload.begin_from(
        agent=agent, path=path, size=size, sha256=sha256, modified_at=_moment(facts, now), now=now,
        entire=facts.get("entire") != "no",
    )  # fmt: skip


def _moment(facts: dict[str, str], now: datetime) -> datetime:
    """When the file was last written, the agent's clock set right by its own measure of how wrong it is."""
    try:
        said = datetime.fromisoformat(facts["modified"]).astimezone(UTC)
        at = said - timedelta(seconds=float(facts.get("skew", "0")))
    except (KeyError, ValueError, OverflowError):
        return now
    return at if abs(at - now) < WORST_CLOCK else now


def _order(key: str, person: Person) -> Order | None:
    if not key:
        return None
    order = get_object_or_404(Order, key=key)
    orders.require_sight(order, person)
    return order
