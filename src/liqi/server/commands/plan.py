"""Wishes to a plan: `plan` places requests on instruments, says how far from the best it can be, and why one waits."""

import gzip
import json
import sys
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from liqi.planning import schedule


@click.command()
@click.argument("problem", type=click.Path(path_type=Path))
@click.option(
    "--time-limit", type=click.FloatRange(0, 86_400), default=10.0, show_default=True, help="Seconds to search."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which of the searches; a number repeats one.")
@click.option("--prices", is_flag=True, help="Also what one slot more on each instrument and day would be worth.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def plan(problem: Path, time_limit: float, seed: int, prices: bool, as_json: bool) -> None:
    """Plan the requests in PROBLEM (JSON, or JSON in gzip): who runs when and where, with a bound on the best."""
    try:
        asked = schedule.read(_text(problem))
    except schedule.UnusableProblem as fault:
        raise click.UsageError(f"{problem}: {fault}") from None
    with click.progressbar(length=100, label="searching", file=sys.stderr) as bar:
        found = schedule.plan(asked, seconds=time_limit, seed=seed, told=lambda share: _show(bar, share))
    worth = [asdict(one) for one in schedule.prices(asked)] if prices else []
    if as_json:
        click.echo(json.dumps({**found.as_json(), **({"prices": worth} if prices else {})}, ensure_ascii=False))
        return
    for request, at in sorted(found.placed.items(), key=lambda pair: (pair[1].instrument, pair[1].start)):
        attended = "" if at.operator is None else f", attended by {at.operator}"
        click.echo(f"instrument {at.instrument}, slots {at.start} to {at.end}: request {request}{attended}")
    for one in found.unplaced:
        click.echo(f"request {one.request} waits: {one.said()}")
    for price in worth:
        if price["value"]:
            click.echo(
                f"one slot more on instrument {price['instrument']}, day {price['day']}: worth {price['value']:.12g}"
            )
    click.echo(
        f"{found.status}: {len(found.placed)} of {len(asked.requests)} requests, worth {found.objective:.12g} "
        f"of at most {found.bound:.12g} (gap {found.gap:.1%})"
    )


def _show(bar: Any, share: float) -> None:
    bar.update(int(100 * share) - bar.pos)


def _text(path: Path) -> str:
    """The words of the file, unpacked."""
    packed = path.read_bytes()
    try:
        return (gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed).decode("utf-8-sig")
    except (UnicodeDecodeError, EOFError, OSError, zlib.error):
        raise click.UsageError(
            f"{path}: found bytes that are neither UTF-8 text nor whole gzip; expected a problem in JSON; "
            "see docs/reference/plan.md."
        ) from None


COMMANDS = [plan]
