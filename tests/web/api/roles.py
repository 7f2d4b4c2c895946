"""Every endpoint of the interface with records behind its address and a body that gets past the reading of fields."""

from __future__ import annotations

import functools
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from liqi.access import outages
from liqi.access.care import control_charts
from liqi.access.models import (
    Budget,
    Chore,
    ChoreItem,
    ControlChart,
    Course,
    Fitting,
    Incident,
    MaintenancePlan,
    MaintenanceWindow,
    Outage,
    Payment,
    PriceTable,
    Qualification,
    Question,
    QuizAttempt,
    Refund,
    SafetyDocument,
    StoragePlace,
    TrainingSession,
    Voucher,
    VoucherAllowance,
    VoucherBatch,
    VoucherProgramme,
    VoucherUse,
    Webhook,
)
from liqi.access.money import payments, refunds
from liqi.accounts import notices
from liqi.catalogue.models import CustomsRecord
from liqi.observatory.models import Park
from liqi.web.api import api
from tests.web.api import kept
from tests.web.world import World

QUERIES = {
    "/api/agents": "instrument=orbitrap",
    "/api/bookings/feed": "instrument=triple&start=2026-12-01T00:00:00Z&end=2026-12-02T00:00:00Z",
    "/api/bookings/free": "instrument=triple",
    **dict.fromkeys(("/api/evaluation/instruments", "/api/evaluation/units"), "year=2026"),
    **dict.fromkeys(("/api/evaluation/units/{key}/totals", "/api/evaluation/rows/{kind}"), "year=2026"),
    "/api/evaluation/purchase": "year=2026&class_code=010201",
    "/api/match": "q=tea",
    "/api/metering/instruments/{key}/hours": "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z",
    "/api/money/price": "instrument=triple&start=2026-12-01T00:00:00Z&end=2026-12-01T02:00:00Z",
    "/api/search": "q=tea",
    "/api/waiting/line": "instrument=triple",
}

NUMBERED: dict[str, Any] = {
    "budgets": Budget, "care/plans": MaintenancePlan, "customs": CustomsRecord, "lines": ChoreItem,
    "price-tables": PriceTable, "qualifications": Qualification, "questions": Question, "quizzes": QuizAttempt,
    "storage": StoragePlace, "tasks": Chore, "voucher-uses": VoucherUse,
}  # fmt: skip
"""The record behind a number in an address, by what stands before it."""
STEPS = {"tasks": "drop", "price-tables": "publish", "budgets": "close", "questions": "remove"}


def make_ready(world: World) -> None:
    """What the endpoints need and the pages do not: a webhook, a control chart, an outage, a notice."""
    if Webhook.objects.exists():
        return
    thing, keeper, now = world.place.orbitrap, world.place.manager, timezone.now()
    address = "https://127.0.0.1/"  # refused before anything is sent
    Webhook.objects.create(instrument=thing, url=address, secret="whsec_AA==", made_by=keeper, made_at=now)
    control_charts.begin(
        instrument=thing, person=keeper, name="Tea", method="ms.quantify", finding="area", centre=1, sigma=1, now=now
    )
    for days in (40, 50):
        then = now + timedelta(days=days)
        day = timedelta(days=1)
        outages.declare(instrument=thing, person=keeper, starts_at=then, ends_at=then + day, words="Pump", now=now)
    outages.begin(
        instrument=thing, person=keeper, rule="FREQ=MONTHLY;COUNT=2", starts_at=now, minutes=60, words="Tuning", now=now
    )
    seller = world.money.invoice.seller
    for number in (1, 2):
        paid = payments.record(
            seller=seller, received_on=now.date() - timedelta(days=1), amount=Decimal(9), person=world.place.manager,
            now=now, source=str(number),
        )  # fmt: skip
        refunds.give(paid, paid_on=paid.received_on, amount=Decimal(1), person=world.place.manager, now=now)
    _make_vouchers(world)
    kept.make(world)
    notices.tell([world.place.member] * 2, kind="order.receive", now=now, title="Tea")
    notices.tell([world.place.member], kind="order.receive", now=now, title="Water")


def _make_vouchers(world: World) -> None:
    """A voucher of the member's group that pays a part of an order, and a batch of the seller; a duty-free import."""
    group, now, on = world.place.project.organisation, timezone.now(), timezone.now().date()
    given = {"programme": world.money.programme, "organisation": group}
    fifty = Decimal(50)
    paper = Voucher.objects.create(
        **given, number="V-1", asked=fifty, amount=fifty, reserved=fifty, state="issued", applied_at=now,
        applied_by=world.place.member,
    )  # fmt: skip
    Voucher.objects.create(
        **given, number="V-2", asked=fifty, applied_at=now, applied_by=world.place.member
    )  # fmt: skip
    share = VoucherAllowance.objects.create(**given, year=on.year, cap=Decimal(100), reserved=fifty)
    VoucherProgramme.objects.filter(pk=world.money.programme.pk).update(reserved=fifty)
    seller = world.money.invoice.seller
    VoucherUse.objects.create(
        voucher=paper,
        allowance=share,
        seller=seller,
        order=world.commissioned,
        contract=fifty,
        amount=fifty,
        whole_contract=fifty,
        whole_amount=fifty,
        at=now,
    )
    VoucherBatch.objects.create(
        number="VB-1", programme=world.money.programme, seller=seller, made_by=world.place.manager, made_at=now
    )
    CustomsRecord.objects.create(
        instrument=world.place.orbitrap,
        declaration_number="1",
        source="test",
        source_ref="1",
        created_at=now,
        updated_at=now,
    )


@functools.cache
def document() -> Any:
    """The OpenAPI document, which is long in the making and only read by tests."""
    return api.get_openapi_schema()


def endpoints(world: World) -> dict[tuple[str, str], tuple[str, Any]]:
    """(method, path) of every endpoint: its address with a record behind it, and what is sent there."""
    make_ready(world)
    sent = bodies(world) | kept.bodies(world)
    found = {}
    for path, methods in document()["paths"].items():
        address = re.sub(r"{(\w+)}", lambda match, path=path: str(_value(world, path, match[1])), path)
        for method, said in methods.items():
            asks = path in QUERIES and any(each["in"] == "query" for each in said.get("parameters", ()))
            whole = f"{address}?{QUERIES[path]}" if asks else address
            found[method.upper(), path] = (whole, sent.get((method, path), {}))
    return found


def _value(world: World, path: str, name: str) -> Any:
    """What stands in the address of this path under this name."""
    resource = path.split("/")[2]
    if (found := kept.value(world, path, name)) is not None:
        return found
    if (kind := next((kind for part, kind in NUMBERED.items() if f"{part}/{{{name}}}" in path), None)) is not None:
        return kind.objects.order_by("pk").values_list("pk", flat=True)[0]
    if name == "number" and "/voucher" in path:
        return "V-2" if "/vouchers/" in path else "VB-1"
    if name == "key" and resource == "money":
        return world.money.programme.key
    if name == "key" and "documents" in path:
        return SafetyDocument.objects.get().key
    if name == "step" and "charges" not in path:
        return next(step for part, step in STEPS.items() if part in path)
    if name == "id":
        if resource == "money":
            money: Any = Refund if "refunds/{id}" in path else Payment
            return money.objects.order_by("pk").values_list("pk", flat=True)[0]
        if resource == "care" and "stock" not in path:
            kind: Any = Incident if "incidents" in path else MaintenancePlan if "maintenance" in path else Fitting
            return kind.objects.order_by("pk").values_list("pk", flat=True)[0]
        if resource in ("webhooks", "outages"):
            window = MaintenanceWindow if "windows" in path else Outage
            rows: Any = Webhook if resource == "webhooks" else window
            return rows.objects.order_by("pk").values_list("pk", flat=True)[0]
        if "sessions" in path:
            return TrainingSession.objects.get().pk if resource == "training" else world.session.pk
        return world.booking.pk if resource == "bookings" else 1
    if resource == "care" and "charts" in path:
        return ControlChart.objects.get().key
    if name == "feature":
        return 0
    if name == "number" and resource != "boards":
        return world.money.invoice.number if "invoices" in path else world.money.quote.number
    if resource == "boards":
        return Park.objects.get().pk if name == "number" else "parks"
    keys = {
        "orders": world.commissioned.key, "samples": world.commissioned.samples.get().key, "runs": world.run.key,
        "services": "unknowns", "facilities": world.place.facility.key, "institutions": "host", "evaluation": "host",
        "training": Course.objects.get().key, "files": world.run.files.get().key,
    }  # fmt: skip
    others = {"verb": "accept", "answer": "accept", "step": "confirm", "rule": "quota", "table": "hours"}
    others["kind"] = "instrument" if resource == "journal" else "instruments"
    return others.get(name) or keys.get(resource, world.place.orbitrap.key)


def bodies(world: World) -> dict[tuple[str, str], Any]:
    """What is sent to endpoints that read fields before they ask who may."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=4)
    times = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    wish = {"instrument": "triple", **times}
    limits = {"limits": [{"whose": "person", "most": 40, "what": "hours", "per": "week"}]}
    prices = {"title": "2027", "valid_from": "2027-01-01", "rows": [{"unit": "hour", "price": "10"}]}
    question = {"text": "Open?", "choices": [{"text": "yes", "right": True}, {"text": "no"}]}
    stranger = {"email": "stranger@example.org"}
    return {
        ("post", "/api/agents/heartbeat"): {"version": "1", "at": 1.0},
        ("post", "/api/agents"): {"instrument": "orbitrap", "name": "Second PC"},
        ("post", "/api/boards/{name}/records"): {"values": {"name": "Second park"}},
        ("patch", "/api/boards/{name}/records/{number}"): {"values": {"place": "Qingdao"}},
        ("post", "/api/bookings"): wish,
        ("post", "/api/bookings/together"): {"periods": [wish]},
        ("post", "/api/bookings/series"): {
            "periods": [wish], "rule": "FREQ=DAILY;COUNT=2", "time_zone": "Asia/Shanghai"
        },
        ("post", "/api/bookings/series/preview"): {
            "periods": [wish], "rule": "FREQ=DAILY;COUNT=2", "time_zone": "Asia/Shanghai"
        },
        ("post", "/api/bookings/swaps"): {"given": world.booking.pk, "wanted": world.booking.pk},
        ("post", "/api/care/charts"): {"instrument": "orbitrap", "name": "Tea", "method": "m", "finding": "area 2"},
        ("post", "/api/care/charts/{key}/release"): {"reason": "new column"},
        ("post", "/api/care/incidents"): {"instrument": "triple", "words": "No gas"},
        ("post", "/api/care/incidents/{id}/close"): {"lesson": "Oil it"},
        ("post", "/api/care/maintenance/{id}/done"): {"done_on": "2026-01-05", "done_by": "Wu", "words": "Tuned"},
        ("post", "/api/care/fittings/{id}/fit"): {"value": "C18"},
        ("post", "/api/care/stock/{id}/issue"): {"quantity": "1"},
        ("post", "/api/care/stock/{id}/receive"): {"quantity": "1", "number": "L"},
        ("post", "/api/care/tasks"): {"instrument": "orbitrap", "title": "Oil"},
        ("patch", "/api/care/tasks/{id}"): {"priority": 1},
        ("put", "/api/care/tasks/{id}/lines/{line}"): {"done": True},
        ("post", "/api/care/tasks/{id}/remarks"): {"words": "Tomorrow"},
        ("post", "/api/care/plans"): {"instrument": "orbitrap", "name": "Oil", "every_months": 6},
        ("post", "/api/evaluation/units/{key}/what-if"): {"year": 2026},
        ("post", "/api/evaluation/given"): {
            "institution": "host", "year": 2026, "name": "management", "value": 1, "reason": "x"
        },
        ("post", "/api/evaluation/tables/{table}"): {"since": "2026-01-01", "source": "x", "numbers": {}},
        ("put", "/api/notices/wishes"): {"rhythm": "daily", "hour": 8, "remind_minutes": 60},
        ("post", "/api/outages"): {"instrument": "orbitrap", "start": times["start"], "words": "Pump"},
        ("patch", "/api/outages/{id}"): {"start": times["start"], "end": times["end"]},
        ("post", "/api/outages/windows"): {
            "instrument": "orbitrap", "rule": "FREQ=WEEKLY;COUNT=2", "start": times["start"], "minutes": 60,
            "words": "Tuning",
        },
        ("post", "/api/webhooks"): {"instrument": "orbitrap", "url": "https://192.0.2.1/"},
        ("post", "/api/metering/confirmations"): {
            "instrument": "orbitrap", "starts_at": "2026-11-01T00:00:00Z", "ends_at": "2026-11-02T00:00:00Z"
        },
        ("post", "/api/metering/settlements"): {
            "instrument": "orbitrap", "kind": "ghost", "verdict": "dismiss", "reason": "x",
            "starts_at": "2026-11-01T00:00:00Z", "ends_at": "2026-11-02T00:00:00Z",
        },
        ("post", "/api/orders/{key}/results"): [{"sample": "A", "quantity": "pH", "value": "7"}],
        ("post", "/api/money/charges/{step}"): {"charges": [world.money.charge.pk]},
        ("post", "/api/money/invoices/{number}/credit-notes"): {"lines": [{"line": 1}], "reason": "late"},
        ("post", "/api/money/payments/{id}/refunds"): {"paid_on": "2026-01-05"},
        ("post", "/api/money/price-tables"): prices | {"seller": "host"},
        ("put", "/api/money/price-tables/{id}"): prices,
        ("post", "/api/money/price-tables/{id}/copy"): {"valid_from": "2027-01-01"},
        ("post", "/api/money/budgets"): {
            "seller": "host", "group": world.place.project.organisation_id, "title": "2027"
        },
        ("post", "/api/money/budgets/{id}/money"): {"amount": "10"},
        ("put", "/api/money/customs/{id}"): {"supervised_from": "2026-01-01", "sharing": True},
        ("post", "/api/money/customs/{id}/events"): {"kind": "note", "on": "2026-01-05", "text": "seen"},
        ("put", "/api/money/voucher-programmes/{key}"): {
            "title": "T", "authority": "A", "rate": "0.5", "cap_year": "1000", "valid_from": "2026-01-01"
        },
        ("post", "/api/money/voucher-programmes/{key}/applications"): {
            "firm": world.place.project.organisation_id, "asked": "10"
        },
        ("post", "/api/money/vouchers/{number}/refuse"): {"reason": "no contract"},
        ("post", "/api/money/voucher-uses"): {"order": world.commissioned.key, "voucher": "V-1"},
        ("post", "/api/money/voucher-batches"): {"uses": [VoucherUse.objects.get().pk]},
        ("delete", "/api/me"): {"email": "stranger@example.org"},
        ("post", "/api/training/quizzes/{id}/answers"): {"answers": [[0]]},
        ("post", "/api/training/documents/{key}/acceptance"): {"version": 1},
        ("post", "/api/training/desk/sessions"): {
            "course": Course.objects.get().key, "starts_at": times["start"], "ends_at": times["end"],
            "time_zone": "Asia/Shanghai", "places": 3,
        },
        ("post", "/api/training/desk/sessions/{id}/people"): stranger,
        ("put", "/api/training/desk/sessions/{id}/attendance"): {"present": []},
        ("post", "/api/training/desk/courses/{key}/questions"): question,
        ("put", "/api/training/desk/questions/{id}"): question,
        ("post", "/api/training/desk/courses/{key}/checks"): stranger | {"passed": True},
        ("post", "/api/training/desk/courses/{key}/open-quiz"): stranger,
        ("post", "/api/training/desk/courses/{key}/qualifications"): stranger,
        ("post", "/api/training/desk/qualifications/{id}/revoke"): {"why": "crashed it"},
        ("post", "/api/rules/{kind}/{key}/trial"): {"rules": {"quota": limits}},
        ("put", "/api/rules/{kind}/{key}/{rule}"): {"parameters": limits},
        ("post", "/api/runs/{key}/amendments"): {"feature": 0, "kind": "confirm", "reason": "seen"},
        ("post", "/api/runs/{key}/signature"): {"countersigner": "stranger@example.org"},
        ("post", "/api/runs/{key}/signature/send-back"): {"reason": "look again"},
        ("post", "/api/runs"): {"method": "ms.identify", "files": [world.file.key]},
        ("post", "/api/sessions"): {"booking": world.booking.pk},
        ("post", "/api/sessions/walk-up"): {"instrument": "triple"},
        ("post", "/api/orders"): {"title": "Water", "need": "?", "service": "unknowns"},
        ("patch", "/api/orders/{key}"): {"title": "Water"},
        ("post", "/api/orders/{key}/samples"): [{"name": "B"}],
        ("post", "/api/samples/storage"): {"facility": world.place.facility.key, "kind": "room", "name": "R 2"},
        ("post", "/api/samples/{key}/custody"): {"verb": "receive"},
        ("post", "/api/samples/{key}/aliquots"): ["1"],
        ("put", "/api/services/{key}/form"): {},
        ("post", "/api/waiting"): {
            "instruments": ["triple"], "earliest": times["start"], "latest": times["end"], "minutes": 60
        },
    }  # fmt: skip
