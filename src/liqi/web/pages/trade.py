"""Trade: what a country buys and sells of a product, by year and by country of shipment; tables in and back."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi import taxonomy
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.insight.origin import UnusableTable
from liqi.insight.trade_tables import FEWEST_FIRMS, FIELDS, Card, country_of
from liqi.observatory import trade
from liqi.observatory.models import TradeTable
from liqi.observatory.trade import TradeRefused
from liqi.web import asked, library_words, records, tables

KINDS = {
    "comtrade": gettext_lazy("UN Comtrade"),
    "baci": gettext_lazy("BACI"),
    "customs": gettext_lazy("customs"),
    "mapped": gettext_lazy("by mapping"),
}
SHOWN_PROBLEMS = 50
MOST_COUNTRIES = 60


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The card of a product and a country from one table; `format=csv` gives years and partners as a file."""
    kept = list(trade.tables())
    crumbs = [(_("Observatory"), reverse("observatory")), (_("Foreign trade"), "")]
    facts: dict[str, Any] = {
        "tables": kept,
        "crumbs": crumbs,
        "kinds": KINDS,
        "may_keep": trade.may_keep(records.person_of(request)),
    }
    if not kept:
        return render(request, "observatory/trade.html", facts)
    table = next((one for one in kept if str(one.pk) == request.GET.get("table", "")), kept[0])
    language = translation.get_language() or ""
    spoken = trade.countries(table)
    country = country_of(request.GET.get("country", "")) or ("CN" if "CN" in spoken or not spoken else spoken[0])
    codes = trade.products(table)
    offered = _products(codes, language)
    product = request.GET.get("product", "") or (offered[0][0] if offered else "")
    if not product.isdigit() or len(product) > 10:
        raise Http404
    year = asked.number(request.GET.get("year", "")) or None
    card = trade.card(table, country=country, product=product, year=year)
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"liqi-trade-{country}-{product}", _HEADER, _lines(card, table))
    facts |= {
        "table": table,
        "card": card,
        "country": country,
        "country_name": taxonomy.place_label(country, language),
        "countries": [(code, taxonomy.place_label(code, language)) for code in spoken[:MOST_COUNTRIES]],
        "product": product,
        "product_name": dict(offered).get(product, product),
        "products": offered,
        "years": card.years,
        "largest": max((one.value or 0 for one in card.partners), default=0),
        "fewest": FEWEST_FIRMS,
        "example": table.synthetic,
        "hhi": None if card.hhi is None else round(10_000 * card.hhi),
    }
    return render(request, "observatory/trade.html", facts)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """The tables on record and the place to take one in: first what would be done, then all of it or nothing."""
    person = asked.signed_in(request)
    if not trade.may_keep(person):
        raise NotAllowed(_("Trade tables are taken in by operators of the platform; ask one of them."))
    wrong, done = "", None
    if request.method == "POST":
        try:
            done = _take(request, person)
            if done.table is not None:
                messages.success(request, _("Taken in: %(n)s flows.") % {"n": done.created})
                return redirect(f"{reverse('observatory_trade')}?table={done.table.pk}")
        except (UnusableTable, TradeRefused) as problem:
            wrong = library_words.told(str(problem), translation.get_language())
    facts = {
        "tables": list(trade.tables()),
        "kinds": KINDS,
        "fields": ", ".join(FIELDS),
        "done": done,
        "problems": done.problems[:SHOWN_PROBLEMS] if done else (),
        "wrong": wrong,
        "given": request.POST,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Foreign trade"), reverse("observatory_trade")),
            (_("Tables"), ""),
        ],
    }
    return render(request, "observatory/trade_tables.html", facts, status=422 if wrong or facts["problems"] else 200)


@require_POST
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The table is taken back."""
    person = asked.signed_in(request)
    if not trade.may_keep(person):
        raise NotAllowed(_("Trade tables are taken back by operators of the platform; ask one of them."))
    table = get_object_or_404(TradeTable, pk=pk)
    try:
        trade.take_back(table, person=person, now=timezone.now())
        messages.success(request, _("Taken back: %(title)s") % {"title": table.title})
    except TradeRefused as problem:
        messages.error(request, str(problem))
    return redirect("observatory_trade_tables")


def _take(request: HttpRequest, person: Person) -> trade.Taken:
    """The dropped file in the verb's hands; a file is read where it lies for a moment and then gone."""
    file: Any = request.FILES.get("file")
    if file is None or not file.size:
        raise TradeRefused(_("Found no file; expected a table of customs, UN Comtrade or BACI; choose one."))
    if file.size > trade.MOST_BYTES:
        raise TradeRefused(_("Found a file of more than 512 MB; expected less; take it in on the machine itself."))
    mapping = _mapping(request.POST.get("mapping", ""))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(file.name).suffix.lower()[:8]}"
        with path.open("wb") as held:
            for part in file.chunks():
                held.write(part)
        return trade.take_in(
            path, file_name=file.name, person=person, now=timezone.now(), mapping=mapping,
            flow=request.POST.get("flow", ""), reporter=request.POST.get("reporter", "").strip(),
            products=[code for code in request.POST.get("products", "").replace(",", " ").split() if code.isdecimal()],
            source=request.POST.get("source", "").strip(), synthetic=request.POST.get("synthetic") == "yes",
            dry_run=request.POST.get("dry") == "yes",
        )  # fmt: skip


def _mapping(text: str) -> dict[str, str] | None:
    """The mapping as it was typed: `their column = our field`, one a line, or a JSON object."""
    if not text.strip():
        return None
    if text.lstrip().startswith("{"):
        try:
            pairs = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            raise TradeRefused(
                _("Found a mapping that is not JSON; expected lines such as HS code = product.")
            ) from None
        return {str(theirs): str(ours) for theirs, ours in pairs.items()}
    lines = [line.partition("=") for line in text.splitlines() if line.strip()]
    return {theirs.strip(): ours.strip() for theirs, _equals, ours in lines}


def _products(codes: list[str], language: str) -> list[tuple[str, str]]:
    """The headings of instruments that the table has something of, in words; the codes themselves where it has none."""
    found = [
        (code, f"{code} {taxonomy.in_language(language, hans=zh, en=en)}")
        for code, zh, en in trade.INSTRUMENTS
        if any(one.startswith(code) for one in codes)
    ]
    return found or [(code, code) for code in codes[:MOST_COUNTRIES]]


_HEADER = (
    *("table", "kind", "country", "product", "year", "partner", "side", "value", "currency", "share", "quantity"),
    *("deficit", "competitiveness", "rows", "missing", "hidden", "synthetic"),
)


def _lines(card: Card, table: TradeTable) -> list[list[Any]]:
    head = [table.title, table.kind, card.country, card.product]
    lines: list[list[Any]] = []
    for one in card.years:
        sums = [one.deficit, one.competitiveness, one.rows, one.missing, "", table.synthetic]
        lines.append([*head, one.year, "", "import", one.imports, card.currency, "", one.imported, *sums])
        lines.append([*head, one.year, "", "export", one.exports, card.currency, "", "", *sums])
    for partner in card.partners:
        about = ["import", partner.value, card.currency, partner.share, partner.quantity, "", "", "", ""]
        lines.append([*head, card.partner_year, partner.country, *about, partner.hidden, table.synthetic])
    return lines
