"""Webhooks: signed, tried again, given up, and never sent to an address inside."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from liqi.access import booking, webhooks
from liqi.access.models import Delivery, Webhook
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Notice
from liqi.catalogue.federation import posting
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


class Receiver:
    """A server that keeps what it is sent and answers with a status of the test's choice."""

    def __init__(self) -> None:
        self.status, self.taken = 204, list[tuple[dict[str, str], str]]()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.taken.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Place:
    """The place, on a network where the receiver's address counts as public."""
    guarded = posting.judged
    monkeypatch.setattr(posting, "judged", lambda url, allow_private: guarded(url, allow_private=True))
    return place()


def hook_of(home: Place, receiver: Receiver, *things: str) -> Webhook:
    return webhooks.make(place=home.triple, url=receiver.url, things=things, person=home.manager, now=NOW)


def book(home: Place, hour: int = 0, instrument: Any = None) -> Any:
    start = NOW + timedelta(days=1, hours=hour)
    return booking.book(
        instrument=instrument or home.triple, person=home.member, starts_at=start, ends_at=start + timedelta(hours=1),
        now=NOW,
    )  # fmt: skip


def test_a_booking_is_told_once_and_its_signature_holds(home: Place, receiver: Receiver) -> None:
    hook = hook_of(home, receiver, "booking")
    made = book(home)
    book(home, instrument=home.orbitrap)
    assert webhooks.due(now=NOW) == 1
    assert webhooks.due(now=NOW + timedelta(minutes=5)) == 0
    assert webhooks.due(now=NOW + timedelta(minutes=15)) == 0
    (headers, body), data = receiver.taken[0], json.loads(receiver.taken[0][1])
    assert (data["data"]["thing"], data["data"]["id"]) == ("booking", str(made.pk))
    assert data["data"]["instrument"] == "triple"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    right = hmac.new(base64.b64decode(hook.secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(right).decode()}"
    assert Delivery.objects.get(event__startswith="booking").state == "delivered"


def test_what_fails_is_tried_again_and_given_up_in_the_end(home: Place, receiver: Receiver) -> None:
    hook_of(home, receiver, "booking")
    receiver.status, now = 500, NOW
    book(home)
    for _each in range(webhooks.MOST_TRIES):
        assert webhooks.due(now=now) == 1
        assert webhooks.due(now=now + timedelta(seconds=1)) == 0
        now = max(Delivery.objects.get().next_at, now)
    one = Delivery.objects.get()
    assert (one.state, one.tries, one.status, one.said) == ("failed", webhooks.MOST_TRIES, 500, "500")
    assert now - NOW > timedelta(days=2)
    assert {headers["webhook-id"] for headers, _body in receiver.taken} == {str(one.key)}
    assert Webhook.objects.get().stopped_at is not None
    assert Notice.objects.get(kind="access.webhook_stopped").person == home.manager


def test_a_receiver_that_comes_back_has_what_it_missed(home: Place, receiver: Receiver) -> None:
    hook_of(home, receiver)
    receiver.status = 503
    book(home)
    webhooks.due(now=NOW)
    receiver.status = 200
    webhooks.due(now=NOW + timedelta(hours=1))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_many_lines_of_others_hold_nothing_up(home: Place, receiver: Receiver) -> None:
    hook_of(home, receiver, "booking")
    for _each in range(1100):
        journal.write(person=None, verb="changed", thing=home.project, at=NOW)
    book(home)
    assert webhooks.due(now=NOW) == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://a", "nonsense"],
)
def test_an_address_inside_is_refused(db: None, url: str) -> None:
    home = place()
    with pytest.raises(webhooks.NotPossible):
        webhooks.make(place=home.triple, url=url, things=[], person=home.manager, now=NOW)


def test_an_address_that_moves_inside_later_is_not_asked(home: Place, receiver: Receiver) -> None:
    hook = hook_of(home, receiver)
    with pytest.MonkeyPatch.context() as patch:
        patch.undo()
        from liqi.catalogue.federation import _fetching

        patch.setattr(posting, "judged", _fetching.judged)
        delivery = webhooks.test(hook=hook, person=home.manager, now=NOW)
    assert (delivery.state, receiver.taken) == ("failed", [])
    assert "private" in delivery.said


def test_only_stewards_and_leads_make_webhooks(home: Place, receiver: Receiver) -> None:
    with pytest.raises(NotAllowed):
        webhooks.make(place=home.triple, url=receiver.url, things=[], person=home.member, now=NOW)
    group = home.project.organisation
    with pytest.raises(NotAllowed):
        webhooks.make(place=group, url=receiver.url, things=[], person=home.member, now=NOW)
    with pytest.raises(NotAllowed):
        webhooks.test(hook=hook_of(home, receiver), person=home.other, now=NOW)


def test_a_secret_that_cannot_sign_is_said_and_holds_up_no_other_webhook(home: Place, receiver: Receiver) -> None:
    bad, good = hook_of(home, receiver, "booking"), hook_of(home, receiver, "booking")
    Webhook.objects.filter(pk=bad.pk).update(secret="example")
    book(home)
    assert webhooks.due(now=NOW) == 2
    assert Delivery.objects.get(webhook=good).state == "delivered"
    failed = Delivery.objects.get(webhook=bad)
    assert (failed.state, failed.tries, "no base64" in failed.said) == ("waiting", 1, True)
    bad.refresh_from_db()
    tested = webhooks.test(hook=bad, person=home.manager, now=NOW)
    assert (tested.state, "give it a new one" in tested.said) == ("failed", True)
    changed = webhooks.change_secret(hook=bad, person=home.manager, now=NOW)
    assert webhooks.test(hook=changed, person=home.manager, now=NOW).state == "delivered"
    assert receiver.taken[-1][0]["webhook-signature"].count("v1,") == 1, "the former secret proves nothing"
