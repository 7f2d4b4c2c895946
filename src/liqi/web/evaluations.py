"""What pages of evaluation share: the year and hours asked for, words for every name, figures, exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.evaluation import editions, given, use
from liqi.access.evaluation.editions import Rules
from liqi.access.evaluation.income import Income
from liqi.access.evaluation.refusal import NotSound
from liqi.catalogue.exchange.national.records import CLOCK
from liqi.catalogue.models import Institution, Instrument
from liqi.insight.evaluation.use import Shares
from liqi.web import leaflet, numbers, tables
from liqi.web.asked import signed_in
from liqi.web.evaluation_words import word

__all__ = [
    "BASES",
    "ROWS",
    "SOURCES",
    "UNITS",
    "Asked",
    "asked",
    "earned",
    "figures",
    "give",
    "given_file",
    "instruments_address",
    "number",
    "rows_address",
    "shown",
    "word",
]

YEARS = 6
BASES = {
    use.CONFIRMED: gettext_lazy("confirmed hours"),
    use.METERED: gettext_lazy("all metered hours"),
    use.DECLARED: gettext_lazy("declared hours"),
}
UNITS = {
    "running_hours": "h", "shared_hours": "h", "outside_results": gettext_lazy("of 5"), "open_share": "%",
    "home_grown": "%", "technicians": "",
}  # fmt: skip
SOURCES = {
    "open_share": gettext_lazy("instruments that take bookings or samples / instruments that count"),
    "technicians": gettext_lazy("different stewards / instruments that count"),
    "running_hours": gettext_lazy("sum of effective hours / instruments whose hours are known"),
    "shared_hours": gettext_lazy("sum of outside hours / instruments whose hours are known"),
    "outside_results": gettext_lazy("mean of the grades that outside users gave to orders"),
    "home_grown": gettext_lazy("instruments made in China / instruments that say where they were made"),
    **dict.fromkeys(
        ("coordination", "platform", "running_results"), gettext_lazy("points that operators give, with a reason")
    ),
}
ROWS = {
    "running_hours": "sessions", "shared_hours": "sessions", "outside_results": "grades", "technicians": "technicians",
}  # fmt: skip
"""The rows that open behind an indicator; the others open the instruments."""


@dataclass(frozen=True)
class Asked:
    """The year and which hours count, as the address says; the rules in force today."""

    year: int
    basis: str
    on: date
    rules: Rules

    @property
    def years(self) -> range:
        """The years to choose from."""
        return range(self.on.year, self.on.year - YEARS, -1)

    @property
    def query(self) -> str:
        """The same question as the query of an address."""
        return urlencode({"year": str(self.year), "basis": self.basis})

    @property
    def bases(self) -> list[tuple[str, Any]]:
        """The hours to choose from."""
        return list(BASES.items())

    @property
    def basis_words(self) -> Any:
        """Which hours count, in words."""
        return BASES[self.basis]


def asked(request: HttpRequest, now: datetime) -> Asked:
    """What the address asks: this year and confirmed hours where it says nothing that can be read."""
    on = now.astimezone(CLOCK).date()
    text, basis = request.GET.get("year", ""), request.GET.get("basis", "")
    year = int(text) if text.isdecimal() and 1990 <= int(text) <= 2100 else on.year
    return Asked(year, basis if basis in BASES else use.CONFIRMED, on, editions.rules(on))


def shown(name: str, value: Decimal | None) -> Decimal | None:
    """A measure as people read it: shares of one as per cent."""
    if value is None:
        return None
    return (value * 100 if UNITS.get(name) == "%" else value).quantize(Decimal("0.01"))


def figures(found: Shares, asked: Asked, rows: str, sessions: str = "") -> list[dict[str, Any]]:
    """The figures of use with unit, day, number, missing share, formula and rows; `rows` opens the instruments."""
    missing = found.missing / found.instruments if found.instruments else None
    hours = asked.rules["hours"]
    common = {"as_of": asked.on, "n": found.instruments, "rows": rows}
    source = f"({hours.source})"
    return [
        {"label": _("Mean effective hours"), "value": _two(found.mean_effective_h), "unit": "h", "missing": missing,
         "formula": f"{SOURCES['running_hours']}", **common, "rows": sessions or rows},
        {"label": _("Mean outside hours"), "value": _two(found.mean_outside_h), "unit": "h", "missing": missing,
         "formula": f"{SOURCES['shared_hours']}", **common, "rows": f"{sessions}&side=outside" if sessions else rows},
        {"label": _("Utilisation"), "value": _two(found.utilisation_percent), "unit": "%", "missing": missing,
         "formula": _("mean effective hours / %(full)s h x 100; it may exceed 100")
         % {"full": hours.values["survey_full_h"]} + f" {source}", **common},
        {"label": _("Sharing rate"), "value": _two(found.sharing_percent), "unit": "%", "missing": missing,
         "formula": _("outside hours / effective hours x 100; 0 where there are no effective hours"), **common},
        {"label": _("Open share"), "value": _two(found.open_percent), "unit": "%", "missing": 0.0,
         "formula": f"{SOURCES['open_share']} x 100", **common},
    ]  # fmt: skip


def earned(found: Income | None, asked: Asked, rows: str) -> list[dict[str, Any]]:
    """Outside and inside income as figures; none where no charge of the year is on record."""
    common = {
        "unit": "", "as_of": asked.on, "n": found.charges if found else 0, "missing": None,
        "formula": _("Confirmed charges less credits, without tax."),
    }  # fmt: skip
    return [
        {
            "label": _("Outside income, CNY"),
            "value": found and found.outside_cny,
            **common,
            "rows": f"{rows}&side=outside",
        },
        {
            "label": _("Inside income, CNY"),
            "value": found and found.inside_cny,
            **common,
            "rows": f"{rows}&side=inside",
        },
    ]


def given_file(
    request: HttpRequest,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    about: Sequence[tuple[str, str]] = (),
    example: bool = False,
    kind: str = "",
) -> HttpResponseBase | None:
    """The list as CSV, XLSX or PDF where `kind`, or else the address, asks for one; None where it asks for the page."""
    kind = kind or request.GET.get("format", "")
    if kind == "csv":
        return tables.as_csv(name, header, rows)
    if kind == "xlsx":
        return tables.as_xlsx(name, header, rows)
    if kind == "pdf":
        language = translation.get_language() or "en"
        made = leaflet.listing(
            title=title or name, about=about, header=header, rows=rows, language=language, now=timezone.now(),
            example=example,
        )  # fmt: skip
        answer = HttpResponse(made, content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        return answer
    return None


def instruments_address(asked: Asked, **more: str) -> str:
    """The page of instruments with the same year and hours."""
    return f"{reverse('evaluation_instruments')}?{asked.query}{'&' + urlencode(more) if more else ''}"


def rows_address(kind: str, asked: Asked, **more: str) -> str:
    """The page of the rows of that kind with the same year and hours."""
    return f"{reverse('evaluation_rows', args=[kind])}?{asked.query}{'&' + urlencode(more) if more else ''}"


def number(text: str, *, percent: bool = False) -> Decimal | None:
    """The number in a field, None where it holds none; `percent` is typed with its sign or without.

    >>> number("30 %", percent=True), number("30 000.5"), number("30 %"), number("much")
    (Decimal('30'), Decimal('30000.5'), None, None)
    """
    typed = numbers.plain(text)
    try:
        found = Decimal(typed.removesuffix("%").strip() if percent else typed)
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _two(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))


def give(request: HttpRequest, *, of: Institution | Instrument, back: str, unreadable: str) -> HttpResponse:
    """The figure that was typed counts, with its reason and a way to undo it; then back to its page."""
    values, year = request.POST, request.POST.get("year", "")
    value = number(values.get("value", ""), percent=UNITS.get(values.get("name", "")) == "%")
    try:
        if value is None or not year.isdecimal():
            raise NotSound(unreadable % {"found": values.get("value", "")})
        made = given.give(
            of=of, year=int(year), name=values.get("name", ""), value=value, reason=values.get("reason", ""),
            person=signed_in(request), now=timezone.now(),
        )  # fmt: skip
    except NotSound as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("It counts from now on."), extra_tags=reverse("evaluation_undo", args=[made.pk]))
    return redirect(f"{back}?{urlencode({'year': year, 'basis': values.get('basis', '')})}")
