"""The brief from the command line: an answer of the observatory as a file, or as one document."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liqi.server.commands.catalogue import data_option, json_option, show
from liqi.server.setup import prepare

if TYPE_CHECKING:
    from liqi.observatory.question import Standing, Table, Told

LANGUAGES = {"en": "en", "zh-hans": "zh-hans", "zh-hant": "zh-hant"}


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="FILE.pdf, FILE.docx or FILE.csv.")
@click.option("--lens", default="made_in", show_default=True, metavar="LENS", help="made_in, brand or owner.")
@click.option("--class", "class_code", default="", metavar="CODE", help="The class, where the words may mean several.")
@click.option("--place", default="", metavar="CODE", help="The place, where the words may mean several: 370200, CN.")
@click.option("--language", default="en", show_default=True, type=click.Choice(list(LANGUAGES), case_sensitive=False))
@data_option
@json_option
def brief(
    text: tuple[str, ...],
    out: Path | None,
    lens: str,
    class_code: str,
    place: str,
    language: str,
    data: Path | None,
    as_json: bool,
) -> None:
    """Answer TEXT, such as "质谱 in 青岛": have, imported, missing, makers, needs, rules, next three moves."""
    prepare(data)
    from django.utils import translation

    from liqi.observatory import brief as briefs
    from liqi.observatory import question, snapshot
    from liqi.web import maps

    now = datetime.now(UTC)
    snapshot.refresh(now=now)
    with translation.override(LANGUAGES[language.lower()]):
        asked = question.understand(" ".join(text), class_code=class_code, place=place, lens=lens)
        found = question.read(asked, now=now)
        told = question.tell(found)
        if out is not None:
            made = briefs.make(asked, out.suffix.lower().removeprefix("."), now=now, land=maps.land())
            out.write_bytes(made)
        if as_json:
            show(_document(told, found, out))
            return
        click.echo(f"{told.title}\n{told.sentence}")
        for step in told.steps:
            click.echo(f"  - {step.title}: {step.why}")
        for section in told.sections:
            click.echo(f"{section.title}: {section.sentence}")
        for line in (*told.reading, *told.honesty):
            click.echo(line, err=True)
        if out is not None:
            click.echo(f"written: {out}", err=True)


def _document(told: "Told", found: "Standing", out: Path | None) -> dict[str, Any]:
    """The answer as one JSON document; every figure with what a reader needs to check it."""
    return {
        "question": found.asked.text,
        "class": found.asked.class_code,
        "place": found.asked.place.code,
        "lens": found.asked.lens,
        "as_of": found.as_of.isoformat(),
        "title": told.title,
        "sentence": told.sentence,
        "moves": [{"title": step.title, "why": step.why} for step in told.steps],
        "sections": [
            {
                "id": section.key,
                "title": section.title,
                "sentence": section.sentence,
                "figures": [
                    {
                        "label": said.label,
                        "value": said.figure.value,
                        "unit": said.figure.unit,
                        "rows": said.figure.rows,
                        "missing": said.figure.missing,
                        "formula": said.figure.formula,
                        "lens": said.figure.lens,
                        "as_of": said.figure.as_of.isoformat() if said.figure.as_of else None,
                        **({"note": said.figure.note} if said.figure.note else {}),
                    }
                    for said in section.figures
                ],
                "tables": [_table(table) for table in section.tables],
            }
            for section in told.sections
        ],
        "synthetic": found.synthetic,
        "notes": [*told.reading, *told.honesty],
        "out": str(out) if out else None,
    }


def _table(table: "Table") -> dict[str, Any]:
    head = [label for label, _number in table.head]
    rows = [dict(zip(head, (cell.text for cell in row), strict=True)) for row in table.rows]
    return {"id": table.key, "title": table.title, "rows": rows}


COMMANDS = [brief]
