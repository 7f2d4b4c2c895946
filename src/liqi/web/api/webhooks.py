"""/api/webhooks: addresses that are told what happens; their secrets, tests and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import webhooks
from liqi.access.models import Delivery, Webhook
from liqi.accounts.models import Organisation
from liqi.catalogue.models import Instrument
from liqi.web.api._choices import either, one_of
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._once import outside
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["webhooks"], auth=SIGNED_IN)


class NewWebhook(Sent):
    """An address, of an instrument or of an organisation, and about what; nothing named is everything."""

    url: Annotated[str, Field(max_length=500)]
    instrument: str = ""
    organisation: int | None = None
    things: list[str] = []


class WebhookOut(Schema):
    """A webhook; while `old_secret_until` is to come, requests are signed with the former secret as well."""

    id: int
    url: str
    instrument: str | None
    organisation: int | None
    things: list[str]
    made_at: datetime
    stopped_at: datetime | None
    old_secret_until: datetime | None


class WebhookWithSecret(WebhookOut):
    """A webhook with its new secret, which is told this once."""

    secret: str


class DeliveryOut(Schema):
    """One event on its way: how often it was tried, what the address answered last, when it is tried again."""

    id: int
    key: str
    event: str
    state: str
    tries: int
    at: datetime
    next_at: datetime | None
    done_at: datetime | None
    status: int | None
    said: str
    body: str


@router.get("", response=Page[WebhookOut], summary="My webhooks")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Those of the instruments that I look after and the organisations that I lead."""
    found, following = page(webhooks.mine(signed_in(request)), paged)
    return {"items": [_shown(one) for one in found], "next": following}


@router.post("", response={201: WebhookWithSecret}, summary="Make a webhook")
def make(request: HttpRequest, asked: NewWebhook) -> Any:
    """The address hears from now on what happens; the secret that proves it is in this answer and nowhere else."""
    either(instrument=asked.instrument, organisation=asked.organisation is not None)
    place: Instrument | Organisation
    if asked.instrument:
        place = get_object_or_404(Instrument, key=asked.instrument)
    else:
        place = get_object_or_404(Organisation, pk=asked.organisation)
    made = webhooks.make(
        place=place, url=asked.url, things=asked.things, person=signed_in(request), now=timezone.now()
    )  # fmt: skip
    return Status(201, {**_shown(made), "secret": made.secret})


@router.get("/{int:id}", response=WebhookOut, summary="One webhook")
def show(request: HttpRequest, id: int) -> Any:
    """A webhook of mine."""
    return _shown(_hook(request, id))


@router.delete("/{int:id}", response={204: None}, summary="Remove a webhook")
def remove(request: HttpRequest, id: int) -> Any:
    """The webhook and its deliveries are gone."""
    webhooks.remove(hook=_hook(request, id), person=signed_in(request), now=timezone.now())
    return Status(204, None)


@router.post("/{int:id}/stop", response=WebhookOut, summary="Switch a webhook off")
def stop(request: HttpRequest, id: int) -> Any:
    """The address hears nothing until the webhook is switched on."""
    hook = _hook(request, id)
    webhooks.stop(hook=hook, person=signed_in(request), now=timezone.now())
    return _shown(hook)


@router.post("/{int:id}/restart", response=WebhookOut, summary="Switch a webhook on")
def restart(request: HttpRequest, id: int) -> Any:
    """The address hears what happens from now on."""
    hook = _hook(request, id)
    webhooks.restart(hook=hook, person=signed_in(request), now=timezone.now())
    return _shown(hook)


@router.post("/{int:id}/secret", response=WebhookWithSecret, summary="Change the secret")
def change_secret(request: HttpRequest, id: int) -> Any:
    """A new secret signs from now on, the former one beside it for 24 hours; the new one is told this once."""
    hook = webhooks.change_secret(hook=_hook(request, id), person=signed_in(request), now=timezone.now())
    return {**_shown(hook), "secret": hook.secret}


@router.post("/{int:id}/test", response=DeliveryOut, summary="Send a test")
@outside
def test(request: HttpRequest, id: int) -> Any:
    """A test event went to the address at once; what it answered stands in the delivery."""
    return _delivery(webhooks.test(hook=_hook(request, id), person=signed_in(request), now=timezone.now()))


@router.get("/{int:id}/deliveries", response=Page[DeliveryOut], summary="What was sent")
def deliveries(request: HttpRequest, id: int, paged: Annotated[Paged, Query()], state: str = "") -> Any:
    """The deliveries of a webhook of mine, newest first; ``state`` waiting, delivered or failed."""
    rows = _hook(request, id).deliveries.all()
    rows = rows.filter(state=one_of(state, Delivery.State.values)) if state else rows
    found, following = page(rows, paged, newest_first=True)
    return {"items": [_delivery(one) for one in found], "next": following}


def _hook(request: HttpRequest, id: int) -> Webhook:
    hook = webhooks.of_mine(signed_in(request), id)
    if hook is None:
        raise Http404(_("Found no such webhook among yours; GET /api/webhooks lists them."))
    return hook


def _shown(one: Webhook) -> dict[str, Any]:
    names = ("url", "things", "made_at", "stopped_at", "old_secret_until")
    return {
        "id": one.pk, "instrument": one.instrument.key if one.instrument else None,
        "organisation": one.organisation_id, **{name: getattr(one, name) for name in names},
    }  # fmt: skip


def _delivery(one: Delivery) -> dict[str, Any]:
    names = ("event", "state", "tries", "at", "done_at", "status", "said", "body")
    waits = one.next_at if one.state == Delivery.State.WAITING else None
    return {"id": one.pk, "key": str(one.key), "next_at": waits} | {name: getattr(one, name) for name in names}
