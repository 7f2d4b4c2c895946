"""The facility's queue of orders, as a board by state and as a list; its storage of samples."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access.commissions import keepers, progress, queue, storage
from liqi.access.commissions.states import turn_of
from liqi.access.models import Commission, StoragePlace
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility
from liqi.web import tables
from liqi.web.asked import signed_in

PAGE = 50
CSV = (
    "key",
    "title",
    "service",
    "customer",
    "organisation",
    "state",
    "turn",
    "samples",
    "due_on",
    "since",
    "synthetic",
)


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """What waits for whom: the board of all orders on their way, or the list with every state; as a file too."""
    person, today = signed_in(request), progress.today(timezone.now())
    service, state = request.GET.get("service", ""), request.GET.get("state", "")
    as_list = request.GET.get("view") == "list" or bool(state)
    facts = {
        "today": today,
        "service": service,
        "services": keepers.services_of(person).filter(orders__isnull=False).distinct().order_by("name", "pk")[:200],
        "state": state,
        "states": Commission.State.choices[1:],
        "as_list": as_list,
        "overdue_samples": queue.overdue_samples(person, today=today).count(),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Orders"), "")],
    }
    rows = queue.rows(person).order_by("commission__changed_at", "pk")
    if service:
        rows = rows.filter(service__key=service)
    if request.GET.get("late"):
        rows = rows.filter(commission__due_on__lt=today, commission__state__in=queue.LATE)
    if state in Commission.State.values:
        rows = rows.filter(commission__state=state)
    if request.GET.get("format") == "csv":
        return tables.as_csv("order-queue", CSV, (_row(queue.card(one, today)) for one in rows[:5000]))
    if as_list:
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        facts |= {"page": page, "cards": [queue.card(one, today) for one in page]}
        facts["example"] = any(one.synthetic for one in page)
    else:
        board = queue.board(person, today=today, service=service)
        facts |= {"board": board, "total": sum(column.count for column in board)}
        facts["late"] = sum(card.overdue for column in board for card in column.cards)
        facts["example"] = any(card.order.synthetic for column in board for card in column.cards)
    return render(request, "orders/queue.html", facts)


def _row(card: queue.Card) -> tuple[object, ...]:
    order, commission = card.order, card.commission
    return (
        order.key, order.title, order.service.name if order.service else "", order.person.name,
        order.organisation.name if order.organisation else "", commission.state, turn_of(commission.state),
        card.samples, commission.due_on, commission.changed_at.isoformat(), order.synthetic,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    """Rooms, freezers, racks and boxes of one's facilities; a new one is made below what it stands in."""
    person, refused = signed_in(request), ""
    facilities = storage.facilities_of(person)
    wanted = request.POST.get("facility") or request.GET.get("facility", "")
    facility = next((one for one in facilities if one.key == wanted), facilities[0] if facilities else None)
    if request.method == "POST" and facility is not None:
        try:
            _add(request, facility, person)
        except storage.WrongPlace as problem:
            refused = str(problem)
        else:
            return redirect(f"{reverse('storage')}?facility={facility.key}")
    facts = {
        "facilities": facilities,
        "facility": facility,
        "branches": storage.tree(facility) if facility else [],
        "kinds": StoragePlace.Kind.choices,
        "typed": request.POST,
        "refused": refused,
        "example": bool(facility and facility.synthetic),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Storage"), "")],
    }
    return render(request, "samples/storage.html", facts, status=422 if refused else 200)


def _add(request: HttpRequest, facility: Facility, person: Person) -> None:
    given = request.POST
    parent = given.get("parent", "")
    above = facility.storage_places.filter(pk=int(parent) if parent.isdecimal() else 0).first() if parent else None
    numbers = {name: given.get(name, "0").strip() or "0" for name in ("rows", "columns")}
    try:
        degrees = Decimal(given["temperature_c"]) if given.get("temperature_c", "").strip() else None
        if degrees is not None and not -273 <= degrees <= 999:
            raise InvalidOperation
    except InvalidOperation:
        raise storage.WrongPlace(_("Found no temperature in °C; expected a number such as -80.")) from None
    storage.add(
        facility=facility, parent=above, kind=given.get("kind", ""), name=given.get("name", ""), person=person,
        now=timezone.now(), temperature_c=degrees,
        **{name: int(text) if text.isdecimal() else 0 for name, text in numbers.items()},
    )  # fmt: skip


@require_safe
@login_required
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place: a box as its grid, anything else as the list of what is in it."""
    rows = StoragePlace.objects.select_related("facility", "parent__parent__parent")
    found = get_object_or_404(rows, pk=pk)
    storage.require(found.facility, signed_in(request))
    facts = {
        "place": found,
        "path": storage.path_of(found),
        "grid": storage.grid(found) if found.kind == StoragePlace.Kind.BOX else [],
        "parts": found.parts.order_by("name", "pk"),
        "samples": found.samples.select_related("order").order_by("slot", "pk"),
        "example": found.synthetic,
        "crumbs": [
            (_("Manager's desk"), reverse("desk")),
            (_("Storage"), f"{reverse('storage')}?facility={found.facility.key}"),
            (found.name, ""),
        ],
    }
    return render(request, "samples/place.html", facts)


@require_POST
@login_required
def remove_place(request: HttpRequest, pk: int) -> HttpResponse:
    """The empty place is gone."""
    found = get_object_or_404(StoragePlace.objects.select_related("facility"), pk=pk)
    try:
        storage.remove(place=found, person=signed_in(request), now=timezone.now())
    except storage.WrongPlace as problem:
        messages.error(request, str(problem))
        return redirect("storage_place", pk=pk)
    return redirect(f"{reverse('storage')}?facility={found.facility.key}")
