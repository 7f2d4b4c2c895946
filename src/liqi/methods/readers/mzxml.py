"""mzXML, plain or gzip: scans beside or inside each other, peaks as big-endian m/z-intensity pairs."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import head, open_bytes

_AGAIN = "copy or convert the file again"
_COUNT = re.compile(rb'<msRun[^>]*\bscanCount="(\d+)"')
_DURATION = re.compile(r"PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$")


def read(path: Path) -> Run:
    """Return an mzXML run; damage raises `UnreadableFile` while iterating."""
    found = _COUNT.search(head(path))
    expected = int(found.group(1)) if found else 0
    return Run(path, "mzxml", True, expected, partial(_spectra, path, expected))


def _spectra(path: Path, expected: int) -> Iterator[Spectrum]:
    count = 0
    try:
        with open_bytes(path) as stream:
            for _, peaks in etree.iterparse(stream, events=("end",), tag="{*}peaks", huge_tree=True):
                scan = peaks.getparent()
                if scan is None:
                    continue
                yield _spectrum(path, scan, peaks)
                count += 1
                peaks.clear()
    except (etree.XMLSyntaxError, EOFError, OSError, zlib.error) as problem:
        found = f"damage after {count} spectra ({str(problem)[:120]})"
        raise UnreadableFile(path, found, "a whole mzXML file", _AGAIN) from None
    if count < expected:
        raise UnreadableFile(path, f"{count} of {expected} spectra", "a whole mzXML file", _AGAIN)


def _spectrum(path: Path, scan: etree._Element, peaks: etree._Element) -> Spectrum:
    try:
        data = base64.b64decode(peaks.text or "")
        if data and peaks.get("compressionType") == "zlib":
            data = zlib.decompress(data)
        pairs = np.frombuffer(data, dtype=">f8" if peaks.get("precision") == "64" else ">f4").reshape(-1, 2)
        spectrum = Spectrum(*in_order(pairs[:, 0], pairs[:, 1]), ms_level=int(scan.get("msLevel", "1")))
        spectrum.retention_time_s = _seconds(scan.get("retentionTime"))
        ion = scan.find("{*}precursorMz")
        if ion is not None:
            spectrum.precursor_mz = float(ion.text or 0) or None
            spectrum.charge = int(ion.get("precursorCharge", "0")) or None
            half = float(ion.get("windowWideness", "0")) / 2
            if half and spectrum.precursor_mz:
                spectrum.isolation_window = (spectrum.precursor_mz - half, spectrum.precursor_mz + half)
    except (ValueError, binascii.Error, zlib.error) as problem:
        found = f"a damaged scan {scan.get('num')} ({problem})"
        raise UnreadableFile(path, found, "whole arrays of numbers", _AGAIN) from None
    spectrum.polarity = {"+": "positive", "-": "negative"}.get(scan.get("polarity", ""))
    spectrum.collision_energy = scan.get("collisionEnergy")
    centroided = scan.get("centroided")
    spectrum.centroid = None if centroided is None else centroided in ("1", "true")
    return spectrum


def _seconds(text: str | None) -> float | None:
    """Return seconds of an XML duration.

    >>> _seconds("PT1M30.5S")
    90.5
    """
    found = _DURATION.match(text or "")
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
