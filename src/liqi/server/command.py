"""The `liqi` command: one group, one module of commands a part, and one way to fail."""

import importlib
import os
import sys
from pathlib import Path

import click

from liqi import __version__

COMMANDS = {
    "serve": "serve",
    "worker": "serve",
    "indexer": "serve",
    "manage": "serve",
    "backup": "keeping",
    "restore": "keeping",
    "doctor": "keeping",
    "import": "catalogue",
    "search": "search",
    "match": "match",
    "plan": "plan",
    "configure": "configure",
    "generate": "search",
    "reindex": "search",
    "misses": "search",
    "classify": "curation",
    "duplicates": "curation",
    "check-links": "curation",
    "export": "exchange",
    "harvest": "federation",
    "identify": "answers",
    "library": "libraries",
    "national": "national",
    "sensors": "sensors",
    "methods": "answers",
    "answer": "answers",
    "batch": "methods",
    "new-method": "methods",
    "test-method": "methods",
    "tissue": "tissue",
    "agent": "agent",
    "agent-token": "agent",
    "board": "boards",
    "indicator": "observatory",
    "audit": "audit",
    "policy": "policy",
    "brief": "brief",
    "trade": "trade",
}
"""Command and the module of liqi.server.commands that holds it; a module is read when its command is called."""


class Liqi(click.Group):
    """The group of all commands, each read only when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the chain."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, or None."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"liqi.server.commands.{COMMANDS[name]}")
        commands: list[click.Command] = module.COMMANDS
        return next(command for command in commands if command.name == name)


@click.command(cls=Liqi, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where data is kept (else LIQI_DATA, else the platform's usual folder).",
)
@click.version_option(__version__, prog_name="liqi")
def liqi(data: Path | None) -> None:
    """Liqi 利器: need, instrument, slot, run, data, answer, evidence."""
    if data is not None:
        os.environ["LIQI_DATA"] = str(data)


_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Small matrices are multiplied in one thread: on a busy machine several wait for each other."""


def main() -> None:
    """Run the command line: 0 on success, 2 and one sentence on bad usage or input, 1 on a fault of ours."""
    for name in _THREADS:  # before numpy is loaded, which asks but once
        os.environ.setdefault(name, "1")
    try:
        liqi.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as problem:
        print(f"liqi: {problem.format_message()}", file=sys.stderr)
        sys.exit(2)
    except (ValueError, OSError) as problem:
        if not is_about_input(problem):
            raise
        print(f"liqi: {sentence(problem)}", file=sys.stderr)
        sys.exit(2)


def is_about_input(problem: ValueError | OSError) -> bool:
    """Whether one of our own named errors, or the file system, says that the input cannot be used."""
    return isinstance(problem, OSError) or type(problem).__module__.startswith("liqi.")


def sentence(problem: ValueError | OSError) -> str:
    """One sentence for a person."""
    if isinstance(problem, OSError) and problem.filename is not None:
        return f"{problem.filename}: {problem.strerror}; name a file that can be read."
    return str(problem)
