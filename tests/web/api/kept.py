"""What the newer resources of the interface need: records behind their addresses, and what is sent to them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from liqi.access import agents
from liqi.access.care import stock
from liqi.access.metering import kiosk, meters
from liqi.access.models import (
    Agent,
    Booking,
    Charge,
    Fitting,
    Incident,
    Kiosk,
    Meter,
    NoShow,
    Payment,
    PaymentMatch,
    Settlement,
    StockItem,
    StockLot,
    StockMovement,
    Wish,
)
from liqi.access.money import payments
from liqi.accounts.models import JournalEntry
from liqi.answers.models import Arrival
from liqi.catalogue import bulk_edit, merging, saved_search
from liqi.catalogue.models import BulkEdit, Instrument, Merge, SavedSearch, Twins
from tests.web.world import World

NEW_COURSE = {"title": "Safe handling", "instrument": "orbitrap"}


def make(world: World) -> None:
    """A meter, a tablet, a file in the inbox, a no-show, a settlement, a matched payment, a wish stand on record."""
    thing, keeper, now = world.place.orbitrap, world.place.manager, timezone.now()
    by: dict[str, Any] = {"instrument": thing, "person": keeper, "now": now}
    agent = agents.issue(**by, name="Bench PC").agent
    meters.keep(**by, name="plug")
    kiosk.register(**by, name="Door")
    Arrival.objects.create(
        instrument=thing, agent=agent, path="a/b.raw", sha256="0" * 64, size=1, modified_at=now, arrived_at=now,
        why="nobody",
    )  # fmt: skip
    NoShow.objects.create(booking=world.booking, person=world.booking.person, instrument=world.booking.instrument,
                          at=now)  # fmt: skip
    Settlement.objects.create(
        instrument=thing, kind="ghost", starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1),
        verdict="dismissed", reason="seen", person=keeper, at=now,
    )  # fmt: skip
    wish = Wish.objects.create(
        person=world.place.member, order=world.booking.order, earliest_at=now, latest_at=now + timedelta(days=5),
        minutes=60, state=Wish.State.WITHDRAWN, created_at=now, closed_at=now,
    )  # fmt: skip
    wish.instruments.set([thing])
    if not StockItem.objects.exists():
        given: dict[str, Any] = {"person": keeper, "now": now}
        item = stock.add(facility=world.place.facility, name="Vials", unit="box", **given)
        stock.receive(item=item, number="L", quantity=Decimal(9), **given)
        stock.issue(item=item, quantity=Decimal(2), **given)
    _make_doubles(world)
    if world.money.invoice.open > 0:
        payment = Payment.objects.order_by("pk")[0]
        payments.match(payment, world.money.invoice, person=keeper, now=now, amount=Decimal(1))


def _make_doubles(world: World) -> None:
    """Three records that may be one, two of them merged, a class chosen of one more, and a search that is kept."""
    home, keeper, now = world.place.facility, world.place.manager, timezone.now()
    if SavedSearch.objects.exists():
        return
    own: dict[str, Any] = {"institution": home.institution, "facility": home, "source": "test"}
    one, two, three, four = (
        Instrument.objects.create(key=f"double-{n}", name="Shaker", created_at=now, updated_at=now, **own)
        for n in range(4)
    )
    Twins.objects.create(first=one, second=two, reason="serial", score=0.9, found_at=now)
    merging.merge(three, four, person=keeper, now=now)
    bulk_edit.apply("instrument", [three.key], {"class_code": "010201"}, person=keeper, now=now)
    saved_search.save("q=tea", "Tea", person=world.place.member, now=now)


def _first(kind: Any) -> int:
    return int(kind.objects.order_by("pk").values_list("pk", flat=True)[0])


def value(world: World, path: str, name: str) -> Any:
    """What stands in the address of this path under this name; None where the older table says it."""
    numbers: dict[str, Any] = {
        "agents/{id}": Agent, "meters/{id}": Meter, "kiosks/{id}": Kiosk, "settlements/{id}": Settlement,
        "no-shows/{id}": NoShow, "wishes/{id}": Wish, "charges/{id}": Charge, "matches/{id}": PaymentMatch,
        "stock/{id}": StockItem, "fittings/{id}": Fitting, "incidents/{id}": Incident, "duplicates/{id}": Twins,
        "merges/{id}": Merge, "edits/{id}": BulkEdit, "saved/{id}": SavedSearch,
    }  # fmt: skip
    if name == "id" and (kind := next((each for part, each in numbers.items() if part in path), None)):
        return _first(kind)
    if path == "/api/waiting/{id}/rejoin":
        return Wish.objects.get(state=Wish.State.WITHDRAWN).pk
    group = world.place.project.organisation_id
    said: dict[str, Any] = {
        "organisation": group, "person": world.place.member.pk, "project": world.place.project.pk,
        "sample": world.commissioned.samples.get().key, "sha256": "0" * 64, "method": "ms.identify",
        "entry": _first(JournalEntry),
    }  # fmt: skip
    if path.startswith("/api/organisations/") and name == "id":
        return group
    if path.startswith("/api/orders/own-use/"):
        return world.booking.order.key
    if path == "/api/evaluation/rows/{kind}":
        return "sessions"
    return said.get(name)


def bodies(world: World) -> dict[tuple[str, str], Any]:
    """What is sent to endpoints that read fields before they ask who may."""
    files = {"files": [Arrival.objects.get().key]}
    issue = StockMovement.objects.get(kind="issue").pk
    counted, booking = {"lot": StockLot.objects.get().pk}, Booking.objects.order_by("pk")[0]
    minutes = {"startup": 30, "post": 30, "idle_after": 15, "forgotten_after": 60, "walk_up": True}
    waits = {"offer_minutes": 60, "lead_minutes": 60, "standby_minutes": 15, "fair_days": 28, "missed_offers": 3}
    priced = {"lines": [{"text": "Work", "quantity": "1", "price": "10"}]}
    return {
        ("put", "/api/agents/{id}/silence"): {"minutes": 60},
        ("post", "/api/boards/{name}/records/{number}/deeds"): {"do": "change", "values": {"name": "仪器园"}},
        ("post", "/api/bookings/requests/swap"): {"one": booking.pk, "other": booking.pk},
        ("post", "/api/care/contracts"): {
            "instrument": "orbitrap", "provider": "Maker", "starts_on": "2026-01-01", "ends_on": "2027-01-01"
        },
        ("post", "/api/care/fittings"): {"instrument": "orbitrap", "name": "Source", "choices": ["ESI", "APCI"]},
        ("post", "/api/care/fittings/{id}/needs"): {"booking": booking.pk},
        ("post", "/api/care/stock"): {"facility": world.place.facility.key, "name": "Vials", "unit": "box"},
        ("post", "/api/care/stock/{id}/back"): {"movement": issue, "quantity": "1"},
        ("post", "/api/care/stock/{id}/count"): counted | {"found": "1"},
        ("post", "/api/care/stock/{id}/dispose"): counted | {"quantity": "1", "words": "broken"},
        ("post", "/api/curation/duplicates/{id}/merge"): {"keep": "double-0"},
        ("post", "/api/curation/classes"): {"classes": {"double-0": "010201"}},
        ("post", "/api/curation/technique-words"): {"technique": "lcms", "words": ["tea in water"]},
        ("post", "/api/curation/technique-words/back"): {"technique": "lcms", "words": ["tea in water"]},
        ("post", "/api/search/saved"): {"address": "q=water"},
        ("put", "/api/files/{key}/hold"): {"why": "in court"},
        ("put", "/api/files/{key}/check-standard"): {"instrument": "orbitrap"},
        ("post", "/api/inbox/file"): files | {"order": world.booking.order.key},
        ("post", "/api/inbox/aside"): files,
        ("post", "/api/inbox/back"): files,
        ("post", "/api/kiosk/problems"): {"words": "No gas"},
        ("put", "/api/me"): {"name": "Mei", "time_zone": "Asia/Shanghai"},
        ("put", "/api/me/kiosk-pass"): {"pin": "2481"},
        ("post", "/api/metering/meters"): {"instrument": "orbitrap", "name": "clamp"},
        ("put", "/api/metering/meters/{id}"): {"name": "plug"},
        ("post", "/api/metering/kiosks"): {"instrument": "orbitrap", "name": "Window"},
        ("put", "/api/metering/terms/{key}"): minutes,
        ("put", "/api/money/billing/{organisation}"): {"legal_name": "Guest group"},
        ("put", "/api/money/charges/{id}/lines"): priced | {"reason": "less"},
        ("put", "/api/money/charges/{id}/payer"): {"budget": None},
        ("post", "/api/money/closed-months"): {"seller": "host", "month": "2026-01"},
        ("post", "/api/money/invoices"): {"charges": [world.money.charge.pk]},
        ("post", "/api/money/invoices/{number}/take-back"): {"reason": "wrong payer"},
        ("post", "/api/money/payments"): {"seller": "host", "received_on": "2026-01-05", "amount": "1.00"},
        ("post", "/api/money/payments/{id}/matches"): {"invoice": world.money.invoice.number},
        ("post", "/api/orders/own-use"): {"need": "Is there caffeine?"},
        ("put", "/api/orders/{key}/conclusion"): {"text": "Nothing found."},
        ("put", "/api/orders/{key}/feedback"): {"grade": 5},
        ("post", "/api/orders/{key}/quotes"): priced,
        ("post", "/api/organisations"): {"name": "New group", "kind": "group"},
        ("post", "/api/organisations/{id}/members"): {"email": "stranger@example.org"},
        ("post", "/api/organisations/{id}/projects"): {"code": "P-9", "title": "Water"},
        ("put", "/api/organisations/{id}/order-terms"): {"lead_accepts": True},
        ("post", "/api/rules/{kind}/{key}/copy"): {"kind": "instruments", "key": "triple"},
        ("put", "/api/rules/{kind}/{key}/{rule}/active"): {"active": False},
        ("put", "/api/services/{key}/terms"): {"four_eyes": True, "quote_needed": False, "retention_days": 90},
        ("post", "/api/training/desk/courses"): NEW_COURSE,
        ("put", "/api/training/desk/courses/{key}"): {"title": "Safe handling"},
        ("post", "/api/training/desk/documents"): {"title": "Gas", "text": "Open a window.", "instrument": "orbitrap"},
        ("post", "/api/training/desk/documents/{key}/versions"): {"text": "Open two windows."},
        ("post", "/api/training/desk/qualifications"): {"text": "person,course,granted_on\n"},
        ("put", "/api/waiting/desk/terms/{key}"): waits,
        ("put", "/api/waiting/desk/wishes/{id}/priority"): {"priority": 1},
        ("post", "/api/waiting/desk/no-shows/{id}/forgive"): {"why": "ill"},
    }  # fmt: skip
