"""What waits on the desk of the demo manager: a request, a webhook, an agent, duty-free instruments; all made up."""

from datetime import date, datetime, timedelta

from django.db import transaction

from liqi.access import agents, approval, belonging, booking, free, terms, webhooks
from liqi.access.example.people import MANAGER, MEMBER
from liqi.access.models import Agent, Booking, CustomsTerms, Webhook
from liqi.access.money import customs
from liqi.access.opening import utc
from liqi.accounts.models import Person
from liqi.catalogue.models import CustomsRecord, Instrument

__all__ = ["AGENT", "load"]

AGENT = "仪器工作站 PC-01 (示例)"
HOOK = "https://lims.example.org/liqi"
"""An address of a name that is kept for examples; it is switched off, so nothing is ever sent there."""
DUTY_FREE = 3


@transaction.atomic
def load(*, now: datetime) -> int:
    """The lists of the manager's desk show something; a second time adds nothing. Gives how many things."""
    now = utc(now)
    manager, member = (Person.objects.filter(email=email).first() for email in (MANAGER, MEMBER))
    if manager is None or member is None or Agent.objects.filter(synthetic=True).exists():
        return 0
    rows = belonging.looked_after_by(manager).filter(synthetic=True, bookable=True)
    own = list(rows.select_related("institution").order_by("key")[: DUTY_FREE + 1])
    if not own:
        return 0
    made = _request(own[-1], manager, member, now)
    agent = agents.issue(instrument=own[0], name=AGENT, person=manager, now=now - timedelta(days=9)).agent
    Agent.objects.filter(pk=agent.pk).update(synthetic=True, seen_at=now - timedelta(minutes=4))
    Webhook.objects.create(
        instrument=own[0], url=HOOK, secret=webhooks.new_secret(), things=["booking"], made_by=manager,
        made_at=now - timedelta(days=3), stopped_at=now - timedelta(days=3),
    )  # fmt: skip
    return made + 2 + sum(_duty_free(one, number, manager, now) for number, one in enumerate(own[:DUTY_FREE]))


def _request(instrument: Instrument, manager: Person, member: Person, now: datetime) -> int:
    """The member asks for a time on an instrument that asks for approval, where no such request waits yet."""
    if approval.waiting_for(manager).exists():
        return 0
    terms.change(instrument, person=manager, now=now, approval="always")
    soon = free.next_slots(instrument, 4, now=now + timedelta(days=2), minutes=max(instrument.min_minutes, 60))
    for start, end in soon:
        try:
            made = booking.book(instrument=instrument, person=member, starts_at=start, ends_at=end, now=now)
        except (booking.SlotTaken, booking.Refused, booking.NotAllowed):
            continue
        Booking.objects.filter(pk=made.pk).update(synthetic=True)
        return 1
    return 0


def _duty_free(instrument: Instrument, number: int, manager: Person, now: datetime) -> int:
    """It came in free of duty some time ago and is supervised for three years, with a line in its ledger."""
    released = date(now.year - 1 - number % 2, 3 + number, 12)
    record = CustomsRecord.objects.create(
        instrument=instrument, declaration_number=f"示例{released:%Y%m%d}{number + 1:04}", released_on=released,
        declared_name="质谱仪 (示例)", source="example", source_ref=f"example customs {number + 1}", synthetic=True,
        created_at=now, updated_at=now,
    )  # fmt: skip
    CustomsTerms.objects.create(
        record=record, supervised_from=released, supervised_until=released.replace(year=released.year + 3),
        permit="已加入国家网络管理平台 (示例)", synthetic=True,
    )  # fmt: skip
    day = released + timedelta(days=90)
    told = customs.note(
        record, kind="inspection", on=day, text="安装验收，放置地点与申报一致 (示例)", person=manager, now=now
    )
    type(told).objects.filter(pk=told.pk).update(synthetic=True)
    return 2
