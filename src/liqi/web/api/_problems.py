"""Named errors of the verbs as problem details (RFC 9457): one table of error, status and title."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from liqi.access.booking import Refused, SlotTaken
from liqi.access.commissions.samples import Taken
from liqi.access.kept_answers import StillRunning
from liqi.access.metering.meters import Rejected
from liqi.access.whole_job import NoSlot
from liqi.accounts.membership import NotAllowed

MEDIA_TYPE = "application/problem+json"

TABLE: dict[type[Exception], tuple[int, str]] = {
    SlotTaken: (409, "This time is taken"),
    Refused: (422, "The rules of the instrument are against it"),
    NoSlot: (409, "No time fits the whole job"),
    Taken: (409, "This is taken"),
    StillRunning: (409, "This is at work"),
    NotAllowed: (403, "This is not yours to do"),
    Http404: (404, "There is no such thing"),
    AuthenticationError: (401, "Sign in first"),
    ValueError: (422, "This cannot be taken as it is"),
}
"""The error that a verb raises, the HTTP status that says the same, and its title."""


def problem(status: int, title: str, detail: str = "", **more: Any) -> HttpResponse:
    """One problem as JSON; ``more`` are members of its own, such as the nearest free periods."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail or title, **more}
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
    return problem(status, title, str(error), **more)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Fields that cannot be read, each with where it stands and what is wrong."""
    errors = [{"field": ".".join(str(part) for part in each["loc"]), "words": each["msg"]} for each in error.errors]
    said = "; ".join(f"{each['field']}: {each['words']}" for each in errors)
    return problem(422, "This cannot be taken as it is", said, errors=errors)


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, str(error))
