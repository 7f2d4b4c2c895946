"""The example's sample orders: synthetic ones in every state, with forms, samples, custody, storage and results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from liqi.access import orders
from liqi.access.commissions import (
    custody,
    feedback,
    forms,
    keepers,
    progress,
    quoting,
    results,
    samples,
    storage,
    terms,
)
from liqi.access.commissions.custody import HandOver
from liqi.access.commissions.forms import Field
from liqi.access.commissions.results import Reading
from liqi.access.commissions.samples import Entry
from liqi.access.models import Commission, Order, Steward, StoragePlace
from liqi.accounts.models import Person
from liqi.catalogue import search
from liqi.catalogue.models import Facility, Institution, PriceUnit, Service

__all__ = ["load"]

MEMBER, MANAGER = "member@example.org", "manager@example.org"
KEY = "example-residues"
FIELDS = (
    Field("purpose", "choice", "用途", "Purpose", options=("科研", "产品质量", "应急"), required=True),
    Field("limit", "number", "希望的检出限", "Wished limit of detection", unit="µg/kg", minimum=Decimal(0)),
    Field("deadline", "date", "最晚日期", "Needed by"),
)
SAMPLE_FIELDS = (Field("origin", "text", "产地", "Origin"), Field("harvest", "date", "采摘日期", "Picked on"))
SUBJECTS = ("春茶农药残留", "枸杞农药残留", "陈皮农药残留", "菊花农药残留", "金银花农药残留", "三七农药残留")
COMPOUNDS = ("吡虫啉", "啶虫脒", "毒死蜱")
METHOD = "GB 23200.121-2021, LC-MS/MS"
PATHS: tuple[tuple[str, ...], ...] = (
    (),
    ("submit",),
    ("submit", "quote"),
    ("submit", "quote", "accept"),
    ("submit", "quote", "accept", "receive"),
    ("submit", "quote", "accept", "receive", "begin"),
    ("submit", "quote", "accept", "receive", "begin", "measure"),
    ("submit", "quote", "accept", "receive", "begin", "measure", "review"),
    ("submit", "quote", "accept", "receive", "begin", "measure", "review", "release"),
    ("submit", "quote", "accept", "receive", "begin", "measure", "review", "release", "grade", "close"),
    ("submit", "refuse"),
    ("submit", "withdraw"),
)


@dataclass(frozen=True)
class _Cast:
    """Who plays: the customer, the one who measures, the one who releases; and where samples lie."""

    customer: Person
    manager: Person
    colleague: Person
    box: StoragePlace


def load(*, now: datetime) -> int:
    """Synthetic orders of one synthetic service stand in every state; a second time adds nothing. Gives how many."""
    customer = Person.objects.filter(email=MEMBER).first()
    manager = Person.objects.filter(email=MANAGER).first()
    if customer is None or manager is None or Service.everything.filter(key=KEY).exists():
        return 0
    facility = _facility(manager)
    led = Institution.objects.filter(organisation__memberships__person=manager, organisation__memberships__role="lead")
    institution = led.order_by("pk").first()
    if facility is None or institution is None:
        return 0
    with transaction.atomic():
        start = now - timedelta(days=20)
        colleague = Person(email="reviewer@example.org", name="审核员 (示例)", synthetic=True)
        colleague.set_unusable_password()
        colleague.save()
        Steward.objects.create(person=colleague, facility=facility)
        service = _service(facility, institution, start)
        if not keepers.answers_for(manager, service):
            Steward.objects.create(person=manager, facility=facility)
        search.note("service", [KEY])
        forms.define(service=service, fields=FIELDS, sample_fields=SAMPLE_FIELDS, person=colleague, now=start)
        terms.set_service(
            service=service, person=colleague, now=start, four_eyes=True, quote_needed=True, retention_days=60,
            instructions="样品干燥、避光，装入自封袋，每袋不少于 50 g，贴好标签后寄送。",
        )  # fmt: skip
        cast = _Cast(customer, manager, colleague, _box(facility, manager, start))
        for number, path in enumerate(PATHS):
            _order(service, cast, number, path, start + timedelta(hours=7 * number))
    return len(PATHS)


def _facility(manager: Person) -> Facility | None:
    care = Steward.objects.filter(person=manager).select_related("facility__institution", "instrument__facility")
    found = [one.facility or (one.instrument.facility if one.instrument else None) for one in care]
    return next((one for one in found if one is not None), None)


def _service(facility: Facility, institution: Institution, now: datetime) -> Service:
    made: Service = Service.objects.create(
        key=KEY, name="中药材与茶叶农药残留检测 (示例)", name_en="Pesticide residues in herbs and tea (example)",
        institution=institution, facility=facility, source="example", synthetic=True,
        techniques=["lcms"], sample_types=["茶叶", "中药材"], price_cny=Decimal(600), price_unit=PriceUnit.SAMPLE,
        turnaround_days=7, description="液相色谱-串联质谱法测定茶叶和中药材中的农药残留，报告附不确定度。",
        created_at=now, updated_at=now,
    )  # fmt: skip
    return made


def _box(facility: Facility, person: Person, now: datetime) -> StoragePlace:
    room = storage.add(facility=facility, parent=None, kind="room", name="样品室 101", person=person, now=now)
    freezer = storage.add(
        facility=facility,
        parent=room,
        kind="freezer",
        name="冰箱 2",
        person=person,
        now=now,
        temperature_c=Decimal(-20),
    )
    rack = storage.add(facility=facility, parent=freezer, kind="rack", name="第 1 层", person=person, now=now)
    box = storage.add(
        facility=facility, parent=rack, kind="box", name="盒 A", person=person, now=now, rows=9, columns=9
    )
    StoragePlace.objects.filter(facility=facility).update(synthetic=True)
    return box


def _order(service: Service, cast: _Cast, number: int, path: Sequence[str], at: datetime) -> None:
    title = f"{SUBJECTS[number % len(SUBJECTS)]} {number + 1}"
    order = orders.open(
        person=cast.customer, title=title, need=f"{title}：是否符合国家限量标准？", service=service, now=at
    )
    Order.objects.filter(pk=order.pk).update(synthetic=True)
    order.synthetic = True
    Commission.objects.filter(order=order).update(answers={"purpose": "科研", "limit": 1})
    entries = [
        Entry(
            f"{number + 1}-{n}", "茶叶" if number % 2 else "中药材", "干叶", "50", "g", "自封袋", storage="-20",
            facts={"origin": ("福建", "宁夏", "广东")[n % 3]},
        )
        for n in range(1, 4)
    ]  # fmt: skip
    samples.register(order=order, entries=entries, person=cast.customer, now=at)
    for step, verb in enumerate(path, start=1):
        _step(order, cast, verb, at + timedelta(hours=20 * step))


def _step(order: Order, cast: _Cast, verb: str, at: datetime) -> None:
    commission = Commission.objects.get(order=order)
    if verb == "quote":
        rows = [{"text": "农药残留检测 (示例)", "quantity": "3", "price": "600", "unit": "sample"}]
        day = progress.today(at) + timedelta(days=60)
        quoting.offer(commission=commission, rows=rows, person=cast.manager, now=at, tax_percent="6", valid_until=day)
        return
    if verb == "receive":
        for sample in order.samples.all():
            custody.hand_over(
                sample=sample, verb="send", person=cast.customer, now=at - timedelta(hours=18),
                facts=HandOver(giver="快递 (示例)"),
            )  # fmt: skip
            custody.hand_over(
                sample=sample, verb="receive", person=cast.manager, now=at,
                facts=HandOver(cast.box, giver="快递 (示例)", temperature_c=Decimal(-18), condition="good"),
            )  # fmt: skip
        return
    if verb == "measure":
        _measure(order, cast, at)
    if verb == "grade":
        feedback.give(order=order, grade=5, person=cast.customer, now=at, text="准时，报告清楚。")
        return
    if verb == "close":
        for sample in order.samples.held():
            custody.hand_over(sample=sample, verb="dispose", person=cast.manager, now=at)
    reasons = {"refuse": "本机组不做此类基质 (示例)。"}
    person = cast.customer if verb in ("submit", "accept", "withdraw") else cast.manager
    if verb in ("review", "release"):
        person = cast.colleague
    progress.take(commission=commission, verb=verb, person=person, now=at, reason=reasons.get(verb, ""))


def _measure(order: Order, cast: _Cast, at: datetime) -> None:
    """Each sample is taken out, measured and put away; values that are plausible and mean nothing."""
    readings = []
    for place, sample in enumerate(order.samples.all()):
        custody.hand_over(sample=sample, verb="take", person=cast.manager, now=at - timedelta(hours=6))
        custody.hand_over(
            sample=sample, verb="move", person=cast.manager, now=at - timedelta(hours=2), facts=HandOver(cast.box)
        )
        for number, compound in enumerate(COMPOUNDS):
            value = f"{0.012 * (place + 1) * (number + 1):.3f}" if number != place else "< 0.005"
            spread = "" if value.startswith("<") else f"{float(value) * 0.18:.3f}"
            readings.append(Reading(sample.key, compound, value, spread, "mg/kg", METHOD))
    results.write(order=order, readings=readings, person=cast.manager, now=at)
    text = "三份样品中检出的农药均低于示例限量。数值为示例，不描述任何真实样品。"
    results.conclude(order=order, text=text, person=cast.manager, now=at)
