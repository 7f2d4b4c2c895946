"""The bands of an infrared, Raman or UV-Vis spectrum with what usually stands there: `spectrum.peaks`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Finding
from liqi.methods._check import AGAIN, Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.optical._band_wording import band_findings, band_table, file_notices, spectrum_checks, spectrum_plot
from liqi.methods.optical._bands import Band, find_bands
from liqi.methods.optical._files import KINDS, read_spectrum
from liqi.methods.optical._library import GROUPS
from liqi.methods.optical._references import NEAR_LASER
from liqi.methods.optical._spectrum import TECHNIQUES, Spectrum
from liqi.methods.optical.calibrating import read_calibration

DATA = Path(__file__).with_name("data")
NUMBER = Parameter(
    "number", "integer", 1, Text("which spectrum of the file", "文件内第几条光谱", "檔案內第幾條光譜"), unit="1",
    minimum=1, maximum=1e7,
)  # fmt: skip
TECHNIQUE = Parameter(
    "technique", "choice", "auto", Text("kind of spectrum", "光谱类型", "光譜類型"), choices=("auto", *TECHNIQUES)
)
STANDARDS = Parameter(
    "standards", "file", None,
    Text("reference materials, to calibrate the axis", "标准物质光谱（用于校准位移）", "標準物質光譜（用於校準位移）"),
    formats=KINDS, many=True,
)  # fmt: skip


def prepared(paths: Sequence[Path], parameters: Mapping[str, Any]) -> Spectrum:
    """Return the spectrum that is asked about: the number chosen, its axis calibrated, the laser's line left out."""
    if len(paths) != 1:
        do = "ask one at a time; `liqi batch` runs many"
        raise UnreadableFile(paths[1], f"{len(paths)} files", "one spectrum", do)
    spectrum = read_spectrum(paths[0], int(parameters["number"]))
    if parameters["technique"] != "auto":
        spectrum = replace(spectrum, technique=parameters["technique"])
    standards = parameters.get("standards")
    if standards:
        spectrum = read_calibration(standards if isinstance(standards, list) else [standards]).apply(spectrum)
    if spectrum.technique == "raman" and spectrum.x_unit == "cm-1" and float(spectrum.x[0]) < NEAR_LASER:
        inside = spectrum.between(80.0, 1e9)
        spectrum = inside if len(inside) > 20 else spectrum
    if len(spectrum) < 7:
        raise UnreadableFile(
            paths[0], f"{len(spectrum)} points", "a spectrum of seven at least", "measure a wider range"
        )
    return spectrum


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    spectrum = prepared(paths, parameters)
    progress(1, 2, "finding bands")
    bands = find_bands(spectrum, float(parameters["signal_to_noise"]), float(parameters["least_height"]) / 100)
    checks = spectrum_checks(spectrum, bands)
    progress(2, 2, "finding bands")
    nothing = [Finding("bands", 0, "1", 1.0)]
    return Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(spectrum, bands, [one for one in checks if not one.passed]),
        findings=band_findings(bands, spectrum.x_unit) or nothing,
        tables=[band_table(spectrum, bands), checks_table(checks)],
        plots=[spectrum_plot(spectrum, bands)],
        warnings=file_notices(spectrum),
        detail={
            "technique": spectrum.technique, "format": spectrum.format, "points": len(spectrum),
            "facts": dict(spectrum.facts),
            "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip


def _sentence(spectrum: Spectrum, bands: Sequence[Band], failed: Sequence[Check]) -> Text:
    if not bands:
        return Text("No band stands out of the noise.", "没有高于噪声的谱带。", "沒有高於雜訊的譜帶。")
    unit = {"cm-1": "cm⁻¹"}.get(spectrum.x_unit, spectrum.x_unit)
    top = max(bands, key=lambda band: band.height)
    place = f"{top.position:.1f} ± {top.u_position:.1g} {unit}"
    said = [
        f"{len(bands)} bands; the highest at {place}",
        f"{len(bands)} 个谱带，最强峰位于 {place}",
        f"{len(bands)} 個譜帶，最強峰位於 {place}",
    ]
    return with_failed([f"{said[0]}.", f"{said[1]}。", f"{said[2]}。"], failed, AGAIN)


METHOD = Method(
    id="spectrum.peaks",
    version="0.2",
    title=Text("Bands of an IR, Raman or UV-Vis spectrum", "红外、拉曼、紫外光谱寻峰", "紅外、拉曼、紫外光譜尋峰"),
    technique="raman",
    accepts=KINDS,
    function=_run,
    parameters=(
        NUMBER,
        TECHNIQUE,
        Parameter(
            "signal_to_noise", "number", 5.0, Text("least signal to noise", "最低信噪比", "最低訊噪比"), unit="1",
            minimum=1, maximum=1e4,
        ),
        Parameter(
            "least_height", "number", 1.0, Text("least height, of the highest band", "最低相对高度", "最低相對高度"),
            unit="%", minimum=0, maximum=100,
        ),
        STANDARDS,
    ),
    example=(DATA / "polystyrene.txt.gz",),
    expected=Expected("pass", {"band 1001.3": (1001.3, 0.3), "band 1601.9": (1601.9, 0.5)}),
    libraries=("numpy", "scipy", "pybaselines"),
    data=(GROUPS,),
)  # fmt: skip
