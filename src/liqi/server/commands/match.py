"""Need in words from the command line: `match`."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.catalogue import Money, data_option, json_option, show
from liqi.server.setup import prepare


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day as 2026-12-01."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a sentence on how a day is written."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"found {value!r}; expected a day such as 2026-12-01.", param, ctx)


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--budget", type=Money(), help="At most so many CNY for an hour or a sample.")
@click.option("--within-km", type=click.FloatRange(min=0, min_open=True), help="So far from the place of --from.")
@click.option("--from", "from_place", default="", metavar="PLACE", help="Where distances count from: 合肥, Hefei.")
@click.option("--before", type=Day(), help="The first free time, or the result, is there by this day.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="Offers at most.")
@data_option
@json_option
def match(
    text: tuple[str, ...],
    budget: Decimal | None,
    within_km: float | None,
    from_place: str,
    before: date | None,
    limit: int,
    data: Path | None,
    as_json: bool,
) -> None:
    """Say which techniques answer the need in TEXT, and who offers them: limits in the words are understood too."""
    prepare(data)
    from liqi.access import matching
    from liqi.catalogue import misses

    now = datetime.now(UTC)
    need = matching.understand(
        " ".join(text), now=now, budget_cny=budget, within_km=within_km, from_place=from_place, before=before
    )
    answer = matching.match(need, now=now, limit=limit)
    if answer.missed:
        misses.record("match", need.question, day=now.date())
    document = matching.as_json(answer)
    if as_json:
        show(document)
    else:
        tell(document)


def tell(document: dict[str, Any]) -> None:
    """The answer for a person: what was understood, techniques, offers with what passes and what is not known."""
    for one in document["understood"]:
        click.echo(f"{one['limit']}: {one['value']}" + (f"  ({one['words']})" if one["words"] else ""))
    if not document["good"]:
        click.echo("No technique comes near enough; say what is looked for in which sample. The nearest:")
    for one in document["techniques"]:
        met = "; ".join(f"{why['asked']} in {why['field']}: {why['text']}" for why in one["why"])
        click.echo(f"{one['score']:.2f}  {one['id']:<12} {one['label']}   {met}")
    for one in document["offers"]:
        price = f"¥{one['price']}/{one['price_unit']}" if one["price"] is not None else "price not on record"
        verdicts = ", ".join(f"{v['limit']} {v['result']}" for v in one["constraints"])
        click.echo(f"  {one['fits']:<8}{one['name']}  {price}  {one['earliest'] or ''}  [{verdicts}]")
    if not document["offers"]:
        click.echo("No offer fits.")
    for name, count in document["left_out"].items():
        click.echo(f"left out by {name}: {count}")


COMMANDS: list[click.Command] = [match]
"""The commands of this part."""
