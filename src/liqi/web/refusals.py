"""A refusal of a booking verb as people and programs read it: what stands in the way, and the nearest that works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from liqi.access.booking import NotAllowed, Refused, SlotTaken
from liqi.web import periods
from liqi.web.errors import status_of

REFUSALS = (SlotTaken, Refused, NotAllowed)


@dataclass(frozen=True)
class Refusal:
    """A named error with its status, its title, its reasons, and free periods as (words, form values)."""

    status: int
    title: str
    reasons: list[str]
    nearest: list[tuple[str, dict[str, str]]]

    @property
    def text(self) -> str:
        """The reasons in one line."""
        return " ".join(self.reasons) or self.title

    def as_json(self, address: str) -> JsonResponse:
        """A problem document (RFC 9457); each nearest period says where to send which fields."""
        nearest = [{"text": said, "address": address, "fields": fields} for said, fields in self.nearest]
        facts: dict[str, Any] = {"title": self.title, "status": self.status, "detail": self.text, "nearest": nearest}
        return JsonResponse(facts, status=self.status, content_type="application/problem+json")


def of(problem: Exception, zone: str) -> Refusal:
    """The refusal that the error stands for, periods on the clock of the zone."""
    titles = {403: _("This is not yours to do"), 409: _("This time is taken")}
    status = status_of(problem) or 422
    objections = getattr(problem, "objections", None)
    reasons = [objection.words for objection in objections] if objections else [str(problem)]
    nearest = [
        (periods.in_words(start, end, zone), periods.fields_of(start, end, zone))
        for start, end in getattr(problem, "nearest", [])
    ]
    if nearest:
        reasons = [_("Somebody else holds the instrument then. These free times are nearest:")]
    return Refusal(status, titles.get(status, _("This cannot be booked as it is")), reasons, nearest)


def wants_json(request: HttpRequest) -> bool:
    """Whether the answer goes to the island rather than to a page."""
    return request.accepts("application/json") and "application/json" in request.headers.get("Accept", "")


def wants_page(request: HttpRequest) -> bool:
    """Whether a refusal can be shown as a page: a form was sent, by the dialog or without JavaScript."""
    return "text/html" in request.headers.get("Accept", "text/html")
