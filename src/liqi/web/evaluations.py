"""What pages of evaluation share: the year and hours asked for, words for every name, figures, exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liqi.access.evaluation import editions, use
from liqi.access.evaluation.editions import Rules
from liqi.access.evaluation.income import Income
from liqi.accounts.models import Person
from liqi.catalogue.exchange.national.records import CLOCK
from liqi.insight.evaluation.use import Shares
from liqi.web import leaflet, tables

YEARS = 6
BASES = {
    use.CONFIRMED: gettext_lazy("confirmed hours"),
    use.METERED: gettext_lazy("all metered hours"),
    use.DECLARED: gettext_lazy("declared hours"),
}
WORDS = {
    "organisation": pgettext_lazy("evaluation", "Organisation"), "running": gettext_lazy("Running"),
    "sharing": gettext_lazy("Sharing"),
    "coordination": gettext_lazy("Coordination"), "open_share": gettext_lazy("Open share"),
    "technicians": gettext_lazy("Technicians for each instrument"),
    "platform": gettext_lazy("Online service platform"), "running_hours": gettext_lazy("Mean effective hours"),
    "running_results": gettext_lazy("Use and its results"), "shared_hours": gettext_lazy("Mean outside hours"),
    "outside_results": gettext_lazy("Grades of outside users"),
    "home_grown": gettext_lazy("Share of instruments made at home"),
    "hours": gettext_lazy("Hours"), "training": gettext_lazy("Training"),
    "results": pgettext_lazy("evaluation", "Results"),
    "income": gettext_lazy("Income"), "functions": pgettext_lazy("evaluation", "Functions"),
    "outside_share": gettext_lazy("Outside share"), "yield": gettext_lazy("Yield"),
    "mean_hours": gettext_lazy("Effective hours"),
    "effective_h": gettext_lazy("effective hours"), "quota_h": gettext_lazy("quota of hours"),
    "independent": gettext_lazy("people trained to work alone"),
    "guided": gettext_lazy("people trained under guidance"),
    "shown": gettext_lazy("people shown"), "national_awards": gettext_lazy("national awards"),
    "provincial_awards": gettext_lazy("provincial awards"), "school_awards": gettext_lazy("awards of the school"),
    "core_papers": gettext_lazy("papers in core journals"), "outside_income_cny": gettext_lazy("outside income, CNY"),
    "inside_income_cny": gettext_lazy("inside income, CNY"), "functions_used": gettext_lazy("functions used"),
    "new_functions": gettext_lazy("new functions"), "trained_students": gettext_lazy("students trained"),
    "trained_teachers": gettext_lazy("teachers trained"), "trained_others": gettext_lazy("others trained"),
    "patents_teachers": gettext_lazy("patents of teachers"), "patents_students": gettext_lazy("patents of students"),
    "papers_indexed": gettext_lazy("papers in the three indexes"),
    "excellent": gettext_lazy("excellent"), "good": gettext_lazy("good"),
    "passed": pgettext_lazy("evaluation", "passed"),
    "poor": gettext_lazy("poor"), "failed": pgettext_lazy("evaluation", "failed"),
    "weights": gettext_lazy("Weights"), "full_at": gettext_lazy("Full marks at"), "grades": gettext_lazy("Grades from"),
    "steps": gettext_lazy("Points by per cent of functions used"), "points": gettext_lazy("most points"),
    "survey_full_h": gettext_lazy("full use, national survey, h"),
    "moe_general_h": gettext_lazy("quota of a general instrument, h"),
    "moe_special_h": gettext_lazy("quota of a special instrument, h"),
    "full_enough_h": gettext_lazy("full enough before buying another, h"),
    "from_cny": gettext_lazy("instruments count from, CNY"),
    "check_from_cny": gettext_lazy("check before buying from, CNY"),
    "moe_from_cny": gettext_lazy("benefit form from, CNY"), "sj3_from_cny": gettext_lazy("table SJ3 from, CNY"),
    "outside_factor": gettext_lazy("outside income counts times"),
    "hours_per_point": gettext_lazy("hours for one point"), "new_function": gettext_lazy("a new function"),
    "national_award": gettext_lazy("a national award"), "provincial_award": gettext_lazy("a provincial award"),
    "school_award": gettext_lazy("an award of the school"), "core_paper": gettext_lazy("a paper in a core journal"),
    "outside_per_1000_cny": gettext_lazy("1,000 CNY of outside income"),
    "inside_per_1000_cny": gettext_lazy("1,000 CNY of inside income"),
    "shown_people": gettext_lazy("people shown that make a point"),
    "tally_hours": gettext_lazy("Effective hours: sessions and kept tallies"),
    "tally_outside_hours": gettext_lazy("Outside hours: sessions and kept tallies"),
    "service_record_hours": gettext_lazy("Effective hours: sessions and service records"),
    "service_record_outside_hours": gettext_lazy("Outside hours: sessions and service records"),
    "declared_hours": gettext_lazy("Effective hours: sessions and what instruments declare"),
    "declared_outside_hours": gettext_lazy("Outside hours: sessions and what instruments declare"),
    "outside_income": gettext_lazy("Outside income: charges and service records"),
    "time to spare": gettext_lazy("There is time to spare: a reason not to buy"),
    "cannot tell": gettext_lazy("Cannot tell: hours of like instruments are not known"),
    "all are full": gettext_lazy("All are full: no reason not to buy"),
    "none near": gettext_lazy("None near: no reason not to buy"),
}  # fmt: skip
"""What people read for a name of the formulas and tables."""
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
NOTES = (
    gettext_lazy(
        "The supplementary letter prints 20 for the results, and the weights would then add up to 95; 25 is taken."
    ),
    gettext_lazy("Each university has its own points; date an edition with yours."),
)
"""Notes of the tables that come with the product, so that they are translated."""
METERED_BY = {
    "log-on": pgettext_lazy("metered by", "start and end by the person"),
    "sensor": pgettext_lazy("metered by", "sensor"),
    "files": pgettext_lazy("metered by", "data files"), "by hand": pgettext_lazy("metered by", "entered by hand"),
}  # fmt: skip
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


def word(name: str) -> str:
    """The word for a name of a formula or table; the name itself where there is none."""
    return str(WORDS.get(name, name))


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


def number(text: str) -> Decimal | None:
    """The number in a field, None where it holds none."""
    try:
        found = Decimal(text.strip().replace("\u202f", ""))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def person_of(request: HttpRequest) -> Person:
    """Who is signed in."""
    assert isinstance(request.user, Person)
    return request.user


def _two(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))
