"""Tissue models: train one on profiles of known patients, look at its card. Research use only."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.answers import FILE, as_json_option, cell, print_json, print_table, progress


@click.group()
def tissue() -> None:
    """Train a tissue model and look at its card; `liqi answer ms.tissue` uses it. Research use only."""


@tissue.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="TABLE...")
@click.option("--out", required=True, type=FILE, help="The model file to write, such as model.json.")
@click.option("--name", required=True, help="What the model is called on its card.")
@click.option("--notes", default="", help="What else stands on the card: instrument, tissue, ethics approval.")
@click.option("--synthetic", is_flag=True, help="Mark the model: its profiles were not measured.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same model.")
@as_json_option
def train(files: tuple[Path, ...], out: Path, name: str, notes: str, synthetic: bool, seed: int, as_json: bool) -> None:
    """Train on tables with the columns sample, patient, class and one a bin; whole patients are held out to test it."""
    from liqi.methods.mass_spectrometry import read_profiles, train_tissue_model
    from liqi.methods.mass_spectrometry.tissue import joined

    profiles = joined([read_profiles(path) for path in files])
    facts: dict[str, Any] = {"name": name, "notes": notes, "synthetic": synthetic, "seed": seed}
    model = train_tissue_model(profiles, now=datetime.now(UTC), progress=progress(), **facts)
    try:
        model.save(out)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise click.UsageError(f"found {out}: {reason}, expected a file that can be written; change it.") from None
    click.echo(f"model written to {out}", err=True)
    _print(dict(model.card), as_json)


@tissue.command()
@click.argument("file", type=FILE, metavar="MODEL")
@as_json_option
def card(file: Path, as_json: bool) -> None:
    """Print a model's card: what it was trained on and how good it is on patients it had not seen."""
    from liqi.methods.mass_spectrometry import TissueModel

    _print(dict(TissueModel.load(file).card), as_json)


def _print(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    for key, value in facts.items():
        if isinstance(value, str | int | float):
            click.echo(f"{key}: {value}")
    rows = [[name, *(cell(one[key], 3) for key in ("value", "low", "high"))] for name, one in facts["figures"].items()]
    print_table(["figure", "value", "95 % from", "95 % to"], rows)


COMMANDS = [tissue]
