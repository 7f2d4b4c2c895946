"""One mzML spectrum read by its text: where it is written as known programs write it; anything else goes to XML."""

import re

from liqi.methods.readers import _mzml_xml
from liqi.methods.readers._arrays import from_base64, unpack
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._mzml_facts import ArrayKind, kind_of_array, spectrum_of
from liqi.methods.readers._run import Array, Spectrum

_PARAMETER = re.compile(rb'accession="([^"]*)" name="[^"]*" value="([^"]*)"')
_ACCESSION = re.compile(rb'accession="([^"]*)"')
_ID = re.compile(rb'<spectrum\s[^>]*?\bid="([^"&]*)"')
_LENGTH = re.compile(rb'<spectrum\s[^>]*?\bdefaultArrayLength="(\d+)"')
_kinds: dict[bytes, ArrayKind | None] = {}


def spectrum(piece: bytes, damage: Damage) -> Spectrum:
    """Return the spectrum, the same as `_mzml_xml.spectrum` gives."""
    lists = piece.find(b"<binaryDataArrayList")
    body = piece[:lists] if lists >= 0 else piece
    found, length = _ID.match(piece), _LENGTH.match(piece)  # writers put either first
    parameters = _PARAMETER.findall(body)
    facts = dict(parameters)
    once = len(facts) == len(parameters) == body.count(b"<cvParam")
    of_product = b"MS:1000827" in facts and b"<precursor" not in body
    several = body.find(b"<spectrum", 1) >= 0
    if several or found is None or length is None or not once or of_product or (b"!" in body and b"<!--" in body):
        return _mzml_xml.spectrum(piece, damage)
    numbers = _numbers(piece, lists) if lists >= 0 else {}
    if numbers is None:
        return _mzml_xml.spectrum(piece, damage)
    return spectrum_of(found.group(1), int(length.group(1)), facts, _time_unit(body), numbers, damage)


def _time_unit(body: bytes) -> bytes:
    place = body.find(b'"MS:1000016"')
    place = body.find(b"<", place)
    unit = body.rfind(b'unitAccession="', max(0, place - 200), place)
    return body[unit + 15 : unit + 25] if unit >= 0 else b""


def _numbers(piece: bytes, end: int) -> dict[str, Array] | None:
    """Return the arrays after this place; None where anything unusual, such as another spectrum, stands between."""
    numbers: dict[str, Array] = {}
    while True:
        at = piece.find(b"<binaryDataArray ", end)
        if piece.find(b"<spectrum", end, at if at >= 0 else len(piece)) >= 0:
            return None
        if at < 0:
            return numbers
        begin = piece.find(b"<binary>", at)
        end = piece.find(b"<", begin + 8)
        if begin < 0 or not piece.startswith(b"</binary>", end):
            return None
        kind = _kind(piece[at:begin])
        if kind is None:
            return None
        if kind.name:
            numbers[kind.name] = unpack(from_base64(piece[begin + 8 : end]), kind.packing, kind.type)


def _kind(opening: bytes) -> ArrayKind | None:
    """Return what the array before these words is; None where they are unusual."""
    first = opening.find(b"<cvParam")
    key = opening[first:] if first >= 0 else opening
    if key not in _kinds:
        if len(_kinds) > 1000:
            _kinds.clear()
        _kinds[key] = _judged(key)
    return _kinds[key]


def _judged(key: bytes) -> ArrayKind | None:
    accessions = [found.decode("latin-1") for found in _ACCESSION.findall(key)]
    if b"</binaryDataArray" in key or b"<spectrum" in key or b"<!" in key or len(accessions) != key.count(b"<cvParam"):
        return None
    return kind_of_array(set(accessions))
