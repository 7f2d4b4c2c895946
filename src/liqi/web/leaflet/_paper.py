"""What all paper has: the typesetter with a font for all characters of the three languages, and QR codes."""

import io
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import segno

REGIONS = {"zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw"), "en": ("en", "gb")}
FONT = "Noto Sans CJK TC"
"""The one font of the package; it has the characters of all three languages."""


def typeset(name: str, facts: dict[str, Any], language: str) -> bytes:
    """The PDF of the template in this folder with these facts; `picture` may be the path of a picture."""
    import typst

    lang, region = REGIONS.get(language, REGIONS["en"])
    told = json.dumps({**facts, "lang": lang, "region": region, "font": FONT}, ensure_ascii=False)
    made = typst.compile(
        Path(__file__).with_name(name).read_bytes(),
        root=facts.get("root") or str(Path(__file__).parent),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        sys_inputs={"facts": told},
    )
    assert isinstance(made, bytes)
    return made


def qr_svg(address: str) -> str:
    """The QR code of the address as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


@cache
def _fonts() -> Path:
    found = find_spec("cvttf_NotoSansCJK_Regular")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
