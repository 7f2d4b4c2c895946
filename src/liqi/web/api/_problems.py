"""Named errors of the verbs as problem details (RFC 9457): one table of error, status and title."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from liqi.access.booking import Refused, SlotTaken
from liqi.access.commissions.samples import Taken
from liqi.access.kept_answers import StillRunning
from liqi.access.metering.meters import Rejected
from liqi.access.whole_job import NoSlot
from liqi.accounts.membership import NotAllowed
from liqi.web import method_words
from liqi.web.api import _fields

MEDIA_TYPE = "application/problem+json"

TABLE: dict[type[Exception], tuple[int, Any]] = {
    SlotTaken: (409, gettext_lazy("This time is taken")),
    Refused: (422, gettext_lazy("The rules of the instrument are against it")),
    NoSlot: (409, gettext_lazy("No time fits the whole job")),
    Taken: (409, gettext_lazy("This is taken")),
    StillRunning: (409, gettext_lazy("This is at work")),
    NotAllowed: (403, gettext_lazy("This is not yours to do")),
    Http404: (404, gettext_lazy("There is no such thing")),
    AuthenticationError: (401, gettext_lazy("Sign in first")),
    ValueError: (422, gettext_lazy("This cannot be taken as it is")),
}
"""The error that a verb raises, the HTTP status that says the same, and its title."""


def problem(status: int, title: Any, detail: Any = "", **more: Any) -> HttpResponse:
    """One problem as JSON; ``more`` are members of its own, such as the nearest free periods."""
    body = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail or title), **more}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def register(api: NinjaAPI) -> None:
    """Every named error that a verb raises is answered as a problem."""
    for kind in TABLE:
        api.add_exception_handler(kind, _answer)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)


def _answer(request: HttpRequest, error: Any) -> HttpResponse:
    status, title = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    more: dict[str, Any] = {}
    if isinstance(error, SlotTaken):
        more["nearest"] = [{"start": start.isoformat(), "end": end.isoformat()} for start, end in error.nearest]
    if isinstance(error, Refused):
        more["objections"] = [
            {"code": objection.code, "words": objection.words, "waivable": objection.waivable}
            for objection in error.objections
        ]
    if isinstance(error, Rejected):
        more["errors"] = [{"position": position, "words": words} for position, words in error.problems]
    if isinstance(error, NoSlot):
        more |= {"step": error.index + 1, "reasons": error.reasons}
    said = method_words.refused(error)
    if isinstance(error, Http404) and said.endswith("matches the given query."):  # the framework's own words
        said = _("Found no such record; take its number or key from a list.")
    if isinstance(error, AuthenticationError):
        said = _("Found no token that is good; send Authorization: Bearer with a token, or sign in.")
    return problem(status, title, said, **more)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Fields that cannot be read, each with where it stands and what is wrong."""
    return invalid(error.errors, _sent(request))


def invalid(wrong: Iterable[Mapping[str, Any]], sent: Mapping[str, Any]) -> HttpResponse:
    """The errors of a request as a problem; ``sent`` is what came, by the part of the request that it stands in."""
    errors = [_fields.problem(each, sent) for each in wrong]
    said = " ".join(f"{each['field']}: {each['words']}" for each in errors)
    said += " " + _("/api/openapi.json says what each field takes.")
    return problem(422, TABLE[ValueError][1], said, errors=errors)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """What came, by the part of the request that it stands in; a body that is no JSON is left out."""
    match = request.resolver_match
    came: dict[str, Any] = {"query": request.GET.dict(), "path": dict(match.kwargs) if match else {}}
    if not (request.content_type or "").startswith("multipart/"):
        with suppress(ValueError, RecursionError):
            came["body"] = json.loads(request.body)
    return came


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == 403 and str(error).startswith("CSRF"):
        return problem(403, *WRONG[403])
    if error.status_code == 400 and str(error) == "Cannot parse request body":  # the framework's own words
        said = _("Found a body that is no JSON; expected JSON in UTF-8: correct it.")
        return problem(400, WRONG[400][0], said)
    return problem(error.status_code, str(error))


WRONG: dict[int, tuple[Any, Any]] = {
    400: (
        gettext_lazy("This request cannot be read"),
        gettext_lazy("The request cannot be read; send it as /api/openapi.json says."),
    ),
    403: (
        gettext_lazy("This is not yours to do"),
        gettext_lazy(
            "Found no token and no X-CSRFToken that fits; send Authorization: Bearer with a token, or the header."
        ),
    ),
    404: (
        gettext_lazy("There is no such thing"),
        gettext_lazy("Found no such address; /api/openapi.json lists those that there are."),
    ),
    405: (
        gettext_lazy("This address does not do that"),
        gettext_lazy("Found a method that this address does not have; Allow names those it has."),
    ),
    500: (gettext_lazy("This is our fault"), gettext_lazy("It has been noted; send the request again later.")),
}
"""What is said where no function of the interface was reached, or one broke: title and detail."""


def within(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around a whole request: a number in the address that no record can have leads nowhere, like one that none has."""

    @wraps(run)
    def asked(request: HttpRequest, **given: Any) -> HttpResponse:
        if any(isinstance(value, int) and value >= 2**63 for value in given.values()):
            return problem(404, TABLE[Http404][1], _("Found a number that no record has; take it from a list."))
        return run(request, **given)

    return asked


class ProblemMiddleware:
    """An error below /api/ that the interface did not put into words itself is a problem like all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; a refusal of a program is never a page."""
        answer = self.get_response(request)
        spoken = answer.headers.get("Content-Type", "").partition(";")[0].endswith("json")
        if answer.status_code < 400 or spoken or not request.path.startswith("/api/"):
            return answer
        title, detail = WRONG.get(answer.status_code, (answer.reason_phrase, ""))
        told = problem(answer.status_code, title, detail)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in answer.headers:
                told[name] = answer.headers[name]
        return told
