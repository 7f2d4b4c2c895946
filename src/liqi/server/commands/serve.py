"""Running the product: `serve`, and the processes it is made of."""

import sys
from pathlib import Path

import click

from liqi.server.setup import prepare

data_option = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Where data is kept.")


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--empty", is_flag=True, help="Do not load the example cluster on first start.")
@data_option
def serve(port: int, host: str, empty: bool, data: Path | None) -> None:
    """Start web, worker and indexer in one go; Ctrl-C ends them all."""
    from liqi.server import supervisor

    prepare(data, language="")
    sys.exit(supervisor.run(host=host, port=port, empty=empty))


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Take runs from the queue, one at a time, until stopped."""
    prepare(data, language="")
    from liqi.answers import worker as runs

    runs.work()


@click.command()
@data_option
def indexer(data: Path | None) -> None:
    """Keep the search index in step with the catalogue, until stopped."""
    prepare(data, language="")
    from liqi.server import supervisor

    supervisor.keep_index()


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Django's own management commands, for developers."""
    import os

    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    execute_from_command_line(["liqi manage", *words])


COMMANDS = [serve, worker, indexer, manage]
