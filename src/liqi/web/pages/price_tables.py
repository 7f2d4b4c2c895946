"""Price tables: those of the institutions whose money one looks after, written, copied and published."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access.models import PriceTable
from liqi.access.money import amounts, books, tables
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, Instrument, Service
from liqi.web import pricelines
from liqi.web import tables as files
from liqi.web.asked import signed_in

BLANK_ROWS = 3
COLUMNS = ("unit", "item", "user_class", "when", "above", "price")


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """Every table of one's institutions, those in force first, as a list or as CSV with their rows."""
    person, today = signed_in(request), books.day_of(timezone.now())
    rows = PriceTable.objects.filter(seller__in=books.kept_by(person)).select_related("seller", "instrument", "service")
    find = request.GET.get("find", "").strip()[:100]
    if find:
        rows = rows.filter(title__icontains=find)
    rows = rows.prefetch_related("rows").order_by("-published", "-valid_from", "title", "pk")
    if request.GET.get("format") == "csv":
        header = ("table", "from", "until", "published", *COLUMNS)
        lines = (
            (one.title, one.valid_from, one.valid_until, one.published, *(getattr(row, name) for name in COLUMNS))
            for one in rows
            for row in one.rows.all()
        )
        return files.as_csv("liqi-prices", header, lines)
    facts = {
        "tables": list(rows[:500]),
        "today": today,
        "find": find,
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Price tables"), "")],
    }
    return render(request, "money/price_tables.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int = 0) -> HttpResponseBase:
    """A table with its rows; a POST keeps what was typed, or says beside it what cannot be."""
    person = signed_in(request)
    sellers = books.kept_by(person)
    table = get_object_or_404(PriceTable, pk=pk, seller__in=sellers) if pk else None
    wrong = ""
    if request.method == "POST":
        try:
            kept = _save(request.POST, person, table)
            messages.success(request, _("Kept. It counts once it is published."))
            return redirect("price_table", kept.pk)
        except Unable as problem:
            wrong = str(problem)
    typed = request.POST if request.method == "POST" else None
    facts: dict[str, Any] = {
        "table": table,
        "wrong": wrong,
        "fields": _fields(table, typed, request.GET),
        "rows": _rows(table, typed),
        "sellers": list(sellers.order_by("name")[:200]),
        "units": pricelines.UNITS.items(),
        "classes": pricelines.CLASSES.items(),
        "whens": pricelines.WHEN.items(),
        "example": bool(table and table.synthetic),
        "crumbs": [(_("Price tables"), reverse("price_tables")), (table.title if table else _("New table"), "")],
    }
    return render(request, "money/price_table.html", facts, status=422 if wrong else 200)


@require_POST
@login_required
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The table is published, a draft again, or copied from tomorrow on."""
    person, now = signed_in(request), timezone.now()
    table = get_object_or_404(PriceTable.objects.select_related("seller"), pk=pk)
    do = request.POST.get("do") or request.GET.get("do", "")
    try:
        if do == "copy":
            tomorrow = books.day_of(now) + timedelta(days=1)
            return redirect("price_table", tables.copy(table, person=person, now=now, valid_from=tomorrow).pk)
        if do not in ("publish", "back"):
            raise Unable(_("Found no such step; use the buttons of the page."))
        tables.publish(table, person=person, now=now, back=do == "back")
        said = _("Published.") if do == "publish" else _("A draft again.")
        undo = f"{reverse('price_table_act', args=[pk])}?do={'back' if do == 'publish' else 'publish'}"
        messages.success(request, said, extra_tags=undo)
    except Unable as problem:
        messages.error(request, str(problem))
    return redirect("price_table", pk)


def _save(typed: QueryDict, person: Person, table: PriceTable | None) -> PriceTable:
    seller = table.seller if table else _seller(typed.get("seller", ""))
    if seller is None:
        raise Unable(_("Found no institution; choose whose prices these are."))
    values = {
        "title": typed.get("title", "").strip()[:200],
        "class_code": typed.get("class_code", "").strip().split(" ")[0],
        "instrument": tables.thing_of(seller, Instrument, typed.get("instrument", "")),
        "service": tables.thing_of(seller, Service, typed.get("service", "")),
        "valid_from": _day(typed.get("valid_from", "")),
        "valid_until": _day(typed.get("valid_until", "")) if typed.get("valid_until") else None,
        "tax_percent": _decimal(typed.get("tax_percent", "0"), most=50),
        "minimum": amounts.read(typed.get("minimum") or "0"),
        "step_minutes": max(1, _whole(typed.get("step_minutes", "1"))),
        "late_percent": _decimal(typed.get("late_percent") or "0", most=100),
        "late_hours": _whole(typed.get("late_hours") or "24"),
        "absent_percent": _decimal(typed.get("absent_percent") or "0", most=100),
    }
    rows = [
        {
            "unit": unit,
            "item": item.strip()[:120],
            "user_class": klass,
            "when": when,
            "above": _decimal(above or "0", most=10**8),
            "price": amounts.read(price),
        }
        for unit, item, klass, when, above, price in zip(
            *(typed.getlist(f"row_{name}") for name in COLUMNS), strict=False
        )
        if price.strip()
    ]
    return tables.save(seller=seller, person=person, now=timezone.now(), values=values, rows=rows, table=table)


def _fields(table: PriceTable | None, typed: QueryDict | None, asked: QueryDict) -> dict[str, Any]:
    names = (
        "title",
        "class_code",
        "valid_from",
        "valid_until",
        "tax_percent",
        "minimum",
        "step_minutes",
        "late_percent",
        "late_hours",
        "absent_percent",
    )
    if typed is not None:
        return {name: typed.get(name, "") for name in (*names, "instrument", "service", "seller")}
    if table is None:
        start = {"valid_from": books.day_of(timezone.now()).isoformat(), "tax_percent": "6", "minimum": "0"}
        return start | {
            "step_minutes": 1,
            "late_percent": "0",
            "late_hours": 24,
            "absent_percent": "0",
            "instrument": asked.get("instrument", ""),
            "service": asked.get("service", ""),
        }
    found = {name: getattr(table, name) for name in names}
    found |= {name: found[name].isoformat() if found[name] else "" for name in ("valid_from", "valid_until")}
    instrument, service = table.instrument, table.service
    return found | {"instrument": instrument.key if instrument else "", "service": service.key if service else ""}


def _rows(table: PriceTable | None, typed: QueryDict | None) -> list[dict[str, Any]]:
    if typed is not None:
        given = zip(*(typed.getlist(f"row_{name}") for name in COLUMNS), strict=False)
        return [dict(zip(COLUMNS, row, strict=True)) for row in given]
    kept = [{name: getattr(row, name) for name in COLUMNS} for row in table.rows.all()] if table else []
    blank: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {"unit": "hour"}
    return kept if table and table.published else [*kept, *[dict(blank) for _each in range(BLANK_ROWS)]]


def _decimal(text: str, *, most: int) -> Decimal:
    try:
        value = Decimal(text.strip().rstrip("%").strip())
        if value.is_finite() and 0 <= value <= most:
            return value
    except InvalidOperation:
        pass
    raise Unable(_("Found “%(found)s”; expected a number from 0 to %(most)s.") % {"found": text[:40], "most": most})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unable(_("Found a day that cannot be read, expected one such as 2026-12-01.")) from None


def _whole(text: str) -> int:
    plain = text.strip()
    if plain.isdecimal() and len(plain) < 5:
        return int(plain)
    raise Unable(_("Found “%(found)s”; expected a whole number.") % {"found": text[:40]})


def _seller(text: str) -> Institution | None:
    return Institution.objects.filter(pk=int(text) if text.isdecimal() and len(text) < 15 else 0).first()
