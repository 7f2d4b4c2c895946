"""g, linewidth, hyperfine splitting and spins of a CW EPR spectrum, the field calibrated by a standard: `epr.cw`."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Finding
from liqi.methods._check import Check, checks_table, verdict_of
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.magnetic import _line_wording
from liqi.methods.magnetic._lines import (
    EprLine,
    double_integral,
    field_of,
    find_lines,
    g_of,
    splitting,
)
from liqi.methods.magnetic._sweeps import FORMATS, KINDS, Sweep, read_sweep

DATA = Path(__file__).with_name("data")
STANDARDS = {"none": 0.0, "pitch": 2.0028, "DPPH": 2.0036, "LiLiF": 2.002293}
"""g of field standards: Weil and Bolton, Electron Paramagnetic Resonance, 2nd ed., appendix F; Herb et al., 2020."""
_U_G_STANDARD, _U_FREQUENCY_GHZ = 1e-4, 5e-6
_LEAST_SIGNAL, _MOST_MODULATION, _LEAST_POINTS, _MOST_OFFSET_MT = 10.0, 0.3, 8.0, 0.1
_TITLES = {
    "signal": Text("signal to noise", "信噪比", "訊噪比"),
    "points": Text("points across the narrowest line", "最窄谱线采样点数", "最窄譜線取樣點數"),
    "modulation": Text("modulation over linewidth", "调制幅度与线宽之比", "調制幅度與線寬之比"),
    "frequency": Text("microwave frequency", "微波频率", "微波頻率"),
    "offset": Text("field offset by the standard", "标样测得的磁场偏差", "標樣測得的磁場偏差"),
    "calibrated": Text("field calibrated by a standard", "磁场经标样校准", "磁場經標樣校準"),
}


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    sweep = _only(paths)
    lines = find_lines(sweep)
    progress(1, 2, "measuring")
    g_standard = float(parameters["g_standard"]) or STANDARDS[parameters["standard"]]
    strongest = max(lines, key=lambda one: one.amplitude) if lines else None
    reference = _standard(parameters["standard_file"], g_standard or STANDARDS["pitch"])
    offset = u_offset = None
    if reference is not None:
        offset, u_offset = reference[1], reference[2]
    elif g_standard and strongest and sweep.frequency_ghz:
        offset, u_offset = _offset(sweep.frequency_ghz, strongest, g_standard)
    spins = _spins(sweep, reference[0], float(parameters["spins"])) if reference and parameters["spins"] else None
    checks = _checks(sweep, lines, offset, bool(g_standard) and reference is None)
    progress(2, 2, "measuring")
    failed = [one for one in checks if not one.passed]
    return Answer(
        verdict=verdict_of(checks),
        sentence=_line_wording.sentence(sweep, strongest, offset, failed),
        findings=_findings(sweep, lines, offset, u_offset, spins),
        tables=[_line_wording.lines_table(sweep, lines, offset), checks_table(checks)],
        plots=_line_wording.plots(sweep, lines),
        warnings=_line_wording.notices(sweep, offset),
        detail={
            "format": sweep.format, "points": len(sweep.x), "traces": len(sweep.traces), "facts": dict(sweep.facts),
            "frequency_ghz": sweep.frequency_ghz, "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip


def _only(paths: Sequence[Path]) -> Sweep:
    """The one measurement among the files; data of a two-file format stand beside their description."""
    data = [path for path in paths if path.suffix.lower() in (".dta", ".spc") and _described(path, paths)]
    chosen = [path for path in paths if path not in data]
    if len(chosen) != 1:
        where = chosen[1] if len(chosen) > 1 else paths[0]
        found = f"{len(chosen)} descriptions" if chosen else "data without its description"
        raise UnreadableFile(where, found, FORMATS, "give the description and its data, one measurement at a time")
    sweep = read_sweep(chosen[0], data)
    if not sweep.is_field:
        raise UnreadableFile(
            chosen[0],
            f"a sweep over {sweep.x_unit or 'no unit'}",
            "a sweep of the magnetic field",
            "give a CW spectrum",
        )
    if len(sweep.x) < 32 or not np.isfinite(sweep.signal).all():
        raise UnreadableFile(chosen[0], f"{len(sweep.x)} points", "at least 32 finite ones", "record a whole spectrum")
    return sweep


def _described(path: Path, paths: Sequence[Path]) -> bool:
    """Whether another of the files describes this one, or this one is no measurement of its own."""
    if path.suffix.lower() == ".dta":
        return len(paths) > 1
    return any(one != path and one.stem == path.stem and one.suffix.lower() == ".par" for one in paths)


def _standard(path: str | None, g: float) -> tuple[Sweep, float, float] | None:
    """The standard's own measurement, with the offset of the field that it shows."""
    if not path:
        return None
    sweep = read_sweep(path)
    lines = find_lines(sweep) if sweep.is_field else []
    if not lines or not sweep.frequency_ghz:
        raise UnreadableFile(
            path, "no line, or no microwave frequency", "the spectrum of a field standard", "give another"
        )
    return (sweep, *_offset(sweep.frequency_ghz, max(lines, key=lambda one: one.amplitude), g))


def _offset(frequency_ghz: float, line: EprLine, g: float) -> tuple[float, float]:
    """What has to be added to the field in mT so that the standard has its g, and the standard uncertainty of that."""
    true = field_of(frequency_ghz, g)
    u_true = true * math.hypot(_U_G_STANDARD / g, _U_FREQUENCY_GHZ / frequency_ghz)
    return true - line.field_mt, math.hypot(line.u_field_mt, u_true)


def _checks(sweep: Sweep, lines: Sequence[EprLine], offset: float | None, is_standard: bool) -> list[Check]:
    ratio = max((one.signal_to_noise for one in lines), default=0.0)
    step = float(np.median(np.diff(sweep.x)))
    narrowest = min((one.width_mt for one in lines), default=0.0)
    told = f"{ratio:.0f}" if math.isfinite(ratio) else "∞"
    made = [
        Check("signal", _TITLES["signal"], ratio >= _LEAST_SIGNAL, told, f"≥ {_LEAST_SIGNAL:g}"),
        Check(
            "points",
            _TITLES["points"],
            narrowest >= _LEAST_POINTS * step,
            f"{narrowest / step:.1f}",
            f"≥ {_LEAST_POINTS:g}",
        ),
    ]
    said = f"{sweep.frequency_ghz:.6g} GHz" if sweep.frequency_ghz else "–"
    made.append(Check("frequency", _TITLES["frequency"], bool(sweep.frequency_ghz), said, "> 0"))
    modulation = _modulation_mt(sweep)
    if modulation and narrowest:
        share = modulation / narrowest
        made.append(
            Check(
                "modulation",
                _TITLES["modulation"],
                share <= _MOST_MODULATION,
                f"{share:.2f}",
                f"≤ {_MOST_MODULATION:g}",
            )
        )
    if offset is not None:
        name = "offset" if is_standard else "calibrated"
        small = abs(offset) <= _MOST_OFFSET_MT
        made.append(
            Check(
                "offset", _TITLES[name], small or not is_standard, f"{offset:+.4f} mT", f"|Δ| ≤ {_MOST_OFFSET_MT:g} mT"
            )
        )
    return made


def _modulation_mt(sweep: Sweep) -> float | None:
    """The amplitude of the field modulation, which the formats write in T, G or uT."""
    try:
        value = float(sweep.facts.get("b0ma", ""))
    except ValueError:
        return None
    factor = {"BES3T": 1e3, "ADANI": 1e-3}.get(sweep.format, 0.1)
    return value * factor


def _normal(sweep: Sweep) -> tuple[float, bool]:
    """By what an intensity is divided so that two spectra compare: gain, modulation, root of power, scans."""
    value, known = 1.0, True
    for key, power in (("b0ma", 1.0), ("mwpw", 0.5), ("avgs", 1.0)):
        try:
            value *= float(sweep.facts[key].split()[0]) ** power
        except (KeyError, ValueError, IndexError):
            known = known and key == "avgs"
    gain = sweep.facts.get("rcag", "")
    try:
        value *= 10 ** (float(gain) / 20) if sweep.format == "BES3T" else float(gain or 1)
    except ValueError:
        known = False
    return value, known


def _spins(sweep: Sweep, standard: Sweep, count: float) -> tuple[float, float]:
    """The number of spins by the ratio of double integrals, each divided by its settings."""
    own, u_own = double_integral(sweep)
    other, u_other = double_integral(standard)
    if not other:
        raise UnreadableFile(
            standard.path, "a double integral of nothing", "the spectrum of a spin standard", "give another"
        )
    first, second = _normal(sweep)[0], _normal(standard)[0]
    value = count * (own / first) / (other / second)
    return value, max(value * math.sqrt((u_own / own) ** 2 + (u_other / other) ** 2 + 0.05**2), 1e-30) if own else count


def _findings(
    sweep: Sweep,
    lines: Sequence[EprLine],
    offset: float | None,
    u_offset: float | None,
    spins: tuple[float, float] | None,
) -> list[Finding]:
    found: list[Finding] = []
    for place, line in enumerate(lines, 1):
        name = f"line {place}"
        if sweep.frequency_ghz:
            field = line.field_mt + (offset or 0.0)
            u = math.hypot(line.u_field_mt, u_offset or 0.0)
            g = g_of(sweep.frequency_ghz, field)
            extra = {
                "field_mt": field,
                "raw_g": g_of(sweep.frequency_ghz, line.field_mt),
                "rule": "g = h nu / (mu_B B)",
            }
            u_g = g * math.hypot(u / field, _U_FREQUENCY_GHZ / sweep.frequency_ghz)
            found.append(Finding(f"{name} g", g, "1", u_g, extra))
        found.append(Finding(f"{name} field", line.field_mt, "mT", line.u_field_mt, {"as_measured": True}))
        found.append(
            Finding(f"{name} width", line.width_mt, "mT", line.u_width_mt, {"rule": "peak to peak of the derivative"})
        )
    if offset is not None:
        found.append(Finding("field offset", offset, "mT", u_offset))
    even = splitting(lines)
    if even:
        found.append(Finding("splitting", even[0], "mT", even[1], {"lines": len(lines)}))
        if sweep.frequency_ghz:
            g = g_of(sweep.frequency_ghz, float(np.mean([one.field_mt for one in lines])) + (offset or 0.0))
            found.append(Finding("hyperfine coupling", even[0] * g * 13.99624493, "MHz", even[1] * g * 13.99624493))
    total, u_total = double_integral(sweep)
    found.append(Finding("double integral", total, "a.u. mT2", max(u_total, abs(total) * 1e-6, 1e-30)))
    if spins:
        found.append(
            Finding("spins", spins[0], "1", spins[1], {"rule": "ratio of double integrals, settings divided out"})
        )
    return found


METHOD = Method(
    id="epr.cw",
    version="0.1",
    title=Text("g, linewidth and spins of a CW EPR spectrum", "连续波 EPR 谱 g 值与线宽", "連續波 EPR 譜 g 值與線寬"),
    technique="epr",
    accepts=(*KINDS, "spc"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "standard", "choice", "none", Text("this is a standard", "本样为标样", "本樣為標樣"),
            choices=tuple(STANDARDS),
        ),
        Parameter(
            "g_standard", "number", 0.0, Text("g of the standard; 0: as named", "标样 g 值", "標樣 g 值"),
            unit="1", minimum=0, maximum=20,
        ),
        Parameter(
            "standard_file", "file", None, Text("spectrum of a standard", "同一谱仪的标样谱", "同一譜儀的標樣譜"),
            formats=KINDS,
        ),
        Parameter(
            "spins", "number", 0.0, Text("spins of that standard", "标样自旋数", "標樣自旋數"),
            unit="1", minimum=0, maximum=1e30,
        ),
    ),
    example=(DATA / "strong_pitch.dsc", DATA / "strong_pitch.dta"),
    expected=Expected("pass", {"line 1 g": (2.0148, 2e-4), "line 1 field": (339.956, 0.01)}),
    libraries=("numpy", "scipy"),
)  # fmt: skip
