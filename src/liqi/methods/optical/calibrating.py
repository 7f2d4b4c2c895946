"""The axis of a Raman instrument calibrated by spectra of reference materials: `raman.calibrate`."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Finding
from liqi.methods._check import AGAIN, Check, checks_table, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.optical._axis import Calibration, calibrate
from liqi.methods.optical._calibration_wording import degree_of, lines_table, notices, plots, sample_tables
from liqi.methods.optical._files import KINDS, read_spectrum
from liqi.methods.optical._references import DATA, NAMES, Found, Standard, recognise
from liqi.methods.optical._spectrum import Spectrum

SAMPLES = Path(__file__).with_name("data")
_SILICON, _JUDGED = 520.45, 1.0
_TITLES = {
    "laser_zero": Text("silicon after calibration", "校准后硅峰位置", "校準後矽峰位置"),
    "left_out": Text("lines left out of the fit in turn", "逐线留一检验", "逐線留一檢驗"),
    "checked": Text("lines that took no part in the fit", "未参与拟合的独立谱线", "未參與擬合的獨立譜線"),
    "lines": Text("lines in the fit", "参与拟合的谱线数", "參與擬合的譜線數"),
}
_DO = "give spectra of silicon, polystyrene, calcite or a neon lamp taken on this instrument"


def read_calibration(paths: Sequence[str | Path]) -> Calibration:
    """Return the correction that these files of reference materials give."""
    if not paths:
        raise BadParameter("paths", paths, "the spectrum of at least one reference material")
    standards, _ = _sorted([Path(path) for path in paths])
    return calibrate(standards)


def _sorted(paths: Sequence[Path]) -> tuple[list[Standard], list[Spectrum]]:
    standards, samples = [], []
    for path in paths:
        spectrum = read_spectrum(path)
        standard = recognise(spectrum)
        if standard is None:
            samples.append(spectrum)
        else:
            standards.append(standard)
    if not standards:
        found = f"bands of none of {', '.join(NAMES)}"
        raise UnreadableFile(paths[0], found, "a spectrum of a reference material", _DO)
    return standards, samples


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    standards, samples = _sorted(paths)
    progress(1, 2, "calibrating")
    calibration = calibrate(standards)
    shifts = [(one, line) for one in standards if one.material != "neon" for line in one.lines]
    checks = _checks(calibration, shifts, float(parameters["tolerance"]))
    failed = [one for one in checks if not one.passed]
    progress(2, 2, "calibrating")
    return Answer(
        verdict="review" if failed else "pass",
        sentence=_sentence(calibration, standards, shifts, failed),
        findings=_findings(calibration, shifts),
        tables=[lines_table(calibration, standards), checks_table(checks), *sample_tables(calibration, samples)],
        plots=plots(calibration, standards),
        warnings=notices(calibration, standards),
        detail={
            "checks": [one.as_json() for one in checks],
            "materials": [one.material for one in standards],
            "degree": degree_of(calibration),
        },
    )


def _checks(calibration: Calibration, shifts: Sequence[tuple[Standard, Found]], tolerance: float) -> list[Check]:
    made = []
    silicon = [line for one, line in shifts if one.material == "silicon"]
    limit = f"|Δ| ≤ {tolerance:g} cm⁻¹"
    if silicon:
        off = calibration.corrected(silicon[0].band.position, silicon[0].wavelength)[0] - _SILICON
        made.append(Check("laser_zero", _TITLES["laser_zero"], abs(off) <= tolerance, f"{off:+.2f} cm⁻¹", limit))
    used = {id(one) for one in calibration.used}
    apart = [line for _, line in shifts if id(line) not in used and line.band.u_position <= _JUDGED]
    if apart:
        offs = [calibration.corrected(one.band.position, one.wavelength)[0] - one.line.position for one in apart]
        worst = max(offs, key=abs)
        allowed = max(tolerance, 1.5) if all(one.line.quantity == "check" for one in apart) else tolerance
        told = f"|Δ| ≤ {allowed:g} cm⁻¹"
        made.append(Check("checked", _TITLES["checked"], abs(worst) <= allowed, f"{worst:+.2f} cm⁻¹", told))
    curve = calibration.wavelength or calibration.shift
    if curve is not None and len(curve.left_out) > curve.degree + 1:
        lines = calibration.used
        unit = 1.0 if calibration.shift else 1e7 / float(np.mean([one.wavelength or 800 for one in lines])) ** 2
        sharp = [
            off for one, off in zip(lines, curve.left_out, strict=False) if one.band.u_position <= _JUDGED
        ] or list(curve.left_out)
        error = float(np.sqrt(np.mean(np.square(sharp)))) * unit
        made.append(
            Check(
                "left_out",
                _TITLES["left_out"],
                error <= tolerance,
                f"RMS {error:.2f} cm⁻¹",
                f"RMS ≤ {tolerance:g} cm⁻¹",
            )
        )
    count = len(calibration.used)
    made.append(Check("lines", _TITLES["lines"], count >= 3, str(count), "≥ 3"))
    return made


def _findings(calibration: Calibration, shifts: Sequence[tuple[Standard, Found]]) -> list[Finding]:
    found: list[Finding] = []
    for standard, line in shifts:
        place, u = calibration.corrected(line.band.position, line.wavelength)
        total = math.hypot(u, line.band.u_position)
        name = f"{standard.material} {line.line.position:g}"
        extra = {
            "material": standard.material,
            "tabulated": line.line.position,
            "raw": line.band.position,
            "highest_point": line.highest_point,
            "moved_by": place - line.band.position,
            "off": place - line.line.position,
            "rule": line.line.source,
        }
        if not any(one.name == name for one in found):
            found.append(Finding(name, place, "cm-1", max(total, 1e-6), extra))
    if calibration.laser_nm and calibration.u_laser_nm:
        extra = {"nominal": calibration.nominal_laser_nm}
        found.append(Finding("laser wavelength", calibration.laser_nm, "nm", calibration.u_laser_nm, extra))
    if calibration.wavelength is not None:
        curve = calibration.wavelength
        found.append(
            Finding("correction of wavelength", float(curve.at(curve.centre)), "nm", float(curve.u_at(curve.centre)))
        )
    width = [line.band for one, line in shifts if one.material == "calcite" and line.line.main]
    if width:
        band = width[0]
        extra = {"rule": "ASTM E2529: full width at half height of calcite at 1085 cm-1"}
        found.append(Finding("width of calcite 1085", band.width, "cm-1", 2 * band.u_position, extra))
    return found


def _sentence(
    calibration: Calibration,
    standards: Sequence[Standard],
    shifts: Sequence[tuple[Standard, Found]],
    failed: Sequence[Check],
) -> Text:
    names = list(dict.fromkeys(one.material for one in standards))
    by = [
        ", ".join(NAMES[name].en for name in names),
        *("、".join(NAMES[name].of(one) for name in names) for one in ("zh-Hans", "zh-Hant")),
    ]
    silicon = next((line for one, line in shifts if one.material == "silicon"), shifts[0][1] if shifts else None)
    said = [f"Calibrated by {by[0]}", f"已用{by[1]}校准", f"已用{by[2]}校準"]
    if silicon is not None:
        place, u = calibration.corrected(silicon.band.position, silicon.wavelength)
        u = math.hypot(u, silicon.band.u_position)
        raw, now = f"{silicon.band.position:.2f}", f"{place:.2f} ± {u:.2f}"
        said[0] += f"; the line at {silicon.line.position:g} cm⁻¹ was read at {raw} and is now at {now} cm⁻¹"
        said[1] += f"；{silicon.line.position:g} cm⁻¹ 谱线原读数 {raw}，校准后 {now} cm⁻¹"
        said[2] += f"；{silicon.line.position:g} cm⁻¹ 譜線原讀數 {raw}，校準後 {now} cm⁻¹"
    return with_failed([f"{said[0]}.", f"{said[1]}。", f"{said[2]}。"], failed, AGAIN)


METHOD = Method(
    id="raman.calibrate",
    version="0.1",
    title=Text("Calibrate a Raman instrument's axis", "拉曼光谱仪位移校准", "拉曼光譜儀位移校準"),
    technique="raman",
    accepts=KINDS,
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "tolerance", "number", 1.0, Text("how far off a line may be", "谱线允许偏差", "譜線允許偏差"), unit="cm-1",
            minimum=0.01, maximum=20,
        ),
    ),
    example=tuple(SAMPLES / f"{name}.txt.gz" for name in ("neon", "silicon", "polystyrene", "calcite")),
    expected=Expected(
        "pass", {"silicon 520.45": (520.45, 0.1), "polystyrene 1001.4": (1001.4, 1), "laser wavelength": (784.77, 0.03)}
    ),
    libraries=("numpy", "scipy", "pybaselines"),
    data=(DATA,),
)  # fmt: skip
