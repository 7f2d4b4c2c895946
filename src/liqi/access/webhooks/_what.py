"""What webhooks hear of: lines of the journal, each with the instrument and the organisation that it concerns."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from liqi.access import models
from liqi.access.commissions import results
from liqi.access.models import Delivery, Webhook
from liqi.accounts.models import JournalEntry
from liqi.catalogue.models import Instrument

THINGS: dict[str, tuple[Any, str, str]] = {
    "booking": (models.Booking, "instrument", "organisation"),
    "session": (models.Session, "instrument", "organisation"),
    "order": (models.Order, "instrument", "organisation"),
    "outage": (models.Outage, "instrument", ""),
    "sample": (models.Sample, "order__instrument", "order__organisation"),
    "charge": (models.Charge, "", "organisation"),
    "quote": (models.Quote, "", "organisation"),
    "invoice": (models.Invoice, "", "organisation"),
    "agent": (models.Agent, "instrument", ""),
}
"""What a webhook can hear of: the model, the way to its instrument, the way to its organisation."""
LOOK_BACK = timedelta(minutes=10)
"""Lines so young are looked at again: a transaction that began earlier may have ended later."""
MOST = 1000


def enqueue(*, now: datetime) -> int:
    """Each line of the journal that a webhook wants has a delivery; how many are new."""
    hooks = list(Webhook.objects.filter(stopped_at=None))
    if not hooks:
        return 0
    labels = [f"access.{name}" for name in THINGS]
    start, fresh, settled = min(hook.from_entry for hook in hooks), 0, 0
    while lines := list(JournalEntry.objects.filter(pk__gt=start).order_by("pk")[:MOST]):
        fresh += _keep(hooks, [line for line in lines if line.thing in labels], now)
        start = lines[-1].pk
        settled = max([settled, *(line.pk for line in lines if line.at <= now - LOOK_BACK)])
    Webhook.objects.filter(pk__in=[hook.pk for hook in hooks], from_entry__lt=settled).update(from_entry=settled)
    return fresh


def _keep(hooks: list[Webhook], lines: list[JournalEntry], now: datetime) -> int:
    """Deliveries of these lines are kept where there was none; how many."""
    made = []
    for line, instrument, organisation in _placed(lines):
        thing = line.thing.partition(".")[2]
        for hook in hooks:
            here = instrument is not None and hook.instrument_id == instrument
            there = organisation is not None and hook.organisation_id == organisation and _is_for_customers(line)
            if (here or there) and line.pk > hook.from_entry and (not hook.things or thing in hook.things):
                made.append(_delivery(hook, line, thing, instrument, now))
    with transaction.atomic():
        known = set(Delivery.objects.filter(entry__in=[one.entry for one in made]).values_list("webhook", "entry"))
        fresh = [one for one in made if (one.webhook_id, one.entry_id) not in known]
        Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _placed(lines: Iterable[JournalEntry]) -> Iterable[tuple[JournalEntry, int | None, int | None]]:
    """Each line with the numbers of the instrument and the organisation that it concerns; one query a kind."""
    by_kind: dict[str, list[JournalEntry]] = {}
    for line in lines:
        by_kind.setdefault(line.thing.partition(".")[2], []).append(line)
    for kind, group in by_kind.items():
        model, instrument, organisation = THINGS[kind]
        ways = [f"{way}_id" if way else "pk" for way in (instrument, organisation)]
        numbers = [line.thing_id for line in group if line.thing_id.isdecimal()]
        found = {str(row[0]): row[1:] for row in model.objects.filter(pk__in=numbers).values_list("pk", *ways)}
        for line in group:
            if line.thing_id in found:
                here, there = found[line.thing_id]
                yield line, here if instrument else None, there if organisation else None


def _is_for_customers(line: JournalEntry) -> bool:
    """Results are written before their release only, so no organisation hears of them; it hears of the release."""
    return line.verb not in results.VERBS


def _delivery(hook: Webhook, line: JournalEntry, thing: str, instrument: int | None, now: datetime) -> Delivery:
    event = f"{thing}.{line.verb.replace(' ', '_')}"[:80]
    key = Instrument.objects.filter(pk=instrument).values_list("key", flat=True).first() if instrument else None
    body = {
        "type": event,
        "timestamp": line.at.isoformat(),
        "data": {"thing": thing, "id": line.thing_id, "instrument": key, "person": line.person_id, "facts": line.facts},
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return Delivery(webhook=hook, entry=line, event=event, body=text, at=now, next_at=now)
