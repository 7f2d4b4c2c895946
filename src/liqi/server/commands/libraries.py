"""Spectral libraries: `library build`, `library info`, `library export`; none needs a server or a database."""

from collections.abc import Sequence
from pathlib import Path

import click

from liqi.server.commands.answers import FILE, as_json_option, print_json, progress


@click.group()
def library() -> None:
    """Build, look at and export spectral libraries."""


@library.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--out", required=True, type=FILE, help="The library file to write, such as mine.liqi.")
@click.option(
    "--weight",
    "weights",
    multiple=True,
    type=click.FloatRange(0, min_open=True),
    help="How much a FILE's references count, one for each FILE in turn: 2 doubles their odds.  [default: 1]",
)
@click.option("--report", type=FILE, metavar="FILE", help="Write a CSV line for each record mended or refused.")
@as_json_option
def build(files: tuple[Path, ...], out: Path, weights: tuple[float, ...], report: Path | None, as_json: bool) -> None:
    """Make one library of spectra files, with its index and its own confidence; what is wrong is mended or refused."""
    from liqi.methods.mass_spectrometry import SpectralLibrary

    if len(weights) > len(files):
        found = f"found {len(weights)} --weight for {len(files)} files, expected at most one a file; leave some out."
        raise click.UsageError(found)
    tell = progress()
    made = SpectralLibrary.load(*files, weights=weights)
    tell(1, 2, "preparing the library")
    made.prepare()
    tell(2, 2, "preparing the library")
    made.save(out)
    if report is not None:
        write_library_report(made.report, report)
    for kind, own in made.confidences.items():
        if isinstance(own, str):
            click.echo(f"confidence at {kind} resolution: {own}", err=True)
    print_library(made.info(), as_json)


@library.command()
@click.argument("file", type=FILE)
@as_json_option
def info(file: Path, as_json: bool) -> None:
    """Say how many spectra and compounds a library holds, how many were refused and how many mended."""
    from liqi.methods.mass_spectrometry import SpectralLibrary

    print_library(SpectralLibrary.load(file).info(), as_json)


@library.command("export")
@click.argument("file", type=FILE)
@click.option("--as", "form", required=True, type=click.Choice(["mzspeclib", "msp", "mgf"]), help="The format.")
@click.option("--out", required=True, type=FILE, help="The file to write.")
@as_json_option
def export(file: Path, form: str, out: Path, as_json: bool) -> None:
    """Write a library for other programs: every reference with its licence and who made it."""
    from liqi.methods.exports.libraries import write_library
    from liqi.methods.mass_spectrometry import SpectralLibrary

    written = write_library(SpectralLibrary.load(file), form, out)
    if as_json:
        print_json({"written": written, "files": [str(out)]})
    else:
        click.echo(f"{written:,} spectra written to {out}")


def print_library(facts: dict[str, int], as_json: bool) -> None:
    """Print the four counts of a library."""
    if as_json:
        print_json(facts)
    else:
        click.echo(", ".join(f"{count:,} {name}" for name, count in facts.items()))


def write_library_report(lines: Sequence[dict[str, str]], path: Path) -> None:
    """Write one CSV line a change or refusal, for a spreadsheet to read."""
    import csv

    head = ["file", "record", "name", "action", "field", "was", "now", "why"]
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictWriter(stream, head)
            rows.writeheader()
            rows.writerows(lines)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise click.UsageError(f"found {path}: {reason}, expected a file that can be written; change it.") from None
    click.echo(f"{len(lines)} changes and refusals written to {path}", err=True)


COMMANDS = [library]
