"""Stored bytes sent as they are read, whole or the one range that was asked for (RFC 9110, section 14)."""

from __future__ import annotations

import re

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.translation import gettext as _

from liqi.answers import storage, store

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def send(request: HttpRequest, *, sha256: str, size: int, name: str, kind: str = "") -> HttpResponseBase:
    """The bytes under that name as a file to keep, or to show where a kind is given; raises Http404."""
    mark = f'"{sha256}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified()
    found = _range(request, size, mark)
    if found == "none":
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = found if isinstance(found, tuple) else (0, size)
    try:
        stream = storage.opened(sha256, start, end - start)
    except store.Gone:
        raise Http404(_("The bytes of this file are not kept any more; its record and hash are.")) from None
    answer = FileResponse(
        stream, as_attachment=not kind, filename=name,
        content_type=kind or "application/octet-stream",
    )  # fmt: skip
    answer["Content-Length"], answer["Accept-Ranges"], answer["ETag"] = str(end - start), "bytes", mark
    if isinstance(found, tuple):
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return answer


def _range(request: HttpRequest, size: int, mark: str) -> tuple[int, int] | str:
    """From and until; empty for the whole file (several ranges too), "none" where it lies outside."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if asked is None or asked.group() == "bytes=-" or request.headers.get("If-Range", mark) != mark:
        return ""
    first, last = asked.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    return (start, end) if start < end else "none"
