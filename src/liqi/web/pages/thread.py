"""The thread of an order, from the need to what the evaluation counts; its sessions; projects; new orders."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import DecimalField, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access import orders, session
from liqi.access.models import Booking, Commission, Order, Session
from liqi.accounts import membership
from liqi.accounts.models import Person, Project
from liqi.answers import thread
from liqi.catalogue.models import Instrument
from liqi.web import order_panel, periods, refusals, turns
from liqi.web.asked import signed_in
from liqi.web.scripts import in_script


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Where is my sample? Every step of the order with who and when, what is next and whose turn it is."""
    found = Order.objects.select_related(
        "person", "organisation", "project", "instrument__institution", "service__facility", "service__institution"
    )
    order, person, now = get_object_or_404(found, key=key), signed_in(request), timezone.now()
    orders.require_sight(order, person)
    chain = thread.read(order, now=now, person=person)
    commission = Commission.objects.select_related("form").filter(order=order).first()
    if commission is not None:
        commission.order = order
    return render(
        request,
        "thread/thread.html",
        {
            "order": order,
            "chain": chain,
            "thread": chain.thread,
            "next": turns.of(order, chain.next, person, now),
            "mine": order.person_id == person.pk,
            "commission": commission,
            "panel": order_panel.build(commission, person, now=now) if commission else None,
            "now": now,
            "running": [session for session in chain.thread.sessions if session.is_running],
            "files_address": f"/answers/new/?order={order.key}",
            "example": order.synthetic or bool(order.instrument and order.instrument.synthetic),
            "crumbs": _crumbs(order),
        },
    )


def _crumbs(order: Order) -> list[tuple[str, str]]:
    crumbs = [(_("My bench"), reverse("bench"))]
    if order.project:
        crumbs.append((order.project.title, reverse("project", args=[order.project.pk])))
    return [*crumbs, (in_script(order.title, get_language()), "")]


@require_POST
@login_required
def finish(request: HttpRequest, key: str) -> HttpResponse:
    """The need is met."""
    order = get_object_or_404(Order, key=key)
    orders.finish(order=order, person=signed_in(request), now=timezone.now())
    messages.success(request, _("Finished. Everything stays on record."))
    return redirect("order", key=key)


@require_POST
@login_required
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """The session of the booking runs from now."""
    booked = get_object_or_404(
        Booking.objects.select_related("instrument__institution__organisation", "order", "organisation", "person"),
        pk=pk,
    )
    orders.require_sight(booked.order, signed_in(request))
    try:
        session.start(booking=booked, person=signed_in(request), now=timezone.now())
    except refusals.REFUSALS as problem:
        return _refused(request, problem, booked.order)
    messages.success(request, _("The session runs; the hours are counted from now."))
    return redirect("order", key=booked.order.key)


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The session is over and its hours are on record."""
    running = get_object_or_404(Session.objects.select_related("instrument", "person", "booking__order"), pk=pk)
    order = running.booking.order if running.booking else None
    try:
        ended = session.end(session=running, person=signed_in(request), now=timezone.now())
    except refusals.REFUSALS as problem:
        return _refused(request, problem, order)
    messages.success(
        request, _("The session is over: %(hours)s effective hours.") % {"hours": turns.hours(ended.effective_hours)}
    )
    return redirect("order", key=order.key) if order else redirect("desk")


def _refused(request: HttpRequest, problem: Exception, order: Order | None) -> HttpResponse:
    refusal = refusals.of(problem, signed_in(request).time_zone)
    back = reverse("order", args=[order.key]) if order else reverse("bench")
    facts = {"title": refusal.title, "text": refusal.text, "back": back}
    return render(request, "errors/error.html", facts, status=refusal.status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new order on an instrument; the need may come along as `?need=…`. A service has a form of its own."""
    person, values = signed_in(request), request.POST if request.method == "POST" else request.GET
    if values.get("service"):
        kept = {name: values[name] for name in ("need", "project") if values.get(name)}
        return redirect(f"{reverse('service_order', args=[values['service']])}?{periods.query(kept)}")
    instrument = Instrument.objects.filter(key=values.get("instrument")).first() if values.get("instrument") else None
    typed = {name: values.get(name, "").strip() for name in ("need", "title", "project")}
    wrong = {}
    if request.method == "POST":
        if not typed["need"] and not typed["title"]:
            wrong["need"] = _("Found no need; say in a sentence what is to be found out.")
        else:
            made = orders.open(
                person=person,
                title=typed["title"] or typed["need"].partition("\n")[0],
                need=typed["need"],
                instrument=instrument,
                project=_project(person, typed["project"]) if typed["project"] else None,
                now=timezone.now(),
            )
            messages.success(request, _("The thread is open; the next step stands on top."))
            return redirect("order", key=made.key)
    mine = Project.objects.filter(organisation__memberships__person=person, closed_on=None).order_by("code")
    facts: dict[str, Any] = {
        "instrument": instrument,
        "typed": typed,
        "wrong": wrong,
        "projects": mine,
    }
    facts["crumbs"] = [(_("My bench"), reverse("bench")), (_("New order"), "")]
    return render(request, "thread/new.html", facts, status=422 if wrong else 200)


def _project(person: Person, pk: str) -> Project:
    mine = Project.objects.select_related("organisation").filter(organisation__memberships__person=person)
    return get_object_or_404(mine, pk=pk if pk.isdecimal() else 0)


@require_safe
@login_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """The threads of a project with their hours; for the members of its organisation."""
    found = get_object_or_404(Project.objects.select_related("organisation"), pk=pk)
    membership.require(signed_in(request), found.organisation)
    rows = found.orders.select_related("person", "instrument", "service").order_by("-created_at")
    metered = DecimalField(max_digits=14, decimal_places=4)
    hours = Sum("bookings__sessions__effective_hours", output_field=metered)
    outside = Sum(
        "bookings__sessions__effective_hours", filter=Q(bookings__sessions__outside=True), output_field=metered
    )
    threads = rows.annotate(hours=hours)
    facts: dict[str, Any] = {
        "project": found,
        "threads": threads,
        "hours": found.orders.aggregate(total=hours)["total"],
        "outside_hours": found.orders.aggregate(total=outside)["total"],
        "example": found.synthetic,
        "crumbs": [(_("My bench"), reverse("bench")), (found.title, "")],
    }
    return render(request, "thread/project.html", facts)
