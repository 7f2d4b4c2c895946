"""imzML (Schramm et al., J. Proteomics 75:5106, 2012): mzML whose arrays lie in the .ibd file beside it, one
spectrum a pixel; `processed` keeps the m/z of each, `continuous` the m/z of all once.
"""

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._arrays import MOST_PEAKS, unpack
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._mzml_facts import ArrayKind, kind_of_array
from liqi.methods.readers._mzml_xml import parameters, parse, spectrum_of_element
from liqi.methods.readers._run import Array, Run, Spectrum
from liqi.methods.readers.mzml import announced_count, each, groups_of, pieces_of, written_out

_OFFSET, _LENGTH, _BYTES = b"IMS:1000102", b"IMS:1000103", b"IMS:1000104"
_POSITION = (b"IMS:1000050", b"IMS:1000051", b"IMS:1000052")
_UUID = re.compile(rb'accession="IMS:1000080"[^>]*value="\{?([0-9a-fA-F-]{32,36})')
Shared = dict[tuple[int, int, str], Array]


def read(path: Path) -> Run:
    """Return an imzML run; a missing .ibd file raises `UnreadableFile`."""
    binary = _beside(path)
    return Run(path, "imzml", True, announced_count(path), partial(_spectra, path, binary))


def _beside(path: Path) -> Path:
    stem = path.name.removesuffix(".gz")
    stem = stem[: -len(".imzml")] if stem.lower().endswith(".imzml") else stem
    for ending in (".ibd", ".IBD", ".Ibd"):
        if path.with_name(stem + ending).is_file():
            return path.with_name(stem + ending)
    do = "put both files of the image in one folder"
    raise UnreadableFile(path, "an imzML file alone", f"{stem}.ibd beside it", do)


def _spectra(path: Path, binary: Path, damage: Damage) -> Iterator[Spectrum]:
    groups: dict[bytes, bytes] | None = None
    shared: Shared = {}
    with binary.open("rb") as stream:
        for piece, closed, header in pieces_of(path, damage):
            if groups is None:
                groups = groups_of(header)
                uuid = _UUID.search(header)
                if uuid and uuid.group(1).replace(b"-", b"").lower() != stream.read(16).hex().encode():
                    damage.stop("an .ibd file that belongs to another imzML file")
            yield from each(written_out(piece, groups), closed, partial(_spectrum, stream, shared), damage)


def _spectrum(stream: IO[bytes], shared: Shared, piece: bytes, damage: Damage) -> Spectrum:
    element = parse(piece)
    numbers: dict[str, Array] = {}
    for array in element.iterfind("{*}binaryDataArrayList/{*}binaryDataArray"):
        facts = parameters(array)
        kind = kind_of_array({one.decode("utf-8") for one in facts})
        if kind.name:
            numbers[kind.name] = _array(stream, facts, kind, shared)
    found = spectrum_of_element(element, numbers, damage)
    found.position = _position(element)
    return found


def _array(stream: IO[bytes], facts: dict[bytes, bytes], kind: ArrayKind, shared: Shared) -> Array:
    offset, length = int(facts[_OFFSET]), int(facts[_LENGTH])
    if not 0 <= length <= MOST_PEAKS or offset < 0:
        raise ValueError(f"an array of {length} numbers at byte {offset}")
    key = (offset, length, kind.type)
    if kind.name == "mz" and key in shared:
        return shared[key]
    size = int(facts.get(_BYTES) or length * np.dtype(kind.type).itemsize)
    if not 0 <= size <= MOST_PEAKS * 8:
        raise ValueError(f"an array of {size} bytes")
    stream.seek(min(offset, os.fstat(stream.fileno()).st_size))  # a disk refuses places that none of its files has
    data = stream.read(size)
    if len(data) < size:
        raise ValueError(f"an array that ends after {len(data)} of {size} bytes of the .ibd file")
    found = unpack(data, kind.packing, kind.type)
    if found.size != length:
        raise ValueError(f"{found.size} of {length} numbers")
    if kind.name == "mz":
        shared.clear()
        shared[key] = found
    return found


def _position(element: etree._Element) -> tuple[int, ...] | None:
    scan = element.find("{*}scanList/{*}scan")
    if scan is None:
        return None
    facts = parameters(scan)
    found = tuple(int(facts[name]) for name in _POSITION if name in facts)
    return found or None
