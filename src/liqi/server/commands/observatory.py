"""What is known: `indicator` makes figures of a table."""

import io
import json
from datetime import date, datetime
from pathlib import Path

import click
import polars as pl

from liqi import insight
from liqi.insight import examples

RESERVED = ("value", "rows", "missing", "counts", "note")
"""What each entry of an answer says besides its group."""
DAY = click.DateTime(formats=["%Y-%m-%d"])
as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


@click.command()
@click.argument("name")
@click.option("--table", type=click.Path(path_type=Path), help="CSV, TSV, Parquet, JSON or JSON lines.")
@click.option("--example", is_flag=True, help="Count the small example that is shipped, instead of a table.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Split by this column; may be given again.")
@click.option("--lens", type=click.Choice(list(insight.LENSES)), help="Which origin is counted.")
@click.option("--weight", metavar="COLUMN", help="Add up this column instead of counting rows.")
@click.option("--of", metavar="COLUMN", help="Whose holders a concentration compares.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Tell the indicator more; may be given again."
)
@click.option("--as-of", "as_of", type=DAY, help="The day that the table speaks of.")
@as_json_option
def indicator(
    name: str,
    table: Path | None,
    example: bool,
    by: tuple[str, ...],
    lens: str | None,
    weight: str | None,
    of: str | None,
    settings: tuple[str, ...],
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Make the figures of indicator NAME from a table, one a group."""
    if example == (table is not None):
        raise click.UsageError(
            f"found {'both --table and --example' if example else 'neither --table nor --example'}; expected one of "
            "them; name a table of yours, or ask for the example."
        )
    by = tuple(column for columns in by for column in columns.split(","))
    given = _settings(settings)
    if table is not None:
        frame = insight.table.read(table)
        day: date | None = as_of.date() if as_of else insight.table.as_of(frame, table)
    else:
        plain = name.strip().lower().replace("-", "_")
        text, shipped = examples.text(plain), examples.asked(plain)
        frame = pl.read_csv(io.StringIO(text), infer_schema=False) if text else pl.DataFrame()
        day = as_of.date() if as_of else shipped.as_of
        by, given = by or shipped.by, {**shipped.settings, **given}
    question = insight.Question(by=by, lens=lens or "", weight=weight, of=of, as_of=day, settings=given)
    answer = insight.answer(name, frame, question)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(
        f"{answer['name']} ({answer['unit']}), lens {answer['lens'] or 'none'}, as of {answer['as_of']}, "
        f"{answer['rows']} rows, {answer['missing']:.1%} missing"
    )
    click.echo(f"formula: {answer['formula']}")
    for value in answer["values"]:
        columns = [column for column in value if column not in RESERVED]
        group = ", ".join(f"{column} {value[column] or '(blank)'}" for column in columns) or "all"
        said = value.get("note", "not known") if value["value"] is None else f"{value['value']:.6g}"
        click.echo(f"  {group}: {said} ({value['rows']} rows)")


def _settings(given: tuple[str, ...]) -> dict[str, str]:
    """`name=value` pairs as a table, or the error that says how they are written."""
    for pair in given:
        if "=" not in pair:
            raise click.UsageError(
                f"--set: found {pair!r}; expected NAME=VALUE; write a name, an equals sign and a value."
            )
    return {name.strip(): value.strip() for name, _, value in (pair.partition("=") for pair in given)}


COMMANDS = [indicator]
