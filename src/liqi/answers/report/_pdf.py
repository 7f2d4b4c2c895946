"""The PDF report, set by typst with a font that has every character of the three languages."""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from liqi.answers.report._content import Content

_TEMPLATE = Path(__file__).with_name("report.typ")
_REGIONS = {"zh-Hans": ("zh", "cn"), "zh-Hant": ("zh", "tw"), "en": ("en", "gb")}


def pdf(told: Content) -> bytes:
    """Return the report as a PDF document."""
    import typst

    lang, region = _REGIONS[told.language]
    facts = {
        "lang": lang,
        "region": region,
        "title": told.title,
        "tags": told.tags,
        "sentence": told.sentence,
        "tables": [
            {
                "title": table.title,
                "head": table.head,
                "rows": table.rows,
                "numeric": table.numeric,
                "more": table.more,
                "drawn": table.drawn,
                "drawn_at": table.drawn_at,
            }
            for table in told.tables
        ],
        "figures": [{"title": title, "svg": svg, "credit": credit} for title, svg, credit in told.figures],
        "figures_more": told.figures_more,
        "warnings": told.warnings,
        "provenance": told.provenance,
        "words": told.words,
    }
    made = typst.compile(
        str(_TEMPLATE),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(facts, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts() -> Path:
    found = find_spec("cvttf_NotoSansCJK_Regular")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
