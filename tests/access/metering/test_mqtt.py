"""Meters that speak MQTT, against a real broker in a thread of the test."""

import asyncio
import gc
import json
import logging
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import paho.mqtt.client as paho
import pytest
from django.db import OperationalError
from paho.mqtt.enums import MQTTErrorCode

from liqi.access.metering import meters, mqtt
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Meter, Reading
from liqi.accounts.models import Person
from tests.access.conftest import NOW

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A broker on this machine; asyncio has its own thread."""
    from amqtt.broker import Broker

    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{number}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    loop = asyncio.new_event_loop()
    made: list[Any] = []

    def serve() -> None:
        asyncio.set_event_loop(loop)
        made.append(Broker(config, loop=loop))
        loop.run_until_complete(made[0].start())
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    wait_for(lambda: answers(number))
    yield number
    asyncio.run_coroutine_threadsafe(made[0].shutdown(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
    made.clear()
    with warnings.catch_warnings():  # the broker leaves open what it wrote to those who hung up
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(what: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def publish(port: int, *messages: tuple[str, Any]) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)  # type: ignore[attr-defined]
    client.connect("127.0.0.1", port)
    client.loop_start()
    for topic, message in messages:
        client.publish(topic, message if isinstance(message, str) else json.dumps(message), qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def plug(instrument: Any, steward: Person) -> Meter:
    """A plug that speaks as Tasmota does: local time without a zone, the power inside."""
    return meters.keep(
        instrument=instrument, person=steward, now=NOW, name="plug", topic="tele/i1/SENSOR", field="ENERGY.Power",
        time_field="Time",
    )  # fmt: skip


def listen(port: int, count: int, name: str = "test", clock: datetime = NOW) -> mqtt.Sum:
    """Listen in this thread until so many messages came, half a minute at most."""
    end = time.monotonic() + 30
    at = mqtt.broker(f"mqtt://127.0.0.1:{port}", name=name)
    return mqtt.Subscriber(at, clock=lambda: clock).run(lambda: time.monotonic() > end, messages=count)


def soon(port: int, *messages: tuple[str, Any]) -> threading.Thread:
    thread = threading.Thread(target=lambda: (time.sleep(1.5), publish(port, *messages)))
    thread.start()
    return thread


def test_readings_come_over_a_broker_and_the_unreadable_are_told(plug: Meter, port: int) -> None:
    message = {"Time": "2026-11-21T08:30:00", "ENERGY": {"Power": 812}}
    later = message | {"Time": "2026-11-21T08:31:00"}
    sender = soon(
        port, (plug.topic, message), (plug.topic, "{torn"), (plug.topic, {"ENERGY": {}}), (plug.topic, message),
        (plug.topic, later),
    )  # fmt: skip
    done = listen(port, 5)
    sender.join()
    assert (done.messages, done.taken, done.known, done.refused) == (5, 2, 1, 2)
    assert "expected JSON" in done.problems[0]
    first = Reading.objects.order_by("at")[0]
    assert (first.at, first.value) == (datetime(2026, 11, 21, 0, 30, tzinfo=UTC), 812)  # 08:30 in Shanghai
    assert [one.level for one in plug.stretches.all()] == ["working"]


def test_it_says_that_it_listens_once_it_does_and_when_the_broker_goes_and_comes_back(plug: Meter) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    said: list[str] = []
    subscriber = mqtt.Subscriber(mqtt.broker(f"mqtt://127.0.0.1:{number}"), say=said.append)
    greet = threading.Thread(target=greeted_twice, args=(number,))
    greet.start()
    wait_for(lambda: answers_by.is_set())
    assert said == []
    subscriber.run(lambda: len(said) > 2)
    greet.join(20)
    assert said[0] == f"listening at 127.0.0.1:{number}, topics: 1"
    assert said[1].startswith(f"the broker at 127.0.0.1:{number} went away (")
    assert said[2] == f"listening again at 127.0.0.1:{number}, topics: 1"
    assert len(said) == 3  # to leave of one's own accord is not told as a loss


answers_by = threading.Event()


def greeted_twice(port: int) -> None:
    """A broker that takes a guest in, hangs up, and takes them in again until they leave."""
    with socket.create_server(("127.0.0.1", port)) as door:
        answers_by.set()
        for turn in range(2):
            guest, _address = door.accept()
            with guest:
                guest.recv(1024)
                guest.sendall(b"\x20\x02\x00\x00")  # CONNACK
                guest.recv(1024)  # SUBSCRIBE
                while turn and guest.recv(1024):
                    pass


class Acknowledged:
    """Stands where the connection to the broker is."""

    def __init__(self) -> None:
        self.mids: list[int] = []

    def ack(self, mid: int, _qos: int) -> MQTTErrorCode:
        self.mids.append(mid)
        return MQTTErrorCode.MQTT_ERR_SUCCESS


def test_a_message_is_acknowledged_only_once_it_is_on_record(plug: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    subscriber = mqtt.Subscriber(mqtt.broker("mqtt://127.0.0.1"), clock=lambda: NOW)
    asked = Acknowledged()
    monkeypatch.setattr(subscriber, "_client", asked)
    message = paho.MQTTMessage(mid=7, topic=plug.topic.encode())
    message.payload = json.dumps({"Time": "2026-11-21T08:30:00", "ENERGY": {"Power": 812}}).encode()
    with monkeypatch.context() as broken:
        broken.setattr(meters, "take", lambda **_given: (_ for _ in ()).throw(OperationalError("disk is full")))
        with pytest.raises(OperationalError):
            subscriber._keep([(message, NOW)])
    assert asked.mids == []
    subscriber._keep([(message, NOW)])
    assert (asked.mids, Reading.objects.count()) == ([7], 1)


def of(**given: Any) -> Meter:
    return Meter(**({"name": "m", "topic": "t"} | given))


@pytest.mark.parametrize(
    ("payload", "fields", "value"),
    [
        (b"812.5", {}, 812.5),
        (b" 3 ", {}, 3),
        (b"ON", {"quantity": "state"}, 2),
        (b"idle", {"quantity": "state"}, 1),
        (b'{"power": 3.2}', {"field": "power"}, 3.2),
        (b'{"emeters": [{"power": 7}]}', {"field": "emeters.0.power"}, 7),
    ],
)
def test_numbers_states_and_fields_are_read(payload: bytes, fields: dict[str, str], value: float) -> None:
    assert mqtt.read(payload, of(**fields), arrived_at=NOW) == meters.Read("m", NOW, value)


@pytest.mark.parametrize("said", [1763715600, 1763715600000, "2025-11-21T17:00:00+08:00", "2025-11-21T09:00:00Z"])
def test_the_time_in_a_message_may_be_seconds_milliseconds_or_text(said: Any) -> None:
    meter = of(field="v", time_field="t")
    found = mqtt.read(json.dumps({"v": 1, "t": said}).encode(), meter, arrived_at=NOW)
    assert found.at == datetime(2025, 11, 21, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        (b"\xff", {}), (b"warm", {}), (b"{", {"field": "a"}), (b'{"b": 1}', {"field": "a"}), (b"[]", {"field": "a.b"}),
        (b'{"a": 1, "t": "noon"}', {"field": "a", "time_field": "t"}), (b'{"a": null}', {"field": "a"}),
    ],
)  # fmt: skip
def test_a_message_without_a_reading_is_refused_in_words(payload: bytes, fields: dict[str, str]) -> None:
    with pytest.raises(NotPossible, match="t: found"):
        mqtt.read(payload, of(**fields), arrived_at=NOW)


def test_a_broker_that_is_not_there_or_no_address_is_said() -> None:
    with pytest.raises(NotPossible, match="expected mqtt://"):
        mqtt.broker("http://example.org")
    assert mqtt.broker("mqtts://example.org").port == 8883
    assert mqtt.broker("example.org").port == 1883


@pytest.mark.django_db
def test_without_a_broker_it_says_where_it_looked() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with pytest.raises(NotPossible, match="found no broker"):
        mqtt.Subscriber(mqtt.broker(f"mqtt://127.0.0.1:{free}")).run(lambda: False)


def test_one_bad_reading_does_not_lose_the_others(plug: Meter, port: int) -> None:
    good = {"Time": "2026-11-21T08:30:00", "ENERGY": {"Power": 812}}
    sender = soon(port, (plug.topic, good | {"Time": "2031-01-01T00:00:00"}), (plug.topic, good))
    done = listen(port, 2, name="bad", clock=NOW + timedelta(hours=1))
    sender.join()
    assert (done.taken, done.refused) == (1, 1)
