"""A spectrum as every optical instrument's file gives it: abscissa, ordinate, their units, and what is told of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TECHNIQUES = ("raman", "infrared", "uvvis", "other")
_X_UNITS = (
    (r"raman|shift|^#wave$", "cm-1"),
    (r"1\s*/\s*cm|cm\s*\^?\s*-\s*1|cm⁻¹|cm-¹|wave\s*numbers?|波数|拉曼位移", "cm-1"),
    (r"micro\s*met|\bum\b|µm|μm|micron|微米", "um"),
    (r"nano\s*met|\bnm\b|wave\s*length|wellenl|lambda|波长|波長", "nm"),
    (r"electron\s*volt|\bev\b", "eV"),
    (r"hz\b|hertz", "Hz"),
    (r"ppm", "ppm"),
    (r"pixel", "pixel"),
    (r"second|\bs\b", "s"),
)
_Y_UNITS = (
    (r"%\s*t(rans\w*)?\b|\bt\s*%|percent trans|transmi\w+\s*[(\[]\s*%|透过率|透過率|透射率", "%T"),
    (r"transmi", "T"),
    (r"absorb|absorp|extin|^abs\b|^a\b|^au\b|吸光|^a\.?u\.?$", "A"),
    (r"reflect|%r\b", "R"),
    (r"kubelka", "K-M"),
    (r"count|intens|dark sub|raman|raw data|arbitrary|强度|強度|^i$|signal", "counts"),
)


_NEAR_UM = 3.0


def x_unit_of(words: str) -> str:
    """Return the unit that an axis title stands for, empty where it says none.

    >>> x_unit_of("1/CM"), x_unit_of("Wavelength(nm)"), x_unit_of("Raman Shift")
    ('cm-1', 'nm', 'cm-1')
    """
    return next((unit for pattern, unit in _X_UNITS if re.search(pattern, words, re.IGNORECASE)), "")


def y_unit_of(words: str) -> str:
    """Return the unit of the ordinate that a title stands for, empty where it says none.

    >>> y_unit_of("TRANSMITTANCE"), y_unit_of("ABS"), y_unit_of("Dark Subtracted #1")
    ('T', 'A', 'counts')
    """
    stripped = words.strip()
    return next((unit for pattern, unit in _Y_UNITS if re.search(pattern, stripped, re.IGNORECASE)), "")


def in_usual_unit(x: Floats, unit: str) -> tuple[Floats, str]:
    """Return an abscissa in micrometres as wavenumbers, or as nanometres where none reaches beyond 3 um.

    >>> in_usual_unit(np.array([2.5, 10.0]), "um")[0].tolist(), in_usual_unit(np.array([0.5]), "um")
    ([4000.0, 1000.0], (array([500.]), 'nm'))
    """
    if unit != "um" or not x.size:
        return x, unit
    if float(np.nanmax(x)) <= _NEAR_UM:
        return x * 1e3, "nm"
    with np.errstate(divide="ignore"):
        return np.where(x > 0, 1e4 / x, np.nan), "cm-1"


@dataclass(frozen=True)
class Spectrum:
    """One spectrum; `x` ascends, `y` has no gaps. `wavelength_nm` is the detected light where the file tells it."""

    path: Path
    name: str
    x: Floats
    y: Floats
    x_unit: str
    y_unit: str
    technique: str
    format: str
    facts: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()
    laser_nm: float | None = None
    wavelength_nm: Floats | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def step(self) -> float:
        """The usual distance of two points, in the abscissa's unit."""
        return float(np.median(np.diff(self.x))) if len(self.x) > 1 else 0.0

    @property
    def bands(self) -> Floats:
        """The ordinate with bands that point upwards: transmittance as absorbance, anything else as it is."""
        if self.y_unit not in ("T", "%T"):
            return self.y
        share = self.y / (100.0 if self.y_unit == "%T" or float(np.median(self.y)) > 2 else 1.0)
        return np.asarray(-np.log10(np.clip(share, 1e-4, None)))

    def between(self, low: float, high: float) -> "Spectrum":
        """Return the part of the spectrum from one abscissa to another."""
        inside = (self.x >= low) & (self.x <= high)
        light = self.wavelength_nm[inside] if self.wavelength_nm is not None else None
        return replace(self, x=self.x[inside], y=self.y[inside], wavelength_nm=light)


def in_order(x: Floats, y: Floats, others: Sequence[Floats] = ()) -> tuple[Floats, ...]:
    """Return the columns by ascending x, without points where x or y is no number and without repeated x."""
    good = np.isfinite(x) & np.isfinite(y)
    order = np.argsort(x[good], kind="stable")
    kept = x[good][order]
    single = np.concatenate([[True], np.diff(kept) > 0]) if kept.size else np.zeros(0, bool)
    return tuple(np.asarray(one[good][order][single], np.float64) for one in (x, y, *others))


def technique_of(x: Floats, x_unit: str, y_unit: str, words: str = "") -> str:
    """Return what kind of spectroscopy this is, by what the file says, else by unit and range."""
    said = words.lower()
    if "raman" in said or "laser" in said:
        return "raman"
    if re.search(r"infra\s*-?red|\bft-?ir\b|\bir\b", said):
        return "infrared"
    if re.search(r"uv|visible", said):
        return "uvvis"
    if x_unit == "cm-1":
        return "raman" if y_unit == "counts" or (x.size and float(x[0]) < 250) else "infrared"
    if x_unit == "nm":
        return "uvvis" if not x.size or float(x[-1]) <= 1400 else "other"
    return "other"
