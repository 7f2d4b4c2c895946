"""Modules to a configuration: `configure` finds the cheapest with one's wishes, or says why there is none."""

import json
from pathlib import Path

import click

from liqi.planning import configuration


def _names(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[str]:
    return [name.strip() for words in given for name in words.split(",") if name.strip()]


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--choose", multiple=True, callback=_names, metavar="A,B", help="Features that must be there.")
@click.option("--refuse", multiple=True, callback=_names, metavar="C,D", help="Features that must not.")
@click.option("--minimise", metavar="ATTRIBUTE", help="The sum to keep least (else price, else how many features).")
@click.option("--budget", type=float, help="The most that the prices may come to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def configure(
    model: Path, choose: list[str], refuse: list[str], minimise: str | None, budget: float | None, as_json: bool
) -> None:
    """Configure MODEL (.uvl, .dimacs, .json): the cheapest with the wishes, or the fewest wishes that clash and why."""
    found = configuration.configure(configuration.read(model), choose, refuse, minimise=minimise, budget=budget)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    if found.satisfiable:
        click.echo(f"can be built: {', '.join(found.selection)}")
        if not found.proved:
            click.echo("best found, not proved: there was no time to rule out a better one; choose some features first")
        if found.price is not None:
            click.echo(f"price: {found.price:,.12g}")
        said = "not counted in time" if found.count is None else f"{found.count:,}"
        click.echo(f"configurations with these wishes: {said}; {len(found.ruled_out)} features are ruled out")
        return
    for some in found.conflicts:
        click.echo(f"clash: {', '.join(some) or 'the model has no configuration at all'}")
    for rule in found.because:
        click.echo(f"  because: {rule}")
    for some in found.give_up:
        click.echo(f"give up: {', '.join(some)}")


COMMANDS = [configure]
