"""The check before buying (查重评议): what is wanted, the verdict, the like instruments near, on paper too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from liqi import taxonomy
from liqi.access.evaluation import purchase, use
from liqi.access.evaluation.purchase import Checked, Wanted
from liqi.access.evaluation.refusal import NotSound
from liqi.insight.evaluation.duplicates import Like
from liqi.observatory import radar
from liqi.web import evaluations
from liqi.web.asked import signed_in
from liqi.web.evaluations import Asked, word

COLUMNS = ("key", "name", "institution", "place", "km", "effective_h", "open", "counts_as")


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """The form, and the finding where a class is given; `unfit` names instruments that do not fit."""
    person, asked = signed_in(request), evaluations.asked(request, timezone.now())
    purchase.require(person)
    if not request.GET.get("basis"):
        asked = Asked(asked.year, use.METERED, asked.on, asked.rules)
    values = {
        name: request.GET.get(name, "").strip() for name in ("class", "technique", "place", "km", "value", "what")
    }
    unfit = request.GET.getlist("unfit")
    checked, wrong = None, ""
    if values["class"]:
        try:
            checked = purchase.check(
                _wanted(values), year=asked.year, basis=asked.basis, on=asked.on, rules=asked.rules, unfit=unfit
            )
        except NotSound as problem:
            wrong = str(problem)
    if checked is not None:
        _note(request, checked)
        answer = _file(request, checked, values)
        if answer is not None:
            return answer
    language = translation.get_language() or ""
    facts = {
        "asked": asked, "values": values, "wrong": wrong, "checked": checked, "unfit": unfit,
        "classes": [(code, taxonomy.label(code, language)) for code in taxonomy.classes()],
        "techniques": [(one.key, one.label(language)) for one in taxonomy.techniques().values()],
        "groups": _groups(checked) if checked else [],
        "verdict": word(checked.finding.verdict) if checked else "",
        "class_words": taxonomy.label(values["class"], language) if checked else "",
        "example": bool(checked and any(one.synthetic for one in checked.instruments.values())),
        "crumbs": [(_("Evaluation"), reverse("evaluation")), (_("Check before buying"), "")],
    }  # fmt: skip
    return render(request, "evaluation/purchase.html", facts)


def _note(request: HttpRequest, checked: Checked) -> None:
    """The demand radar counts what was wanted once for a person's session, class and place a day."""
    now = timezone.now()
    told = [str(now.date()), checked.wanted.class_code, checked.wanted.place]
    seen = [one for one in request.session.get("checked", []) if one[0] == told[0]]
    if told not in seen:
        radar.note_check(
            checked.wanted.class_code, place=checked.wanted.place, verdict=checked.finding.verdict, now=now
        )
        request.session["checked"] = [*seen, told][-100:]


def _wanted(values: dict[str, str]) -> Wanted:
    km = evaluations.number(values["km"]) if values["km"] else None
    price = evaluations.number(values["value"]) if values["value"] else None
    for name, found in (("km", km), ("value", price)):
        if values[name] and (found is None or found <= 0):
            raise NotSound(_("Found “%(found)s”; expected a number above 0.") % {"found": values[name][:40]})
    return Wanted(values["class"], values["place"], None if km is None else float(km), values["technique"], price)


def _groups(checked: Checked) -> list[tuple[str, str, list[tuple[Like, Any]]]]:
    """The like instruments by what they say: with time to spare, full, not known, not fitting."""
    found = checked.finding
    return [
        (name, words, [(like, checked.instruments[like.key]) for like in group])
        for name, words, group in (
            ("spare", _("With time to spare"), found.spare), ("full", _("Full"), found.full),
            ("unknown", _("Not known"), found.unknown), ("unfit", _("Do not fit, or closed to others"), found.unfit),
        )
        if group
    ]  # fmt: skip


def _file(request: HttpRequest, checked: Checked, values: dict[str, str]) -> HttpResponseBase | None:
    language = translation.get_language() or "en"
    rows = [
        [like.key, one.name, one.institution.name if one.institution else "",
         taxonomy.place_label(one.province, language) if one.province else one.city, like.km, like.effective_h,
         like.open, words]
        for _name, words, group in _groups(checked) for like, one in group
    ]  # fmt: skip
    due = {True: _("yes"), False: _("no"), None: _("no price given")}[checked.asked_for]
    least = f"{int(checked.from_cny):,}"
    about = [
        (_("Wanted"), values["what"] or "-"),
        (_("Class"), f"{checked.wanted.class_code} {taxonomy.label(checked.wanted.class_code, language)}"),
        (_("Where"), _reach(checked)),
        (_("Price, CNY"), values["value"] or "-"),
        (_("Check due (from %(least)s CNY)") % {"least": least}, due),
        (_("Verdict"), word(checked.finding.verdict)),
        (_("Limit"), f"{checked.finding.limit_h} h, {checked.year}, {evaluations.BASES[checked.basis]}"),
        (_("Rule"), checked.source),
        (_("Day"), str(checked.on)),
    ]
    header = COLUMNS
    if request.GET.get("format") == "pdf":
        header = (_("Key"), _("Name"), _("Institution"), _("Where"), "km", _("Effective hours"),
                  pgettext("to others", "Open"), _("Counts as"))  # fmt: skip
    return evaluations.given_file(
        request, f"check-{checked.wanted.class_code}-{checked.on}", header, rows, title=_("Check before buying"),
        about=about, example=any(one.synthetic for one in checked.instruments.values()),
    )  # fmt: skip


def _reach(checked: Checked) -> str:
    wanted = checked.wanted
    if not wanted.place:
        return _("everywhere")
    return wanted.place if wanted.km is None else f"{wanted.place}, {Decimal(str(wanted.km)):f} km"
