"""Federation from the command line: `harvest`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

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
@data_option
@json_option
def harvest(
    url: str,
    prefix: str,
    set_spec: str,
    since: datetime | None,
    allow_private: bool,
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


COMMANDS = [harvest]
