"""Stock: what is left of each consumable and what to order; one item with its lots and movements."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi.access.care import stock
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import Order, Session, StockItem, StockLot, StockMovement
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility
from liqi.web import asked, tables, typed

PAGE = 50
COLUMNS = ("facility", "item", "code", "supplier", "unit", "left", "expired", "minimum", "order", "price_cny")
MOVES = ("at", "kind", "lot", "quantity", "unit", "person", "session", "order", "unit_price_cny", "words")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """Every item of the facilities in one's care with what is left; ``low=1`` is the list to order from."""
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    facilities = stock.facilities_of(person)
    if request.method == "POST":
        try:
            made = _add(request, person, now)
        except (NotPossible, NotAllowed) as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("It is in stock; receive the first lot."))
            return redirect("stock_item", made.pk)
    found = stock.levels(facilities, on=timezone.localdate(now))
    low = [one for one in found if one.low]
    rows = low if request.GET.get("low") else found
    if text := request.GET.get("q", "").strip().casefold():
        rows = [one for one in rows if text in f"{one.item.name} {one.item.code} {one.item.supplier}".casefold()]
    if request.GET.get("format") == "csv":
        return tables.as_csv("liqi-stock", COLUMNS, (_cells(one) for one in rows))
    facts: dict[str, Any] = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "low": len(low),
        "only_low": bool(request.GET.get("low")),
        "q": request.GET.get("q", ""),
        "facilities": facilities,
        "typed": request.POST.dict(),
        "wrong": wrong,
        "example": any(one.item.synthetic for one in rows),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Stock"), "")],
    }
    return render(request, "stock/index.html", facts, status=422 if wrong else 200)


def _add(request: HttpRequest, person: Person, now: datetime) -> StockItem:
    given = request.POST
    facility = get_object_or_404(Facility, key=given.get("facility", ""))
    return stock.add(
        facility=facility, person=person, name=given.get("name", ""), unit=given.get("unit", ""), now=now,
        minimum=typed.quantity(given.get("minimum", "")), price_cny=typed.money(given.get("price", "")),
        supplier=given.get("supplier", ""), code=given.get("code", ""),
    )  # fmt: skip


def _cells(one: stock.Level) -> tuple[Any, ...]:
    item, short = one.item, max(one.item.minimum - one.left, Decimal(0))
    return (
        item.facility.key, item.name, item.code, item.supplier, item.unit, one.left, one.expired, item.minimum, short,
        item.price_cny,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def item(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One item: its lots, receive, issue, count, throw away; every movement."""
    shown = get_object_or_404(StockItem.objects.select_related("facility"), pk=pk)
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    stock.require(shown.facility, person)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, shown, person, now))
        except (NotPossible, NotAllowed) as problem:
            wrong = str(problem)
        else:
            return redirect("stock_item", pk)
    moves = StockMovement.objects.filter(lot__item=shown).order_by("-pk")
    moves = moves.select_related("lot", "person", "order", "session__instrument", "session__person")
    if request.GET.get("format") == "csv":
        rows = (
            (one.at.isoformat(), one.kind, one.lot.number, one.quantity, shown.unit, str(one.person or ""),
             one.session_id, one.order.key if one.order else "", one.unit_price_cny, one.words)
            for one in moves
        )  # fmt: skip
        return tables.as_csv(f"liqi-stock-{pk}", MOVES, rows)
    today = timezone.localdate(now)
    running = Session.objects.running().filter(instrument__facility=shown.facility)
    facts: dict[str, Any] = {
        "item": shown,
        "level": next((one for one in stock.levels([shown.facility], on=today) if one.item.pk == shown.pk), None),
        "page": Paginator(moves, PAGE).get_page(request.GET.get("page")),
        "sessions": running.select_related("instrument", "person").order_by("-started_at")[:20],
        "typed": request.POST.dict(),
        "wrong": wrong,
        "today": today,
        "example": shown.synthetic,
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Stock"), reverse("stock")), (shown.name, "")],
    }
    return render(request, "stock/item.html", facts, status=422 if wrong else 200)


def _act(request: HttpRequest, shown: StockItem, person: Person, now: datetime) -> str:
    given, do = request.POST, request.POST.get("do", "")
    if do == "end":
        stock.end(item=shown, person=person, now=now)
        return _("It is kept no longer.")
    quantity = typed.quantity(given.get("quantity", ""))
    if do == "receive":
        stock.receive(
            item=shown, person=person, number=given.get("number", ""), quantity=quantity, now=now,
            expires_on=typed.day(given.get("expires_on", "")), place=given.get("place", ""),
        )  # fmt: skip
        return _("It is in stock.")
    if do == "issue":
        stock.issue(
            item=shown, person=person, quantity=quantity, now=now, words=given.get("words", ""),
            session=_session(given.get("session", ""), shown), order=_order(given.get("order", "")),
        )  # fmt: skip
        return _("It is issued.")
    if do == "back":
        rows = StockMovement.objects.select_related("lot__item__facility", "session", "order")
        move = get_object_or_404(rows, pk=asked.number(given.get("movement", "")), lot__item=shown)
        stock.give_back(movement=move, person=person, quantity=quantity, now=now)
        return _("It is back in stock and not charged.")
    lot = get_object_or_404(
        StockLot.objects.select_related("item__facility"), item=shown, pk=asked.number(given.get("lot", ""))
    )
    if do == "count":
        made = stock.count(lot=lot, person=person, found=quantity, now=now, words=given.get("words", ""))
        return _("The count is on record.") if made else _("As on record; nothing is changed.")
    if do == "dispose":
        stock.dispose(lot=lot, person=person, quantity=quantity, words=given.get("words", ""), now=now)
        return _("It is taken from stock.")
    raise NotPossible(_("This is not one of the things that can be done here."))


def _session(text: str, shown: StockItem) -> Session | None:
    if not text:
        return None
    rows = Session.objects.select_related("instrument", "person")
    return get_object_or_404(rows, pk=asked.number(text), instrument__facility=shown.facility)


def _order(key: str) -> Order | None:
    """The order of this key where one was typed; raises NotPossible for none."""
    if not key.strip():
        return None
    found = Order.objects.filter(key=key.strip()).first()
    if found is None:
        raise NotPossible(_("Found no order “%(key)s”; copy what stands in its address.") % {"key": key[:40]})
    return found
