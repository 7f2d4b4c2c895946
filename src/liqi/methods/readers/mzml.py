"""mzML, plain or gzip: pymzdata reads plain files fast, our own lxml reader reads what it cannot say.

pymzdata gives no polarity and ends quietly at damage, so the file is scanned for its polarity first, its
end is looked at before, and the number of spectra is compared with the announced one after.
"""

import mmap
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers import _mzml_xml
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import head

_COUNT = re.compile(rb'<spectrumList[^>]*\bcount="(\d+)"')
_POSITIVE, _NEGATIVE = b'"MS:1000130"', b'"MS:1000129"'
_WHOLE = "a whole mzML file"
_AGAIN = "copy or convert the file again"


def read(path: Path) -> Run:
    """Return an mzML run; a file that ends too early raises `UnreadableFile` at once."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    if packed:
        found = _COUNT.search(head(path))
        expected = int(found.group(1)) if found else 0
        return Run(path, "mzml", True, expected, partial(_counted, path, expected, _mzml_xml.spectra))
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not data[-200:].rstrip().endswith((b"</mzML>", b"</indexedmzML>")):
            found_words = f"a file that ends in the middle, at byte {len(data)}"
            raise UnreadableFile(path, found_words, f"{_WHOLE} up to </mzML>", _AGAIN)
        found = _COUNT.search(data)
        expected = int(found.group(1)) if found else 0
        positive, negative = data.find(_POSITIVE) >= 0, data.find(_NEGATIVE) >= 0
    if positive and negative:
        opener = _mzml_xml.spectra
    else:
        polarity = "positive" if positive else "negative" if negative else None
        opener = partial(_fast_spectra, polarity=polarity)
    return Run(path, "mzml", True, expected, partial(_counted, path, expected, opener))


def _counted(path: Path, expected: int, opener: _mzml_xml.Opener) -> Iterator[Spectrum]:
    count = 0
    for spectrum in opener(path):
        yield spectrum
        count += 1
    if count < expected:
        found = f"{count} of {expected} spectra, the file being damaged after them"
        raise UnreadableFile(path, found, _WHOLE, _AGAIN)


def _fast_spectra(path: Path, polarity: str | None) -> Iterator[Spectrum]:
    try:
        from pymzdata import MZReader

        reader = MZReader(str(path))
    except (ImportError, RuntimeError, OSError, ValueError):
        yield from _mzml_xml.spectra(path)
        return
    with reader:
        while True:
            try:
                one = next(reader)
                spectrum = _converted(one, polarity)
            except StopIteration:
                return
            except BaseException as problem:  # a Rust panic is no Exception
                if isinstance(problem, KeyboardInterrupt | SystemExit | GeneratorExit):
                    raise
                raise UnreadableFile(path, f"a damaged spectrum ({problem})", _WHOLE, _AGAIN) from None
            yield spectrum


def _converted(one: Any, polarity: str | None) -> Spectrum:
    mz, intensity = in_order(one.mz_array(), one.intensity_array())
    spectrum = Spectrum(
        mz,
        intensity,
        ms_level=one.ms_level,
        retention_time_s=one.start_time * 60,
        polarity=polarity,
        centroid=one.is_centroid,
    )
    precursor = one.precursor
    if precursor is not None:
        _take_precursor(spectrum, precursor)
    return spectrum


def _take_precursor(spectrum: Spectrum, precursor: Any) -> None:
    ions, window, activation = precursor.ions(), precursor.isolation_window, precursor.activation
    if ions:
        spectrum.precursor_mz, spectrum.charge = ions[0].mz or None, ions[0].charge
    if window is not None:
        spectrum.isolation_window = (window.lower_bound, window.upper_bound)
        spectrum.precursor_mz = spectrum.precursor_mz or window.target or None
    if activation is not None and activation.energy:
        spectrum.collision_energy = f"{activation.energy:g}"
