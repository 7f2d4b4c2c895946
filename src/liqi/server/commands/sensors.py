"""Meters at instruments from the command line: `sensors list`, `sensors mqtt`."""

import signal
import threading
from pathlib import Path

import click

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare


@click.group()
def sensors() -> None:
    """Meters at instruments: what they say, and the process that listens to those that speak MQTT."""


@sensors.command("list")
@data_option
@json_option
def listed(data: Path | None, as_json: bool) -> None:
    """List the active meters with their topics and last readings."""
    prepare(data)
    from liqi.access.models import Meter

    rows = [
        {
            "instrument": meter.instrument.key, "meter": meter.name, "quantity": meter.quantity, "unit": meter.unit,
            "topic": meter.topic, "field": meter.field, "last_at": meter.last_at and meter.last_at.isoformat(),
            "last_value": meter.last_value,
        }
        for meter in Meter.objects.filter(active=True).select_related("instrument").order_by("instrument__key", "name")
    ]  # fmt: skip
    if as_json:
        show({"meters": rows})
        return
    for one in rows:
        said = f"{one['last_value']:g} {one['unit']} at {one['last_at']}" if one["last_at"] else "no reading yet"
        click.echo(f"{one['instrument']}/{one['meter']}  {one['topic'] or 'HTTP'}  {said}")


@sensors.command()
@click.option("--broker", "address", required=True, metavar="URL", help="mqtt://host[:port] or mqtts://host[:port].")
@click.option("--user", default="", help="The user at the broker.")
@click.option("--password-file", type=click.Path(path_type=Path), help="A file with the user's password.")
@click.option("--ca", type=click.Path(path_type=Path), help="Certificates to trust; else those of the system.")
@click.option("--name", default="liqi-sensors", show_default=True, help="Our name at the broker; one a process.")
@click.option("--messages", type=click.IntRange(min=1), metavar="N", help="End after so many messages.")
@data_option
@json_option
def mqtt(
    address: str,
    user: str,
    password_file: Path | None,
    ca: Path | None,
    name: str,
    messages: int | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Listen to the meters that have a topic, until Ctrl-C; readings are acknowledged once they are on record."""
    prepare(data)
    from liqi.access.metering import mqtt as subscription

    password = password_file.read_text(encoding="utf-8").strip() if password_file else ""
    at = subscription.broker(address, user=user, password=password, ca=ca, name=name)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    done = subscription.Subscriber(at, say=lambda words: click.echo(words, err=True)).run(
        stop.is_set, messages=messages
    )
    facts = {name: getattr(done, name) for name in ("messages", "taken", "known", "refused", "problems")}
    if as_json:
        show(facts)
        return
    for words in done.problems:
        click.echo(words, err=True)
    click.echo(f"{done.messages} messages: {done.taken} readings taken, {done.known} known, {done.refused} refused")


COMMANDS: list[click.Command] = [sensors]
