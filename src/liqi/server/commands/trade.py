"""Trade from the command line: tables of customs, Comtrade and BACI in and out, and the card of a product."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def trade() -> None:
    """Tables of foreign trade, and what they say of a product."""


@trade.command(name="import")
@click.argument("file", type=FILE)
@click.option("--as", "kind", type=click.Choice(["comtrade", "baci", "customs", "mapped"]), help="Else by its header.")
@click.option("--mapping", type=FILE, help="JSON: their column to our field.")
@click.option("--flow", type=click.Choice(["import", "export"]), help="What a table without such a column holds.")
@click.option("--reporter", default="", metavar="COUNTRY", help="Whose customs wrote it, where no column says: CN.")
@click.option("--product", "products", multiple=True, metavar="CODE", help="Keep these codes alone, such as 90.")
@click.option("--source", default="", help="Where the table is from; stands on the card.")
@click.option("--synthetic", is_flag=True, help="The table was made up; every card of it says so.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@data_option
@json_option
def take_in(
    file: Path,
    kind: str | None,
    mapping: Path | None,
    flow: str | None,
    reporter: str,
    products: tuple[str, ...],
    source: str,
    synthetic: bool,
    dry_run: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Take in FILE: all of it, or nothing and the reason for each row."""
    prepare(data)
    from liqi.observatory import trade as board

    done = board.take_in(
        file, file_name=file.name, person=None, now=datetime.now(UTC), kind=kind or "", mapping=_mapping(mapping),
        flow=flow or "", reporter=reporter, products=products, source=source, synthetic=synthetic, dry_run=dry_run,
    )  # fmt: skip
    document = {
        "kind": done.kind, "read": done.read, "created": 0 if done.problems else done.created, "updated": 0,
        "unchanged": 0, "left_out": done.left_out, "rejected": done.rejected,
        "problems": [asdict(one) for one in done.problems], "dry_run": dry_run,
        "table": done.table.pk if done.table else None,
    }  # fmt: skip
    if as_json:
        show(document)
    else:
        for one in done.problems:
            click.echo(f"row {one.row}, {one.field}: {one.message}", err=True)
        said = "would be kept" if dry_run else "kept"
        kept = f"{done.kind}: {done.read} rows read, {document['created']} {said}"
        click.echo(f"{kept}, {done.left_out} left out as totals or parts, {done.rejected} rejected")
    if done.problems:
        raise click.UsageError(
            f"found {done.rejected} rows with a fault and kept none of {file.name}; expected none; correct them and "
            "take the table in again."
        )


@trade.command(name="card")
@click.option("--product", required=True, metavar="CODE", help="A heading such as 9027, and all below it.")
@click.option("--country", default="CN", show_default=True, help="Whose trade.")
@click.option("--year", type=int, help="The year of the partners (else the last with imports).")
@click.option("--table", "number", type=int, help="Number of the table (else the newest).")
@data_option
@json_option
def make_card(
    product: str, country: str, year: int | None, number: int | None, data: Path | None, as_json: bool
) -> None:
    """Say imports, exports, balance and partners of a product by year."""
    prepare(data)
    from liqi.insight.trade_tables import country_of
    from liqi.observatory import trade as board

    code = country_of(country)
    if code is None or not product.isdigit():
        raise click.UsageError(
            f"found country {country!r}, product {product!r}; expected a country such as CN and digits such as 9027."
        )
    kept = board.tables()
    table = kept.filter(pk=number).first() if number else kept.first()
    if table is None:
        raise click.UsageError("found no such trade table; expected one; take one in with liqi trade import FILE.")
    card = board.card(table, country=code, product=product, year=year)
    document = {"table": table.title, "kind": table.kind, "synthetic": table.synthetic, "lens": "country of shipment",
                **asdict(card)}  # fmt: skip
    if as_json:
        show(document)
        return
    click.echo(f"{product} of {code}, {card.currency}, table {table.title}{' [synthetic]' if table.synthetic else ''}")
    for one in card.years:
        sums = f"imports {_said(one.imports)}, exports {_said(one.exports)}, deficit {_said(one.deficit)}"
        click.echo(f"  {one.year}: {sums}, TC {_said(one.competitiveness)} ({one.rows} rows)")
    for partner in card.partners:
        click.echo(f"  {card.partner_year} from {partner.country}: "
                   f"{'hidden, fewer than 3 firms' if partner.hidden else _said(partner.value)}")  # fmt: skip


def _said(value: float | None) -> str:
    return "none recorded" if value is None else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.0f}"


def _mapping(path: Path | None) -> dict[str, str] | None:
    """The mapping of the file, their column to our field."""
    if path is None:
        return None
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise click.UsageError(f"{path}: found text that is not JSON ({problem}); expected one object.") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise click.UsageError(f'{path}: found no object of texts; expected one such as {{"HS code": "product"}}.')
    return found


COMMANDS = [trade]
