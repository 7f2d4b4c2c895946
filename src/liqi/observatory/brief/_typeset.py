"""How typst is run: with the one font that has every character of the three languages."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_PICTURE = (
    b'#set page(width: 480pt, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
)


def typeset(template: str | bytes, inputs: dict[str, str], **how: Any) -> bytes:
    """The document of this file or source; PDF where `how` names no other format."""
    import typst

    made = typst.compile(template, font_paths=[str(_fonts())], ignore_system_fonts=True, sys_inputs=inputs, **how)
    assert isinstance(made, bytes)
    return made


def as_png(svg: str) -> bytes:
    """The drawing as a picture of 1,200 pixels' width."""
    return typeset(_PICTURE, {"svg": svg}, format="png", ppi=180)


@lru_cache(maxsize=1)
def _fonts() -> Path:
    found = find_spec("cvttf_NotoSansCJK_Regular")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
