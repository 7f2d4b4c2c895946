"""The evaluation of instruments: a list with hours and scores, one instrument with its forms, figures people give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access.evaluation import form, given, scope, sj3, tally, use
from liqi.catalogue.models import Institution, Instrument
from liqi.insight.evaluation import Part
from liqi.insight.evaluation.use import sharing_percent, utilisation_percent
from liqi.web import evaluations
from liqi.web.asked import signed_in
from liqi.web.evaluations import Asked, word
from liqi.web.scripts import name_of

PAGE, AT_ONCE = 50, 500
COLUMNS = (
    *("key", "name", "institution", "class_code", "value_cny", "effective_h", "outside_h", "utilisation_percent"),
    *("sharing_percent", "open", "sessions", "sessions_not_confirmed", "benefit_low", "benefit_high", "benefit_grade"),
    "university_points",
)
SORTS: dict[str, list[Any]] = {
    "-effective": [F("effective_h").desc(nulls_last=True), "pk"],
    "effective": [F("effective_h").asc(nulls_last=True), "pk"],
    "-outside": [F("outside_h").desc(nulls_last=True), "pk"],
    "-waiting": ["-waiting", "pk"],
    "-value": [F("value_cny").desc(nulls_last=True), "pk"],
    "name": ["name", "pk"],
}


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """The instruments the person sees with hours and scores; `format` is csv, xlsx, pdf, or sj3-csv, sj3-xlsx."""
    asked = evaluations.asked(request, timezone.now())
    tally.bring_up()
    mine, host = _mine(request, asked)
    kind = request.GET.get("format", "")
    if kind in ("sj3-csv", "sj3-xlsx"):
        table = sj3.rows(mine, asked.year, asked.basis, asked.rules)
        answer = evaluations.given_file(request, f"SJ3-{asked.year}", sj3.COLUMNS, table, kind=kind[4:])
        assert answer is not None
        return answer
    rows = use.of(mine.select_related("institution").defer("source_row", "description"), asked.year, asked.basis)
    rows = rows.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["-effective"]))
    answer = evaluations.given_file(
        request, f"evaluation-instruments-{asked.year}", COLUMNS, _cells(rows, asked), title=_("Use of instruments"),
        about=[(_("Year"), str(asked.year)), (_("Hours"), str(asked.basis_words))],
        example=kind == "pdf" and mine.filter(synthetic=True).exists(),
    )  # fmt: skip
    if answer is not None:
        return answer
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    forms = form.read(listed, asked.year, asked.rules)
    facts = {
        "asked": asked, "page": page, "institution": host, "text": request.GET.get("q", ""),
        "counting": request.GET.get("counting", ""), "from_cny": asked.rules["hours"].values["from_cny"],
        "rows": [_row(one, forms[one.pk], asked) for one in listed],
        "sorts": _sorts(request), "example": any(one.synthetic for one in listed),
        "crumbs": _crumbs(asked, (_("Instruments"), "")),
    }  # fmt: skip
    return render(request, "evaluation/instruments.html", facts)


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """One instrument and year: figures, the ministry's form, a university's points, figures that people give."""
    person, asked = signed_in(request), evaluations.asked(request, timezone.now())
    instrument = get_object_or_404(Instrument.objects.select_related("institution", "facility"), key=key)
    scope.require_instrument(person, instrument)
    tally.bring_up()
    one: Any = use.of(Instrument.objects.filter(pk=instrument.pk), asked.year, asked.basis).get()
    made = form.read([one], asked.year, asked.rules)[one.pk]
    sheets = [
        (_("Benefit form of the Ministry of Education"), made.benefit, asked.rules["moe_benefit"],
         [_part(part) for part in made.benefit.parts]),
        (_("Points of a university"), made.points, asked.rules["university"],
         [_part(part) for part in made.points.parts]),
    ]  # fmt: skip
    header = [_("Part"), _("Fed"), _("Points"), _("Weight"), _("Adds"), _("Formula")]
    table = [
        [f"{line['word']}", "; ".join(f"{name} {value}" for name, value in line["fed"]), line["points"],
         line["weight"], line["counted"], line["formula"]]
        for _title, _score, _rule, lines in sheets for line in lines
    ]  # fmt: skip
    answer = evaluations.given_file(
        request, f"evaluation-{key}-{asked.year}"[:80], header, table, title=instrument.name,
        about=[(_("Year"), str(asked.year)), (_("Hours"), str(asked.basis_words))], example=instrument.synthetic,
    )  # fmt: skip
    if answer is not None:
        return answer
    facts = {
        "instrument": instrument, "asked": asked, "one": one, "row": _row(one, made, asked), "form": made,
        "sheets": sheets, "names": [(name, word(name), made.given.get(name)) for name in given.OF_INSTRUMENT],
        "earned": evaluations.earned(made.earned, asked, evaluations.rows_address("charges", asked, instrument=key)),
        "history": given.history(instrument, asked.year),
        "rows": {kind: evaluations.rows_address(kind, asked, instrument=key)
                 for kind in ("sessions", "charges", "samples", "technicians")},
        "example": instrument.synthetic,
        "crumbs": _crumbs(asked, (_("Instruments"), evaluations.instruments_address(asked)),
                         (name_of(instrument, get_language()), "")),
    }  # fmt: skip
    return render(request, "evaluation/instrument.html", facts)


@require_POST
@login_required
def give(request: HttpRequest, key: str) -> HttpResponse:
    """A figure that no record gives is typed, with a reason."""
    return evaluations.give(
        request, of=get_object_or_404(Instrument.objects.select_related("institution", "facility"), key=key),
        back=reverse("evaluation_instrument", args=[key]),
        unreadable=_("Found “%(found)s”; expected a number from 0 up."),
    )  # fmt: skip


def _mine(request: HttpRequest, asked: Asked) -> tuple[QuerySet[Instrument], Institution | None]:
    """The instruments that the address asks for, as far as the person sees them."""
    rows = scope.instruments(signed_in(request))
    host = None
    if key := request.GET.get("institution", ""):
        host = get_object_or_404(Institution, key=key)
        rows = rows.filter(institution=host)
    if request.GET.get("counting"):
        rows = use.counting(rows, asked.rules["hours"])
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(model__icontains=text))
    return rows, host


def _cells(rows: QuerySet[Instrument], asked: Asked) -> Iterator[list[Any]]:
    part: list[Any] = []
    for one in rows.iterator(chunk_size=AT_ONCE):
        part.append(one)
        if len(part) == AT_ONCE:
            yield from _cells_of(part, asked)
            part = []
    yield from _cells_of(part, asked)


def _cells_of(part: Sequence[Any], asked: Asked) -> Iterator[list[Any]]:
    forms = form.read(part, asked.year, asked.rules)
    for one in part:
        row = _row(one, forms[one.pk], asked)
        benefit = forms[one.pk].benefit
        yield [
            one.key, one.name, one.institution.name if one.institution else "", one.class_code, one.value_cny,
            one.effective_h, one.outside_h, row["utilisation"], row["sharing"], one.open, one.used_sessions,
            one.waiting, benefit.low, benefit.high, benefit.grade and word(benefit.grade), forms[one.pk].points.low,
        ]  # fmt: skip


def _row(one: Any, made: form.Form, asked: Asked) -> dict[str, Any]:
    hours = one.effective_h
    known = hours is not None
    return {
        "one": one, "form": made,
        "utilisation": round(utilisation_percent(hours, asked.rules["hours"]), 1) if known else None,
        "sharing": round(sharing_percent(one.outside_h or Decimal(0), hours), 1) if known else None,
        "sessions": evaluations.rows_address("sessions", asked, instrument=one.key),
        "address": f"{reverse('evaluation_instrument', args=[one.key])}?{asked.query}",
        "benefit_grade": word(made.benefit.grade) if made.benefit.grade else "",
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    """A line of a form: what it was fed by name (None: not known), points, weight, what it adds."""
    return {
        "name": part.name, "word": word(part.name), "points": None if part.points is None else round(part.points, 2),
        "most": part.most, "weight": part.weight, "counted": part.counted, "formula": part.formula,
        "fed": [(word(name), value) for name, value in part.fed.items()],
    }  # fmt: skip


def _sorts(request: HttpRequest) -> list[tuple[str, str, bool]]:
    words = {"-effective": _("Most hours"), "effective": _("Fewest hours"), "-outside": _("Most outside hours"),
             "-waiting": _("Most to confirm"), "-value": _("Highest value"), "name": _("Name")}  # fmt: skip
    return [(name, text, name == request.GET.get("sort", "-effective")) for name, text in words.items()]


def _crumbs(asked: Asked, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Evaluation"), f"{reverse('evaluation')}?{asked.query}"), *more]
