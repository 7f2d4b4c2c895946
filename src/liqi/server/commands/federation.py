"""Federation from the command line: `harvest`."""

import re
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare

PROBLEMS_SHOWN = 20
FORMATS = ("liqi", "oai_datacite", "cerif_openaire", "oai_dc")


@click.command()
@click.argument("url")
@click.option("--prefix", default="liqi", show_default=True, type=click.Choice(FORMATS), help="The metadata format.")
@click.option("--set", "set_spec", default="", metavar="SET", help="Only the records of this set.")
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="Begin a new pass with what was changed since then (UTC); else go on where the last one ended.",
)
@click.option("--allow-private", is_flag=True, help="The address may be one of the own network.")
@click.option(
    "--every",
    metavar="N[h|d]",
    help="Harvest it by itself every so many hours (6h) or days (1d) from now on; `never` ends that.",
)
@click.option("--at", "at_time", metavar="HH:MM", help="With whole days: at this time of the platform's clock.")
@data_option
@json_option
def harvest(
    url: str,
    prefix: str,
    set_spec: str,
    since: datetime | None,
    allow_private: bool,
    every: str | None,
    at_time: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Take in the records of the OAI-PMH repository at URL; one that was cut off goes on where it was.

    Exit 2 where the repository could not be harvested, or a record could not be taken.
    """
    prepare(data)
    from liqi.catalogue.federation import harvesting, sources

    source = sources.add(
        url=url, prefix=prefix, set_spec=set_spec, allow_private=allow_private, person=None, now=datetime.now(UTC)
    )

    if every is not None or at_time is not None:
        sources.repeat(source, **timetable(every, at_time), person=None, now=datetime.now(UTC))

    def report(one: object) -> None:
        size = f" of {source.size}" if source.size else ""
        click.echo(f"liqi: page {source.pages}, {source.seen}{size} records", err=True)

    harvesting.run(
        source,
        clock=lambda: datetime.now(UTC),
        since=since.replace(tzinfo=UTC) if since else None,
        report=report,
    )
    found = sources.summary(source)
    if as_json:
        show(found)
    else:
        click.echo(
            f"harvested {found['seen']} from {found['repository']}: created {found['created']}, updated "
            f"{found['updated']}, unchanged {found['unchanged']}, deleted {found['deleted']}, skipped "
            f"{found['skipped']}, failed {found['failed']}"
        )
        for one in found["problems"][:PROBLEMS_SHOWN]:
            click.echo(f"  {one['identifier']} {one['code']}: {one['message']}", err=True)
        if (more := len(found["problems"]) - PROBLEMS_SHOWN) > 0:
            click.echo(f"  and {more} more; --json lists them all", err=True)
    if found["problems"]:
        sys.exit(2)


def timetable(every: str | None, at_time: str | None) -> dict[str, Any]:
    """Hours and time of day of `--every` and `--at`."""
    if every is None:
        raise click.UsageError("found --at without --every; give both, such as --every 1d --at 03:30.")
    if every.strip().lower() == "never":
        return {"every_hours": None, "at_time": None}
    found = re.fullmatch(r"(\d{1,5})\s*(h|d)", every.strip().lower())
    if found is None:
        raise click.UsageError(f"found --every {every}; expected hours or days such as 6h or 1d, or never.")
    try:
        clock = time.fromisoformat(at_time) if at_time else None
    except ValueError:
        raise click.UsageError(f"found --at {at_time}; expected a time such as 03:30.") from None
    return {"every_hours": int(found[1]) * (24 if found[2] == "d" else 1), "at_time": clock}


COMMANDS = [harvest]
