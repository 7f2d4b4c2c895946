"""/api/runs/KEY/exports: the answer of a run in the formats of other programs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError

from liqi.accounts.models import Person
from liqi.answers import answer, signatures
from liqi.answers.models import Run
from liqi.methods import LANGUAGES
from liqi.methods.exports import NotExportable, exports_of, write_export
from liqi.web.api._choices import one_of
from liqi.web.bearer import ANYBODY, SIGNED_IN

router = Router(tags=["runs"], auth=SIGNED_IN)


class ExportOut(Schema):
    """A format that an answer can leave in."""

    key: str
    ending: str
    media_type: str
    title: dict[str, str]


@router.get("/{key}/exports", response=list[ExportOut], auth=ANYBODY, summary="List the formats of an answer")
def formats(request: HttpRequest, key: str) -> Any:
    """The formats that can say this answer."""
    found = exports_of(answer.read(_done(request, key)))
    return [
        {"key": one.key, "ending": one.ending, "media_type": one.media_type, "title": one.title.as_json()}
        for one in found
    ]


@router.get("/{key}/exports/{form}", auth=ANYBODY, response={200: str}, summary="Take an answer in a format")
def take(request: HttpRequest, key: str, form: str, language: str = "en") -> Any:
    """The file itself, not JSON: mzTab-M, mzSpecLib, mzQC or CSV, with its own media type."""
    one = _done(request, key)
    one_of(language, LANGUAGES)
    assert one.ended_at is not None
    facts = answer.read(one) | {"people": signatures.layer_of(one).as_json()}
    try:
        text = write_export(facts, form, now=one.ended_at, language=language)
    except NotExportable as problem:
        raise Http404(str(problem)) from None
    chosen = next(each for each in exports_of(facts) if each.key == form)
    return HttpResponse(text, content_type=chosen.media_type)


def _done(request: HttpRequest, key: str) -> Run:
    """The run that the asker may see and that has an answer; 404 for one not theirs, 409 while it is going on."""
    user: Any = request.user
    runs = Run.objects.visible_to(user if isinstance(user, Person) else None)
    one: Run = get_object_or_404(runs, key=key)
    if one.state != Run.State.DONE:
        words = _("Found run %(key)s %(state)s, expected an answer; wait for its end or start another.")
        raise HttpError(409, words % {"key": key, "state": one.state})
    return one
