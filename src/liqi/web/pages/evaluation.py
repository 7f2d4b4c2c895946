"""The evaluation of institutions: units ranked, one unit with its nine indicators, what if, totals that must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access.evaluation import given, income, scope, tally, totals, units, use
from liqi.access.evaluation.refusal import NotSound
from liqi.access.evaluation.units import Unit
from liqi.access.models import GivenFigure
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution
from liqi.insight.evaluation import Edition, Part, national
from liqi.insight.evaluation.use import Shares
from liqi.web import evaluations
from liqi.web.asked import signed_in
from liqi.web.evaluations import Asked, word

PAGE = 50
COLUMNS = (
    *("rank", "institution", "instruments", "value_unknown", "mean_effective_h", "mean_outside_h"),
    *("utilisation_percent", "sharing_percent", "open_percent", "score_low", "score_high", "grade"),
)
SORTS = {
    "rank": lambda unit: unit.rank,
    "name": lambda unit: unit.institution.name,
    "hours": lambda unit: -(unit.shares.mean_effective_h or 0),
    "sharing": lambda unit: -(unit.shares.sharing_percent or 0),
    "instruments": lambda unit: -unit.instruments,
}


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """The figures of all instruments that the person sees, and the units of theirs with score and rank."""
    person, now = signed_in(request), timezone.now()
    asked = evaluations.asked(request, now)
    mine = scope.instruments(person)
    if not mine.exists():
        return render(request, "evaluation/none.html", {"crumbs": _crumbs()})
    tally.bring_up()
    seen, found = _seen(request, asked)
    if found is None:
        found = use.shares(mine, asked.year, asked.basis, asked.rules["hours"])
    header = [str(one) for one in _HEADER.values()]
    about = [(_("Year"), str(asked.year)), (_("Hours"), str(asked.basis_words))]
    example = any(unit.institution.synthetic for unit in seen)
    answer = evaluations.given_file(
        request, f"evaluation-{asked.year}", COLUMNS if request.GET.get("format") != "pdf" else header,
        (_cells(unit) for unit in seen), title=_("Evaluation of sharing"), about=about, example=example,
    )  # fmt: skip
    if answer is not None:
        return answer
    facts = {
        "asked": asked,
        "figures": evaluations.figures(
            found, asked, evaluations.instruments_address(asked, counting="1"),
            evaluations.rows_address("sessions", asked, counting="1"),
        ),
        "page": Paginator(seen, PAGE).get_page(request.GET.get("page")),
        "sorts": _sorts(request),
        "text": request.GET.get("q", ""),
        "heads": list(asked.rules["national"].values["heads"]),
        "rule": asked.rules["national"],
        "is_operator": person.is_operator,
        "lines": scope.institutions(person).exists(),
        "example": example,
        "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "evaluation/index.html", facts)


@require_safe
@login_required
def unit(request: HttpRequest, key: str) -> HttpResponseBase:
    """One institution: figures, nine indicators, score, rank, totals; `m.NAME` and `weights.NAME` ask what if."""
    person, now = signed_in(request), timezone.now()
    institution = get_object_or_404(Institution, key=key)
    scope.require_institution(person, institution)
    asked = evaluations.asked(request, now)
    every = units.read(asked.year, asked.basis, asked.rules)
    one = units.one(every, key)
    rule = asked.rules["national"]
    crumbs = [*_crumbs(reverse("evaluation") + "?" + asked.query), (institution.name, "")]
    if one is None:
        facts = {"institution": institution, "asked": asked, "crumbs": crumbs, "example": institution.synthetic}
        return render(request, "evaluation/unit_none.html", facts)
    what = _what_if(request, every, one, rule)
    lines = _lines(one, rule, asked, what.get("unit"))
    title = _("Evaluation of %(institution)s") % {"institution": called(institution)}
    about = [(_("Year"), str(asked.year)), (_("Hours"), str(asked.basis_words)), (_("Rule"), rule.source),
             (_("Score"), _score(one)), (_("Rank"), f"{one.rank} / {one.ranked}")]  # fmt: skip
    answer = evaluations.given_file(
        request, f"evaluation-{key}-{asked.year}"[:80], *_table(lines), title=title, about=about,
        example=institution.synthetic,
    )  # fmt: skip
    if answer is not None:
        return answer
    facts = {
        "institution": institution, "asked": asked, "unit": one, "lines": lines, "rule": rule, "what": what,
        "score": _score(one),
        "figures": evaluations.figures(
            one.shares, asked, evaluations.instruments_address(asked, institution=key, counting="1"),
            evaluations.rows_address("sessions", asked, institution=key, counting="1"),
        ),
        "earned": evaluations.earned(
            income.of_seller(institution.pk, asked.year), asked,
            evaluations.rows_address("charges", asked, institution=key),
        ),
        "checks": totals.of_year(institution, asked.year),
        "differing": totals.differing(institution, asked.year, 20),
        "history": given.history(institution, asked.year),
        "judged": national.JUDGED,
        "is_operator": person.is_operator,
        "rows": {kind: evaluations.rows_address(kind, asked, institution=key) for kind in ("charges", "samples")},
        "instruments_address": evaluations.instruments_address(asked, institution=key),
        "example": institution.synthetic, "crumbs": crumbs,
    }  # fmt: skip
    return render(request, "evaluation/unit.html", facts)


def _table(lines: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows of the file that holds a unit's nine indicators."""
    heads = {
        "word": _("Indicator"), "value": _("Measure"), "unit": _("Unit"), "full": _("Full marks at"),
        "points": _("Points"), "weight": _("Weight"), "counted": _("Adds"), "n": _("from records"),
        "formula": _("Formula"),
    }  # fmt: skip
    rows = [[str(line[name]) if name == "word" else line[name] for name in heads] for line in lines]
    return list(heads.values()), rows


@require_POST
@login_required
def give(request: HttpRequest, key: str) -> HttpResponse:
    """An operator judges an indicator of the institution, with a reason."""
    return evaluations.give(
        request, of=get_object_or_404(Institution, key=key), back=reverse("evaluation_unit", args=[key]),
        unreadable=_("Found “%(found)s”; expected points from 0 to 100."),
    )  # fmt: skip


@require_POST
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """A figure that was given is taken back."""
    figure = get_object_or_404(GivenFigure.objects.select_related("institution", "instrument"), pk=pk)
    given.undo(figure=figure, person=signed_in(request), now=timezone.now())
    messages.success(request, _("Taken back; what was said before counts again."))
    of = figure.institution or figure.instrument
    assert of is not None
    name = "evaluation_unit" if figure.institution else "evaluation_instrument"
    return redirect(f"{reverse(name, args=[of.key])}?year={figure.year}")


def _seen(request: HttpRequest, asked: Asked) -> tuple[list[Unit], Shares | None]:
    """The units that the person sees, found by words and sorted, their ranks among all; the figures of who sees all."""
    person = signed_in(request)
    mine = None if person.is_operator else set(scope.institutions(person).order_by().values_list("pk", flat=True))
    if mine is not None and not mine:
        return [], None
    text = request.GET.get("q", "").strip().casefold()
    every, whole = units.read_all(asked.year, asked.basis, asked.rules)
    found = [
        unit for unit in every
        if (mine is None or unit.institution.pk in mine)
        and (not text or text in f"{unit.institution.name} {unit.institution.name_en}".casefold())
    ]  # fmt: skip
    return sorted(found, key=SORTS.get(request.GET.get("sort", ""), SORTS["rank"])), whole if mine is None else None


def _sorts(request: HttpRequest) -> list[tuple[str, str, bool]]:
    words = {"rank": _("Rank"), "name": _("Name"), "hours": _("Most hours"), "sharing": _("Most sharing"),
             "instruments": _("Most instruments")}  # fmt: skip
    return [(name, text, name == request.GET.get("sort", "rank")) for name, text in words.items()]


def _cells(one: Unit) -> list[Any]:
    found = one.shares
    share = [None if value is None else round(value, 2) for value in (
        found.mean_effective_h, found.mean_outside_h, found.utilisation_percent, found.sharing_percent,
        found.open_percent,
    )]  # fmt: skip
    grade = word(one.score.grade) if one.score.grade else ""
    return [one.rank, one.institution.name, one.instruments, one.unpriced, *share, one.score.low, one.score.high, grade]


_HEADER = dict(zip(COLUMNS, (
    "№", "机构 / institution", "n", "?", "h", "外 / outside h", "%", "共享 / sharing %", "开放 / open %", "≥", "≤", "",
), strict=True))  # fmt: skip


def _score(one: Unit) -> str:
    """The score, or between what and what it lies, with its grade where that is sure."""
    score = one.score
    said = f"{score.total}" if score.total is not None else f"{score.low} – {score.high}"
    return f"{said} ({word(score.grade)})" if score.grade else said


def _lines(one: Unit, rule: Edition, asked: Asked, changed: Unit | None) -> list[dict[str, Any]]:
    """The nine indicators in the order of the rule, each with its rows and what it would be."""
    after = {part.name: part for part in changed.score.parts} if changed else {}
    return [_line(part, one, rule, asked, after.get(part.name)) for part in one.score.parts]


def _line(part: Part, one: Unit, rule: Edition, asked: Asked, after: Part | None) -> dict[str, Any]:
    measure, key = one.measures[part.name], one.institution.key
    judged = part.name in national.JUDGED
    full = None if judged else evaluations.shown(part.name, Decimal(str(rule.values["full_at"][part.name])))
    if judged:
        rows = ""
    elif kind := evaluations.ROWS.get(part.name):
        side = {"side": "outside"} if part.name == "shared_hours" else {}
        rows = evaluations.rows_address(kind, asked, institution=key, counting="1", **side)
    else:
        rows = evaluations.instruments_address(asked, institution=key, counting="1")
    return {
        "name": part.name, "head": part.head, "word": word(part.name), "judged": judged, "rows": rows, "full": full,
        "value": evaluations.shown(part.name, measure.value), "raw": measure.value,
        "unit": _("of 100") if judged else str(evaluations.UNITS.get(part.name, "")), "n": measure.rows,
        "missing": measure.missing, "given": measure.given, "formula": str(evaluations.SOURCES[part.name]),
        "points": None if part.points is None else round(part.points, 2), "weight": part.weight,
        "counted": part.counted, "after": after,
    }  # fmt: skip


def _what_if(request: HttpRequest, every: list[Unit], one: Unit, rule: Edition) -> dict[str, Any]:
    """What was typed, and the unit as it would stand; `wrong` says why it cannot be read."""
    typed = {
        name: str(text).strip() for name, text in request.GET.items() if name.startswith(("m.", "weights.")) and text
    }
    if not typed:
        return {"typed": {}}
    key = one.institution.key
    try:
        measures = _typed_measures(typed, one)
        again, changed = units.what_if(every, key, measures, _typed_weights(typed, rule), rule)
    except NotSound as problem:
        return {"typed": typed, "wrong": str(problem)}
    after = units.one(again, key)
    assert after is not None
    total = sum(Decimal(str(value)) for value in changed.values["weights"].values())
    return {"typed": typed, "unit": after, "score": _score(after), "total": total, "moved": one.rank - after.rank}


def _typed_weights(typed: Mapping[str, str], rule: Edition) -> dict[str, object]:
    """The weights that differ from those in force, as numbers of 100; what is no number stays as it was typed."""
    found: dict[str, object] = {}
    for name, text in typed.items():
        if name.startswith("weights."):
            value = evaluations.number(text, percent=True)
            if value != Decimal(str(rule.values["weights"].get(name[8:], -1))):
                found[name] = text if value is None else str(value)
    return found


def _typed_measures(typed: Mapping[str, str], one: Unit) -> dict[str, Decimal]:
    """The measures that differ from those on record, per cent as shares of one."""
    found = {}
    for name, text in typed.items():
        if not name.startswith("m."):
            continue
        bare = name[2:]
        value = evaluations.number(text, percent=evaluations.UNITS.get(bare) == "%")
        if value is None or value < 0 or bare not in one.measures:
            raise NotSound(_("Found “%(found)s” for %(name)s; expected a number from 0 up.")
                           % {"found": text[:40], "name": word(bare)})  # fmt: skip
        if value != evaluations.shown(bare, one.measures[bare].value):
            found[bare] = value / 100 if evaluations.UNITS.get(bare) == "%" else value
    return found


def _crumbs(back: str = "") -> list[tuple[str, str]]:
    return [(_("Manager's desk"), reverse("desk")), (_("Evaluation"), back)]
