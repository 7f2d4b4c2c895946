"""A print measured against its design: micrograph and mask in, scale, rotation and every feature's deviation out."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.printing._features import BLOCK, CHANNEL, HOLE, PILLAR, SLOT, Feature, features_of
from liqi.methods.printing._pictures import KINDS, Grey, Mask, is_mask, pictures
from liqi.methods.printing._register import Placement, place

DATA = Path(__file__).with_name("data")
KIND_WORDS = {
    PILLAR: Text("pillar", "圆柱", "圓柱"),
    HOLE: Text("hole", "圆孔", "圓孔"),
    BLOCK: Text("block", "方块", "方塊"),
    SLOT: Text("slot", "方槽", "方槽"),
    CHANNEL: Text("channel", "沟道", "溝道"),
}
_LARGE_PX = 20.0
_LEFT_PX = 1.0
_TITLES = {
    "placed": Text("features found where the design has them", "特征与设计位置吻合", "特徵與設計位置吻合"),
    "contrast": Text("print brighter than its ground", "图像对比度", "影像對比度"),
    "scale": Text("scale", "尺寸比例", "尺寸比例"),
    "features": Text("every feature within the tolerance", "全部特征在公差内", "全部特徵在公差內"),
}


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 3, "reading")
    masks: list[tuple[str, Mask]] = []
    greys: list[tuple[str, Grey]] = []
    named = [Path(parameters["design"])] if parameters["design"] else []
    for path in [*named, *paths]:
        for name, values in pictures([path]):
            if is_mask(values):
                masks.append((name, values > 0.5))
            else:
                greys.append((name, values))
    if len(greys) != 1:
        told = f"{len(greys)} pictures in shades of grey"
        raise UnreadableFile(paths[0], told, "one micrograph", "give it beside the mask of its layer")
    if not masks:
        raise UnreadableFile(
            paths[0], "no mask", "the design: a picture of two values, or a ZIP file of layers", "give it too"
        )
    layer = parameters["layer"]
    if len(masks) > 1 and not 0 <= layer < len(masks):
        do = "set layer, counted from 0"
        raise UnreadableFile(paths[0], f"{len(masks)} layers", f"a layer from 0 to {len(masks) - 1}", do)
    design = masks[layer if len(masks) > 1 else 0][1]
    progress(1, 3, "placing")
    name, values = greys[0]
    wanted = parameters["pixel_um"] / parameters["micrograph_um"]
    placement = place(design, values, name, wanted)
    progress(2, 3, "measuring")
    found = features_of(design, values, placement)
    progress(3, 3, "measuring")
    return _answer(design, found, placement, parameters)


class _Sizes:
    """Features in micrometres: by design, as printed, how far off, and whether within the tolerance."""

    def __init__(self, found: Sequence[Feature], placement: Placement, parameters: Mapping[str, Any]) -> None:
        um = placement.scale * parameters["micrograph_um"]
        calibration = parameters["u_micrograph_percent"] / 100
        self.features = found
        self.design = np.array([one.design for one in found]) * parameters["pixel_um"]
        self.printed = np.array([one.printed for one in found]) * um
        self.errors = np.hypot([one.uncertainty * um for one in found], self.printed * calibration)
        self.off = self.printed - self.design
        limit = np.maximum(parameters["tolerance_um"], parameters["tolerance_percent"] / 100 * self.design)
        self.limit = limit
        self.good = np.abs(self.off) <= limit

    def scale(self) -> tuple[float, float] | None:
        """Return the size-weighted median of printed over design of large features, with its standard uncertainty."""
        large = np.array([one.design >= _LARGE_PX for one in self.features], bool)
        if large.sum() < 3:
            return None
        ratio, weight = self.printed[large] / self.design[large], self.design[large]
        order = np.argsort(ratio)
        middle = float(ratio[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)])
        spread = 1.4826 * float(np.median(np.abs(ratio - middle)))
        relative = self.errors[large] / self.design[large]
        return middle, math.hypot(
            1.253 * spread / math.sqrt(ratio.size), float(np.median(relative)) / math.sqrt(ratio.size)
        )


def _answer(design: Mask, found: Sequence[Feature], placement: Placement, parameters: Mapping[str, Any]) -> Answer:
    sizes = _Sizes(found, placement, parameters)
    positions = placement.scale * parameters["micrograph_um"] / parameters["pixel_um"]
    scale = sizes.scale() or (positions, positions * placement.u_scale)
    checks = _checks(sizes, placement, scale[0], parameters)
    good, n = int(sizes.good.sum()), len(found)
    off = 100 * (scale[0] - 1)
    said = (
        f"{good} of {n} dimensions within the tolerance; scale {scale[0]:.5f} ({off:+.2f} %).",
        f"{n} 个尺寸中 {good} 个在公差内；比例 {scale[0]:.5f}（{off:+.2f} %）。",
        f"{n} 個尺寸中 {good} 個在公差內；比例 {scale[0]:.5f}（{off:+.2f} %）。",
    )
    findings = [
        Finding("scale", round(scale[0], 6), "1", float(f"{scale[1]:.2g}") or 1e-9),
        Finding("scale of positions", round(positions, 6), "1", float(f"{positions * placement.u_scale:.2g}") or 1e-9),
        Finding("rotation", round(placement.rotation_deg, 5), "deg", float(f"{placement.u_rotation_deg:.2g}") or 1e-9),
    ]
    for i, one in enumerate(found):
        name = f"{one.kind} at {one.x:.0f}, {one.y:.0f}" + (f" across {one.axis}" if one.axis else "")
        extra = {
            "design_um": round(float(sizes.design[i]), 4),
            "off_um": round(float(sizes.off[i]), 4),
            "passed": bool(sizes.good[i]),
        }
        findings.append(Finding(name, round(float(sizes.printed[i]), 4), "um", float(f"{sizes.errors[i]:.2g}"), extra))
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(said, checks),
        findings=findings,
        tables=[_feature_table(sizes), checks_table(checks)],
        plots=[*_plots(sizes), _map(design, sizes, parameters["pixel_um"])],
        detail={
            "features_placed": placement.features, "left_px": round(placement.left_px, 4),
            "ground": round(placement.dark, 4), "print": round(placement.bright, 4),
            "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip


def _checks(sizes: _Sizes, placement: Placement, scale: float, parameters: Mapping[str, Any]) -> list[Check]:
    most = parameters["most_scale_percent"]
    off = 100 * abs(scale - 1)
    bad = int((~sizes.good).sum())
    contrast = placement.bright - placement.dark
    return [
        Check(
            "placed",
            _TITLES["placed"],
            placement.left_px <= _LEFT_PX,
            f"{placement.left_px:.2f} px",
            f"<= {_LEFT_PX:g} px",
        ),
        Check("contrast", _TITLES["contrast"], contrast >= 0.1, f"{contrast:.2f}", ">= 0.1"),
        Check("scale", _TITLES["scale"], off <= most, f"{off:.3f} %", f"<= {most:g} %", fails=True),
        Check(
            "features",
            _TITLES["features"],
            not bad and len(sizes.good) > 0,
            f"{bad} / {len(sizes.good)}",
            "0",
            fails=True,
        ),
    ]


def _feature_table(sizes: _Sizes) -> Table:
    columns = (
        Column("kind", Text("feature", "特征", "特徵")),
        Column("x", Text("x", "x", "x"), "px", 0),
        Column("y", Text("y", "y", "y"), "px", 0),
        Column("axis", Text("across", "方向", "方向")),
        Column("design", Text("design", "设计值", "設計值"), "µm", 2),
        Column("printed", Text("printed", "实测值", "實測值"), "µm", 2),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "µm", 2),
        Column("off", Text("deviation", "偏差", "偏差"), "µm", 2),
        Column("limit", Text("tolerance", "公差", "公差"), "µm", 2),
        Column("passed", Text("result", "结论", "結論")),
    )
    yes, no = Text("pass", "通过", "通過").as_json(), Text("fail", "不通过", "不通過").as_json()
    rows = [
        {
            "kind": KIND_WORDS[one.kind].as_json(), "x": one.x, "y": one.y, "axis": one.axis,
            "design": float(sizes.design[i]), "printed": float(sizes.printed[i]),
            "uncertainty": float(sizes.errors[i]), "off": float(sizes.off[i]), "limit": float(sizes.limit[i]),
            "passed": yes if sizes.good[i] else no,
        }
        for i, one in enumerate(sizes.features)
    ]  # fmt: skip
    return Table("features", Text("Features", "特征尺寸", "特徵尺寸"), columns, rows)


def _plots(sizes: _Sizes) -> list[Plot]:
    """Return the deviation of each kind of feature against its size by design, with two standard uncertainties."""
    series = []
    for kind, words in KIND_WORDS.items():
        own = [i for i, one in enumerate(sizes.features) if one.kind == kind]
        if not own:
            continue
        series.append(
            {
                "label": words.as_json(), "x": sizes.design[own].round(3).tolist(),
                "y": sizes.off[own].round(4).tolist(),
                "low": (sizes.off[own] - 2 * sizes.errors[own]).round(4).tolist(),
                "high": (sizes.off[own] + 2 * sizes.errors[own]).round(4).tolist(),
            }
        )  # fmt: skip
    title = Text("Deviation from the design", "与设计的偏差", "與設計的偏差")
    x_title = Text("size by design (µm)", "设计尺寸 (µm)", "設計尺寸 (µm)")
    return [
        Plot(
            "deviations", "points", title, x_title, Text("deviation (µm)", "偏差 (µm)", "偏差 (µm)"), {"series": series}
        )
    ]


def _map(design: Mask, sizes: _Sizes, pixel_um: float) -> Plot:
    """The pass map: where features passed and where they did not, on the plane of the design."""
    height, width = design.shape
    series = []
    for passed, words in ((True, Text("pass", "通过", "通過")), (False, Text("fail", "不通过", "不通過"))):
        own = [one for one, good in zip(sizes.features, sizes.good, strict=True) if bool(good) == passed]
        if own:
            series.append(
                {
                    "label": words.as_json(), "x": [round(one.x * pixel_um, 3) for one in own],
                    "y": [round((height - one.y) * pixel_um, 3) for one in own],
                    "names": [f"{one.kind} {one.design * pixel_um:.0f}" for one in own],
                }
            )  # fmt: skip
    xs, ys = [0, width, width, 0, 0], [0, 0, height, height, 0]
    line = {"label": "", "x": [one * pixel_um for one in xs], "y": [one * pixel_um for one in ys]}
    title = Text("Pass map", "合格分布图", "合格分布圖")
    data = {"series": series, "lines": [line]}
    return Plot("pass-map", "points", title, Text.same("x (µm)"), Text.same("y (µm)"), data)


def _number(name: str, default: float, unit: str, title: Text, least: float = 0.0) -> Parameter:
    return Parameter(name, "number", default, title, unit=unit, minimum=least)


METHOD = Method(
    id="print.measure",
    version="0.1",
    title=Text("A print measured against its design", "打印件尺寸测量与判定", "列印件尺寸量測與判定"),
    technique="tpp",
    accepts=KINDS,
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "design", "file", None,
            Text("design, if not among the files", "设计掩模（另选）", "設計遮罩（另選）"), formats=KINDS,
        ),
        Parameter(
            "layer", "integer", 0, Text("layer of the stack, from 0", "切片层号（从 0 起）", "切片層號（從 0 起）"),
            unit="1", minimum=0,
        ),
        _number("pixel_um", 2.0, "um", Text("pixel of the design", "设计像素", "設計像素"), 1e-3),
        _number("micrograph_um", 1.0, "um", Text("pixel of the micrograph", "显微图像素", "顯微圖像素"), 1e-3),
        _number("u_micrograph_percent", 0.02, "%", Text("its uncertainty", "其标准不确定度", "其標準不確定度")),
        _number("tolerance_um", 2.0, "um", Text("tolerance of a dimension", "尺寸公差", "尺寸公差")),
        _number(
            "tolerance_percent", 0.5, "%",
            Text("or of its size, if more", "或按尺寸的公差（取大）", "或按尺寸的公差（取大）"),
        ),
        _number("most_scale_percent", 0.5, "%", Text("scale's deviation at most", "比例偏差上限", "比例偏差上限")),
    ),
    libraries=("numpy", "scipy", "pillow"),
    example=(DATA / "as_printed_layer15.png", DATA / "design_layer15.png"),
    expected=Expected("pass", {"scale": (0.99689, 0.0005), "rotation": (0.7392, 0.02)}),
)  # fmt: skip
