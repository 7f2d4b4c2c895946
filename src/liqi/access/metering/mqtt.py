"""Meters that speak MQTT: their topics are followed, each message is a reading, acknowledged once it is on record."""

import json
import logging
import queue
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from liqi.access.metering import meters
from liqi.access.metering.meters import Read, Rejected
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Meter
from liqi.access.opening import zone
from liqi.catalogue.models import Instrument

__all__ = ["Broker", "Subscriber", "Sum", "broker", "read"]

log = logging.getLogger(__name__)

BATCH, WAIT_S, TOPICS_EVERY_S = 500, 0.5, 60
PORTS = {"mqtt": 1883, "mqtts": 8883}
STATES = meters.STATES | {"on": 2.0, "running": 2.0, "busy": 2.0, "standby": 1.0, "ready": 1.0}
"""Words that controllers and plugs use for what the machine does."""


@dataclass(frozen=True)
class Broker:
    """Where the broker listens and how it knows us."""

    host: str
    port: int
    tls: bool = False
    ca: Path | None = None
    user: str = ""
    password: str = ""
    name: str = "liqi-sensors"
    """Our name there; under it the broker keeps messages while we are away."""


@dataclass
class Sum:
    """What came."""

    messages: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)
    """The first few messages that could not be read, in words."""

    def refuse(self, words: str) -> None:
        """One more could not be taken."""
        self.refused += 1
        if len(self.problems) < 20:
            self.problems.append(words)
        log.warning("%s", words)


def broker(address: str, **more: Any) -> Broker:
    """The broker at mqtt://host[:port] or mqtts://host[:port]; raises NotPossible for anything else."""
    parts = urlsplit(address if "//" in address else f"mqtt://{address}")
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not parts.hostname or not port:
        raise NotPossible(f"found the broker {address!r}, expected mqtt://host[:port] or mqtts://host[:port].")
    return Broker(parts.hostname, port, tls=parts.scheme == "mqtts", **more)


def read(payload: bytes, meter: Meter, *, arrived_at: datetime) -> Read:
    """The reading in a message by the meter's fields; raises NotPossible for a message that carries none.

    Without a time field the moment of arrival is the time. A time without a zone is by the instrument's clock.
    """
    try:
        text = payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise NotPossible(f"{meter.topic}: found bytes that are no text; expected a number or JSON.") from None
    value: Any = text
    message: Any = None
    if meter.field or meter.time_field:
        try:
            message = json.loads(text)
        except ValueError:
            raise NotPossible(f"{meter.topic}: found {text[:60]!r}, expected JSON with {meter.field!r}.") from None
        value = _at(message, meter.field, meter) if meter.field else message
    return Read(meter.name, _time(message, meter, arrived_at), _number(value, meter))


class Subscriber:
    """Follows the topics of all active meters until it is told to stop; readings survive a cut on either side.

    Messages are asked for with QoS 1 in a session that the broker keeps, and acknowledged after the database has
    them; one that comes twice is known by its meter and moment.
    """

    def __init__(
        self,
        at: Broker,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        say: Callable[[str], None] = log.info,
    ) -> None:
        """``say`` is told in words when the broker has us, went away and is back, from a thread of its own."""
        self.at, self.clock, self.say, self.sum = at, clock, say, Sum()
        self._been_there = self._leaving = False
        self._inbox: queue.Queue[tuple[paho.MQTTMessage, datetime]] = queue.Queue()
        self._topics: set[str] = set()
        self._refused_by_broker = ""
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=at.name, clean_session=False, manual_ack=True,
            protocol=paho.MQTTv311,
        )  # fmt: skip
        if at.user:
            self._client.username_pw_set(at.user, at.password)
        if at.tls:
            self._client.tls_set(ca_certs=str(at.ca) if at.ca else None)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._cut
        self._client.on_message = lambda _client, _data, message: self._inbox.put((message, self.clock()))

    def run(self, stop: Callable[[], bool], *, messages: int | None = None) -> Sum:
        """What came until `stop` says so, or so many messages came; raises NotPossible where no broker answers."""
        self._follow()
        try:
            self._client.connect(self.at.host, self.at.port, keepalive=30)
        except OSError as problem:
            where = f"{self.at.host}:{self.at.port}"
            raise NotPossible(f"found no broker at {where} ({problem}); start it, or name another.") from None
        self._client.reconnect_delay_set(1, 60)
        self._client.loop_start()
        followed = time.monotonic()
        try:
            while not stop() and (messages is None or self.sum.messages < messages):
                if self._refused_by_broker:
                    raise NotPossible(self._refused_by_broker)
                self._keep(self._next())
                if time.monotonic() - followed > TOPICS_EVERY_S:
                    self._follow()
                    followed = time.monotonic()
        finally:
            self._leaving = True
            self._client.disconnect()
            self._client.loop_stop()
        return self.sum

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            self._refused_by_broker = f"the broker refused us ({code}); check user, password and rights."
            return
        if self._topics:
            client.subscribe([(topic, 1) for topic in sorted(self._topics)])
        again = "again " if self._been_there else ""
        more = "" if self._topics else "; no meter has a topic yet, give one its topic on the page of its instrument"
        self.say(f"listening {again}at {self.at.host}:{self.at.port}, topics: {len(self._topics)}{more}")
        self._been_there = True

    def _cut(self, _client: paho.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if self._been_there and not self._leaving:
            self.say(
                f"the broker at {self.at.host}:{self.at.port} went away ({code}); "
                "it is tried again every 1 to 60 s and keeps what meters say meanwhile"
            )

    def _follow(self) -> None:
        """Topics of meters that were set up or removed meanwhile are followed, or no longer."""
        wanted = set(Meter.objects.filter(active=True).exclude(topic="").values_list("topic", flat=True))
        new, gone = wanted - self._topics, self._topics - wanted
        self._topics = wanted
        if self._client.is_connected():
            if new:
                self._client.subscribe([(topic, 1) for topic in sorted(new)])
            if gone:
                self._client.unsubscribe(sorted(gone))

    def _next(self) -> list[tuple[paho.MQTTMessage, datetime]]:
        """The messages that came within a moment."""
        found: list[tuple[paho.MQTTMessage, datetime]] = []
        try:
            found.append(self._inbox.get(timeout=WAIT_S))
            while len(found) < BATCH:
                found.append(self._inbox.get_nowait())
        except queue.Empty:
            pass
        return found

    def _keep(self, came: Sequence[tuple[paho.MQTTMessage, datetime]]) -> None:
        if not came:
            return
        speaks: dict[str, list[Meter]] = defaultdict(list)
        topics = {message.topic for message, _at in came}
        for meter in Meter.objects.filter(active=True, topic__in=topics).select_related("instrument"):
            speaks[meter.topic].append(meter)
        by_instrument: dict[int, list[Read]] = defaultdict(list)
        known: dict[int, Instrument] = {}
        for message, arrived_at in came:
            for meter in speaks[message.topic]:
                known[meter.instrument_id] = meter.instrument
                try:
                    by_instrument[meter.instrument_id].append(
                        read(bytes(message.payload), meter, arrived_at=arrived_at)
                    )
                except NotPossible as problem:
                    self.sum.refuse(str(problem))
        for pk, readings in by_instrument.items():
            self._take(known[pk], readings)
        for message, _arrived_at in came:
            if self._client.ack(message.mid, message.qos) is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                log.info("a message could not be acknowledged; the broker sends it again and it is known then")
        self.sum.messages += len(came)

    def _take(self, instrument: Instrument, readings: Iterable[Read]) -> None:
        """All at once; where one cannot be taken, the others are."""
        good = list(readings)
        try:
            done = meters.take(instrument=instrument, readings=good, now=self.clock())
        except Rejected as problem:
            bad = {position for position, _words in problem.problems}
            for _position, words in problem.problems:
                self.sum.refuse(f"{instrument.key}: {words}")
            good = [one for position, one in enumerate(good) if position not in bad]
            done = meters.take(instrument=instrument, readings=good, now=self.clock())
        self.sum.taken += done.taken
        self.sum.known += done.known


def _at(message: Any, path: str, meter: Meter) -> Any:
    """What stands at the dotted path; figures walk into lists."""
    found = message
    for step in path.split("."):
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise NotPossible(f"{meter.topic}: found no {path!r} in the message; check the meter's field.") from None
    return found


def _number(value: Any, meter: Meter) -> float:
    if isinstance(value, str) and value.strip().lower() in STATES:
        return STATES[value.strip().lower()]
    try:
        return float(value)
    except (TypeError, ValueError):
        raise NotPossible(f"{meter.topic}: found {str(value)[:60]!r}, expected a number.") from None


def _time(message: Any, meter: Meter, arrived_at: datetime) -> datetime:
    if not meter.time_field:
        return arrived_at
    said = _at(message, meter.time_field, meter)
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said / 1000 if said > 1e11 else said, UTC)
        found = datetime.fromisoformat(str(said))
    except (ValueError, OverflowError, OSError):
        raise NotPossible(f"{meter.topic}: found the time {str(said)[:40]!r}, expected ISO 8601 or seconds.") from None
    return found if found.tzinfo else found.replace(tzinfo=zone(meter.instrument))
