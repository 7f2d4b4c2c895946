"""One mzML spectrum read as XML, however it is written; entities are never expanded, nothing is fetched."""

import re

from lxml import etree

from liqi.methods.readers._arrays import from_base64, unpack
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._mzml_facts import kind_of_array, spectrum_of
from liqi.methods.readers._run import Array, Spectrum

_HUGE = 9_000_000
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][A-Za-z0-9_.-]{0,40}):[A-Za-z_]")
_MOST_PREFIXES = 20
Facts = dict[bytes, bytes]


def parse(piece: bytes, closing: bytes = b"</spectrum>") -> etree._Element:
    """Return the element of a piece whose closing tag was cut off; prefixes declared outside it are its own."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=len(piece) > _HUGE, remove_comments=True
    )
    try:
        return etree.fromstring(piece + closing, parser)
    except etree.XMLSyntaxError:
        prefixes = set(_PREFIX.findall(piece)) - {b"xml", b"xmlns"}
        recoded = _as_utf8(piece)
        if (not prefixes and recoded is piece) or len(prefixes) > _MOST_PREFIXES:
            raise
    declared = b"".join(b' xmlns:%s="%s"' % (prefix, prefix) for prefix in sorted(prefixes))
    return etree.fromstring(b"<piece" + declared + b">" + recoded + closing + b"</piece>", parser)[0]


def _as_utf8(piece: bytes) -> bytes:
    """Return the piece itself where it is UTF-8, else what it says in Latin-1, in which many files are declared."""
    try:
        piece.decode()
    except UnicodeDecodeError:
        return piece.decode("latin-1").encode()
    return piece


def spectrum(piece: bytes, damage: Damage) -> Spectrum:
    """Return the spectrum of a piece `<spectrum ...` without its closing tag."""
    element = parse(piece)
    return spectrum_of_element(element, _numbers(element), damage)


def spectrum_of_element(element: etree._Element, numbers: dict[str, Array], damage: Damage) -> Spectrum:
    """Return the spectrum with the arrays given; facts of its first scan and of its last isolation count.

    What the spectrum says itself stands: the window of an isolation may tell the level that it was taken from.
    """
    facts = parameters(element)
    described = element.find("{*}spectrumDescription")  # before mzML 1.1
    if described is not None:
        facts = parameters(described) | facts
    within = element if described is None else described
    scans = list(within.iterfind("{*}scanList/{*}scan")) or list(within.iterfind("{*}scan"))
    time_unit = b""
    if scans:
        facts = parameters(scans[0]) | facts
        time = next((one for one in scans[0].iterfind("{*}cvParam") if one.get("accession") == "MS:1000016"), None)
        time_unit = _bytes(time.get("unitAccession", "")) if time is not None else b""
    precursors = list(within.iterfind("{*}precursorList/{*}precursor"))
    if precursors:
        precursor = max(precursors, key=_isolated_from)
        for path in ("{*}isolationWindow", "{*}selectedIonList/{*}selectedIon", "{*}activation"):
            part = precursor.find(path)
            facts = (parameters(part) if part is not None else {}) | facts
    length = element.get("defaultArrayLength", "0")
    name = _bytes(element.get("id", ""))
    found = spectrum_of(name, int(length), facts, time_unit, numbers, damage)
    found.combined = max(1, len(scans))
    if len({tuple(sorted(_mobility(scan).items())) for scan in scans}) > 1:
        found.ion_mobility = None
    return found


def _isolated_from(precursor: etree._Element) -> int:
    """Return the level of the spectrum that a precursor was isolated from, 0 where its window does not say."""
    window = precursor.find("{*}isolationWindow")
    for one in window if window is not None else ():
        value = one.get("value", "")
        if (one.get("accession") == "MS:1000511" or one.get("name") == "ms level") and value.isdecimal():
            return int(value[:9])
    return 0


def parameters(element: etree._Element) -> Facts:
    """Return the element's own parameters by accession, the first of each."""
    found: Facts = {}
    for one in element.iterfind("{*}cvParam"):
        found.setdefault(_bytes(one.get("accession", "")), _bytes(one.get("value", "")))
    return found


def _mobility(scan: etree._Element) -> Facts:
    facts = parameters(scan)
    return {name: facts[name] for name in (b"MS:1002815", b"MS:1002476", b"MS:1001581") if name in facts}


def _numbers(element: etree._Element) -> dict[str, Array]:
    numbers: dict[str, Array] = {}
    for array in element.iterfind("{*}binaryDataArrayList/{*}binaryDataArray"):
        kind = kind_of_array({one.decode("utf-8") for one in parameters(array)})
        if kind.name:
            text = _bytes(array.findtext("{*}binary", ""))
            numbers[kind.name] = unpack(from_base64(text), kind.packing, kind.type)
    return numbers


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
