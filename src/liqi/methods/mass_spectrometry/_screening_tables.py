"""Tables and figures of a screening."""

from typing import Any

from liqi.methods._answer import Column, Plot, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._screened import LEVELS, Screened, Screening
from liqi.methods.mass_spectrometry.run import Run

MOST_TRACES = 12
_AROUND_S = 60.0
_DOUBTFUL = Text("doubtful", "存疑", "存疑")
_MEANS = {
    "3": Text("fragments fit", "碎片谱吻合", "碎片圖譜吻合"),
    "4": Text("mass and isotope pattern fit", "质量与同位素分布吻合", "質量與同位素分布吻合"),
    "5": Text("mass alone fits", "仅质量吻合", "僅質量吻合"),
}
_COMPOUND = Column("compound", Text("suspect", "可疑物", "可疑物"))
_FORMULA = Column("formula", Text("formula", "分子式", "分子式"))
_LEVEL = Column("level", Text("level", "级别", "級別"))
_TIME = Text("retention time", "保留时间", "滯留時間")
_MASS_ERROR = Text("mass error", "质量误差", "質量誤差")
_INTENSITY = Text("intensity", "强度", "強度")
_ALWAYS = ("compound", "formula", "level", "adduct", "mz", "error_ppm", "area")


def suspects_table(screening: Screening) -> Table:
    """Return the suspects that were detected, the surest on top, and below them the doubtful ones."""
    shown = [one for one in screening.screened if one.place is not None]
    shown.sort(key=lambda one: (one.verdict != "detected", one.level or ""))
    rows = [_row(one) for one in shown]
    columns = [
        _COMPOUND,
        _FORMULA,
        _LEVEL,
        Column("adduct", Text("ion", "离子", "離子")),
        Column("mz", Text("found at", "实测", "實測"), "m/z", 4),
        Column("error_ppm", _MASS_ERROR, "ppm", 1),
        Column("retention_time_s", _TIME, "s", 1),
        Column("retention_error_s", Text("time error", "时间误差", "時間誤差"), "s", 1),
        Column("area", Text("area", "峰面积", "峰面積"), "counts s", 0),
        Column("isotope_fit", Text("isotope fit", "同位素吻合度", "同位素吻合度"), "1", 2),
        Column("fragments", Text("fragment fit", "碎片吻合度", "碎片吻合度"), "1", 2),
        Column("blank", Text("blank / sample", "空白/样品", "空白/樣品"), "1", 2),
        Column("remark", Text("beside it", "备注", "備註")),
    ]
    filled = [one for one in columns if one.name in _ALWAYS or any(row[one.name] for row in rows)]
    return Table("suspects", Text("Detected suspects", "检出的可疑物", "檢出的可疑物"), filled, rows)


def _row(one: Screened) -> dict[str, Any]:
    place = one.place
    assert place is not None
    return {
        "compound": one.suspect.name,
        "formula": one.suspect.formula,
        "smiles": one.suspect.smiles,
        "verdict": one.verdict,
        "level": _DOUBTFUL.as_json() if one.verdict == "doubtful" else one.level,
        "adduct": place.adduct,
        "mz": place.feature.mz,
        "error_ppm": place.error_ppm,
        "retention_time_s": place.feature.apex_s,
        "retention_error_s": place.time_error_s,
        "area": place.feature.area,
        "isotope_fit": place.pattern,
        "fragments": one.fragments,
        "blank": one.blank,
        "remark": _remark(one).as_json() if one.also_as or one.isobaric else None,
    }


def _remark(one: Screened) -> Text:
    ions, others = ", ".join(one.also_as), ", ".join(one.isobaric)
    parts = []
    if ions:
        parts.append(Text(f"also {ions}", f"另见 {ions}", f"另見 {ions}"))
    if others:
        parts.append(Text(f"or {others}", f"或为 {others}", f"或為 {others}"))
    return Text(
        "; ".join(p.en for p in parts), "；".join(p.zh_hans for p in parts), "；".join(p.zh_hant for p in parts)
    )


def absent_table(screening: Screening) -> Table:
    """Return the suspects that were not found, and the m/z of the ion looked for first."""
    absent = [one.suspect for one in screening.screened if one.place is None]
    rows = []
    for suspect in absent:
        ions = suspect.ions(screening.polarity)
        adduct, mz = ions[0] if ions else ("", None)
        rows.append({"compound": suspect.name, "formula": suspect.formula, "adduct": adduct, "mz": mz})
    first = Column("adduct", Text("looked for as", "查找离子", "查找離子"))
    columns = [_COMPOUND, _FORMULA, first, Column("mz", Text("at", "理论值", "理論值"), "m/z", 4)]
    return Table("absent", Text("Suspects not found", "未检出的可疑物", "未檢出的可疑物"), columns, rows)


def chance_table(screening: Screening) -> Table:
    """Return, by level, how many were detected and how many are expected by chance."""
    columns = [
        _LEVEL,
        Column("means", Text("rests on", "依据", "依據")),
        Column("detected", Text("detected", "检出", "檢出")),
        Column("by_chance", Text("expected by chance", "预计偶然检出", "預計偶然檢出"), "1", 1),
        Column("false_discovery", Text("expected share that is false", "预计错误比例", "預計錯誤比例"), "1", 2),
    ]
    rows = [
        {
            "level": level,
            "means": _MEANS[level].as_json(),
            "detected": len(screening.at(level)),
            "by_chance": screening.by_chance.get(level),
            "false_discovery": screening.false_discovery(level),
        }
        for level in LEVELS
    ]
    title = Text(
        f"Expected by chance (from {screening.decoys} decoy formulas)",
        f"预计偶然检出（依据 {screening.decoys} 个诱饵分子式）",
        f"預計偶然檢出（依據 {screening.decoys} 個誘餌分子式）",
    )
    return Table("chance", title, columns, rows)


def figures(screening: Screening, run: Run, tolerance: str) -> list[Plot]:
    """Return the mass errors of what was detected, and the traces of the first dozen."""
    found = sorted(screening.detected, key=lambda one: (one.level or "", -(_height(one))))
    if not found:
        return []
    return [_errors(screening), *(_trace(one, run, tolerance) for one in found[:MOST_TRACES])]


def _height(one: Screened) -> float:
    return (one.place.feature.height or 0.0) if one.place else 0.0


def _errors(screening: Screening) -> Plot:
    series = []
    for level in LEVELS:
        shown = [(one.suspect.name, one.place) for one in screening.at(level) if one.place]
        if shown:
            label = Text(f"level {level}", f"{level} 级", f"{level} 級")
            series.append(
                {
                    "label": label.as_json(),
                    "x": [round(place.feature.mz or 0.0, 4) for _, place in shown],
                    "y": [round(place.error_ppm, 3) for _, place in shown],
                    "names": [name for name, _ in shown],
                }
            )
    title = Text("Mass errors of what was detected", "检出物的质量误差", "檢出物的質量誤差")
    y_title = Text("mass error (ppm)", "质量误差 (ppm)", "質量誤差 (ppm)")
    return Plot("mass-errors", "points", title, Text.same("m/z"), y_title, {"series": series, "lines": []})


def _trace(one: Screened, run: Run, tolerance: str) -> Plot:
    place = one.place
    assert place is not None
    feature = place.feature
    trace = run.xic(feature.mz or 0.0, tolerance, polarity=feature.spectrum.polarity)
    apex = feature.apex_s or 0.0
    near = abs(trace.time_s - apex) <= _AROUND_S
    series = [
        {
            "label": f"{one.suspect.name} {place.adduct}",
            "x": trace.time_s[near].round(2).tolist(),
            "y": trace.intensity[near].round(1).tolist(),
        }
    ]
    marks = [{"label": one.suspect.name, "x": round(apex, 2), "y": round(feature.height or 0.0, 1)}]
    if one.suspect.retention_time_s is not None:
        expected = Text("expected", "预期", "預期")
        marks.append({"label": expected.as_json(), "x": round(one.suspect.retention_time_s, 2)})
    title = Text.same(f"{one.suspect.name}, {place.adduct}, m/z {feature.mz:.4f}")
    x_title = Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)")
    return Plot(
        f"trace-{feature.index}-{one.suspect.name}",
        "line",
        title,
        x_title,
        _INTENSITY,
        {"series": series, "marks": marks},
    )
