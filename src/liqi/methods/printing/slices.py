"""Exposure masks of a print checked before it is made: a stack of pictures in, faults by layer and place out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.printing._pictures import KINDS, Mask, is_mask, pictures
from liqi.methods.printing._stack import CONSEQUENCE, EMPTY, ISLAND, SPECK, VOID, Stack, inspect

DATA = Path(__file__).with_name("data")
KIND_WORDS = {
    EMPTY: Text("empty layer", "空层", "空層"),
    ISLAND: Text("unsupported island", "无支撑孤岛", "無支撐孤島"),
    SPECK: Text("isolated pixels", "孤立像素", "孤立像素"),
    VOID: Text("sealed void", "封闭空腔", "封閉空腔"),
    CONSEQUENCE: Text("hangs on an empty layer", "位于空层之上", "位於空層之上"),
}
_TITLES = {
    EMPTY: Text("no empty layer", "无空层", "無空層"),
    ISLAND: Text("no island", "无孤岛", "無孤島"),
    VOID: Text("no sealed void", "无封闭空腔", "無封閉空腔"),
    SPECK: Text("no isolated pixels", "无孤立像素", "無孤立像素"),
    "thin": Text("thinnest body", "最细结构", "最細結構"),
}


def _layers(paths: Sequence[Path], progress: Progress, greys: list[str]) -> Iterator[tuple[str, Mask]]:
    shape: tuple[int, ...] | None = None
    number = 0
    for name, values in pictures(paths):
        if shape is not None and values.shape != shape:
            found = f"{name} of {values.shape[1]} x {values.shape[0]} pixels"
            expected = f"{shape[1]} x {shape[0]} as the others"
            raise UnreadableFile(paths[0], found, expected, "give the layers of one print")
        shape = values.shape
        if not is_mask(values):
            greys.append(name)
        number += 1
        progress(number, 0, "reading")
        yield name, values > 0.5
    if number < 2:
        found = f"{number} layers"
        raise UnreadableFile(
            paths[0], found, "at least two", "give all layers: pictures, a ZIP file or a TIFF of pages"
        )


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    greys: list[str] = []
    stack = inspect(_layers(paths, progress, greys), parameters["least_px"])
    stack.grey_layers = len(greys)
    return _answer(stack, parameters)


def _answer(stack: Stack, parameters: Mapping[str, Any]) -> Answer:
    pixel_um, layer_um = parameters["pixel_um"], parameters["layer_um"]
    checks = _checks(stack, parameters)
    faults = [one for one in stack.faults if one.kind != CONSEQUENCE]
    n, layers = len(faults), len(stack.names)
    said = (
        f"{layers} layers, {n} faults.",
        f"共 {layers} 层，{n} 处缺陷。",
        f"共 {layers} 層，{n} 處缺陷。",
    )
    volume_um3 = sum(stack.areas) * pixel_um**2 * layer_um
    edge = 0.5 * pixel_um**2 * layer_um * max(sum(stack.areas), 1) ** 0.5
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(said, checks),
        findings=[
            Finding("faults", n, "faults", None, {"kinds": sorted({one.kind for one in faults})}),
            Finding("volume", float(f"{volume_um3 / 1e9:.6g}"), "mm³", float(f"{edge / 1e9:.2g}") or 1e-9),
        ],
        tables=[_fault_table(stack, pixel_um), _kind_table(stack), _layer_table(stack, pixel_um), checks_table(checks)],
        plots=[_area_plot(stack, pixel_um), *_fault_plots(stack, pixel_um)],
        detail={
            "layers": layers, "width_px": stack.shape[1], "height_px": stack.shape[0],
            "height_um": layers * layer_um, "grey_layers": stack.grey_layers,
            "checks": [one.as_json() for one in checks],
            "faults": [
                {"kind": one.kind, "first_layer": one.first, "last_layer": one.last, "box_px": one.box,
                 "pixels": one.pixels, "count": one.count}
                for one in stack.faults
            ],
        },
    )  # fmt: skip


def _checks(stack: Stack, parameters: Mapping[str, Any]) -> list[Check]:
    def layers(kind: str) -> str:
        found = [one for one in stack.faults if one.kind == kind]
        places = ", ".join(str(one.first) if one.first == one.last else f"{one.first}-{one.last}" for one in found[:6])
        return f"{sum(one.count for one in found)}" + (f" ({places})" if found else "")

    made = [
        Check(kind, _TITLES[kind], not any(one.kind == kind for one in stack.faults), layers(kind), "0", fails=True)
        for kind in (EMPTY, ISLAND, VOID)
    ]
    made.append(Check(SPECK, _TITLES[SPECK], not any(one.kind == SPECK for one in stack.faults), layers(SPECK), "0"))
    thin = stack.thinnest_px
    told = f"{thin} px, {thin * parameters['pixel_um']:g} um"
    made.append(Check("thin", _TITLES["thin"], thin >= parameters["least_px"], told, f">= {parameters['least_px']} px"))
    return made


def _fault_table(stack: Stack, pixel_um: float) -> Table:
    columns = (
        Column("kind", Text("fault", "缺陷", "缺陷")),
        Column("first", Text("from layer", "起始层", "起始層")),
        Column("last", Text("to layer", "终止层", "終止層")),
        Column("x", Text("x", "x", "x"), "px"),
        Column("y", Text("y", "y", "y"), "px"),
        Column("width", Text("width", "宽", "寬"), "µm", 1),
        Column("height", Text("height", "高", "高"), "µm", 1),
        Column("pixels", Text("pixels", "像素数", "像素數")),
        Column("count", Text("bodies", "个数", "個數")),
    )
    rows = []
    for one in stack.faults:
        row: dict[str, Any] = {"kind": KIND_WORDS[one.kind].as_json(), "first": one.first, "last": one.last}
        if one.box is not None:
            row |= {"x": one.box[0], "y": one.box[1], "width": one.box[2] * pixel_um, "height": one.box[3] * pixel_um}
        rows.append(row | {"pixels": one.pixels, "count": one.count})
    return Table("faults", Text("Faults", "缺陷清单", "缺陷清單"), columns, rows)


def _kind_table(stack: Stack) -> Table:
    columns = (Column("kind", Text("fault", "缺陷", "缺陷")), Column("count", Text("number", "数量", "數量")))
    rows = [
        {"kind": words.as_json(), "count": sum(one.kind == kind for one in stack.faults)}
        for kind, words in KIND_WORDS.items()
    ]
    return Table("kinds", Text("Faults by kind", "缺陷分类", "缺陷分類"), columns, rows)


def _layer_table(stack: Stack, pixel_um: float) -> Table:
    columns = (
        Column("layer", Text("layer", "层", "層")),
        Column("name", Text("picture", "图片", "圖片")),
        Column("area", Text("exposed area", "曝光面积", "曝光面積"), "mm²", 5),
        Column("bodies", Text("bodies", "连通体数", "連通體數")),
    )
    rows = [
        {"layer": i, "name": name, "area": area * pixel_um**2 / 1e6, "bodies": bodies}
        for i, (name, area, bodies) in enumerate(zip(stack.names, stack.areas, stack.bodies, strict=True))
    ]
    return Table("layers", Text("Layers", "各层", "各層"), columns, rows)


def _area_plot(stack: Stack, pixel_um: float) -> Plot:
    areas = [area * pixel_um**2 / 1e6 for area in stack.areas]
    marks = [
        {"label": KIND_WORDS[one.kind].as_json(), "x": one.first, "y": areas[one.first]}
        for one in stack.faults
        if one.kind != CONSEQUENCE
    ][:20]
    data = {
        "series": [{"label": "", "x": list(range(len(areas))), "y": [round(one, 6) for one in areas]}],
        "marks": marks,
    }
    title = Text("Exposed area by layer", "各层曝光面积", "各層曝光面積")
    return Plot("areas", "line", title, Text("layer", "层", "層"), Text("area (mm²)", "面积 (mm²)", "面積 (mm²)"), data)


def _fault_plots(stack: Stack, pixel_um: float) -> list[Plot]:
    """Where the faults are, seen from above: one box each within the outline of the field."""
    shown = [one for one in stack.faults if one.box is not None and one.kind != CONSEQUENCE][:40]
    if not shown:
        return []
    height, width = stack.shape
    lines = [
        {"label": Text("field", "成形区域", "成形區域").as_json(), **_outline((0, 0, width, height), pixel_um, height)}
    ]
    lines += [
        {"label": _label(one.kind, one.first), **_outline(one.box, pixel_um, height)}
        for one in shown
        if one.box is not None
    ]
    places = [one.box for one in shown if one.box is not None]
    series = {
        "label": Text("faults", "缺陷", "缺陷").as_json(),
        "x": [(x + w / 2) * pixel_um for x, _, w, _ in places],
        "y": [(height - y - h / 2) * pixel_um for _, y, _, h in places],
        "names": [f"{KIND_WORDS[one.kind].en}, layer {one.first}" for one in shown],
    }
    title = Text("Faults from above", "缺陷位置（俯视）", "缺陷位置（俯視）")
    data = {"series": [series], "lines": lines}
    return [Plot("places", "points", title, Text.same("x (µm)"), Text.same("y (µm)"), data)]


def _label(kind: str, layer: int) -> dict[str, str]:
    words = KIND_WORDS[kind]
    return Text(f"{words.en} {layer}", f"{words.zh_hans} {layer}", f"{words.zh_hant} {layer}").as_json()


def _outline(box: tuple[int, int, int, int], pixel_um: float, height: int) -> dict[str, list[float]]:
    x, y, w, h = box
    xs = [x, x + w, x + w, x, x]
    ys = [y, y, y + h, y + h, y]
    return {"x": [one * pixel_um for one in xs], "y": [(height - one) * pixel_um for one in ys]}


METHOD = Method(
    id="print.slices",
    version="0.1",
    title=Text("Exposure masks checked before printing", "打印切片检查", "列印切片檢查"),
    technique="tpp",
    accepts=KINDS,
    function=_run,
    many_files=True,
    parameters=(
        Parameter("pixel_um", "number", 2.0, Text("size of a pixel", "像素尺寸", "像素尺寸"), unit="um", minimum=1e-3),
        Parameter("layer_um", "number", 5.0, Text("thickness of a layer", "层厚", "層厚"), unit="um", minimum=1e-3),
        Parameter(
            "least_px", "integer", 2, Text("least width that prints", "最小可成形宽度", "最小可成形寬度"),
            unit="px", minimum=1, maximum=100,
        ),
    ),
    libraries=("numpy", "scipy", "pillow"),
    example=(DATA / "slices.zip",),
    expected=Expected("fail", {"faults": (4, 0)}),
)  # fmt: skip
