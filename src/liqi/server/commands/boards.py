"""The boards of the observatory from the command line: `board import`, `board export`, `board list`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
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
@click.option(
    "--mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Lines: their header = our field."
)
@data_option
@json_option
def take_in(name: str, file: Path, dry_run: bool, mapping: Path | None, data: Path | None, as_json: bool) -> None:
    """Take the table FILE (CSV, TSV, XLSX) into the board NAME: all or nothing; exit 2 where rows were rejected."""
    prepare(data)
    from liqi.observatory import boards

    one = boards.board(name)
    headers = boards.read_mapping(_text(mapping), one) if mapping else None
    found = boards.take_in(
        one, file.read_bytes(), file.name, person=None, now=datetime.now(UTC), dry_run=dry_run, mapping=headers
    )
    counts = {key: getattr(found, key) for key in ("read", "created", "updated", "unchanged", "rejected")}
    if as_json:
        problems, remarks = ([asdict(one) for one in some] for some in (found.problems, found.remarks))
        show({**counts, "problems": problems, "remarks": remarks})
    else:
        click.echo(", ".join(f"{count} {key}" for key, count in counts.items()))
    if found.passed_over:
        click.echo(f"columns passed over: {', '.join(found.passed_over)}", err=True)
    for problem in (*found.problems, *found.remarks):
        click.echo(f"row {problem.row}: {problem.message}", err=True)
    if found.rejected:
        raise click.exceptions.Exit(2)


@board.command(name="export")
@click.argument("name")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write: .csv or .xlsx."
)
@data_option
@json_option
def give_out(name: str, out: Path, data: Path | None, as_json: bool) -> None:
    """Write the board NAME as a table (CSV, or XLSX by the name of the file) that `board import` reads again."""
    prepare(data)
    from liqi.observatory import boards

    one = boards.board(name)
    records = one.model.objects.there().select_related(*one.links).iterator(chunk_size=1000)
    count = (_as_workbook if out.suffix.lower() == ".xlsx" else _as_csv)(
        out, one.fields, ([boards.said(record, field) for field in one.fields] for record in records)
    )
    if as_json:
        show({"written": count, "files": [str(out)], "losses": []})
    else:
        click.echo(f"{count} records in {out}")


def _as_csv(out: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _as_workbook(out: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    import xlsxwriter  # type: ignore[import-untyped]

    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        sheet = book.add_worksheet("table")
        sheet.write_row(0, 0, header)
        for count, row in enumerate(rows, 1):
            sheet.write_row(count, 0, row)
    return count


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{path}: found text that is not UTF-8; expected UTF-8; save it so.") from None


COMMANDS = [board]
