"""The boards of the observatory from the command line: `board import`, `board export`, `board list`."""

from __future__ import annotations

import csv
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare


@click.group(name="board")
def board() -> None:
    """Firms, projects, needs, scenarios, trials, demand, targets and parks: tables in and out."""


@board.command(name="list")
@data_option
@json_option
def list_boards(data: Path | None, as_json: bool) -> None:
    """Say which boards there are, how many records stand on each, and the columns of their tables."""
    prepare(data)
    from liqi.observatory import boards

    found: list[dict[str, Any]] = [
        {
            "board": one.name,
            "records": one.model.objects.there().count(),
            "columns": list(one.fields),
            "key": list(one.key),
        }
        for one in boards.BOARDS.values()
    ]
    if as_json:
        show({"boards": found})
        return
    for line in found:
        click.echo(f"{line['board']:<14}{line['records']:>8}  {', '.join(line['columns'])}")


@board.command(name="import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would be done, write nothing.")
@data_option
@json_option
def take_in(name: str, file: Path, dry_run: bool, data: Path | None, as_json: bool) -> None:
    """Take the table FILE (CSV or TSV) into the board NAME: all of it, or nothing; exit 2 where rows were rejected."""
    prepare(data)
    from liqi.observatory import boards

    found = boards.take_in(
        boards.board(name), file.read_bytes(), file.name, person=None, now=datetime.now(UTC), dry_run=dry_run
    )
    counts = {key: getattr(found, key) for key in ("read", "created", "updated", "unchanged", "rejected")}
    if as_json:
        show({**counts, "problems": [asdict(problem) for problem in found.problems]})
    else:
        click.echo(", ".join(f"{count} {key}" for key, count in counts.items()))
    for problem in found.problems:
        click.echo(f"row {problem.row}: {problem.message}", err=True)
    if found.rejected:
        raise click.exceptions.Exit(2)


@board.command(name="export")
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The CSV file to write.")
@data_option
@json_option
def give_out(name: str, out: Path, data: Path | None, as_json: bool) -> None:
    """Write the board NAME as a CSV table that `board import` reads again."""
    prepare(data)
    from liqi.observatory import boards

    one = boards.board(name)
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(one.fields)
        for record in one.model.objects.there().select_related(*one.links).iterator(chunk_size=1000):
            writer.writerow([boards.said(record, field) for field in one.fields])
            count += 1
    if as_json:
        show({"written": count, "files": [str(out)], "losses": []})
    else:
        click.echo(f"{count} records in {out}")


COMMANDS = [board]
