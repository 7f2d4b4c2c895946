"""The catalogue from the command line: `import`."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from liqi.server.setup import prepare

data_option = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Where data is kept.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
PROBLEMS_SHOWN = 20


class Money(click.ParamType):  # type: ignore[type-arg]
    """An amount in CNY."""

    name = "CNY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The amount as an exact decimal."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or amount < 0:
            self.fail(f"found {value!r}; expected an amount in CNY such as 500000.", param, ctx)
        return amount


def show(document: dict[str, Any]) -> None:
    """The document is on stdout as JSON, in UTF-8 wherever the command runs."""
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "as_format", metavar="FORMAT", help="Such as csv, uniquip, jisc; else told from the content.")
@click.option("--source", default="", metavar="NAME", help="Name of the source; the same name updates its records.")
@click.option("--mapping", metavar="FILE", help="TOML or JSON: their header = our field; or a saved mapping's name.")
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook; else the first that holds a table.")
@click.option("--institution", default="", metavar="NAME", help="Whose records these are, where a row does not say.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, write nothing.")
@data_option
@json_option
def import_files(
    files: tuple[Path, ...],
    as_format: str | None,
    source: str,
    mapping: str | None,
    sheet: str,
    institution: str,
    dry_run: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Take FILES into the catalogue: all of a file, or nothing of it; exit 2 where rows were rejected."""
    prepare(data)
    from liqi.catalogue import importer

    headers = importer.read_mapping(mapping) if mapping else None
    total: dict[str, Any] = {"read": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "problems": []}
    for path in files:
        found = importer.import_file(
            path,
            now=datetime.now(UTC),
            dry_run=dry_run,
            as_format=as_format,
            source=source,
            mapping=headers,
            sheet=sheet,
            scope=importer.Scope(home_name=institution),
            progress=say_progress(),
        )
        for name, value in found.items():
            total[name] += value
        if found["rejected"]:
            click.echo(
                f"liqi: {path.name}: {found['rejected']} of {found['read']} rows were rejected, so nothing of the file "
                "was written; mend these rows and import it again.",
                err=True,
            )
    if as_json:
        show(total)
    else:
        tell(total, dry_run=dry_run)
    if total["rejected"]:
        sys.exit(2)


def say_progress() -> Callable[[int, int, str], None]:
    """What writes how far it is to stderr: one line on a terminal, a line every ten seconds elsewhere."""
    on_screen, said = sys.stderr.isatty(), [time.monotonic()]

    def say(done: int, total: int, step: str) -> None:
        if time.monotonic() - said[0] < (0.2 if on_screen else 10.0) and done != total:
            return
        if not on_screen and done == total:
            return
        said[0] = time.monotonic()
        click.echo(
            f"\r{step} {done:,} of {total:,}   " if on_screen else f"{step} {done:,} of {total:,}", nl=False, err=True
        )
        if not on_screen or done == total:
            click.echo(err=True)

    return say


def tell(total: dict[str, Any], *, dry_run: bool) -> None:
    """The counts and the first problems, for a person."""
    click.echo(
        f"read {total['read']}: created {total['created']}, updated {total['updated']}, "
        f"unchanged {total['unchanged']}, rejected {total['rejected']}"
        + (" (a dry run: nothing was written)" if dry_run else "")
    )
    for one in total["problems"][:PROBLEMS_SHOWN]:
        click.echo(f"  row {one['row']} {one['field']} {one['code']}: {one['message']}", err=True)
    if (more := len(total["problems"]) - PROBLEMS_SHOWN) > 0:
        click.echo(f"  and {more} more; --json lists them all", err=True)


COMMANDS = [import_files]
