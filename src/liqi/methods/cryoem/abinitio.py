"""A first map from class averages of unknown pose."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Finding, Plot
from liqi.methods._check import Check, checks_table, verdict_of
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.cryoem import _pictures, _shells, _views, _wording
from liqi.methods.cryoem._mrc import open_stack
from liqi.methods.cryoem._start import Start, first_map
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")
LEAST, MOST, LARGEST = 12, 1000, 160
AGREE_DEG, FITS = 8.0, 0.5


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) != 1 or sniff(paths[0]) != "mrc":
        raise UnreadableFile(paths[0], "not one stack of images", "class averages as one .mrcs", "give it alone")
    stack = open_stack(paths[0])
    count, rows, columns = stack.shape
    if rows != columns or not LEAST <= count <= MOST or not 16 <= rows <= LARGEST:
        expected = f"{LEAST} to {MOST} square images of 16 to {LARGEST} pixels"
        do = "give class averages, scaled down where they are larger"
        raise UnreadableFile(paths[0], f"{count} images of {columns} x {rows}", expected, do)
    images = stack.images(np.arange(count))
    if not (images.std((1, 2)) > 0).all():
        odd = int(np.flatnonzero(~(images.std((1, 2)) > 0))[0]) + 1
        raise UnreadableFile(paths[0], f"nothing to see in image {odd}", "a picture in each", "leave it out")
    sign = -1 if parameters["contrast"] == "dark" else 1
    found = first_map(sign * images, parameters["starts"], parameters["seed"], progress)
    return _answer(found, parameters["pixel_angstrom"] or stack.pixel_angstrom, paths)


def _answer(found: Start, pixel_angstrom: float, paths: Sequence[Path]) -> Answer:
    pixel = pixel_angstrom or 1.0
    fit, apart = float(found.score.mean()), found.apart_deg
    checks = [
        Check(
            "starts",
            Text("the two best starts agree on the views", "两次最佳起始的取向一致", "兩次最佳起始的取向一致"),
            apart <= AGREE_DEG,
            f"{apart:.1f}°",
            f"≤ {AGREE_DEG:.0f}°",
        ),
        Check(
            "fits",
            Text("projections fit the images", "投影与图像相符", "投影與影像相符"),
            fit >= FITS,
            f"{fit:.3f}",
            f"≥ {FITS}",
        ),
    ]
    factor = _views.sampling_factor(found.poses_deg)
    findings = [
        Finding("mean correlation", round(fit, 4), "1", round(float(found.score.std()), 4)),
        Finding("starts apart", round(apart, 2), "°", None, {"rule": "median over pairs of views"}),
        Finding("images", len(found.score), "1", None),
        Finding("sampling compensation factor", round(factor, 4), "1", None, {"rule": "Baldwin and Lyumkis 2020"}),
    ]
    mask = _shells.around_molecule(found.density, pixel, 6 * pixel) > 0.5
    level = float(found.density[mask].mean()) if mask.any() else float(3 * found.density.std())
    plots: list[Plot] = [
        _pictures.volume(found.density, pixel, level),
        *_pictures.surface(found.density, pixel, level),
        *_pictures.slices(found.density, pixel),
    ]
    plots.append(_pictures.views(found.poses_deg))
    notices = [_wording.HAND] + ([] if pixel_angstrom else [_wording.NO_PIXEL])
    verdict = verdict_of(checks)
    return Answer(
        verdict=verdict,
        sentence=_sentence(fit, apart, verdict == "pass"),
        findings=findings,
        tables=[checks_table(checks), _wording.poses_table(found.poses_deg, found.shifts_px, found.score)],
        plots=plots,
        warnings=notices,
        tags=_wording.tags_of(paths),
        detail={"map": _pictures.packed(found.density, pixel), "checks": [one.as_json() for one in checks]},
    )


def _sentence(fit: float, apart: float, agree: bool) -> Text:
    if agree:
        return Text(
            f"A first map: its projections correlate {fit:.2f} with the images, two starts agree within {apart:.1f}°.",
            f"已得初始模型：投影与图像相关 {fit:.2f}，两次起始相差 {apart:.1f}°。",
            f"已得初始模型：投影與影像相關 {fit:.2f}，兩次起始相差 {apart:.1f}°。",
        )
    return Text(
        f"A map that may be wrong: correlation {fit:.2f}, and starts differ by {apart:.1f}°; look again.",
        f"模型可能有误：相关 {fit:.2f}，两次起始相差 {apart:.1f}°，需复核。",
        f"模型可能有誤：相關 {fit:.2f}，兩次起始相差 {apart:.1f}°，需複核。",
    )


METHOD = Method(
    id="cryo.abinitio",
    version="0.2",
    title=Text(
        "First map from class averages (cryo-EM)",
        "由二维类平均求初始模型（冷冻电镜）",
        "由二維類平均求初始模型（冷凍電鏡）",
    ),
    technique="cryoem",
    accepts=("mrc",),
    function=_run,
    libraries=("numpy", "scipy", "mrcfile"),
    parameters=(
        Parameter(
            "pixel_angstrom",
            "number",
            0.0,
            Text("pixel size instead of the file's", "替换文件自带的像素尺寸", "取代檔案自帶的像素尺寸"),
            unit="Å",
            minimum=0.0,
            maximum=1000.0,
        ),
        Parameter(
            "contrast",
            "choice",
            "bright",
            Text("the particle is", "颗粒的衬度", "顆粒的襯度"),
            choices=("bright", "dark"),
        ),
        Parameter(
            "starts",
            "integer",
            5,
            Text("random starts", "随机起始次数", "隨機起始次數"),
            unit="1",
            minimum=2,
            maximum=20,
        ),
        Parameter("seed", "integer", 0, Text("seed", "随机种子", "隨機種子"), unit="1", minimum=0, maximum=2**31),
    ),
    example=(DATA / "synthetic_averages.mrcs",),
    expected=Expected("pass", {"mean correlation": (0.987, 0.02), "starts apart": (2.6, 3)}),
)
