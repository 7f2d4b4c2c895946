"""Files written for the tests: mzML and imzML in every packing, ANDI, JCAMP-DX; small, and known to the last digit."""

import base64
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.io import netcdf_file

PACKINGS = {
    "plain": "MS:1000576", "zlib": "MS:1000574", "linear": "MS:1002312", "pic": "MS:1002313", "slof": "MS:1002314",
    "linear zlib": "MS:1002746", "pic zlib": "MS:1002747", "slof zlib": "MS:1002748",
}  # fmt: skip
MZ, INTENSITY = "MS:1000514", "MS:1000515"
TYPES = {"f8": "MS:1000523", "f4": "MS:1000521"}
Peaks = tuple[Sequence[float], Sequence[float]]


def parameter(accession: str, value: object = "", unit: str = "") -> str:
    """A cvParam."""
    tail = f' unitCvRef="UO" unitAccession="{unit}" unitName="x"' if unit else ""
    reference = accession.partition(":")[0]
    return f'<cvParam cvRef="{reference}" accession="{accession}" name="x" value="{value}"{tail}/>'


def packed(numbers: Sequence[float], packing: str, kind: str) -> str:
    """Numbers in base64, packed so."""
    way, _, zipped = packing.partition(" ")
    if way in ("plain", "zlib"):
        data = np.asarray(numbers, kind).tobytes()
    else:
        data = {"linear": linear, "pic": pic, "slof": slof}[way](np.asarray(numbers, "f8"))
    return base64.b64encode(zlib.compress(data) if zipped or way == "zlib" else data).decode()


def array(accession: str, numbers: Sequence[float], packing: str = "zlib", kind: str = "f8") -> str:
    """A binaryDataArray."""
    words = packed(numbers, packing, kind)
    head = parameter(TYPES[kind]) + parameter(PACKINGS[packing]) + parameter(accession)
    return f'<binaryDataArray encodedLength="{len(words)}">{head}<binary>{words}</binary></binaryDataArray>'


def spectrum(index: int, arrays: Sequence[str], length: int, level: int = 1, scans: str = "", more: str = "") -> str:
    """A spectrum element."""
    scans = scans or f"<scan>{parameter('MS:1000016', index / 10, 'UO:0000031')}</scan>"
    return (
        f'<spectrum index="{index}" id="scan={index + 1}" defaultArrayLength="{length}">'
        f"{parameter('MS:1000511', level)}{parameter('MS:1000130')}{parameter('MS:1000127')}"
        f'<scanList count="1">{scans}</scanList>{more}'
        f'<binaryDataArrayList count="{len(arrays)}">{"".join(arrays)}</binaryDataArrayList></spectrum>'
    )


def mzml(spectra: Sequence[str], count: int | None = None, head: str = "") -> str:
    """A whole file."""
    number = len(spectra) if count is None else count
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{head}<mzML xmlns="http://psi.hupo.org/ms/mzml" version="1.1.0">'
        f'<run id="r"><spectrumList count="{number}">{"".join(spectra)}</spectrumList></run></mzML>\n'
    )


def simple_mzml(peaks: Sequence[Peaks], packings: tuple[str, str] = ("zlib", "zlib"), kind: str = "f8") -> str:
    """A run of MS1 spectra."""
    ways = zip((MZ, INTENSITY), packings, strict=True)
    made = list(ways)
    return mzml(
        [
            spectrum(
                i, [array(what, part, way, kind) for (what, way), part in zip(made, one, strict=True)], len(one[0])
            )
            for i, one in enumerate(peaks)
        ]
    )


def _halves(numbers: np.ndarray) -> list[int]:
    out: list[int] = []
    for number in numbers.tolist():
        word = int(number) & 0xFFFFFFFF
        digits = [(word >> (4 * i)) & 15 for i in range(8)]
        top = 15 if number < 0 else 0
        left = 0
        while left < (7 if top else 8) and digits[7 - left] == top:
            left += 1
        out += [left + (8 if top and left else 0), *digits[: 8 - left]]
    return out


def _bytes(halves: list[int]) -> bytes:
    halves = [*halves, 0] if len(halves) % 2 else halves
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def linear(numbers: np.ndarray, scale: float = 1e5) -> bytes:
    """MS-Numpress linear prediction coding."""
    whole = np.round(numbers * scale).astype(np.int64)
    data = struct.pack(">d", scale) + b"".join(struct.pack("<I", one) for one in whole[:2].tolist())
    return data + _bytes(_halves(whole[2:] - 2 * whole[1:-1] + whole[:-2]))


def pic(numbers: np.ndarray) -> bytes:
    """MS-Numpress positive integer coding."""
    return _bytes(_halves(np.round(numbers).astype(np.int64)))


def slof(numbers: np.ndarray, scale: float = 3000.0) -> bytes:
    """MS-Numpress short logged float coding."""
    return struct.pack(">d", scale) + np.round(np.log1p(numbers) * scale).astype("<u2").tobytes()


def andi(path: Path, peaks: Sequence[Peaks], record: bool = True) -> None:
    """An ANDI/MS file, written by scipy."""
    with netcdf_file(path, "w") as file:
        file.test_ionization_polarity = b"Positive Polarity"
        file.experiment_type = b"Centroided Mass Spectrum"
        file.createDimension("point_number", None if record else sum(len(one[0]) for one in peaks))
        file.createDimension("scan_number", len(peaks))
        for name, kind in (("scan_acquisition_time", "d"), ("total_intensity", "d")):
            file.createVariable(name, kind, ("scan_number",))
        for name in ("scan_index", "point_count"):
            file.createVariable(name, "i", ("scan_number",))
        for name in ("mass_values", "intensity_values"):
            file.createVariable(name, "f", ("point_number",))
        counts = [len(one[0]) for one in peaks]
        file.variables["point_count"][:] = counts
        file.variables["scan_index"][:] = np.concatenate([[0], np.cumsum(counts)[:-1]])
        file.variables["scan_acquisition_time"][:] = [60 + i for i in range(len(peaks))]
        file.variables["total_intensity"][:] = [sum(one[1]) for one in peaks]
        file.variables["mass_values"][:] = np.concatenate([one[0] for one in peaks])
        file.variables["intensity_values"][:] = np.concatenate([one[1] for one in peaks]) / 2
        file.variables["intensity_values"].scale_factor = 2.0


def imzml(path: Path, peaks: Sequence[Peaks], continuous: bool) -> None:
    """An image with its .ibd beside it."""
    data = b"\x12\x34\x56\x78" * 4
    elements = []
    first = 16
    if continuous:
        data += np.asarray(peaks[0][0], "f8").tobytes()
    for i, (mz, intensity) in enumerate(peaks):
        if not continuous:
            first = len(data)
            data += np.asarray(mz, "f8").tobytes()
        second = len(data)
        data += np.asarray(intensity, "f4").tobytes()
        arrays = [
            f'<binaryDataArray encodedLength="0"><referenceableParamGroupRef ref="{name}"/>'
            f"{parameter('IMS:1000102', place)}{parameter('IMS:1000103', len(mz))}"
            f"{parameter('IMS:1000104', len(mz) * size)}<binary/></binaryDataArray>"
            for name, place, size in (("mzArray", first, 8), ("intensities", second, 4))
        ]
        scan = f"<scan>{parameter('IMS:1000050', i % 2 + 1)}{parameter('IMS:1000051', i // 2 + 1)}</scan>"
        elements.append(spectrum(i, arrays, 0, scans=scan))
    mode = "IMS:1000030" if continuous else "IMS:1000031"
    groups = "".join(
        f'<referenceableParamGroup id="{name}">{parameter(what)}{parameter(TYPES[kind])}{parameter("MS:1000576")}'
        f"{parameter('IMS:1000101', 'true')}</referenceableParamGroup>"
        for name, what, kind in (("mzArray", MZ, "f8"), ("intensities", INTENSITY, "f4"))
    )
    head = f"<fileDescription><fileContent>{parameter('IMS:1000080', '{12345678-1234-5678-1234-567812345678}')}"
    text = mzml(elements).replace(
        '<run id="r">', f'{head}{parameter(mode)}</fileContent></fileDescription>{groups}<run id="r">'
    )
    path.write_text(text)
    path.with_suffix(".ibd").write_bytes(data)


JCAMP = """##TITLE= propellant
##IONIZATION_MODE= EI+
##SCAN_NUMBER= 1
##PAGE=   T=1.5
##RETENTION_TIME= 1.5
##NPOINTS= 3
##XYDATA= (XY..XY)
 46.25, 3259.0
 47.5, 1468.0 50.75, 1530
##SCAN_NUMBER= 2
##PAGE=   T=2.5
##RETENTION_TIME= 2.5
##NPOINTS= 1
##XYDATA= (XY..XY)
 60.5, 10
##END=
"""
