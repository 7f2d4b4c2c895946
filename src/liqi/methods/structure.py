"""The structural formula of a compound, drawn from its SMILES as a small SVG that pages, reports and notebooks share.

RDKit (BSD-3-Clause) lays the atoms out; its drawing is packed into one path a colour. Bonds take the colour of the
text they stand in, atoms other than carbon have a class (`atom-n`, `atom-o` ...) that a style sheet may colour anew.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

MOST_LETTERS = 1000
MOST_ATOMS = 150
"""A larger molecule is no longer read from a drawing."""
BOND_PX = 20.0
_BONDS = "currentColor"
_SHADES = {
    "n": (7, "#1d5fbf"),
    "o": (8, "#c22f1f"),
    "f": (9, "#2a7a3b"),
    "p": (15, "#a65300"),
    "s": (16, "#8a6a00"),
    "cl": (17, "#2a7a3c"),
    "br": (35, "#8c3a1e"),
    "i": (53, "#6b2fa0"),
}
_CLASS_OF = {shade.upper(): name for name, (_, shade) in _SHADES.items()}
_PATH = re.compile(r"<path\b[^>]*/>", re.DOTALL)
_SIZE = re.compile(r"viewBox='0 0 ([\d.]+) ([\d.]+)'")


def structures_of(row: Mapping[str, Any]) -> list[str]:
    """Return the SMILES of a table's row, each once, in their order.

    >>> structures_of({"smiles": "CCO"}), structures_of({"smiles": ["C", "C", ""]}), structures_of({})
    (['CCO'], ['C'], [])
    """
    told = row.get("smiles") or []
    return [one for one in dict.fromkeys([told] if isinstance(told, str) else told) if one]


@lru_cache(maxsize=2048)
def drawing(smiles: str, label: str = "") -> str:
    """Return the drawing as an SVG element of its natural size; empty where the SMILES says no molecule.

    `label` is what a screen reader says; without one the drawing is decoration beside the name.

    >>> drawing("not a molecule"), drawing("")
    ('', '')
    """
    text = _raw(smiles)
    size = _SIZE.search(text)
    if size is None:
        return ""
    wide, high = (float(one) for one in size.groups())
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="structure" viewBox="0 0 {wide:g} {high:g}" '
        f'width="{wide:g}" height="{high:g}" {said}>{"".join(_packed(text))}</svg>'
    )


def _raw(smiles: str) -> str:
    """Return what RDKit draws; empty for no molecule, one without atoms and one too large to be read."""
    if not smiles.strip() or len(smiles) > MOST_LETTERS:
        return ""
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdDepictor
    from rdkit.Chem.Draw import rdMolDraw2D

    with rdBase.BlockLogs():
        molecule: Any = Chem.MolFromSmiles(smiles)
        if molecule is None or not 0 < molecule.GetNumAtoms() <= MOST_ATOMS:
            return ""
        rdDepictor.SetPreferCoordGen(True)
        rdDepictor.Compute2DCoords(molecule)
        # its longer axis lies level: rows stay low
        rdDepictor.NormalizeDepiction(molecule, canonicalize=1, scaleFactor=1.0)
        rdDepictor.StraightenDepiction(molecule)
        canvas = rdMolDraw2D.MolDraw2DSVG(-1, -1)
        look: Any = canvas.drawOptions()
        look.scalingFactor, look.fixedFontSize, look.padding, look.clearBackground = BOND_PX, 12, 0.03, False
        look.setAtomPalette({0: (0, 0, 0)} | {number: _rgb(shade) for number, shade in _SHADES.values()})
        canvas.DrawMolecule(rdMolDraw2D.PrepareMolForDrawing(molecule))
        canvas.FinishDrawing()
        return str(canvas.GetDrawingText())


def _rgb(shade: str) -> tuple[float, float, float]:
    red, green, blue = (int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _packed(text: str) -> list[str]:
    """Return one path for all strokes, and one for all fills, of a colour."""
    together: dict[tuple[str, str], list[str]] = {}
    for path in _PATH.findall(text):
        shape = re.search(r"\bd='([^']*)'", path)
        if shape is None:
            continue
        stroke, fill = _paint(path, "stroke"), _paint(path, "fill")
        width = "" if fill else _word(path, "stroke-width").removesuffix("px")
        together.setdefault((fill or stroke, width), []).append(_short(shape[1]))
    return [_path(shade, width, "".join(shapes)) for (shade, width), shapes in together.items()]


def _path(shade: str, width: str, shape: str) -> str:
    name = _CLASS_OF.get(shade.upper(), "")
    colour = shade if name else _BONDS
    told = f' class="atom-{name}"' if name else ""
    if not width:
        return f'<path{told} fill="{colour}" d="{shape}"/>'
    return f'<path{told} fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" d="{shape}"/>'


def _paint(path: str, what: str) -> str:
    found = _word(path, what)
    return "" if found in ("", "none") else found


def _word(path: str, name: str) -> str:
    """Return an attribute, or a word of the style, whichever the element has."""
    found = re.search(rf"\b{name}(?:='|:)([^;']+)", path)
    return found[1] if found else ""


def _short(shape: str) -> str:
    return re.sub(r"\s*\b0+(?=\.)|\s+(?=[A-Za-z-])|(?<=[A-Za-z,])\s+", "", shape.replace("\n", " ")).strip()
