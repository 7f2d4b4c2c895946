"""Named errors of the verbs as problem details (RFC 9457): one table of error, status and title."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from liqi.access.booking import Refused, SlotTaken
from liqi.access.commissions.samples import Taken
from liqi.access.kept_answers import StillRunning
from liqi.access.metering.meters import Rejected
from liqi.access.whole_job import NoSlot
from liqi.accounts.membership import NotAllowed
from liqi.web import method_words

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
    said = method_words.refused(error)
    if isinstance(error, Http404) and said.endswith("matches the given query."):  # the framework's own words
        said = _("Found no such record; take its number or key from a list.")
    if isinstance(error, AuthenticationError):
        said = _("Found no token that is good; send Authorization: Bearer with a token, or sign in.")
    return problem(status, title, said, **more)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Fields that cannot be read, each with where it stands and what is wrong."""
    errors = [
        {"field": _field(each["loc"]), "words": each["msg"].removeprefix("Value error, ")} for each in error.errors
    ]  # fmt: skip
    said = "; ".join(f"{each['field']}: {each['words']}" for each in errors)
    said += ". /api/openapi.json says what each field takes."
    return problem(422, "This cannot be taken as it is", said, errors=errors)


def _field(where: tuple[Any, ...]) -> str:
    """Where a field stands in what was sent, such as body.readings.0.at, without the name that our function has."""
    source, *steps = where
    if steps and (source == "body" or (len(steps) > 1 and isinstance(steps[1], str))):
        steps = steps[1:]
    return ".".join(map(str, (source, *steps)))


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == 403 and str(error).startswith("CSRF"):
        return problem(403, *WRONG[403])
    return problem(error.status_code, str(error))


WRONG: dict[int, tuple[str, str]] = {
    400: ("This request cannot be read", "The request cannot be read; send it as /api/openapi.json says."),
    403: (
        "This is not yours to do",
        "Found no token and no X-CSRFToken that fits; send Authorization: Bearer with a token, or the header.",
    ),
    404: ("There is no such thing", "Found no such address; /api/openapi.json lists those that there are."),
    405: ("This address does not do that", "Found a method that this address does not have; Allow names those it has."),
    500: ("This is our fault", "It has been noted; send the request again later."),
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
