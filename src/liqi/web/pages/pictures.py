"""Pictures of instruments: shown from here, added and taken away by those who look after them."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.catalogue import editing, pictures
from liqi.catalogue.models import Instrument, Picture, RecordChange
from liqi.web.asked import signed_in

HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
}
"""A picture never changes under its hash, and is never anything but a picture."""


@require_safe
def show(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The bytes of a picture that stands with an instrument of the catalogue."""
    known = Picture.objects.filter(sha256=sha256, instrument__removed_at=None).first()
    if known is None or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise Http404(_("No picture of the catalogue has this address."))
    path = pictures.path_of(sha256)
    if not path.exists():
        raise Http404(_("The picture is on record, but its file is missing."))
    answer = FileResponse(path.open("rb"), content_type=known.media_type)
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


@login_required
@require_POST
def add(request: HttpRequest, key: str) -> HttpResponseRedirect:
    """The picture stands with the instrument, or the message says what was wrong with it."""
    instrument, person = get_object_or_404(Instrument, key=key), signed_in(request)
    sent = request.FILES.get("picture")
    if sent is None:
        messages.error(request, _("Found no file; choose a PNG, JPEG or WebP picture."))
        return redirect("instrument", key)
    content = sent.read(pictures.MOST_BYTES + 1)
    words = {name: request.POST.get(name, "").strip() for name in ("caption", "credit", "licence")}
    try:
        done = pictures.add(instrument, content, person=person, now=timezone.now(), **words)
    except pictures.UnusablePicture as problem:
        messages.error(request, str(problem))
    except editing.Invalid as problem:
        messages.error(request, " ".join(problem.problems.values()))
    else:
        _tell(request, _("The picture is added.") if done else _("This picture was there already."), done)
    return redirect("instrument", key)


@login_required
@require_POST
def remove(request: HttpRequest, key: str, sha256: str) -> HttpResponseRedirect:
    """The picture is taken away; undo puts it back."""
    picture = get_object_or_404(Picture.objects.select_related("instrument"), instrument__key=key, sha256=sha256)
    _tell(
        request,
        _("The picture is taken away."),
        pictures.remove(picture, person=signed_in(request), now=timezone.now()),
    )
    return redirect("instrument", key)


def _tell(request: HttpRequest, text: str, done: RecordChange | None) -> None:
    messages.success(request, text, extra_tags=reverse("change_undo", args=[done.pk]) if done else "")
