"""Deliveries go out: signed as Standard Webhooks says, tried again ever later, given up after days.

Signature: https://www.standardwebhooks.com, HMAC-SHA256 over `id.timestamp.body`.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liqi.access.models import Delivery, Webhook
from liqi.access.webhooks import _what
from liqi.accounts import journal, notices
from liqi.catalogue.federation import posting

WAITS = tuple(timedelta(seconds=wait) for wait in (30, 120, 600, 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600))
"""How long after each failed try the next one comes; about three days in all."""
MOST_TRIES = len(WAITS) + 1
MOST = 20
"""How many are sent in one turn, so that a slow receiver holds up nothing else for long."""
HELD = timedelta(minutes=2)
"""While one worker sends a delivery, no other takes it; a worker that died gives it up after this."""


class Unsigned(ValueError):
    """No secret of the webhook can sign; the message says what to do."""


def due(*, now: datetime) -> int:
    """What the journal says is on its way, and what is due went out; how many were sent."""
    _what.enqueue(now=now)
    sent = 0
    for delivery in _claim(now):
        send(delivery, now=now)
        sent += 1
    return sent


def _claim(now: datetime) -> list[Delivery]:
    """The next deliveries, held for this worker alone."""
    with transaction.atomic():
        rows = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, webhook__stopped_at=None)
        rows = rows.order_by("next_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        mine = list(rows.select_related("webhook__made_by")[:MOST])
        Delivery.objects.filter(pk__in=[one.pk for one in mine]).update(next_at=now + HELD)
    return mine


def send(delivery: Delivery, *, now: datetime) -> Delivery:
    """The delivery was tried once: delivered, waiting for its next try, or given up and its webhook switched off."""
    hook, status, said = delivery.webhook, None, ""
    former = hook.old_secret if hook.old_secret_until and now < hook.old_secret_until else ""
    try:
        headers = signed(hook.secret, former, key=str(delivery.key), body=delivery.body, at=now)
        status, said = posting.post(hook.url, delivery.body.encode(), headers)
        good = 200 <= status < 300
        said = "" if good else f"{status} {said[:200]}".strip()
    except (Unsigned, posting.Refused, posting.Unreachable) as problem:
        good, said = False, str(problem)
    delivery.tries, delivery.status, delivery.said = delivery.tries + 1, status, said[:500]
    if good:
        delivery.state, delivery.done_at = Delivery.State.DELIVERED, now
    elif delivery.entry_id is None or delivery.tries >= MOST_TRIES or status == 410:
        delivery.state, delivery.done_at = Delivery.State.FAILED, now
    else:
        delivery.next_at = now + WAITS[delivery.tries - 1]
    with transaction.atomic():
        delivery.save()
        if delivery.state == Delivery.State.FAILED and delivery.entry_id is not None:
            _give_up(hook, said, now)
    return delivery


def _give_up(hook: Webhook, reason: str, now: datetime) -> None:
    """The webhook is off, and who made it hears why."""
    if Webhook.objects.filter(pk=hook.pk, stopped_at=None).update(stopped_at=now):
        journal.write(person=None, verb="stopped", thing=hook, at=now, reason=reason[:200])
        link = f"/webhooks/{hook.pk}/"
        reason = reason[:200] or _("no answer")
        notices.tell(
            [hook.made_by], kind="access.webhook_stopped", now=now, link=link, url=hook.url[:120], reason=reason
        )


def signed(*secrets: str, key: str, body: str, at: datetime) -> dict[str, str]:
    """The headers that prove the body: its name, when it was sent, HMAC-SHA256 over both and the body.

    With more than one secret there are as many signatures, apart by blanks; the receiver believes any one that it can
    make itself. Secrets that are blank or no base64 are left out; raises Unsigned where none is left.
    """
    stamp = str(int(at.timestamp()))
    keys = [raw for secret in secrets if (raw := _raw(secret))]
    if not keys:
        raise Unsigned(_("The secret of this webhook is no base64, so nothing can be signed; give it a new one."))
    said = f"{key}.{stamp}.{body}".encode()
    digests = [base64.b64encode(hmac.new(raw, said, hashlib.sha256).digest()).decode() for raw in keys]
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{digest}" for digest in digests),
    }


def _raw(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return b""
