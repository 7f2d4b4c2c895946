"""The list of batches: one's own, found again by name, method, file or state; a name given to one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liqi.answers import batches
from liqi.answers.models import Batch
from liqi.methods import all_methods
from liqi.web import figures, tables
from liqi.web.asked import signed_in

PAGE = 50
MOST_LETTERS = 120
SORTS = {"name": "name", "method": "method", "samples": "samples", "begun": "begun_at"}
STATES = {"going": Q(going__gt=0), "over": Q(going=0), "failed": Q(failed__gt=0)}
FIELDS = ("key", "name", "method", "begun_at", "samples", "answered", "failed", "going")


@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """One's batches, newest first, with how far each is; CSV or XLSX where asked for."""
    text, state, sort = (request.GET.get(name, "").strip() for name in ("q", "state", "sort"))
    found = _found(batches.counted(Batch.objects.filter(person=signed_in(request))), text, state)
    name, down = sort.removeprefix("-"), sort.startswith("-")
    order = F(SORTS[name]) if name in SORTS else F("begun_at")
    found = found.order_by(order.desc() if down or name not in SORTS else order.asc(), "-pk")
    titles = {method.id: method.title for method in all_methods()}
    if make := tables.FORMATS.get(request.GET.get("format", "")):
        return make("liqi-batches", _head(), _rows(found, titles))
    facts = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "titles": titles,
        "q": text,
        "state": state,
        "states": [("going", _("going on")), ("over", _("over")), ("failed", _("with failures"))],
        "sort": sort,
        "columns": [("name", _("Batch")), ("method", _("Method")), ("samples", _("Samples")), ("begun", _("Started"))],
        "crumbs": [(_("Answers"), reverse("answers")), (_("My batches"), "")],
    }
    return render(request, "answers/batches.html", facts)


def _found(mine: QuerySet[Batch], text: str, state: str) -> QuerySet[Batch]:
    """Those whose name, key, method or a file's name holds the text, in the state."""
    words = text.replace("\0", "")[:MOST_LETTERS]
    if words:
        methods = [one.id for one in all_methods() if any(words.casefold() in said.casefold() for said in _said(one))]
        with_file = Batch.objects.filter(runs__files__name__icontains=words).values("pk")
        named = Q(name__icontains=words) | Q(key=words.upper()) | Q(key=words) | Q(method__in=methods)
        mine = mine.filter(named | Q(pk__in=with_file))
    return mine.filter(STATES[state]) if state in STATES else mine


def _said(method: Any) -> tuple[str, ...]:
    return (method.id, *(method.title.of(language) for language in ("en", "zh-hans", "zh-hant")))


def _head() -> list[str]:
    if not figures.in_chinese():
        return list(FIELDS)
    states = [pgettext("run", "answered"), pgettext("run", "failed"), _("going on")]
    return [_("Batch"), _("Name"), _("Method"), _("Started"), _("Samples"), *states]


def _rows(found: QuerySet[Batch], titles: dict[str, Any]) -> Iterator[list[Any]]:
    language = get_language() or "en"
    for one in found.iterator(chunk_size=500):
        row = [getattr(one, name) for name in FIELDS]
        row[3] = one.begun_at.isoformat(timespec="seconds")
        if figures.in_chinese() and one.method in titles:
            row[2] = titles[one.method].of(language)
        yield row


@require_POST
@login_required
def call(request: HttpRequest, key: str) -> HttpResponse:
    """The batch bears the name that was typed."""
    person = signed_in(request)
    batch = get_object_or_404(Batch.objects.visible_to(person), key=key)
    batches.call(batch=batch, name=request.POST.get("name", ""), person=person, now=datetime.now(UTC))
    return redirect("batch", key=key)
