"""Exchange with other systems from the command line: `export`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.catalogue import Money, data_option, json_option, show
from liqi.server.setup import prepare

_LOSSES_SHOWN = 12


@click.command()
@click.argument("format_name", metavar="FORMAT")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only records of this kind.")
@click.option("--text", default="", metavar="WORDS", help="Only what a search for these words finds.")
@click.option("--class", "classes", multiple=True, metavar="CODE", help="Class code or name; classes below count too.")
@click.option("--place", "places", multiple=True, metavar="PLACE", help="Country, province or city: code or name.")
@click.option("--maker", "makers", multiple=True, metavar="MAKER", help="Maker by any of its names.")
@click.option("--origin", "origins", multiple=True, metavar="COUNTRY", help="Where the brand comes from.")
@click.option("--shared/--not-shared", default=None, help="Only what is open to others, or only what is not.")
@click.option("--min-value", type=Money(), help="At least this value.")
@click.option("--site", default="", metavar="URL", help="Where the pages of this catalogue are; else LIQI_ORIGINS.")
@data_option
@json_option
def export(format_name: str, out: Path, kinds: tuple[str, ...], site: str, as_json: bool, **asked: Any) -> None:
    """Write records as files of FORMAT into a folder, with a report of what that format cannot say.

    FORMAT is one of pidinst-json, pidinst-xml, datacite, jisc, cerif, national-forms, national-json, jsonld, dcat,
    csv, xlsx, parquet.
    """
    prepare(asked.pop("data"))
    from django.conf import settings

    from liqi.catalogue import exporter

    exporter.form(format_name)
    site = site or next(iter(settings.CSRF_TRUSTED_ORIGINS), "http://localhost:8000")
    found = exporter.export(
        format_name, out, site=site, now=datetime.now(UTC), kinds=kinds, chosen=_chosen(kinds, **asked)
    )
    if as_json:
        show(found)
        return
    click.echo(f"wrote {found['written']} records into {found['files_total']} files in {out}")
    if not found["losses_total"]:
        return
    click.echo(f"{found['losses_total']} values could not be said; losses.csv counts them by field:", err=True)
    for loss in found["losses"][:_LOSSES_SHOWN]:
        click.echo(f"  {loss['record']} {loss['field']}: {loss['reason']}", err=True)


def _chosen(kinds: tuple[str, ...], **asked: Any) -> Iterator[tuple[str, str]] | None:
    """Kind and key of what the filters find; None where nothing narrows."""
    if not any(value not in ((), "", None) for value in asked.values()):
        return None
    from liqi.catalogue import search

    search.apply_changes()
    filters = search.Filters(
        kinds=kinds,
        classes=tuple(map(search.class_code, asked["classes"])),
        places=tuple(map(search.place_code, asked["places"])),
        makers=tuple(map(search.maker_key, asked["makers"])),
        origins=tuple(map(search.origin_code, asked["origins"])),
        shared=asked["shared"],
        min_value_cny=asked["min_value"],
    )
    return search.keys(asked["text"], filters)


COMMANDS = [export]
