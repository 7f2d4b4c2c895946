"""Named errors of the verbs turned into pages: one table of error and status, and the four plain error pages."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.web import library_words, method_words

STATUS = {
    "liqi.answers.amendments.NotPossible": 422,
    "liqi.answers.arrivals.NotPossible": 422,
    "liqi.answers.batches.NotPossible": 422,
    "liqi.answers.gates.NotPossible": 422,
    "liqi.answers.peaks.NotPossible": 422,
    "liqi.answers.run.NoFile": 422,
    "liqi.methods.BadParameter": 422,
    "liqi.answers.releases.NotPossible": 422,
    "liqi.answers.retention.Impossible": 422,
    "liqi.access.commissions.states.NotPossible": 422,
    "liqi.access.commissions.samples.Taken": 409,
    "liqi.access.commissions.samples.WrongSamples": 422,
    "liqi.access.commissions.storage.WrongPlace": 422,
    "liqi.access.commissions.forms.WrongForm": 422,
    "liqi.catalogue.bulk_edit.NotPossible": 422,
    "liqi.catalogue.merging.Clash": 409,
    "liqi.catalogue.merging.NotAsItWas": 409,
    "liqi.accounts.membership.NotAllowed": 403,
    "liqi.access.metering.terms.NotPossible": 422,
    "liqi.access.care.refusal.NotPossible": 422,
    "liqi.access.evaluation.refusal.NotSound": 422,
    "liqi.access.rulebook.NotPossible": 422,
    "liqi.observatory.policies.NotPossible": 422,
    "liqi.access.training.documents.NotPossible": 422,
    "liqi.access.training.practical.NotPossible": 422,
    "liqi.access.training.qualification.NotPossible": 422,
    "liqi.access.training.quiz.NotPossible": 422,
    "liqi.access.training.sessions.NotPossible": 422,
    "liqi.access.booking.SlotTaken": 409,
    "liqi.access.money.refusal.Unable": 422,
    "liqi.access.booking.Refused": 422,
    "liqi.access.matching.UnknownPlace": 422,
    "liqi.catalogue.technique_words.UnknownTechnique": 422,
    "liqi.catalogue.technique_words.WordsRefused": 422,
    "liqi.observatory.boards.NotPossible": 422,
    "liqi.methods.UnreadableFile": 422,
    "liqi.catalogue.importer.UnreadableFile": 422,
    "liqi.catalogue.exporter.NotExportable": 422,
}
"""The error a verb raises, and the HTTP status that says the same."""


def status_of(problem: BaseException) -> int | None:
    """The status of a named error (or of its parent class), None when the error has no place in the table."""
    for kind in type(problem).__mro__:
        names = {f"{kind.__module__}.{kind.__qualname__}"}
        for path in STATUS:
            module, _dot, name = path.rpartition(".")
            if name == kind.__qualname__ and getattr(import_module(module), name, None) is kind:
                names.add(path)
        for path in names & STATUS.keys():
            return STATUS[path]
    return None


class ErrorMiddleware:
    """A named error that a page lets through becomes a page that says what was found and what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The page of the error, None for an error that has no name here."""
        status = status_of(problem)
        if status is None or request.path.startswith("/api/"):
            return None
        titles = {
            403: _("This is not yours to do"),
            409: _("This time is taken"),
            422: _("This cannot be taken as it is"),
        }
        return _page(
            request,
            status,
            titles[status],
            library_words.told(method_words.refused(problem), translation.get_language()),
            objections=[str(objection) for objection in getattr(problem, "objections", [])],
            nearest=getattr(problem, "nearest", []),
        )


def _page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    facts = {"title": title, "text": text, "back": request.headers.get("Referer", ""), **more}
    return render(request, "errors/error.html", facts, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: found an address that leads nowhere; search instead."""
    text = _("Found no page at %(path)s. It may have been moved or never existed; searching the catalogue may help.")
    return _page(request, 404, _("Nothing here"), text % {"path": request.path})


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: the person may not see or do this; also a form that has grown old."""
    text = str(exception or "") or _(
        "You may not see this page, or the form was open for too long. Sign in, go back, and send it again."
    )
    return _page(request, 403, _("This is not yours to do"), text)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read."""
    return _page(request, 400, _("This request cannot be read"), _("Go back and try once more."))


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; says so in three languages without asking the database."""
    return HttpResponseServerError(
        '<!doctype html><html lang="zh-hans"><meta charset="utf-8"><title>Liqi</title>'
        "<p>这是我们的错，已经记下。请返回后再试。</p><p>這是我們的錯，已經記下。請返回後再試。</p>"
        "<p>This is our fault, and it has been noted. Please go back and try again.</p>"
        '<p><a href="/">Liqi</a></p></html>'
    )
