"""Write the pages of docs/reference that are made from the code: `./run docs`; a test fails when they are stale."""

from pathlib import Path

import click

from liqi.server.command import COMMANDS, liqi

COMMANDS_PAGE = Path(__file__).parent / "reference" / "commands.md"
HEAD = """# The command line

Made by `./run docs` from the commands themselves. Every command that answers takes `--json`: one JSON document on
standard output and nothing else there; messages and progress go to standard error. Exit code 0 is success, 2 is bad
usage or unreadable input with one sentence that says what was found, what was expected and what to do, 1 is a fault of
ours. No command needs a running server. Data is kept in `--data DIR`, else `LIQI_DATA`, else the platform's usual
data folder.
"""


def commands_page() -> str:
    """The page of all commands as Markdown."""
    parts = [HEAD]
    for name in COMMANDS:
        command = liqi.get_command(click.Context(liqi), name)
        assert command is not None
        parts += describe(command, f"liqi {name}")
    return "\n".join(parts)


def describe(command: click.Command, path: str) -> list[str]:
    """One section a command; a group gives one for each of its own."""
    if isinstance(command, click.Group):
        return [line for name, child in command.commands.items() for line in describe(child, f"{path} {name}")]
    names = liqi.context_settings["help_option_names"]
    with click.Context(command, info_name=path, terminal_width=100, help_option_names=names) as context:
        return [f"## {path}\n", "```", command.get_help(context), "```\n"]


def main() -> None:
    """Write every made page."""
    COMMANDS_PAGE.parent.mkdir(parents=True, exist_ok=True)
    COMMANDS_PAGE.write_text(commands_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
