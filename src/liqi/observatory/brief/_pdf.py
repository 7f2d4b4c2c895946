"""The brief as PDF, set by typst with a font that has every character of the three languages."""

import json
from pathlib import Path

from django.utils.translation import gettext as _

from liqi.observatory.brief._cited import citation, how, map_words, source, tags
from liqi.observatory.brief._map import drawn
from liqi.observatory.brief._typeset import typeset
from liqi.observatory.question import Section, Standing, Table, Told

_TEMPLATE = Path(__file__).with_name("brief.typ")
_REGIONS = {"zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw"), "en": ("en", "gb")}


def as_pdf(told: Told, found: Standing, land: Path | None) -> bytes:
    """The document, A4; the same answer gives the same text."""
    lang, region = _REGIONS.get(told.language, ("en", "gb"))
    facts = {
        "lang": lang,
        "region": region,
        "title": told.title,
        "question": found.asked.text,
        "tags": tags(told, found),
        "sentence": told.sentence,
        "reading": list(told.reading),
        "steps_title": _("Next three moves"),
        "steps": [[step.title, step.why] for step in told.steps],
        "sections": [_section(one, land) for one in told.sections],
        "source_title": _("What this was counted on"),
        "source": [*told.honesty, *source(found)],
    }
    return typeset(str(_TEMPLATE), {"brief": json.dumps(facts, ensure_ascii=False)})


def _section(one: Section, land: Path | None) -> dict[str, object]:
    return {
        "title": one.title,
        "sentence": one.sentence,
        "empty": one.empty,
        "notes": list(one.notes),
        "map": drawn(one.points, land) if one.points and land else "",
        "map_words": map_words(),
        "figures": [[said.label, said.shown, citation(said)] for said in one.figures],
        "tables": [
            {
                "title": table.title,
                "head": [label for label, _number in table.head],
                "numeric": [number for _label, number in table.head],
                "rows": [[cell.text for cell in row] for row in table.rows],
                "weights": _weights(table),
                "note": table.note,
                "how": how(table),
            }
            for table in one.tables
        ],
    }


def _weights(table: Table) -> list[int]:
    """What part of the width each column of words gets: as its longest words need, none below a sixth of the most."""
    longest = [max((_width(row[n].text) for row in table.rows), default=1) for n in range(len(table.head))]
    most = max(longest)
    return [max(one, most // 6, 1) for one in longest]


def _width(words: str) -> int:
    """How wide words are set, a Latin letter being one and a Chinese one two; nobody reads lines above sixty."""
    return min(sum(1 if letter.isascii() else 2 for letter in words), 60)
