"""`agent`: the program on an instrument's PC; `agent-token`: what it needs. The program itself is liqi.agent."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from liqi.agent import OPTIONS, run

NEEDED = ("server", "token_file")


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command takes every option of liqi.agent; they stand there once."""
    for option in reversed(OPTIONS):
        if not option.metavar:
            add = click.option(option.flag, is_flag=True, help=option.help)
        else:
            add = click.option(
                option.flag, type=option.kind, metavar=option.metavar, help=option.help, multiple=option.many,
                required=option.name in NEEDED, **({} if option.many else {"default": option.default}),
            )  # fmt: skip
        command = add(command)
    return command


@click.command()
@click.argument("folder", metavar="DIR")
@_with_options
def agent(folder: str, **given: Any) -> None:
    """Watch DIR, the folder where an instrument saves, and send its finished files; never lose one."""
    sys.exit(run(folder=folder, **given))


@click.command("agent-token")
@click.argument("instrument", metavar="KEY")
@click.option("--name", default="agent", show_default=True, help="What the agent is called, such as its PC.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Where data is kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def agent_token(instrument: str, name: str, data: Path | None, as_json: bool) -> None:
    """Issue a token for an agent of the instrument with this key; it is told this once."""
    from datetime import UTC, datetime

    from liqi.server.setup import prepare

    prepare(data)
    from liqi.access import agents
    from liqi.catalogue.models import Instrument

    one = Instrument.objects.filter(key=instrument).first()
    if one is None:
        raise click.UsageError(f"found no instrument {instrument}; `liqi search` finds its key.")
    made = agents.issue(instrument=one, name=name, person=None, now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps({"instrument": one.key, "name": made.agent.name, "token": made.token}))
    else:
        click.echo(made.token)


COMMANDS = [agent, agent_token]
