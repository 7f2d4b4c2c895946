"""mzML read with lxml: slower than pymzdata, complete in polarity, and able to read gzip."""

import base64
import binascii
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Array, Run, Spectrum, in_order
from liqi.methods.readers._sniff import open_bytes

Opener = Callable[[Path], Iterator[Spectrum]]
_AGAIN = "copy or convert the file again"
_TYPES = {"MS:1000523": "<f8", "MS:1000521": "<f4", "MS:1000519": "<i4", "MS:1000522": "<i8"}
_NUMPRESS = {"MS:1002312", "MS:1002313", "MS:1002314", "MS:1002746", "MS:1002747", "MS:1002748"}
Params = dict[str, tuple[str, str]]


def run(path: Path) -> Run:
    """Return the run as this reader sees it, for comparison with the fast one."""
    return Run(path, "mzml", True, 0, lambda: spectra(path))


def spectra(path: Path) -> Iterator[Spectrum]:
    """Yield every spectrum; XML or arrays that are damaged raise `UnreadableFile`."""
    groups: dict[str, Params] = {}
    try:
        with open_bytes(path) as stream:
            tags = ("{*}spectrum", "{*}referenceableParamGroup")
            for _, element in etree.iterparse(stream, events=("end",), tag=tags, huge_tree=True):
                if etree.QName(element).localname == "spectrum":
                    yield _spectrum(path, element, groups)
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
                else:
                    groups[element.get("id", "")] = _params(element, groups)
    except (etree.XMLSyntaxError, EOFError, OSError, zlib.error) as problem:
        found = f"damage in the file ({str(problem)[:120]})"
        raise UnreadableFile(path, found, "a whole mzML file", _AGAIN) from None


def _params(element: etree._Element, groups: dict[str, Params]) -> Params:
    found: Params = {}
    for child in element.iterchildren("{*}referenceableParamGroupRef"):
        found |= groups.get(child.get("ref", ""), {})
    for child in element.iterchildren("{*}cvParam"):
        found[child.get("accession", "")] = (child.get("value", ""), child.get("unitAccession", ""))
    return found


def _spectrum(path: Path, element: etree._Element, groups: dict[str, Params]) -> Spectrum:
    facts = _params(element, groups)
    try:
        arrays = [_array(path, child, groups) for child in element.iterfind(".//{*}binaryDataArray")]
        named = {name: array for name, array in arrays if name}
        mz, intensity = named.get("mz", np.empty(0)), named.get("intensity", np.empty(0))
        if mz.size != intensity.size:
            raise ValueError(f"{mz.size} m/z and {intensity.size} intensities")
        level = int(facts.get("MS:1000511", ("1", ""))[0] or 1)
        spectrum = Spectrum(*in_order(mz, intensity), ms_level=level)
        _take_scan(spectrum, element, groups)
    except (ValueError, binascii.Error, zlib.error) as problem:
        found = f"a damaged spectrum {element.get('id', '')!r} ({problem})"
        raise UnreadableFile(path, found, "whole arrays of numbers", _AGAIN) from None
    spectrum.polarity = "positive" if "MS:1000130" in facts else "negative" if "MS:1000129" in facts else None
    spectrum.centroid = "MS:1000127" in facts if "MS:1000127" in facts or "MS:1000128" in facts else None
    return spectrum


def _take_scan(spectrum: Spectrum, element: etree._Element, groups: dict[str, Params]) -> None:
    scan = element.find(".//{*}scan")
    if scan is not None and "MS:1000016" in (params := _params(scan, groups)):
        value, unit = params["MS:1000016"]
        spectrum.retention_time_s = float(value) * (1 if unit == "UO:0000010" else 60)
    ion = element.find(".//{*}selectedIon")
    if ion is not None:
        params = _params(ion, groups)
        spectrum.precursor_mz = float(params.get("MS:1000744", ("0", ""))[0]) or None
        spectrum.charge = int(params["MS:1000041"][0]) if "MS:1000041" in params else None
    window = element.find(".//{*}isolationWindow")
    if window is not None:
        params = _params(window, groups)
        target = float(params.get("MS:1000827", ("0", ""))[0])
        lower, upper = (float(params.get(f"MS:100082{n}", ("0", ""))[0]) for n in (8, 9))
        spectrum.isolation_window = (target - lower, target + upper)
        spectrum.precursor_mz = spectrum.precursor_mz or target or None
    activation = element.find(".//{*}activation")
    if activation is not None and (energy := _params(activation, groups).get("MS:1000045", ("", ""))[0]):
        spectrum.collision_energy = f"{float(energy):g}"


def _array(path: Path, element: etree._Element, groups: dict[str, Params]) -> tuple[str, Array]:
    params = _params(element, groups)
    if _NUMPRESS & params.keys():
        found = "arrays packed with MS-Numpress in a file of mixed polarity or gzip"
        raise UnreadableFile(path, found, "zlib or plain arrays", "convert it again without Numpress")
    name = "mz" if "MS:1000514" in params else "intensity" if "MS:1000515" in params else ""
    binary = element.find("{*}binary")
    data = base64.b64decode(binary.text or "") if binary is not None else b""
    if data and "MS:1000574" in params:
        data = zlib.decompress(data)
    kind = next((_TYPES[key] for key in params if key in _TYPES), "<f8")
    return name, np.frombuffer(data, dtype=kind).astype(np.float64)
