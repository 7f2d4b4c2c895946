"""What cannot be: `audit` holds the figures of a text or a table against each other."""

import json
import sys
from pathlib import Path

import click

from liqi.insight import audit as auditor


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="The words of the findings.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def audit(file: Path, language: str, as_json: bool) -> None:
    """Audit the figures of FILE (text, Markdown, CSV, TSV, Word, Excel; - for standard input): sums, shares, days."""
    text = sys.stdin.read() if str(file) == "-" else auditor.read(file)
    found = auditor.examine(text)
    if as_json:
        click.echo(json.dumps({"file": str(file), **found.as_json(language)}, ensure_ascii=False))
        return
    for one in found.findings:
        click.echo(f"line {one.line}, {one.check}, {one.sure}: {one.sentence}")
        click.echo(f"  found: {one.found.said(language)}")
        click.echo(f"  expected: {one.expected.said(language)}")
    for figure in found.derived:
        click.echo(f"line {figure.line}, derived: {figure.says.said(language)}")
    click.echo(
        f"findings: {len(found.findings)}; read: sentences {found.sentences}, tables {found.tables}, "
        f"figures {found.figures}"
    )


COMMANDS = [audit]
