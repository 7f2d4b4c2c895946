"""Synthetic runs as mzML: what is put in is known to the last digit; every file says in its name that it is one."""

import base64
import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def write_run(path: Path, scans: Sequence[tuple[float, Floats, Floats]], polarity: str = "positive") -> None:
    """Write centroid survey scans (time in s, m/z ascending, intensity) as gzipped mzML; the same bytes every time."""
    spectra = "".join(_spectrum(i, *scan, polarity) for i, scan in enumerate(scans))
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<mzML xmlns="http://psi.hupo.org/ms/mzml" version="1.1.0">'
        "<!-- SYNTHETIC: computed by benchmarks/make_quantity_examples.py, not measured -->"
        f'<run id="synthetic"><spectrumList count="{len(scans)}">{spectra}</spectrumList></run></mzML>\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def _spectrum(index: int, time_s: float, mz: Floats, intensity: Floats, polarity: str) -> str:
    sign = "MS:1000130" if polarity == "positive" else "MS:1000129"
    time = _cv("MS:1000016", f"{time_s:.3f}", ' unitCvRef="UO" unitAccession="UO:0000010" unitName="second"')
    arrays = _array("MS:1000514", "MS:1000523", mz.astype("<f8")) + _array(
        "MS:1000515", "MS:1000521", intensity.astype("<f4")
    )
    return (
        f'<spectrum index="{index}" id="scan={index + 1}" defaultArrayLength="{mz.size}">'
        f"{_cv('MS:1000511', '1')}{_cv(sign)}{_cv('MS:1000127')}"
        f'<scanList count="1"><scan>{time}</scan></scanList>'
        f'<binaryDataArrayList count="2">{arrays}</binaryDataArrayList></spectrum>'
    )


def _cv(accession: str, value: str = "", unit: str = "") -> str:
    return f'<cvParam cvRef="MS" accession="{accession}" name="x" value="{value}"{unit}/>'


def _array(what: str, kind: str, numbers: NDArray[np.floating]) -> str:
    words = base64.b64encode(zlib.compress(numbers.tobytes(), 9)).decode()
    head = _cv(kind) + _cv("MS:1000574") + _cv(what)
    return f'<binaryDataArray encodedLength="{len(words)}">{head}<binary>{words}</binary></binaryDataArray>'


def scans_of(
    ions: Sequence[tuple[float, float, float]],
    rng: np.random.Generator,
    times: Floats,
    sigma_s: float = 3.0,
    scatter: float = 0.02,
    noise: float = 40.0,
    background: Sequence[float] = (),
) -> list[tuple[float, Floats, Floats]]:
    """Return scans that hold ions (m/z, apex in s, area) as Gaussian peaks with scatter, over a constant background."""
    scans = []
    for time in times.tolist():
        mz, intensity = [], []
        for ion_mz, apex, area in ions:
            height = area / (sigma_s * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((time - apex) / sigma_s) ** 2)
            height *= 1 + scatter * rng.standard_normal()
            if height > noise:
                mz.append(ion_mz * (1 + 1e-6 * rng.standard_normal()))
                intensity.append(height)
        for ion_mz in background:
            mz.append(ion_mz * (1 + 1e-6 * rng.standard_normal()))
            intensity.append(abs(noise * (2 + rng.standard_normal())))
        order = np.argsort(mz)
        scans.append((time, np.array(mz)[order], np.array(intensity)[order]))
    return scans
