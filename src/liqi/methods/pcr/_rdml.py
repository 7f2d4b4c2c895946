"""RDML 1.0 to 1.4 (rdml.org): a ZIP with one XML, or the XML alone.

Almost all of such a file are points of curves. They are cut out of the text before it is parsed, and read by one
expression; where they do not stand as every program writes them, the whole is parsed.
"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr import _roche
from liqi.methods.pcr._archive import read_member
from liqi.methods.pcr._plate import NON_SATURATING, Curves, Floats, PlateRun, Plates, Reaction, Target

EXPECTED = "RDML 1.0 to 1.4"
_AGAIN = "export it from the instrument's program again"
_WELL = re.compile(r"([A-Za-z]{1,2})0*(\d{1,3})$")
_MOST_XML = 1 << 30
MOST_CYCLES = 10_000
_NUMERIC = b"0123456789.+-eE \t\r\n"
_NUMBERS_ALONE = bytes(letter if letter in _NUMERIC else 32 for letter in range(256))
Element = Any
Points = tuple[Floats, Floats]


def read_rdml(path: str | Path, melting: bool = False) -> Plates:
    """Return the runs of a file, with melting curves where asked; a broken file raises `UnreadableFile`."""
    path = Path(path)
    content = _content(path)
    thin, curves = _without_points(content, melting)
    if thin is not None:
        root = parsed_xml(path, thin)
        if sum(1 for _ in root.iter("{*}data")) != len(curves):
            root, curves = parsed_xml(path, content), []
    else:
        root, curves = parsed_xml(path, content), []
    if _name(root) != "rdml":
        raise UnreadableFile(path, f"XML whose root is {_name(root)!r}", EXPECTED, _AGAIN)
    samples, targets = _samples(root), _targets(root)
    cut = iter(curves) if curves else None
    runs = [
        _run(path, one, _of(experiment, "id"), samples, cut, melting)
        for experiment in _children(root, "experiment")
        for one in _children(experiment, "run")
    ]
    if not any(len(run) for run in runs):
        raise UnreadableFile(path, "RDML without a reaction", "RDML with amplification or melting curves", _AGAIN)
    version = root.get("version", "")
    calculated = _roche.calculated(path, EXPECTED) if is_zip(path) else b""
    if calculated:
        standards = _roche.standards_of(parsed_xml(path, calculated))
        runs = [_roche.with_standards(run, targets, standards) for run in runs]
    return Plates(f"RDML {version}".strip(), [run for run in runs if len(run)], targets)


def rdml_root(path: Path) -> Element:
    """Return the parsed XML of an RDML file, the points of its curves left out."""
    content = _content(path)
    thin, _ = _without_points(content) if b"partitions>" not in content else (None, [])
    root = parsed_xml(path, thin if thin is not None else content)
    if _name(root) != "rdml":
        raise UnreadableFile(path, f"XML whose root is {_name(root)!r}", EXPECTED, _AGAIN)
    return root


def is_zip(path: Path) -> bool:
    """Whether the file begins as a ZIP file."""
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def _content(path: Path) -> bytes:
    try:
        if is_zip(path):
            return read_member(path, EXPECTED, better="rdml_data.xml")
        with path.open("rb") as stream:
            return stream.read(_MOST_XML)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, EXPECTED, "check path and rights") from None


def parsed_xml(path: Path, content: bytes) -> Element:
    """Return the root of an XML document, nothing fetched or expanded; a broken one raises `UnreadableFile`."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise UnreadableFile(path, f"no whole XML ({problem})"[:200], EXPECTED, _AGAIN) from None


def _without_points(content: bytes, melting: bool = False) -> tuple[bytes | None, list[tuple[bytes, bytes]]]:
    """Return the XML without the points of its curves, and the points of each `data` in order; None where unsure.

    Points of melting curves are kept only where asked for: they are most of some files.
    """
    parts = content.split(b"data>")
    if len(parts) < 3 or len(parts) % 2 == 0 or b"<!" in parts[0] or b"<!" in parts[-1]:
        return None, []
    curves: list[tuple[bytes, bytes]] = []
    kept = [parts[0]]
    for place, part in enumerate(parts[1:], 1):
        if place % 2 == 0:
            kept.append(part)
            continue
        opening = part.find(b"mdp>")
        melted = _span(part, b"mdp", opening, len(part))
        amplified = _span(part, b"adp", part.find(b"adp>"), opening if opening >= 0 else len(part))
        if part.find(b"adp>", melted[1]) >= 0 and melted[1]:
            amplified = _span(part, b"adp", part.find(b"adp>"), len(part))
        curves.append((part[slice(*amplified)], part[slice(*melted)] if melting else b""))
        first, second = sorted((amplified, melted))
        if first[1] > second[0]:
            return None, []
        kept.append(part[: first[0]] + part[first[1] : second[0]] + part[second[1] :])
    return b"data>".join(kept), curves


def _span(part: bytes, tag: bytes, opening: int, last: int) -> tuple[int, int]:
    """Return from where to where the points of one kind reach; an empty span at the front where there are none."""
    if opening < 0:
        return 0, 0
    return part.rfind(b"<", 0, opening), part.rfind(tag + b">", 0, last) + len(tag) + 1


def _points_of(piece: bytes, key: bytes) -> Points | None:
    """Return both columns of the points of one curve; None where they do not stand as usual.

    Numbers are what is left when every other letter is made a blank; the tags, what is left without numbers and
    blanks, must be those of the first point over and over.
    """
    number = piece.count(b"fluor>") // 2
    tags = piece.translate(None, _NUMERIC)
    end = tags.find(b"dp>", tags.find(b"fluor>")) + 3
    if not number or tags.find(key + b">") > tags.find(b"fluor>") or tags != tags[:end] * number:
        return None
    texts = piece.translate(_NUMBERS_ALONE).split()
    width = len(texts) // number
    if width not in (2, 3) or width * number != len(texts):
        return None
    try:
        table = np.array(list(map(float, texts))).reshape(number, width)
    except ValueError:
        return None
    return table[:, 0], table[:, -1]


def _points(data: Element, tag: str, key: str) -> Points:
    x, y = [], []
    for one in _children(data, tag):
        first, second = _number(_text(one, key)), _number(_text(one, "fluor"))
        if first is not None and second is not None:
            x.append(first)
            y.append(second)
    return np.array(x), np.array(y)


def _run(
    path: Path, run: Element, experiment: str, samples: dict[str, Any], cut: Iterator[Any] | None, melting: bool
) -> PlateRun:
    form = next(iter(_children(run, "pcrFormat")), None)
    columns = int(_number(_text(form, "columns")) or 12) if form is not None else 12
    reactions, amplified, melted = [], [], []
    for react in _children(run, "react"):
        well = _well(react.get("id") or "", columns)
        sample = next((_of(one, "id") for one in _children(react, "sample")), "")
        volume = _number(_text(react, "vol"))
        for data in _children(react, "data"):
            pieces = next(cut) if cut is not None else (b"", b"")
            amplified.append(_curve(path, data, pieces[0], "adp", "cyc"))
            if melting:
                melted.append(_curve(path, data, pieces[1], "mdp", "tmp"))
            reactions.append(_reaction(data, well, sample, volume, samples.get(sample, {})))
    cycles, fluorescence = _cycles(path, amplified)
    curves = Curves(*_matrix(path, melted)) if any(len(x) for x, _ in melted) else None
    facts = {key: _text(run, key) for key in ("instrument", "runDate", "backgroundDeterminationMethod")}
    facts |= {"cqDetectionMethod": _text(run, "cqDetectionMethod")}
    software = next(iter(_children(run, "dataCollectionSoftware")), None)
    if software is not None:
        facts["software"] = f"{_text(software, 'name')} {_text(software, 'version')}".strip()
    facts["thermalCyclingConditions"] = next((_of(one, "id") for one in _children(run, "thermalCyclingConditions")), "")
    told = {key: " ".join(value.split()) for key, value in facts.items() if value}
    return PlateRun(experiment, _of(run, "id"), reactions, cycles, fluorescence, told, curves)


def _curve(path: Path, data: Element, piece: bytes, tag: str, key: str) -> Points:
    found = _points_of(piece, key.encode()) if piece else _points(data, tag, key)
    if found is None:
        found = _points(parsed_xml(path, b'<data xmlns:rdml="http://www.rdml.org">' + piece + b"</data>"), tag, key)
    return found


def _cycles(path: Path, curves: list[Points]) -> Points:
    """Return the cycles from the first on, and the fluorescence of every curve there; NaN where nothing was read."""
    last = max((float(x.max()) for x, _ in curves if x.size), default=0.0)
    if not 0 <= last <= MOST_CYCLES or any(x.size and x.min() <= 0 for x, _ in curves):
        raise UnreadableFile(path, f"a cycle {last:g}", f"cycles from 1 to {MOST_CYCLES}", _AGAIN)
    count = int(np.ceil(last))
    values = np.full((len(curves), count), np.nan)
    for row, (x, y) in enumerate(curves):
        if x.size:
            values[row, np.ceil(x).astype(np.int64) - 1] = y
    return np.arange(1.0, count + 1), np.where(np.isfinite(values), values, np.nan)


def _matrix(path: Path, curves: list[Points]) -> Points:
    """Return the places of all curves in order and their values there, shape (curves, places)."""
    if not curves:
        return np.empty(0), np.empty((0, 0))
    first = curves[0][0]
    ascending = first.size and (np.diff(first) > 0).all()
    if ascending and all(x.size == first.size and (x == first).all() for x, _ in curves):
        values = np.array([y for _, y in curves])
        places = first
    else:
        places = np.unique(np.concatenate([x for x, _ in curves]))
        values = np.full((len(curves), places.size), np.nan)
        for row, (x, y) in enumerate(curves):
            values[row, np.searchsorted(places, x)] = y
    if not np.isfinite(places).all():
        raise UnreadableFile(path, "a point of a curve at no number", EXPECTED, _AGAIN)
    return places, np.where(np.isfinite(values), values, np.nan)


def _reaction(data: Element, well: str, sample: str, volume: float | None, told: dict[str, Any]) -> Reaction:
    held = _first(data)
    target = _of(held["tar"], "id") if "tar" in held else ""
    kind = told.get("kinds", {}).get(target) or told.get("kinds", {}).get("", "unkn")
    quantity, unit = told.get("quantities", {}).get(target) or told.get("quantities", {}).get("", (None, ""))
    cq = _number(_words(held, "cq"))
    return Reaction(
        well, sample, target, kind, quantity, unit, volume if volume and volume > 0 else None,
        _words(held, "excl"), cq if cq is not None and cq > 0 else None, told.get("double", False),
    )  # fmt: skip


def _well(given: str, columns: int) -> str:
    """Return the well's name: RDML 1.1 and later number the wells row by row from 1."""
    if given.isascii() and given.isdigit() and int(given[:9]) > 0 and columns > 0:
        row, column = divmod(int(given[:9]) - 1, columns)
        letters = chr(65 + row % 26) if row < 26 else chr(64 + row // 26 % 27) + chr(65 + row % 26)
        return f"{letters}{column + 1}"
    match = _WELL.match(given)
    return f"{match[1].upper()}{match[2]}" if match else given


def _samples(root: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in _children(root, "sample"):
        kinds = {each.get("targetId") or "": (each.text or "unkn").strip() for each in _children(one, "type")}
        quantities = {}
        for each in _children(one, "quantity"):
            value = _number(_text(each, "value"))
            if value is not None:
                quantities[each.get("targetId") or ""] = (value, _text(each, "unit"))
        double = _text(one, "doubleStranded").lower() in ("true", "1")
        found[_of(one, "id")] = {"kinds": kinds, "quantities": quantities, "double": double}
    return found


def _targets(root: Element) -> dict[str, Target]:
    dyes = {_of(one, "id"): one for one in _children(root, "dye")}
    found = {}
    for one in _children(root, "target"):
        dye = next((each.get("id") or (each.text or "").strip() for each in _children(one, "dyeId")), "")
        told = dyes.get(dye)
        sequences = next(iter(_children(one, "sequences")), None)
        primers = [] if sequences is None else [*_children(sequences, "forwardPrimer")]
        primers += [] if sequences is None else [*_children(sequences, "reversePrimer")]
        strengths = [_number(_text(each, "oligoConc")) for each in primers]
        amplicon = (
            "" if sequences is None else "".join(_text(each, "sequence") for each in _children(sequences, "amplicon"))
        )
        given = [value for value in strengths if value]
        name = _of(one, "id")
        found[name] = Target(
            name=name,
            kind=_text(one, "type") or "toi",
            dye=dye,
            chemistry=(_text(told, "dyeChemistry") if told is not None else "") or NON_SATURATING,
            dye_nm=_number(_text(told, "dyeConc")) if told is not None else None,
            copy_factor=_number(_text(told, "nCopyFact")) if told is not None else None,
            primer_nm=min(given) if given else None,
            amplicon_length=len(amplicon) if len(amplicon) > 30 else None,
            has_sequences=any(_text(each, "sequence") for each in primers),
            melting_temperature_c=_number(_text(one, "meltingTemperature")),
        )
    return found


def _name(element: Element) -> str:
    return _local(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _first(element: Element) -> dict[str, Element]:
    """Return the first child of each name."""
    found: dict[str, Element] = {}
    for one in element:
        found.setdefault(_name(one), one)
    return found


def _words(held: dict[str, Element], name: str) -> str:
    return (held[name].text or "").strip() if name in held else ""


def _children(element: Element, name: str) -> list[Element]:
    return list(element.iterchildren("{*}" + name))


def _text(element: Element, name: str) -> str:
    one = next(element.iterchildren("{*}" + name), None)
    return "" if one is None else (one.text or "").strip()


def _of(element: Element, attribute: str) -> str:
    return " ".join((element.get(attribute) or "").split())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
