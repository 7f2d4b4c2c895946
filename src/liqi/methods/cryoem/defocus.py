"""The transfer function of micrographs: defocus, astigmatism and how far the Thon rings reach: `cryo.ctf`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.cryoem import _ring_pictures
from liqi.methods.cryoem._micrographs import Subject, measure, subjects
from liqi.methods.cryoem._parameters import PIXEL
from liqi.methods.cryoem._particles import stacks_beside
from liqi.methods.cryoem._power import WINDOWED_FROM
from liqi.methods.cryoem._rings import Microscope, Rings
from liqi.methods.cryoem._wording import tags_of
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")
EXPECTED = "micrographs or stacks as MRC2014, or one STAR file with its stacks"
LEAST_SCORE, MOST_STRETCHED, NEAR = 0.1, 0.1, 0.05
"""Of the correlation with the rings; of the astigmatism and of the distance to the file's value over the defocus."""
PICTURED = 3
SMALL_IMAGES = Notice(
    "particles alone",
    Text(
        "The images hold particles and little ice: their own structure is not smooth and passes for rings. "
        "On 7 defoci of made-up ribosomes of 64 pixels the defocus is off by 18 % at worst, 4 % in the median; "
        "give the micrographs.",
        "图像中以颗粒为主、冰层很少：颗粒自身的功率谱并不平滑，会被当成 Thon 环。对 64 像素模拟核糖体的 7 组离焦量，"
        "误差中位数为 4 %，最大 18 %；请改用整张显微照片。",
        "影像中以顆粒為主、冰層很少：顆粒自身的功率譜並不平滑，會被當成 Thon 環。對 64 像素模擬核糖體的 7 組離焦量，"
        "誤差中位數為 4 %，最大 18 %；請改用整張顯微照片。",
    ),
)

COLUMNS = (
    Column("micrograph", Text("micrograph", "显微照片", "顯微照片")),
    Column("defocus_u", Text("defocus U", "离焦量 U", "離焦量 U"), "Å", 0),
    Column("defocus_v", Text("defocus V", "离焦量 V", "離焦量 V"), "Å", 0),
    Column("uncertainty", Text("u(mean)", "u（均值）", "u（均值）"), "Å", 0),
    Column("angle", Text("angle of U", "U 轴方位角", "U 軸方位角"), "°", 1),
    Column("resolution", Text("resolution of the fit", "拟合分辨率", "擬合解析度"), "Å", 2),
    Column("score", Text("correlation", "相关系数", "相關係數"), "1", 3),
)
TOLD = (
    Column("told", Text("defocus in the file", "文件所载离焦量", "檔案所載離焦量"), "Å", 0),
    Column("difference", Text("difference", "差值", "差值"), "Å", 0),
)


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    star, files = _told_apart(paths)
    for low, high in (("high_angstrom", "low_angstrom"), ("least_angstrom", "most_angstrom")):
        if parameters[low] >= parameters[high]:
            raise BadParameter(low, parameters[low], f"less than {high}, which is {parameters[high]:g}")
    named = subjects(star, files, parameters["pixel_angstrom"], parameters["images"] == "each")
    if 2.2 * max(one.pixel_angstrom for one in named) > parameters["low_angstrom"]:
        said = f"{max(one.pixel_angstrom for one in named):g} Å a pixel, rings from {parameters['low_angstrom']:g} Å"
        raise UnreadableFile(
            paths[0], said, "pixels that hold rings", "set low_angstrom higher or pixel_angstrom right"
        )
    given = Microscope(*(parameters[name] for name in ("voltage_kv", "spherical_mm", "amplitude", "phase_deg")))
    found, plots = [], []
    microscopes: list[Microscope] = []
    for number, subject in enumerate(named):
        progress(number, len(named), "fitting")
        microscope = subject.microscope(given)
        resolutions = (parameters["low_angstrom"], parameters["high_angstrom"])
        defoci = (parameters["least_angstrom"], parameters["most_angstrom"])
        try:
            spectrum, made = measure(subject, microscope, resolutions, defoci, parameters["astigmatism"] == "yes")
        except ValueError as problem:
            raise UnreadableFile(paths[0], f"{subject.name}: {problem}", "an image", "leave it out") from None
        found.append((subject, made))
        microscopes.append(microscope)
        if number < PICTURED:
            plots += [
                _ring_pictures.rings(spectrum, made, microscope, subject.name, number + 1),
                _ring_pictures.curve(made, subject.name, number + 1),
            ]
    if len(found) > 1:
        plots.insert(0, _ring_pictures.overview([(subject.name, made) for subject, made in found]))
    optics = [_optics(one, microscope) for (one, _), microscope in zip(found, microscopes, strict=True)]
    return _answer(found, optics, plots, parameters["reach_angstrom"], paths)


def _told_apart(paths: Sequence[Path]) -> tuple[Path | None, list[Path]]:
    kinds = {path: sniff(path) for path in paths}
    stars = [path for path, kind in kinds.items() if kind == "star"]
    if strange := [path for path, kind in kinds.items() if kind not in ("star", "mrc")]:
        raise UnreadableFile(strange[0], f"a {kinds[strange[0]]} file", EXPECTED, "leave it out")
    if len(stars) > 1:
        raise UnreadableFile(stars[1], f"{len(stars)} STAR files", EXPECTED, "give one at a time")
    return (stars[0] if stars else None), [path for path, kind in kinds.items() if kind == "mrc"]


def _optics(subject: Subject, microscope: Microscope) -> dict[str, float]:
    """Return what the fit took as known."""
    return {"pixel_angstrom": round(subject.pixel_angstrom, 6), **asdict(microscope)}


def _answer(
    found: Sequence[tuple[Subject, Rings]],
    optics: Sequence[dict[str, float]],
    plots: Sequence[Any],
    reach_angstrom: float,
    paths: Sequence[Path],
) -> Answer:
    checks = _checks(found, reach_angstrom)
    rows = [_row(subject, made) for subject, made in found]
    compared = any("told" in row for row in rows)
    table = Table(
        "micrographs", Text("Micrographs", "显微照片", "顯微照片"), COLUMNS + (TOLD if compared else ()), rows
    )
    findings = _findings_of_one(found[0][1]) if len(found) == 1 else _findings_of_many([made for _, made in found])
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(_sentence([made for _, made in found]), checks),
        findings=findings,
        tables=[table, checks_table(checks)],
        plots=plots,
        warnings=[SMALL_IMAGES] if any(min(one.shape) < WINDOWED_FROM for one, _ in found) else [],
        tags=tags_of(paths),
        detail={
            "checks": [one.as_json() for one in checks],
            "ctf": [row | {"optics": one} for row, one in zip(rows, optics, strict=True)],
        },
    )


def _row(subject: Subject, made: Rings) -> dict[str, Any]:
    row: dict[str, Any] = {
        "micrograph": subject.name,
        "defocus_u": round(made.u_angstrom, 1),
        "defocus_v": round(made.v_angstrom, 1),
        "uncertainty": round(made.mean_uncertainty_angstrom, 1),
        "angle": round(made.angle_deg, 2),
        "resolution": round(made.angstrom, 3),
        "score": round(made.score, 4),
    }
    if (told := subject.told_angstrom()) is not None:
        row |= {"told": round(told, 1), "difference": round(made.mean_angstrom - told, 1)}
    return row


def _findings_of_one(made: Rings) -> list[Finding]:
    both = float(np.hypot(made.mean_uncertainty_angstrom, made.difference_uncertainty_angstrom / 2))
    rule = {"rule": "Zhu et al. 1997; Rohou and Grigorieff 2015"}
    angle = round(made.angle_uncertainty_deg, 2) or None
    return [
        Finding("defocus", round(made.mean_angstrom, 1), "Å", round(made.mean_uncertainty_angstrom, 1), rule),
        Finding("defocus U", round(made.u_angstrom, 1), "Å", round(both, 1)),
        Finding("defocus V", round(made.v_angstrom, 1), "Å", round(both, 1)),
        Finding(
            "astigmatism",
            round(made.astigmatism_angstrom, 1),
            "Å",
            round(made.difference_uncertainty_angstrom, 1) or None,
        ),
        Finding("angle of defocus U", round(made.angle_deg, 2), "°", angle),
        Finding(
            "resolution of the fit", round(made.angstrom, 3), "Å", None, {"rule": "correlation 0.5 over two rings"}
        ),
        Finding("correlation with the rings", round(made.score, 4), "1", None),
    ]


def _findings_of_many(made: Sequence[Rings]) -> list[Finding]:
    defoci, reach = ([getattr(one, name) for one in made] for name in ("mean_angstrom", "angstrom"))
    return [
        Finding("micrographs", len(made), "1", None),
        Finding("median defocus", round(float(np.median(defoci)), 1), "Å", _of_median(defoci)),
        Finding("median resolution of the fit", round(float(np.median(reach)), 3), "Å", _of_median(reach)),
    ]


def _of_median(values: Sequence[float]) -> float | None:
    """Return the standard error of a median from the quartiles (1.253 sigma / sqrt n), None where they are one."""
    low, high = np.percentile(values, (25, 75))
    return round(float(1.253 * (high - low) / 1.349 / np.sqrt(len(values))), 3) or None


def _checks(found: Sequence[tuple[Subject, Rings]], reach_angstrom: float) -> list[Check]:
    made = [one for _, one in found]
    weak = min(one.score for one in made)
    blurred = max(one.angstrom for one in made)
    stretched = max(one.astigmatism_angstrom / max(one.mean_angstrom, 1.0) for one in made)
    ends = sum(one.at_border for one in made)
    told = [(subject.told_angstrom(), one) for subject, one in found]
    apart = [
        abs(one.mean_angstrom - said) / max(said, 3 * one.mean_uncertainty_angstrom / NEAR)
        for said, one in told
        if said is not None
    ]
    checks = [
        Check("rings", Text("rings found", "可见 Thon 环", "可見 Thon 環"), weak >= LEAST_SCORE, f"{weak:.2f}",
              f"≥ {LEAST_SCORE}"),
        Check("reach", Text("rings reach far enough", "Thon 环延伸足够远", "Thon 環延伸夠遠"),
              blurred <= reach_angstrom, f"{blurred:.2f} Å", f"≤ {reach_angstrom:g} Å"),
        Check("astigmatism", Text("astigmatism small", "像散较小", "像散較小"), stretched <= MOST_STRETCHED,
              f"{stretched:.1%}", f"≤ {MOST_STRETCHED:.0%}"),
        Check("inside", Text("defocus within what was searched", "离焦量在搜索范围之内", "離焦量在搜尋範圍之內"),
              not ends, str(ends), "0"),
    ]  # fmt: skip
    if apart:
        title = Text("as the file says", "与文件所载一致", "與檔案所載一致")
        checks.append(Check("file", title, max(apart) <= NEAR, f"{max(apart):.1%}", f"≤ {NEAR:.0%}"))
    return checks


def _sentence(made: Sequence[Rings]) -> tuple[str, str, str]:
    if len(made) > 1:
        low, high = min(one.mean_angstrom for one in made) / 1e4, max(one.mean_angstrom for one in made) / 1e4
        reach = f"{np.median([one.angstrom for one in made]):.1f} Å"
        return (
            f"{len(made)} micrographs: defocus {low:.2f} to {high:.2f} µm, rings followed to {reach} (median).",
            f"{len(made)} 张照片：离焦量 {low:.2f} 至 {high:.2f} µm，拟合分辨率中位数 {reach}。",
            f"{len(made)} 張照片：離焦量 {low:.2f} 至 {high:.2f} µm，擬合解析度中位數 {reach}。",
        )
    one = made[0]
    defocus, apart = f"{one.mean_angstrom / 1e4:.3f} µm", f"{one.astigmatism_angstrom / 1e4:.3f} µm"
    return (
        f"Defocus {defocus}, astigmatism {apart}, rings followed to {one.angstrom:.1f} Å.",
        f"离焦量 {defocus}，像散 {apart}，Thon 环可跟踪至 {one.angstrom:.1f} Å。",
        f"離焦量 {defocus}，像散 {apart}，Thon 環可追蹤至 {one.angstrom:.1f} Å。",
    )


def _number(name: str, default: float, title: Text, unit: str, low: float, high: float) -> Parameter:
    return Parameter(name, "number", default, title, unit=unit, minimum=low, maximum=high)


METHOD = Method(
    id="cryo.ctf",
    version="0.2",
    title=Text(
        "Defocus of micrographs (cryo-EM)", "显微照片的离焦与像散（冷冻电镜）", "顯微照片的離焦與像散（冷凍電鏡）"
    ),
    technique="cryoem",
    accepts=("mrc", "star"),
    function=_run,
    many_files=True,
    beside=stacks_beside,
    libraries=("numpy", "scipy", "mrcfile"),
    parameters=(
        _number("voltage_kv", 300.0, Text("voltage", "加速电压", "加速電壓"), "kV", 20, 1500),
        _number("spherical_mm", 2.7, Text("spherical aberration", "球差系数 Cs", "球差係數 Cs"), "mm", 0, 10),
        _number("amplitude", 0.1, Text("amplitude contrast", "振幅衬度", "振幅襯度"), "1", 0, 1),
        _number("phase_deg", 0.0, Text("phase shift of a plate", "相位板相移", "相位板相移"), "°", 0, 180),
        PIXEL,
        _number("low_angstrom", 30.0, Text("rings from", "拟合起始分辨率", "擬合起始解析度"), "Å", 5, 200),
        _number("high_angstrom", 5.0, Text("rings to", "拟合终止分辨率", "擬合終止解析度"), "Å", 1, 100),
        _number("least_angstrom", 3000.0, Text("least defocus", "离焦量下限", "離焦量下限"), "Å", 500, 200_000),
        _number("most_angstrom", 50_000.0, Text("most defocus", "离焦量上限", "離焦量上限"), "Å", 1000, 200_000),
        _number(
            "reach_angstrom", 8.0, Text("rings must reach", "要求拟合分辨率达到", "要求擬合解析度達到"), "Å", 1, 100
        ),
        Parameter(
            "astigmatism", "choice", "yes", Text("fit astigmatism", "拟合像散", "擬合像散"), choices=("yes", "no")
        ),
        Parameter(
            "images",
            "choice",
            "together",
            Text("images of a stack", "图像堆栈的处理", "影像堆疊的處理"),
            choices=("together", "each"),
        ),
    ),
    example=(DATA / "synthetic_micrograph.mrc",),
    expected=Expected("pass", {"defocus": (18_000.0, 60.0), "astigmatism": (800.0, 120.0)}),
)
