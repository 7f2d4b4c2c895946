"""mzML, plain or gzip, whole or damaged, with or without an index (which is never needed).

The file is cut into its spectra; each is read by its text (`_mzml_text`) where it is written as usual, which is as
fast as a compiled reader, and as XML (`_mzml_xml`) where it is not. Both give the same.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers import _mzml_text, _mzml_xml
from liqi.methods.readers._arrays import BROKEN
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._pieces import Pieces
from liqi.methods.readers._run import Run, Spectrum
from liqi.methods.readers._sniff import head
from liqi.methods.readers._streams import open_bytes

COUNT = re.compile(rb'<(?:\w+:)?spectrumList[^>]*\bcount\s*=\s*["\'](\d{1,12})["\']')
_PREFIX = re.compile(rb"<(\w+:)?(?:indexed)?mzML[\s>]")
_GROUP = re.compile(rb'<(?:\w+:)?referenceableParamGroup\s+id=["\']([^"\']*)["\']\s*>(.*?)</(?:\w+:)?ref', re.DOTALL)
_REFERENCE = re.compile(rb'<(?:\w+:)?referenceableParamGroupRef\s+ref=["\']([^"\']*)["\']\s*(?:/>|>\s*</[^>]*>)')
_ID = re.compile(rb'\bid\s*=\s*["\']([^"\'>]*)')
_NEXT = re.compile(rb"<spectrum[\s>]")
_TRACES = re.compile(rb"MS:(?:100147[23]|100081[1-3])")
_SPECTRUM = re.compile(rb"<(?:\w+:)?spectrum[\s>]")
_MOST_HEAD = 1 << 22
_ENDLESS = "it does not end"
Parser = Callable[[bytes, Damage], Spectrum]


def read(path: Path, parser: Parser = _mzml_text.spectrum) -> Run:
    """Return an mzML run."""
    announced = announced_count(path)
    if not announced and _holds_traces_alone(head(path, _MOST_HEAD)):
        found = "chromatograms and no spectra"
        raise UnreadableFile(path, found, "mass spectra", "convert the scans too, or export the chromatograms as CSV")
    return Run(path, "mzml", True, announced, partial(_spectra, path, parser, announced))


def _holds_traces_alone(start: bytes) -> bool:
    """Whether there are chromatograms of reactions, ions or light and no spectra; a current of nothing is no trace."""
    return _TRACES.search(start) is not None and _SPECTRUM.search(start) is None


def announced_count(path: Path) -> int:
    """Return how many spectra the file announces, 0 where it does not say."""
    for size in (1 << 16, _MOST_HEAD):
        found = COUNT.search(head(path, size))
        if found:
            return int(found.group(1))
    return 0


def read_as_xml(path: Path) -> Run:
    """Return the run as the slower reader sees it, for comparison with the fast one."""
    return read(path, _mzml_xml.spectrum)


def _spectra(path: Path, parser: Parser, announced: int, damage: Damage) -> Iterator[Spectrum]:
    count = 0
    groups: dict[bytes, bytes] | None = None
    for piece, closed, header in pieces_of(path, damage):
        if groups is None:
            groups = groups_of(header)
        if groups and b"ParamGroupRef" in piece:
            piece = written_out(piece, groups)
        for spectrum in each(piece, closed, parser, damage):
            count += 1
            yield spectrum
    missing = announced - count - damage.left_out
    if missing > 0 and not damage.stopped:
        damage.stop(f"{missing} spectra fewer than the file announces")


def pieces_of(path: Path, damage: Damage) -> Iterator[tuple[bytes, bool, bytes]]:
    """Yield each spectrum's piece of XML, whether it is closed, and the header of the file."""
    prefix = next((found.group(1) or b"" for found in [_PREFIX.search(head(path))] if found), b"")
    with open_bytes(path) as stream:
        pieces = Pieces(stream, prefix + b"spectrum", b"</" + prefix + b"spectrum>", b"mzML|indexedmzML", damage)
        for piece, closed in pieces:
            yield (
                (piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else piece),
                closed,
                (pieces.header),
            )


def groups_of(header: bytes) -> dict[bytes, bytes]:
    """Return the groups of parameters that a header defines, by id."""
    return dict(_GROUP.findall(header)) if b"referenceableParamGroup" in header else {}


def written_out(piece: bytes, groups: dict[bytes, bytes]) -> bytes:
    """Return the piece with each reference to a group of parameters replaced by the group."""
    if not groups:
        return piece
    return _REFERENCE.sub(lambda found: groups.get(found.group(1), b""), piece)


def each(piece: bytes, closed: bool, parser: Parser, damage: Damage) -> Iterator[Spectrum]:
    """Yield the spectrum of a piece, or after damage the last one that begins in it; note what was left out and why.

    A piece ends where the first spectrum ends, so that of several which begin in it only the last can be whole.
    """
    begins = [0]
    if closed:
        try:
            yield parser(piece, damage)
            return
        except (*BROKEN, etree.XMLSyntaxError) as problem:
            why: object = problem
    else:
        why = _ENDLESS
    begins += [found.start() for found in _NEXT.finditer(piece, 1)]
    for begin in begins[:-1]:
        damage.leave_out(_name(piece, begin), why)
        why = _ENDLESS
    if closed and len(begins) > 1:
        try:
            yield parser(piece[begins[-1] :], damage)
            return
        except (*BROKEN, etree.XMLSyntaxError) as problem:
            why = problem
    damage.leave_out(_name(piece, begins[-1]), why)


def _name(piece: bytes, begin: int) -> str:
    found = _ID.search(piece, begin, begin + 4096)
    return found.group(1).decode("utf-8", "replace") if found else ""
