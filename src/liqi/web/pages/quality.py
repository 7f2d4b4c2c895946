"""How good an owner's records are: what is filled in, what needs a look; every figure opens its rows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import editing, quality
from liqi.catalogue.models import Institution, Instrument
from liqi.web import fieldnames, scripts, tables
from liqi.web.asked import signed_in

PAGE, EXPORTED, WORDS_SHOWN = 50, 10_000, 200
ISSUES = {
    "unconfirmed": gettext_lazy("not confirmed within 12 months"),
    "unclassified": gettext_lazy("without a class"),
    "no_maker": gettext_lazy("without a maker"),
    "no_place": gettext_lazy("without a place"),
    "value": gettext_lazy("value to look at again (below 1,000 or from 200 million CNY)"),
    "dates": gettext_lazy("dates that cannot be"),
    "placeholder": gettext_lazy("a placeholder or a number instead of a name"),
    "duplicates": gettext_lazy("maybe on record twice"),
    "never_booked": gettext_lazy("can be booked, never was"),
    "no_hours": gettext_lazy("no hours declared or metered within a year"),
}


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """Every institution whose records this person looks after, with its score and what needs a look."""
    person, today = signed_in(request), timezone.localdate()
    asked = quality.institutions_of(person)
    if text := request.GET.get("q", "").strip():
        asked = asked.filter(name__icontains=text) | asked.filter(name_en__icontains=text)
    if request.GET.get("format") == "csv":
        return _export_index(list(asked[:EXPORTED]))
    page = Paginator(asked, PAGE).get_page(request.GET.get("page"))
    found = quality.look_at_many(list(page.object_list), today=today)
    facts = {
        "page": page,
        "rows": [(one, found[one.pk]) for one in page.object_list if one.pk in found],
        "text": text,
        "today": today,
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Quality of records"), "")],
    }
    return render(request, "curation/quality_index.html", facts)


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """The figures of one institution, and the rows behind the one that the address names in `show`."""
    institution = get_object_or_404(Institution, key=key)
    if not _may_see(signed_in(request), institution):
        raise editing.NotAllowed(
            _("Only those who look after instruments of %(institution)s see this; ask one of its leads.")
            % {"institution": called(institution)}
        )
    today, chosen = timezone.localdate(), request.GET.get("show", "")
    asked = _rows(institution, chosen)
    if request.GET.get("format") == "csv":
        return _export(asked if asked is not None else quality.rows(institution, "", today=today), key, chosen)
    found = quality.look(institution, today=today)
    language = translation.get_language() or ""
    facts: dict[str, Any] = {
        "institution": institution,
        "quality": found,
        "today": today,
        "fields": [(one, _label(one.field), f"no_{one.field}") for one in found.fields],
        "issues": [(code, words, found.issues[code], code == chosen) for code, words in ISSUES.items()],
        "chosen": chosen,
        "chosen_words": ISSUES.get(chosen) or _no_words(chosen),
        "page": Paginator(asked, PAGE).get_page(request.GET.get("page")) if asked is not None else None,
        "example": Instrument.objects.filter(institution=institution, synthetic=True).exists(),
        "crumbs": [
            (scripts.name_of(institution, language), reverse("institution", args=[key])),
            (_("Quality of records"), ""),
        ],
    }
    if chosen == "words":
        facts["misprints"] = [one for one, _n in zip(quality.words(institution), range(WORDS_SHOWN), strict=False)]
    if chosen == "files":
        facts["files"] = quality.missing_files(institution)
    return render(request, "curation/quality.html", facts)


def _may_see(person: Person, institution: Institution) -> bool:
    return person.is_operator or quality.institutions_of(person).filter(pk=institution.pk).exists()


def _rows(institution: Institution, chosen: str) -> QuerySet[Instrument] | None:
    """The records of that figure; None where none is asked for. An address that names no figure is 404."""
    if chosen in ("", "words", "files"):
        return None
    if chosen not in ISSUES and chosen.removeprefix("no_") not in quality.FIELDS:
        raise Http404(_("No figure has the name %(name)s.") % {"name": chosen})
    return quality.rows(institution, chosen, today=timezone.localdate())


def _label(field: str) -> str:
    return str(pgettext("of a record", "Place")) if field == "place" else fieldnames.label(field)


def _no_words(chosen: str) -> str:
    if not chosen.startswith("no_"):
        return ""
    return _("without: %(field)s") % {"field": _label(chosen.removeprefix("no_"))}


def _export(rows: QuerySet[Instrument], key: str, chosen: str) -> HttpResponseBase:
    header = ("id", "name", "name_en", "class", "maker", "model", "serial", "value_cny", "acquired_on", "confirmed_on")
    lines = (
        (
            one.key, one.name, one.name_en, one.class_code, str(one.maker or one.maker_text), one.model, one.serial,
            one.value_cny, one.acquired_on, one.confirmed_on,
        )
        for one in rows[:EXPORTED]
    )  # fmt: skip
    return tables.as_csv(f"quality-{key}-{chosen or 'all'}", header, lines)


def _export_index(institutions: list[Institution]) -> HttpResponseBase:
    found = quality.look_at_many(institutions, today=timezone.localdate())
    header = ("id", "name", "instruments", "score", "completeness_percent", "freshness_percent", *quality.ISSUES)
    lines = (
        (
            one.key, one.name, what.total, what.score, what.completeness, what.freshness,
            *(what.issues[issue] for issue in quality.ISSUES),
        )
        for one in institutions
        if (what := found.get(one.pk))
    )  # fmt: skip
    return tables.as_csv("quality", header, lines)
