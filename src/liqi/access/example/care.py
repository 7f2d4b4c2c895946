"""The example's incidents, tasks, plans, stock and fittings around the demo manager's instruments: all made up."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from liqi.access.care import chores, fittings, incidents, plans, stock
from liqi.access.models import (
    Booking,
    Chore,
    FittedState,
    Fitting,
    FittingNeed,
    Incident,
    MaintenancePlan,
    MaintenanceRecord,
    ServiceContract,
    Steward,
    StockItem,
    StockLot,
)
from liqi.access.opening import utc, zone
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument

__all__ = ["load"]

MEMBER, MANAGER = "member@example.org", "manager@example.org"
INSTRUMENTS = 3
FITTED_WORDS = ("质谱", "色谱")
"""An instrument so named has a column, an ion source and a pump; such stand first."""
ITEMS: tuple[tuple[str, str, str, str | None, int | None, str], ...] = (
    ("色谱柱 C18 2.1 × 100 mm", "支", "2", "3200.00", None, "6"),
    ("进样瓶 2 mL", "盒", "5", "86.00", None, "3"),
    ("高纯氮气 40 L", "瓶", "1", None, None, "4"),
    ("甲醇 LC-MS 级 4 L", "瓶", "3", "420.00", 200, "8"),
    ("调谐液", "mL", "20", None, 20, "60"),
)
"""Name, unit, minimum, price, days until it expires, how much came in."""


def load(*, now: datetime) -> int:
    """Something stands in every list of the state of instruments; a second time adds nothing. Gives how many rows."""
    manager, member = (Person.objects.filter(email=email).first() for email in (MANAGER, MEMBER))
    if manager is None or member is None or Incident.objects.filter(synthetic=True).exists():
        return 0
    mine = Steward.objects.filter(person=manager)
    own = Instrument.objects.filter(facility__in=mine.values("facility")) | Instrument.objects.filter(
        pk__in=mine.values("instrument")
    )
    usable = own.filter(synthetic=True, bookable=True).order_by("key").distinct()
    found = sorted(usable, key=lambda one: not any(word in one.name for word in FITTED_WORDS))[:INSTRUMENTS]
    if not found:
        return 0
    with transaction.atomic():
        made = _incidents(found, manager, member, now) + _plans(found, manager, now)
        made += _fittings(found[0], manager, now)
        facility = Facility.objects.filter(stewards__person=manager).order_by("pk").first()
        return made + (_stock(facility, manager, now) if facility else 0)


def _incidents(found: list[Instrument], manager: Person, member: Person, now: datetime) -> int:
    """An open incident with a task from it, and a closed one with its lesson."""
    leak = incidents.report(
        instrument=found[0], person=member, words="前级泵地面有油迹，真空度比上周差一倍。", severity="major",
        now=now - timedelta(hours=20),
    )  # fmt: skip
    old = incidents.report(
        instrument=found[-1], person=member, words="进样针弯曲，序列停在第 12 针。", now=now - timedelta(days=9)
    )
    incidents.close(
        incident=old, person=manager, lesson="换针并校准位置；每周检查瓶盖是否拧得过紧。", now=now - timedelta(days=7)
    )
    task = chores.write(
        instrument=found[0], person=manager, title="更换前级泵密封圈和泵油", incident=leak, assignee=manager,
        priority=Chore.Priority.HIGH, due_on=(now + timedelta(days=2)).date(), now=now - timedelta(hours=18),
        items=["停真空,放旧油", "换密封圈", "加新油,运行 30 min", "复测真空度"],
    )  # fmt: skip
    first = task.items.all()[0]
    chores.tick(item=first, person=manager, done=True, now=now - timedelta(hours=2))
    dust = chores.write(
        instrument=found[-1], person=manager, title="清理机箱滤网", now=now - timedelta(days=20),
        due_on=(now - timedelta(days=3)).date(),
    )  # fmt: skip
    Incident.objects.filter(pk__in=[leak.pk, old.pk]).update(synthetic=True)
    Chore.objects.filter(pk__in=[task.pk, dust.pk]).update(synthetic=True)
    return 4


def _plans(found: list[Instrument], manager: Person, now: datetime) -> int:
    """Plans that are overdue, due soon and in time; a record with its result; a contract that ends soon."""
    for number, each in enumerate(found):
        today = now.astimezone(zone(each)).date()
        given: dict[str, Any] = {"instrument": each, "person": manager, "now": utc(now) - timedelta(days=60)}
        plans.begin(name="质量轴校准", kind="calibration", every_months=12, **given, first_on=today + timedelta(
            days=(-4, 9, 200)[number % 3]))  # fmt: skip
        plans.begin(name="泵油更换", every_months=6, every_hours=800, **given)
    MaintenancePlan.objects.filter(instrument__in=found, person=manager).update(synthetic=True)
    today = now.astimezone(zone(found[0])).date()
    oil = MaintenancePlan.objects.get(instrument=found[0], name="泵油更换")
    made = plans.record(
        instrument=found[0], person=manager, plan=oil, done_on=today - timedelta(days=30), done_by="示例仪器服务公司",
        words="换油、换滤芯,运行噪声正常。", parts="泵油 1 L,油雾滤芯 1 个", cost_cny=Decimal("1280.00"), now=now,
    )  # fmt: skip
    MaintenanceRecord.objects.filter(pk=made.pk).update(synthetic=True)
    signed = plans.sign(
        instrument=found[0], person=manager, provider="示例仪器服务公司", number="EX-2026-017", now=now,
        starts_on=today - timedelta(days=330), ends_on=today + timedelta(days=35), cost_cny=Decimal("48000.00"),
    )  # fmt: skip
    ServiceContract.objects.filter(pk=signed.pk).update(synthetic=True)
    return 2 * len(found) + 2


def _fittings(instrument: Instrument, manager: Person, now: datetime) -> int:
    """What is on the first instrument, and a coming booking that needs something else."""
    column = fittings.add(
        instrument=instrument, person=manager, name="色谱柱", choices=["C18", "HILIC", "苯基柱"], now=now
    )
    source = fittings.add(instrument=instrument, person=manager, name="离子源", choices=["ESI", "APCI"], now=now)
    for fitting, value, days in ((column, "HILIC", 12), (column, "C18", 3), (source, "ESI", 40)):
        fittings.fit(fitting=fitting, person=manager, value=value, now=now - timedelta(days=days))
    booked = Booking.objects.live().filter(instrument=instrument, starts_at__gt=now).order_by("starts_at").first()
    if booked is not None:
        fittings.need(booking=booked, fitting=column, person=manager, value="HILIC", now=now)
    rows = Fitting.objects.filter(pk__in=[column.pk, source.pk])
    FittedState.objects.filter(fitting__in=rows).update(synthetic=True)
    return rows.update(synthetic=True) + FittingNeed.objects.filter(fitting__in=rows).count()


def _stock(facility: Facility, manager: Person, now: datetime) -> int:
    """Five items, one of them low, with lots that expire and an issue."""
    for name, unit, minimum, price, days, came in ITEMS:
        item = stock.add(
            facility=facility, person=manager, name=name, unit=unit, minimum=Decimal(minimum), supplier="示例试剂公司",
            price_cny=Decimal(price) if price else None, now=now,
        )  # fmt: skip
        stock.receive(
            item=item, person=manager, number=f"EX-{item.pk:03}", quantity=Decimal(came), place="试剂柜 2",
            expires_on=(now + timedelta(days=days)).date() if days else None, now=now - timedelta(days=25),
        )  # fmt: skip
        stock.issue(item=item, person=manager, quantity=Decimal(1), words="日常使用", now=now - timedelta(days=2))
    items = StockItem.objects.filter(facility=facility, supplier="示例试剂公司")
    StockLot.objects.filter(item__in=items).update(synthetic=True)
    return items.update(synthetic=True)
