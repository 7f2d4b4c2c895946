"""Unmet demand: what people asked for and nothing answered; words for techniques so that the next one finds it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from liqi import taxonomy
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue import misses, technique_words
from liqi.catalogue.models import Miss
from liqi.web import tables

PAGE = 50
WHERE = {"search": gettext_lazy("search"), "match": gettext_lazy("need in words")}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """The questions that nothing answered, by day; a POST adds words to a technique or takes one back."""
    person = _operator(request)
    if request.method == "POST":
        _change(request, person)
        return redirect(request.get_full_path())
    asked, language = request.GET, translation.get_language() or ""
    found, wrong = _found(asked)
    if asked.get("format") == "csv":
        rows = found.values_list("day", "where", "text", "filters", "language", "count")
        return tables.as_csv("liqi-misses", ("day", "where", "text", "filters", "language", "count"), rows)
    if asked.get("sort") == "count":
        found = found.order_by("-count", "-day", "id")
    added = technique_words.added()
    facts = {
        "page": Paginator(found, PAGE).get_page(asked.get("page")),
        "times": found.aggregate(times=Sum("count"))["times"] or 0,
        "where": asked.get("where", ""),
        "places": WHERE.items(),
        "q": asked.get("q", ""),
        "since": asked.get("since", ""),
        "until": asked.get("until", ""),
        "sort": asked.get("sort", ""),
        "wrong": wrong,
        "techniques": _techniques(language),
        "chosen": asked.get("technique", ""),
        "text": asked.get("text", ""),
        "added": [(key, taxonomy.techniques()[key].label(language), words) for key, words in added.items() if words],
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Unmet demand"), "")],
    }
    return render(request, "misses/misses.html", facts)


def _operator(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)
    if not person.is_operator:
        raise NotAllowed(_("Found a person who is not an operator; unmet demand is read by operators of the platform."))
    return person


def _change(request: HttpRequest, person: Person) -> None:
    given, now = request.POST, timezone.now()
    technique = given.get("technique", "")
    try:
        if word := given.get("take-back"):
            technique_words.take_back(technique, word, person=person, now=now)
            messages.success(request, _("Taken back: %(word)s") % {"word": word})
        else:
            lines = given.get("words", "").splitlines()
            technique_words.add(technique, lines, person=person, now=now)
            messages.success(request, _("The next question in these words finds the technique."))
    except (technique_words.UnknownTechnique, technique_words.WordsRefused) as problem:
        messages.error(request, str(problem))


def _found(asked: QueryDict) -> tuple[QuerySet[Miss], str]:
    try:
        since = date.fromisoformat(asked.get("since", "")) if asked.get("since") else None
        until = date.fromisoformat(asked.get("until", "")) if asked.get("until") else None
    except ValueError:
        return misses.read(), _("Found a day that cannot be read, expected one such as 2026-12-01.")
    where = asked.get("where", "")
    where = where if where in WHERE else ""
    return misses.read(where=where, text=asked.get("q", ""), since=since, until=until), ""


def _techniques(language: str) -> list[tuple[str, Any]]:
    found = [(key, one.label(language)) for key, one in taxonomy.techniques().items()]
    return sorted(found, key=lambda pair: pair[1])
