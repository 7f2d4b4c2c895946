"""The open protocol tus 1.0.0 as this server speaks it: the version agreed on, senders told apart, errors as sentences.

Specification: https://tus.io/protocols/resumable-upload (core, creation, creation-with-upload, checksum, expiration,
termination).
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.utils import check_csrf

from liqi.access import agents
from liqi.accounts.membership import NotAllowed
from liqi.answers import store, upload
from liqi.answers.models import Arrival, Sender, StoredFile, Upload
from liqi.web import bearer

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUMS = ("sha1", "sha256")
PIECE_BYTES = 4 << 20
CHECKED_BYTES = 16 << 20
"""A piece that comes with its checksum is held whole until it is checked."""
BODY = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
AGAIN_AFTER_S = {429: 30, 503: 60, 507: 300}
"""When a sender that was turned away should come again."""
View = Callable[..., HttpResponse]


class Unusable(ValueError):
    """A header says what cannot be; the message says what was expected."""


class WrongChecksum(Exception):
    """The piece is not what was sent; nothing of it is kept."""


STATUS: dict[type[Exception], int] = {
    NotAllowed: 403,
    agents.UnknownToken: 401,
    Unusable: 400,
    WrongChecksum: CHECKSUM_MISMATCH,
    upload.WrongOffset: 409,
    upload.TooLong: 413,
    upload.TooMany: 429,
    upload.DiskFull: 507,
    upload.NoRoom: 413,
    upload.WrongHash: CHECKSUM_MISMATCH,
    store.Unreachable: 503,
}


def speaks_tus(view: View) -> View:
    """The view speaks tus with its ``sender``: somebody signed in (their form's secret checked) or an agent."""

    @csrf_exempt
    @wraps(view)
    def speak(request: HttpRequest, **words: str) -> HttpResponse:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            said = _("Found the version %(found)s; expected the header Tus-Resumable: %(version)s; send it.")
            found = request.headers.get("Tus-Resumable", "")[:20] or "–"
            answer = _refused(said % {"found": found, "version": VERSION}, 412)
            answer["Tus-Version"] = VERSION
        else:
            try:
                answer = _sender(request) or view(request, **words)
            except tuple(STATUS) as problem:
                answer = refusal(problem)
                drain(request)
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    return speak


def _sender(request: HttpRequest) -> HttpResponse | None:
    """Who sends is on the request after the call; an answer where nobody may."""
    agent = bearer.agent_of(request)
    sender: Any = agent or request.user
    if agent is None and not request.user.is_authenticated:
        return _refused(_("Found nobody signed in; sign in, then send the file again."), 401)
    if agent is None and (refused := check_csrf(request)):
        return refused
    request.sender = sender  # type: ignore[attr-defined]
    return None


def sender_of(request: HttpRequest) -> Sender:
    """Who sends; the view is one that ``speaks_tus``."""
    sender = request.sender  # type: ignore[attr-defined]
    assert isinstance(sender, Sender)
    return sender


def _refused(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def refusal(problem: Exception) -> HttpResponse:
    """The error as one sentence, with the moment to come again where there is one."""
    status = next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)
    unreachable = isinstance(problem, store.Unreachable)
    said = _("The store of files does not answer; nothing is lost, go on in a while.") if unreachable else str(problem)
    answer = _refused(said, status)
    if status in AGAIN_AFTER_S:
        answer["Retry-After"] = str(AGAIN_AFTER_S[status])
    if isinstance(problem, upload.WrongOffset):
        answer["Upload-Offset"] = str(problem.offset)
    return answer


def take(request: HttpRequest, one: Upload, offset: int) -> Upload:
    """What the request brings is appended, piece by piece, so that a cut loses at most one piece.

    With a checksum it is taken whole or not at all; raises WrongChecksum.
    """
    if offset != one.offset:
        raise upload.WrongOffset(offset, one.offset)
    if checksum := request.headers.get("Upload-Checksum", ""):
        return upload.append(upload=one, offset=offset, piece=_checked(request, checksum), now=datetime.now(UTC))
    while True:
        try:
            piece = request.read(PIECE_BYTES)
        except OSError:  # the line was cut; what came before is kept
            return one
        if not piece:
            return one
        one = upload.append(upload=one, offset=one.offset, piece=piece, now=datetime.now(UTC))


def drain(request: HttpRequest) -> None:
    """What came along and is not wanted is read, so that the sender hears the answer instead of a cut line."""
    left = 2 * CHECKED_BYTES
    try:
        while left > 0 and (piece := request.read(PIECE_BYTES)):
            left -= len(piece)
    except OSError:
        return


def _checked(request: HttpRequest, checksum: str) -> bytes:
    name, _space, encoded = checksum.partition(" ")
    if name not in CHECKSUMS:
        words = _("Found the checksum %(found)s; expected one of %(known)s; send one of them.")
        raise Unusable(words % {"found": name[:20] or "–", "known": ", ".join(CHECKSUMS)})
    try:
        wanted = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        raise Unusable(_("Found a checksum that is not base64; expected base64; encode it so.")) from None
    try:
        piece = request.read(CHECKED_BYTES + 1)
    except OSError:
        raise WrongChecksum(_("The line was cut within the piece; send it again.")) from None
    if len(piece) > CHECKED_BYTES:
        words = _("Found a longer piece with a checksum; expected at most %(most)s bytes; send smaller pieces.")
        raise upload.TooLong(words % {"most": f"{CHECKED_BYTES:,}"})
    if hashlib.new(name, piece, usedforsecurity=False).digest() != wanted:
        raise WrongChecksum(_("The piece changed on its way; send it again."))
    return piece


def tell(answer: HttpResponse, one: Upload, made: StoredFile | Arrival | None) -> HttpResponse:
    """The answer says how far the upload is, and what it became."""
    answer["Upload-Offset"], answer["Upload-Length"] = str(one.offset), str(one.size)
    answer["Upload-Expires"] = http_date(one.expires_at.timestamp())
    if made is not None:
        answer["Liqi-File"], answer["Liqi-Sha256"] = made.key, made.sha256
    return answer


def number(request: HttpRequest, header: str) -> int:
    """The number in a header; raises Unusable."""
    said = request.headers.get(header, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 19):
        words = _("Found “%(found)s” in the header %(header)s; expected a whole number of bytes; send it.")
        raise Unusable(words % {"found": said[:20], "header": header})
    return int(said)


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
