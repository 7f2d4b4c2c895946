"""Files on their way in, by the open protocol tus 1.0.0: created, sent piece by piece, gone on with after a cut."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date

from liqi.access import orders
from liqi.access.models import Order
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import upload
from liqi.answers.models import StoredFile, Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PIECE_BYTES = 4 << 20
CHECKSUM_MISMATCH = 460
STATUS: dict[type[Exception], int] = {
    NotAllowed: 403,
    upload.WrongOffset: 409,
    upload.TooLong: 413,
    upload.NoRoom: 413,
    upload.WrongHash: CHECKSUM_MISMATCH,
}
View = Callable[..., HttpResponse]


def tus(view: View) -> View:
    """The view speaks tus: signed-in people only, the version agreed on, named errors as plain sentences."""

    @wraps(view)
    def speak(request: HttpRequest, **words: str) -> HttpResponse:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            answer = HttpResponse(f"expected the header Tus-Resumable: {VERSION}", status=412)
            answer["Tus-Version"] = VERSION
        elif not request.user.is_authenticated:
            answer = HttpResponse("sign in, then send the file again", status=401)
        else:
            try:
                answer = view(request, **words)
            except tuple(STATUS) as problem:
                status = next(status for kind, status in STATUS.items() if isinstance(problem, kind))
                answer = HttpResponse(str(problem), status=status, content_type="text/plain; charset=utf-8")
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    return speak


@tus
def create(request: HttpRequest) -> HttpResponse:
    """POST makes an empty upload; OPTIONS says what this server speaks."""
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
        answer["Tus-Version"], answer["Tus-Extension"] = VERSION, EXTENSIONS
        answer["Tus-Max-Size"] = str(upload.quota_bytes())
        return answer
    if request.method != "POST":
        return HttpResponse(status=405)
    length = request.headers.get("Upload-Length", "")
    if not length.isdecimal():
        return HttpResponse("expected the header Upload-Length in bytes", status=400)
    facts = metadata(request.headers.get("Upload-Metadata", ""))
    person, now = _person(request), datetime.now(UTC)
    order = _order(facts.get("order", ""), person)
    name, sha256 = facts.get("filename", ""), facts.get("sha256", "")
    one = upload.begin(name=name, size=int(length), person=person, order=order, sha256=sha256, now=now)
    answer = HttpResponse(status=201)
    answer["Location"] = reverse("upload", kwargs={"key": one.key})
    _tell(answer, one, upload.finish(upload=one, now=now) if one.size == 0 else None)
    return answer


@tus
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """HEAD says how far the upload is, PATCH sends the next bytes, DELETE gives it up."""
    person = _person(request)
    one = get_object_or_404(Upload.objects.of(person), key=key)
    if request.method == "DELETE":
        upload.drop(upload=one)
        return HttpResponse(status=204)
    if request.method == "HEAD":
        answer = HttpResponse(status=200)
    elif request.method == "PATCH":
        if request.headers.get("Content-Type") != "application/offset+octet-stream":
            return HttpResponse("expected Content-Type: application/offset+octet-stream", status=415)
        offset = request.headers.get("Upload-Offset", "")
        if not offset.isdecimal():
            return HttpResponse("expected the header Upload-Offset in bytes", status=400)
        one = _take(request, one, int(offset))
        answer = HttpResponse(status=204)
    else:
        return HttpResponse(status=405)
    _tell(answer, one, upload.finish(upload=one, now=datetime.now(UTC)) if one.is_complete else None)
    return answer


def _take(request: HttpRequest, one: Upload, offset: int) -> Upload:
    """What the request brings is appended, piece by piece, so that a cut loses at most one piece."""
    if offset != one.offset:
        raise upload.WrongOffset(offset, one.offset)
    while True:
        try:
            piece = request.read(PIECE_BYTES)
        except OSError:  # the line was cut; what came before is kept
            return one
        if not piece:
            return one
        one = upload.append(upload=one, offset=one.offset, piece=piece, now=datetime.now(UTC))


def _tell(answer: HttpResponse, one: Upload, file: StoredFile | None) -> None:
    answer["Upload-Offset"], answer["Upload-Length"] = str(one.offset), str(one.size)
    answer["Upload-Expires"] = http_date(one.expires_at.timestamp())
    if file is not None:
        answer["Liqi-File"], answer["Liqi-Sha256"] = file.key, file.sha256


def metadata(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header; a value that is not base64 of UTF-8 is left out.

    >>> metadata("filename cnVuLm16TUw=,order MmFi")
    {'filename': 'run.mzML', 'order': '2ab'}
    """
    facts = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            facts[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return facts


def _order(key: str, person: Person) -> Order | None:
    if not key:
        return None
    order = get_object_or_404(Order, key=key)
    orders.require_sight(order, person)
    return order


def _person(request: HttpRequest) -> Person:
    user: Any = request.user
    assert isinstance(user, Person)
    return user
