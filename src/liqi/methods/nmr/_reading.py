"""Readers of NMR data: Bruker and Varian folders in a ZIP file, JEOL, JCAMP-DX, NMRPipe."""

import re
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.nmr._spectrum import FORMATS, Decay, Measurement, Spectrum
from liqi.methods.readers._commas import UnclearComma, number_of
from liqi.methods.readers._members import TROUBLE, member
from liqi.methods.readers._sniff import sniff_among
from liqi.methods.readers.jcamp import read_blocks

_MOST_BYTES = 1 << 28
_LEAST_POINTS = 64
_VARIAN_HEAD_BYTES = 28
_MOST_POINTS = 1 << 23
_DO = "copy the whole data set again"
_BRUKER = ("acqus", "acqu", "fid", "1r", "procs", "title", "ser", "acqu2s")
_ONE_AFTER_ANOTHER = (0, 2)
_REFERENCE = ("where", "compound", "point", "shift")
_ISOTOPE = re.compile(r"(\d{1,3})\D*?([A-Z][a-z]?)|([A-Z][a-z]?)\D*?(\d{1,3})")
_ELEMENTS = {"proton": "1H", "carbon13": "13C", "fluorine19": "19F", "phosphorus31": "31P", "nitrogen15": "15N"}


def kind_of(path: Path) -> str:
    """Return the file's format by its content; one that nobody knows raises `UnreadableFile` with what is read here."""
    return sniff_among(path, FORMATS, "export it as JCAMP-DX")


def read_nmr(path: str | Path) -> Measurement:
    """Return the decay or the spectrum of a one-dimensional NMR file; raise `UnreadableFile`."""
    path = Path(path)
    kind = kind_of(path)
    if kind not in READERS:
        raise UnreadableFile(path, f"a {kind} file", FORMATS, "export it as JCAMP-DX")
    trouble = (*TROUBLE, ArithmeticError, IndexError, TypeError)  # TypeError: a list stands where a number is due
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = READERS[kind](path)
    except UnreadableFile:
        raise
    except UnclearComma as problem:
        raise problem.as_error(path) from None
    except trouble as problem:
        words = f"damaged data ({type(problem).__name__})"
        raise UnreadableFile(path, words, "a whole one-dimensional measurement", _DO) from None
    size = max(found.decay.points.size if found.decay else 0, found.spectrum.ppm.size if found.spectrum else 0)
    if not _LEAST_POINTS <= size <= _MOST_POINTS:
        raise UnreadableFile(path, f"{size} points", f"{_LEAST_POINTS} to {_MOST_POINTS:,}", _DO)
    return found


def nucleus_of(words: str) -> str:
    """Return a nucleus as chemists write it.

    >>> nucleus_of("^1H"), nucleus_of("<13C>"), nucleus_of("Fluorine19"), nucleus_of("H1")
    ('1H', '13C', '19F', '1H')
    """
    plain = words.strip().lower().replace(" ", "")
    if plain in _ELEMENTS:
        return _ELEMENTS[plain]
    found = _ISOTOPE.search(words.strip().strip("<>"))
    if found is None:
        return words.strip()
    return f"{found[1] or found[4]}{found[2] or found[3]}"


def _unpacked(path: Path, folder: Path, wanted: Collection[str], heads: Collection[str], other: str) -> list[str]:
    """Write the members of one data set into a folder, the first of each name; return the data sets' names, it first.

    A data set is a folder that has one of `heads`; of several, the first without a member named `other` (more than one
    dimension) is taken, and nothing of its neighbours.
    """
    with zipfile.ZipFile(path) as whole:
        names = {name: PurePosixPath(name.replace("\\", "/")) for name in whole.namelist()}
        names = {name: place for name, place in names.items() if "__MACOSX" not in place.parts}
        sets = sorted({place.parent for place in names.values() if place.name.lower() in heads}, key=_in_order)
        many = {place.parent for place in names.values() if place.name.lower() == other}
        sets.sort(key=lambda one: one in many)
        for name, place in sorted(names.items(), key=lambda one: (len(one[1].parts), _in_order(one[1]))):
            own = place.name.lower()
            is_inside = not sets or place.is_relative_to(sets[0])
            if own in wanted and is_inside and not (folder / own).exists():
                (folder / own).write_bytes(member(whole, name, _MOST_BYTES))
    return [one.name for one in sets]


def _told_of(sets: Sequence[str]) -> dict[str, str]:
    return {"read": sets[0], "not_read": ", ".join(sets[1:])} if len(sets) > 1 else {}


def _in_order(place: PurePosixPath) -> list[tuple[int, str]]:
    """Numbers by their value, so that experiment 2 stands before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in place.parts]


def _bruker(path: Path) -> Measurement:
    import nmrglue

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sets = _unpacked(path, folder, _BRUKER, ("acqus", "acqu"), "ser")
        if (folder / "ser").exists() and not (folder / "fid").exists() and not (folder / "1r").exists():
            raise UnreadableFile(path, "data of two or more dimensions (ser)", "one dimension", "give a 1D experiment")
        acquired = nmrglue.bruker.read_jcamp(str(folder / ("acqus" if (folder / "acqus").exists() else "acqu")))
        processed = nmrglue.bruker.read_jcamp(str(folder / "procs")) if (folder / "procs").exists() else {}
        title = (folder / "title").read_text("latin-1").strip() if (folder / "title").exists() else ""
        spectrum = _bruker_spectrum(path, folder, processed) if (folder / "1r").exists() and processed else None
        is_read = int(acquired.get("AQ_mod", 3)) not in _ONE_AFTER_ANOTHER or spectrum is None
        has_decay = (folder / "fid").exists() and is_read
        decay = _bruker_decay(path, folder, acquired, processed) if has_decay else None
    if decay is None and spectrum is None:
        raise UnreadableFile(path, "neither fid nor 1r with procs", "one of them", _DO)
    facts = {key: str(acquired[key]) for key in ("PULPROG", "NS", "TE", "INSTRUM", "PROBHD") if key in acquired}
    facts |= _told_of(sets)
    delays = acquired.get("D")
    if isinstance(delays, list) and len(delays) > 1:
        facts["relaxation_delay_s"] = str(delays[1])
    nucleus = nucleus_of(str(acquired.get("NUC1") or acquired.get("NUCLEUS") or ""))
    return Measurement(path, "bruker", nucleus, str(acquired.get("SOLVENT", "")), title[:200], decay, spectrum, facts)


def _bruker_decay(path: Path, folder: Path, acquired: Mapping[str, Any], processed: Mapping[str, Any]) -> Decay:
    import nmrglue

    if int(acquired.get("AQ_mod", 3)) in _ONE_AFTER_ANOTHER:
        found = f"channels read one after another (AQ_mod {acquired['AQ_mod']})"
        raise UnreadableFile(path, found, "both at once (AQ_mod 1 or 3)", "give the processed spectrum (1r and procs)")
    order = "<" if int(acquired.get("BYTORDA", 0)) == 0 else ">"
    kind = "i4" if int(acquired.get("DTYPA", 0)) == 0 else "f8"
    raw = np.frombuffer((folder / "fid").read_bytes(), order + kind).astype(np.float64)
    told = int(acquired.get("TD", raw.size))
    if raw.size < told:
        raise UnreadableFile(path, f"{raw.size:,} of {told:,} numbers in fid", "a whole file", _DO)
    raw = raw[: told // 2 * 2]
    points = raw[0::2] + 1j * raw[1::2]
    observe = float(acquired["SFO1"])
    delay = float(acquired.get("GRPDLY", -1) or -1)
    if int(acquired.get("DIGMOD", 1)) == 0:
        delay = 0.0  # an analog receiver: what DECIM and DSPFVS say is left from another measurement
    elif delay <= 0 and int(acquired.get("DSPFVS", 0)) >= 10:
        table = nmrglue.bruker.bruker_dsp_table.get(int(acquired["DSPFVS"]), {})
        delay = float(table.get(int(acquired.get("DECIM", 0)), 0.0))
    base = float(processed.get("SF") or acquired.get("BF1") or observe)
    centre = (observe - base) / base * 1e6
    return Decay(points, float(acquired["SW_h"]), base, centre, max(delay, 0.0))


def _bruker_spectrum(path: Path, folder: Path, processed: Mapping[str, Any]) -> Spectrum:
    size = int(processed["SI"])
    order = "<" if int(processed.get("BYTORDP", 0)) == 0 else ">"
    kind = "f8" if int(processed.get("DTYPP", 0)) == 2 else "i4"

    found = np.frombuffer((folder / "1r").read_bytes(), order + kind).astype(np.float64)
    if found.size < size:
        raise UnreadableFile(path, f"{found.size:,} of {size:,} numbers in 1r", "a whole file", _DO)
    values = found[:size] * 2.0 ** float(processed.get("NC_proc", 0))
    base = float(processed["SF"])
    ppm = float(processed["OFFSET"]) - np.arange(size) * float(processed["SW_p"]) / base / size
    return Spectrum(ppm[::-1].copy(), values[::-1].copy(), base)


def _varian(path: Path) -> Measurement:
    import nmrglue

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sets = _unpacked(path, folder, ("fid", "procpar", "text"), ("procpar",), "")
        _check_size(path, (folder / "fid").read_bytes())
        told, points = nmrglue.varian.read(str(folder))
        title = (folder / "text").read_text("latin-1").strip() if (folder / "text").exists() else ""
    facts = told["procpar"]
    if points.ndim != 1:
        raise UnreadableFile(path, f"data of {points.ndim} dimensions", "one dimension", "give a 1D experiment")

    def first(name: str, default: str = "") -> str:
        values = facts.get(name, {}).get("values", [])
        return str(values[0]) if values else default

    sweep, observe = float(first("sw")), float(first("sfrq"))
    base = float(first("reffrq", "0") or 0) or observe
    if first("rfl") and first("rfp"):
        centre = (sweep / 2 - float(first("rfl")) + float(first("rfp"))) / base
    else:
        centre = float(first("tof", "0") or 0) / base
    decay = Decay(np.asarray(points, np.complex128), sweep, base, centre)
    more = {"PULPROG": first("seqfil"), "NS": first("nt"), "relaxation_delay_s": first("d1")}
    kept = {key: value for key, value in more.items() if value} | _told_of(sets)
    return Measurement(path, "varian", nucleus_of(first("tn")), first("solvent"), title[:200], decay, facts=kept)


def _check_size(path: Path, content: bytes) -> None:
    """Refuse a Varian fid whose head announces more than the file holds: nmrglue would make room for it, and count."""
    blocks, traces, numbers, width, *_, heads = struct.unpack_from(">6i2hi", content)
    needed = blocks * (traces * numbers * width + heads * _VARIAN_HEAD_BYTES)
    if min(blocks, traces, numbers, width, heads) <= 0 or needed > len(content):
        raise UnreadableFile(path, f"a head that tells of {needed:,} bytes in {len(content):,}", "a whole fid", _DO)


def _jeol(path: Path) -> Measurement:
    import nmrglue

    told, points = nmrglue.jeol.read(str(path))
    if points.ndim != 1:
        raise UnreadableFile(path, f"data of {points.ndim} dimensions", "one dimension", "give a 1D experiment")
    facts: Mapping[str, Any] = told["parameters"]
    header = told["header"]
    observe = float(facts["x_freq"]) / 1e6
    centre, sweep = float(facts["x_offset"]), float(facts["x_sweep"])
    nucleus = nucleus_of(str(facts.get("x_domain", "")))
    rest = (nucleus, str(facts.get("solvent", "")), str(header.get("title", ""))[:200])
    kept = {"NS": str(facts.get("total_scans", "")), "relaxation_delay_s": str(facts.get("relaxation_delay", ""))}
    if "second" not in str(header["units"][0]):
        start, stop = float(header["data_axis_start"][0]), float(header["data_axis_stop"][0])
        ppm = np.linspace(start, stop, points.size)
        order = np.argsort(ppm)
        spectrum = Spectrum(ppm[order], points.real[order].astype(np.float64), observe)
        return Measurement(path, "jeol", *rest, None, spectrum, kept)
    delay = _jeol_delay(str(facts.get("orders", "")), str(facts.get("factors", "")))
    if str(facts.get("digital_filter", "")).upper() not in ("TRUE", "1"):
        delay = 0.0
    decay = Decay(np.asarray(points, np.complex128), sweep, observe, centre, delay)
    return Measurement(path, "jeol", *rest, decay, None, kept)


def _jeol_delay(orders: str, factors: str) -> float:
    """Return the group delay in points of the filters in a row: half of each one's length at the rate it runs at.

    >>> _jeol_delay("25473", "82")
    19.65625
    """
    if not orders[:1].isdigit() or not int(orders[0]):
        return 0.0
    number = int(orders[0])

    def parts(words: str) -> list[int]:
        width = len(words) // number
        return [int(words[i * width : (i + 1) * width]) for i in range(number)] if width else []

    lengths, rates = parts(orders[1:].replace(" ", "")), parts(factors.replace(" ", ""))
    if len(lengths) != number or len(rates) != number:
        return 0.0
    return sum((lengths[i] - 1) / 2 / float(np.prod(rates[i:])) for i in range(number))


def _jcamp(path: Path) -> Measurement:
    blocks = [one for one in read_blocks(path) if "NMR" in one.data_type]
    if not blocks:
        raise UnreadableFile(
            path, "JCAMP-DX of another kind of measurement", "an NMR spectrum or FID", "name its method"
        )
    block = max(blocks, key=lambda one: max(series.x.size for series in one.series))
    facts = block.facts
    observe = number_of(facts.get(".OBSERVEFREQUENCY") or facts.get("$SFO1") or "")
    if not np.isfinite(observe) or observe <= 0:
        raise UnreadableFile(path, "no .OBSERVE FREQUENCY", "one in MHz", "export it with it")
    nucleus = nucleus_of(facts.get(".OBSERVENUCLEUS", ""))
    kept = {"NS": facts.get(".AVERAGES", ""), "PULPROG": facts.get(".PULSESEQUENCE", "")}
    rest = (nucleus, facts.get(".SOLVENTNAME", ""), block.title.splitlines()[0][:200] if block.title else "")
    real = block.series[0]
    if "FID" in block.data_type or real.x_unit.upper().startswith(("SEC", "S")):
        imaginary = block.series[1].y if len(block.series) > 1 else np.zeros(real.y.size)
        step = float(np.median(np.abs(np.diff(real.x))))
        offset = _shift(facts.get(".SHIFTREFERENCE", ""))
        decay = Decay(np.asarray(real.y + 1j * imaginary), 1 / step, observe, offset)
        return Measurement(path, "jcamp", *rest, decay, None, kept)
    ppm = real.x / observe if "HZ" in real.x_unit.upper() else real.x
    order = np.argsort(ppm, kind="stable")
    return Measurement(path, "jcamp", *rest, None, Spectrum(ppm[order], real.y[order], observe), kept)


def _shift(reference: str) -> float:
    """The last of where, compound, point and shift, whose compound may have commas and whose shift a decimal one.

    >>> _shift("INTERNAL, CDCl3, 1, 7.26"), _shift("INTERNAL, CDCl3, 1, 7,26"), _shift("INTERNAL,TMS,1,0"), _shift("")
    (7.26, 7.26, 0.0, 0.0)
    """
    parts = reference.split(",")
    if len(parts) > len(_REFERENCE):
        parts = re.split(r",\s+", reference)
    if len(parts) > len(_REFERENCE):
        raise UnclearComma(f".SHIFT REFERENCE of {reference[:40]!r}, {len(parts)} parts where four are due")
    shift = number_of(parts[-1]) if parts[-1].strip() else 0.0
    if not np.isfinite(shift):
        raise ValueError(f".SHIFT REFERENCE of {reference[:40]!r}")
    return shift


def _nmrpipe(path: Path) -> Measurement:
    import nmrglue

    told, points = nmrglue.pipe.read(str(path))
    if points.ndim != 1:
        raise UnreadableFile(path, f"data of {points.ndim} dimensions", "one dimension", "give a 1D experiment")
    label = str(told.get("FDF2LABEL", ""))
    observe, sweep = float(told["FDF2OBS"]), float(told["FDF2SW"])
    if not float(told.get("FDF2FTFLAG", 0)):
        decay = Decay(np.asarray(points, np.complex128), sweep, observe, float(told["FDF2CAR"]))
        return Measurement(path, "nmrpipe", nucleus_of(label), "", "", decay)
    ppm = nmrglue.pipe.make_uc(told, points).ppm_scale()
    spectrum = Spectrum(ppm[::-1].copy(), points.real[::-1].astype(np.float64), observe)
    return Measurement(path, "nmrpipe", nucleus_of(label), "", "", None, spectrum)


READERS: dict[str, Callable[[Path], Measurement]] = {
    "bruker": _bruker,
    "varian": _varian,
    "jeol": _jeol,
    "jcamp": _jcamp,
    "nmrpipe": _nmrpipe,
}
"""What reads each format that `sniff` tells."""
