"""The push queue against a server that answers as the platform does."""

import threading
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from liqi.accounts.models import JournalEntry
from liqi.catalogue.models import Institution, Instrument, Push, PushState
from liqi.catalogue.national import client as clients
from liqi.catalogue.national import push, queue
from liqi.catalogue.national.stand_in import Platform, Server
from tests.catalogue.national.conftest import NOW, YEAR, Make

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Platform:
    return Platform({"JG0001"})


@pytest.fixture
def server(platform: Platform) -> Iterator[Server]:
    with Server(platform) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server) -> clients.HttpClient:
    return clients.HttpClient(server.address)


@pytest.fixture
def chain(instrument: Instrument, make_service: Make, make_customs: Make) -> Instrument:
    """An instrument under supervision with its customs record and one service."""
    make_service()
    make_customs()
    instrument.customs_supervised = True
    instrument.save()
    return instrument


def clock() -> datetime:
    return NOW


def enqueue(institution: Institution, **more: Any) -> dict[str, int]:
    return queue.enqueue(institution, YEAR, now=NOW, **more)


def send(institution: Institution, client: Any, **more: Any) -> push.Outcome:
    return push.push(institution, client, clock=clock, pause=lambda _seconds: None, **more)


def states(institution: Institution) -> dict[str, str]:
    return {row.record_type: row.state for row in Push.objects.filter(institution=institution)}


def test_everything_is_sent_in_the_order_that_the_platform_demands(
    institution: Institution, chain: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    assert enqueue(institution) == {"waiting": 5}
    outcome = send(institution, client)
    assert outcome.as_json() == {
        "sent": 5, "accepted": 5, "locked": 0, "rejected": 0, "failed": 0, "waiting": 0, "stopped": "",
    }  # fmt: skip
    assert [(kind, code) for kind, _key, code in platform.requests] == [
        ("1", "100"), ("4", "100"), ("5", "100"), ("6", "100"), ("7", "100"),
    ]  # fmt: skip
    assert JournalEntry.objects.filter(verb="pushed").count() == 5


def test_the_year_counts_what_was_taken_before_it(
    institution: Institution, chain: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    enqueue(institution)
    assert Push.objects.get(record_type="7").payload["submittedRates"] == "0.00"
    send(institution, client)
    sent = platform.held["JG0001", "7", ("2026",)]
    assert (sent["submittedRates"], sent["activatedRates"]) == ("100.00", "100.00")


def test_the_stand_in_refuses_a_customs_record_before_its_instrument(
    institution: Institution, chain: Instrument, client: clients.HttpClient
) -> None:
    enqueue(institution)
    row = Push.objects.get(record_type="5")
    answer = client.push(ins_code="JG0001", record_type="5", payload=row.payload)
    assert (answer.code, answer.message) == ("101", "请先推送仪器")


def test_a_customs_record_waits_while_its_instrument_is_not_taken(
    institution: Institution, chain: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    enqueue(institution)
    queue.hold(Push.objects.filter(record_type="4"), now=NOW)
    outcome = send(institution, client)
    assert (outcome.sent, outcome.waiting) == (2, 2)
    assert states(institution) == {"1": "accepted", "4": "held", "5": "waiting", "6": "waiting", "7": "accepted"}
    queue.send_again(Push.objects.filter(record_type="4"), now=NOW)
    send(institution, client)
    assert set(states(institution).values()) == {"accepted"}


def test_what_the_preflight_holds_is_never_sent(
    institution: Institution, chain: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    Instrument.objects.update(value_cny=None)
    assert enqueue(institution) == {"waiting": 2, "held": 3}
    send(institution, client)
    assert {kind for kind, _key, _code in platform.requests} == {"1", "7"}
    row = Push.objects.get(record_type="4")
    assert (row.code, row.message) == ("check", "worth:missing")
    assert queue.send_again([row], now=NOW) == 0
    Instrument.objects.update(value_cny=Decimal("4150000"))
    enqueue(institution)
    assert {row.record_type for row in Push.objects.filter(state="waiting")} == {"4", "5", "6", "7"}


def test_a_rejected_record_is_sent_again_once_it_changed(
    institution: Institution, instrument: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    enqueue(institution)
    row = Push.objects.get(record_type="4")
    Push.objects.filter(pk=row.pk).update(payload=row.payload | {"achievement": ""})
    send(institution, client)
    row.refresh_from_db()
    assert (row.state, row.code, row.message) == ("rejected", "101", "服务的典型成果不能为空")
    assert "waiting" not in enqueue(institution)
    assert send(institution, client).sent == 0
    Instrument.objects.update(achievements="一项国家标准")
    assert enqueue(institution)["waiting"] == 1
    send(institution, client)
    row.refresh_from_db()
    assert (row.state, row.code) == ("accepted", "100")


def test_a_record_is_sent_again_on_demand(
    institution: Institution, instrument: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    enqueue(institution)
    send(institution, client)
    assert queue.send_again(Push.objects.filter(record_type="4"), now=NOW) == 1
    assert send(institution, client).sent == 1
    assert [kind for kind, _key, _code in platform.requests].count("4") == 2


def test_a_submitted_record_is_frozen_until_the_platform_rejects_it(
    institution: Institution, instrument: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    enqueue(institution, submit=True)
    send(institution, client)
    row = Push.objects.get(record_type="4")
    assert (row.state, row.payload["auditStatus"]) == ("locked", "0")
    answer = client.push(ins_code="JG0001", record_type="4", payload=row.payload)
    assert (answer.code, answer.message) == ("101", "该记录已提交，不能修改")
    Instrument.objects.update(functions="别的功能")
    enqueue(institution, submit=True)
    assert queue.send_again([row], now=NOW) == 0
    assert send(institution, client).sent == 0
    assert push.read_back(institution, client, now=NOW)["rejected"] == 0
    platform.answer("reject", b'{"insCode": "JG0001", "type": "4", "data": {"innerId": "ms-1"}}', "")
    assert push.read_back(institution, client, now=NOW)["rejected"] == 1
    row.refresh_from_db()
    assert row.state == "rejected"
    enqueue(institution, submit=True)
    row.refresh_from_db()
    assert row.state == "waiting"
    send(institution, client)
    assert platform.held["JG0001", "4", ("ms-1",)]["function"] == "别的功能"


def test_a_record_submitted_before_its_answer_was_kept_is_read_back_and_not_sent_twice(
    institution: Institution, instrument: Instrument, platform: Platform, client: clients.HttpClient
) -> None:
    enqueue(institution, submit=True)
    row = Push.objects.get(record_type="4")
    client.push(ins_code="JG0001", record_type="4", payload=row.payload)
    Push.objects.filter(pk=row.pk).update(attempts=1)  # the process died here
    sent_before = [kind for kind, _key, _code in platform.requests].count("4")
    send(institution, client)
    row.refresh_from_db()
    assert (row.state, row.code) == ("locked", "100")
    assert [kind for kind, _key, _code in platform.requests].count("4") == sent_before


@pytest.mark.parametrize(("code", "tries"), [("203", 2), ("204", 4), ("301", 4)])
def test_answers_that_may_change_are_asked_for_again_with_longer_pauses(
    institution: Institution, instrument: Instrument, code: str, tries: int
) -> None:
    told = Told([code] * 20)
    pauses: list[float] = []
    enqueue(institution, kinds=["instrument"])
    push.push(institution, told, clock=clock, pause=pauses.append)
    row = Push.objects.get()
    assert (told.count, row.attempts, row.state, row.code) == (tries, tries, "failed", code)
    assert pauses == [0.5 * 2**n for n in range(tries - 1)]


def test_a_fault_that_passes_does_no_harm(institution: Institution, instrument: Instrument) -> None:
    enqueue(institution, kinds=["instrument"])
    assert send(institution, Told(["301", "301", "100"])).states["accepted"] == 1


@pytest.mark.parametrize("code", ["200", "201", "202"])
def test_answers_that_all_would_get_stop_the_run_with_a_sentence(
    institution: Institution, chain: Instrument, code: str
) -> None:
    told = Told([code] * 20)
    enqueue(institution)
    outcome = send(institution, told)
    assert told.count == outcome.sent == 1
    assert code in outcome.stopped
    assert outcome.waiting == 5
    assert set(states(institution).values()) == {"waiting"}


def test_an_unknown_code_and_a_wrong_token_are_told_by_the_stand_in(
    institution: Institution, instrument: Instrument, server: Server
) -> None:
    enqueue(institution)
    server.platform.token = "right"
    assert send(institution, clients.HttpClient(server.address, "wrong")).states["failed"] == 3
    client = clients.HttpClient(server.address, "right")
    server.platform.ins_codes = {"other"}
    queue.send_again(Push.objects.all(), now=NOW)
    assert send(institution, client).stopped.startswith("200 ")
    assert client.push(ins_code="other", record_type="9", payload={}).code == "201"
    assert client.push(ins_code="other", record_type="3", payload={}).code == "201"
    assert server.platform.answer("push", b"<xml/>", "right")["code"] == "202"
    assert server.platform.answer("push", b'{"insCode": "other", "type": "4", "data": []}', "right")["code"] == "202"


def test_a_platform_that_is_not_there_leaves_everything_waiting(
    institution: Institution, instrument: Instrument
) -> None:
    enqueue(institution)
    outcome = send(institution, clients.HttpClient("http://127.0.0.1:9"))
    assert "LIQI" not in outcome.stopped
    assert outcome.stopped
    assert set(states(institution).values()) == {"waiting"}


def test_an_unsteady_platform_takes_everything_in_the_end(
    institution: Institution, chain: Instrument, server: Server, client: clients.HttpClient
) -> None:
    server.platform.unsteady = 0.4
    enqueue(institution)
    for _ in range(20):
        send(institution, client)
        queue.send_again(Push.objects.filter(state=PushState.FAILED), now=NOW)
    assert set(states(institution).values()) == {"accepted"}
    assert len(server.platform.held) == 5


def test_at_most_as_many_are_sent_as_asked_for_and_a_stop_is_heeded(
    institution: Institution, chain: Instrument, client: clients.HttpClient
) -> None:
    enqueue(institution)
    assert send(institution, client, limit=2).as_json()["waiting"] == 3
    assert send(institution, client, go_on=lambda _outcome: False).sent == 0


def test_what_changed_in_the_queue_while_it_was_sent_is_sent_again(
    institution: Institution, instrument: Instrument
) -> None:
    enqueue(institution, kinds=["instrument"])

    def change(row: Any) -> None:
        Instrument.objects.update(functions="新功能")
        enqueue(institution, kinds=["instrument"])

    told = Told(["100", "100"], change)
    send(institution, told, limit=1)
    assert Push.objects.get().state == "waiting"
    told.then = None
    send(institution, told)
    assert Push.objects.get().state == "accepted"


def test_an_institution_without_a_code_is_not_queued(institution: Institution) -> None:
    institution.national_code = ""
    with pytest.raises(queue.NoCode, match="insCode"):
        enqueue(institution)


def test_the_status_counts_records_and_says_what_was_refused(institution: Institution, chain: Instrument) -> None:
    enqueue(institution)
    send(institution, Told(["100", "101", "100", "100", "100", "100"]))
    said = queue.status(institution)
    assert said["total"] == 5
    assert said["states"]["rejected"] == 1
    assert said["records"]["instrument"] == {"rejected": 1}
    assert [(one["record"], one["code"]) for one in said["refused"]] == [("instrument", "101")]


def test_settings_name_the_platform_or_say_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("LIQI_NATIONAL_URL", raising=False)
    with pytest.raises(clients.NotConfigured, match="LIQI_NATIONAL_URL"):
        clients.configured()
    monkeypatch.setenv("LIQI_NATIONAL_URL", "ftp://x")
    with pytest.raises(clients.NotConfigured, match="https"):
        clients.configured()
    monkeypatch.setenv("LIQI_NATIONAL_URL", "https://example.org/api")
    monkeypatch.setenv("LIQI_NATIONAL_TOKEN_FILE", str(tmp_path / "none"))
    with pytest.raises(clients.NotConfigured, match="token"):
        clients.configured()


class Told:
    """A client that answers as told, and may do something before it answers."""

    def __init__(self, codes: list[str], then: Any = None) -> None:
        self.codes, self.then, self.count = codes, then, 0

    def push(self, **given: Any) -> clients.Answer:
        self.count += 1
        if self.then:
            self.then(given)
        return clients.Answer(self.codes[self.count - 1], "as told")

    def read_back(self, **given: Any) -> clients.Answer:
        return clients.Answer("101", "")
