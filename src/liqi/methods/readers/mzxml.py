"""mzXML, plain or gzip, whole or damaged: scans beside or inside each other, peaks as pairs, of either byte order."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from lxml import etree

from liqi.methods.readers._arrays import BROKEN, PLAIN, ZLIB, from_base64, unpack
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._mzml_xml import parse
from liqi.methods.readers._pieces import Pieces
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import head
from liqi.methods.readers._streams import open_bytes

_COUNT = re.compile(rb'<msRun[^>]*\bscanCount="(\d{1,12})"')
_DURATION = re.compile(r"\s*P(?:0Y)?(?:0M)?(?:0D)?T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?\s*$")
_SECONDS = re.compile(r"\s*\d+(?:\.\d+)?\s*$")
_EMPTY_PEAKS = re.compile(rb"<peaks[^<>]*/>")
_NEXT = re.compile(rb"<scan[\s>]")
_NUMBER = re.compile(rb'\bnum="([^"]{1,40})"')


_PAIRS = "m/z-int"
_POLARITIES = {"+": "positive", "-": "negative", "pos": "positive", "neg": "negative"}


def read(path: Path) -> Run:
    """Return an mzXML run."""
    found = _COUNT.search(head(path))
    return Run(path, "mzxml", True, int(found.group(1)) if found else 0, partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    count = 0
    found = _COUNT.search(head(path))
    with open_bytes(path) as stream:
        for piece, closed in Pieces(stream, b"scan", b"</peaks>", b"msRun|mzXML", damage):
            for spectrum in _scans(piece, closed, damage):
                count += 1
                yield spectrum
    missing = int(found.group(1)) - count - damage.left_out if found else 0
    if missing > 0 and not damage.stopped:
        damage.stop(f"{missing} spectra fewer than the file announces")


def _scans(piece: bytes, closed: bool, damage: Damage) -> Iterator[Spectrum]:
    """Yield the scan whose peaks end the piece; scans before it in the piece have none, or lost their end."""
    starts = [found.start() for found in _NEXT.finditer(piece)]
    for start, end in zip(starts, [*starts[1:], len(piece)], strict=True):
        last = end == len(piece)
        text = piece[start:end]
        try:
            begun = b"<peaks" in text and not _EMPTY_PEAKS.search(text)
            if last and not closed and begun:
                raise ValueError("it does not end")
            if not last and begun:
                raise ValueError("its peaks do not end")
            yield _spectrum(text, b"</peaks></scan>" if last and closed else b"</scan>", damage)
        except (*BROKEN, etree.XMLSyntaxError) as problem:
            if not (last and not closed and b"<peaks" not in text and b"</scan>" in text):
                number = _NUMBER.search(text[:2000])
                damage.leave_out(f"scan {number.group(1).decode('latin-1')}" if number else "", problem)


def _spectrum(text: bytes, closing: bytes, damage: Damage) -> Spectrum:
    if closing == b"</scan>" and (end := text.find(b"</scan>")) >= 0:
        text = text[:end]
    if closing == b"</scan>" and text.rstrip().endswith(b"/>"):
        closing = b"" if text.count(b"<") == 1 else closing
    scan = parse(text, closing)
    peaks = scan.find("{*}peaks")
    announced = scan.get("peaksCount", "")
    mz, intensity = _peaks(peaks, announced) if peaks is not None else (np.empty(0), np.empty(0))
    spectrum = Spectrum(*in_order(mz, intensity, damage), ms_level=int(scan.get("msLevel", "1")))
    spectrum.id = f"scan={scan.get('num', '')}"
    spectrum.retention_time_s = _seconds(scan.get("retentionTime"))
    spectrum.polarity = _POLARITIES.get(scan.get("polarity", "").lower()[:3])
    spectrum.collision_energy = scan.get("collisionEnergy") or None
    centroided = scan.get("centroided")
    spectrum.centroid = None if centroided is None else centroided in ("1", "true")
    mobility = scan.get("ionMobility") or scan.get("compensationVoltage")
    spectrum.ion_mobility = float(mobility) if mobility else None
    spectrum.combined = max(1, int(scan.get("mergedScanNum") or 1))
    ion = scan.find("{*}precursorMz")
    if ion is not None:
        _take_precursor(spectrum, ion)
    return spectrum


def _peaks(peaks: etree._Element, announced: str) -> tuple[np.ndarray, np.ndarray]:
    packing = {"": PLAIN, "none": PLAIN, "zlib": ZLIB}.get(peaks.get("compressionType", ""))
    if packing is None:
        raise ValueError(f"peaks packed with {peaks.get('compressionType')!r}")
    content = peaks.get("contentType") or peaks.get("pairOrder") or _PAIRS
    if content != _PAIRS:
        raise ValueError(f"peaks that hold {content!r}, not {_PAIRS!r}")
    data = from_base64((peaks.text or "").encode("ascii", "replace"))
    order = "<" if peaks.get("byteOrder", "").lower().startswith("little") else ">"
    numbers = unpack(data, packing, order + ("f8" if peaks.get("precision") == "64" else "f4"))
    count = int(announced) if announced.isdecimal() and len(announced) < 12 else 0
    if numbers.size % 2 or (count and numbers.size in (count, 4 * count)):  # of 32 bits read as of 64, or contrariwise
        raise ValueError(f"{numbers.size} numbers for {count} pairs")
    pairs = numbers.reshape(-1, 2)
    pairs = pairs[pairs.any(axis=1)]  # converters write an empty scan as one peak of nothing at 0
    return pairs[:, 0], pairs[:, 1]


def _take_precursor(spectrum: Spectrum, ion: etree._Element) -> None:
    centre = float(ion.text or 0)
    spectrum.precursor_mz = centre if 0 < centre < float("inf") else None
    spectrum.charge = int(ion.get("precursorCharge") or 0) or None
    spectrum.precursor_intensity = float(ion.get("precursorIntensity") or 0) or None
    half = float(ion.get("windowWideness") or 0) / 2
    if half and spectrum.precursor_mz:
        spectrum.isolation_window = (centre - half, centre + half)


def _seconds(text: str | None) -> float | None:
    """Return seconds of an XML duration.

    >>> _seconds("PT1M30.5S")
    90.5
    """
    found = _DURATION.match(text or "")
    if not found or not any(found.groups()):
        return float(text) if text and _SECONDS.match(text) else None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
