"""Spectra and single absorbances of an Allotrope Simple Model document (spectrophotometry)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Spectrum, in_order, technique_of, x_unit_of, y_unit_of
from liqi.methods.readers._allotrope import Cube, cubes, document_of, measurements, quantity, sample_of

FORMAT = "ASM"
_EXPECTED = "an ASM document with a spectrum"
_ABSORBED = ("mAU", "AU", "A", "(unitless)")
_THOUSANDTHS = "the file says mAU, and its converter writes absorbances unchanged under that unit; taken as A"


def read_asm(path: Path) -> list[Spectrum]:
    """Return the spectra of an ASM document; one without a spectrum raises `UnreadableFile`."""
    found = [one for one in cubes(path, _EXPECTED) if x_unit_of(one.x_unit or one.x_concept)]
    if not found:
        raise UnreadableFile(path, "an ASM document without a spectrum", _EXPECTED, "give the instrument's own file")
    return [_spectrum(path, one) for one in found]


def absorbances(path: Path) -> list[tuple[str, dict[int, float], float | None]]:
    """Return each sample's name, its absorbances by wavelength in nm and its reported concentration in ug/mL."""
    found: dict[tuple[str, int], tuple[dict[int, float], float | None]] = {}
    number = 0
    for one in measurements(document_of(path, "an ASM document of spectrophotometry")):
        value, wavelength = quantity(one.get("absorbance")), _wavelength(one)
        if value is None or wavelength is None:
            continue
        name = sample_of(one) or "sample"
        if (name, number) in found and round(wavelength) in found[name, number][0]:
            number += 1
        levels = found.setdefault((name, number), ({}, _concentration(one)))[0]
        levels[round(wavelength)] = value[0]
    return [(name, levels, told) for (name, _), (levels, told) in found.items()]


def _spectrum(path: Path, cube: Cube) -> Spectrum:
    x, y = in_order(np.array(cube.x), np.array(cube.y))
    x_unit = x_unit_of(cube.x_unit) or x_unit_of(cube.x_concept)
    absorbed = cube.y_unit in _ABSORBED and "absorb" in cube.y_concept
    y_unit = "A" if absorbed else y_unit_of(cube.y_concept) or "counts"
    notices = (_THOUSANDTHS,) if absorbed and cube.y_unit == "mAU" else ()
    name = sample_of(cube.measurement) or path.stem
    light = x if x_unit == "nm" else None
    kind = technique_of(x, x_unit, y_unit, cube.name)
    return Spectrum(path, name, x, y, x_unit, y_unit, kind, FORMAT, {}, notices, None, light)


def _wavelength(measurement: Mapping[str, Any]) -> float | None:
    control = measurement.get("device control aggregate document", {})
    some = control.get("device control document", []) if isinstance(control, dict) else []
    told = (quantity(one.get("detector wavelength setting")) for one in some if isinstance(one, dict))
    return next((one[0] for one in told if one is not None and one[1] == "nm"), None)


def _concentration(measurement: Mapping[str, Any]) -> float | None:
    data = measurement.get("processed data aggregate document", {})
    some = data.get("processed data document", []) if isinstance(data, dict) else []
    told = (quantity(one.get("mass concentration")) for one in some if isinstance(one, dict))
    return next((one[0] for one in told if one is not None and one[1] in ("ng/µL", "ng/μL", "ug/mL", "µg/mL")), None)
