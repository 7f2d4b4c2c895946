"""Tables of peaks: areas and figures of each, the rules they were cut out by, and what the file's own program found."""

from collections.abc import Sequence
from typing import Any

from liqi.methods._answer import Column, Finding, Table
from liqi.methods._text import Text
from liqi.methods.chromatography._integration import Integration
from liqi.methods.chromatography._peak import ALONE, DROP, FIT, SKIM, VALLEY, Peak
from liqi.methods.chromatography._trace import ReportedPeak

FILE = Column("file", Text("file", "文件", "檔案"))
_PEAK = Column("peak", Text("peak", "峰", "峰"))
SPLITS = {
    ALONE: Text("alone", "单峰", "單峰"),
    DROP: Text("drop", "垂线分割", "垂線分割"),
    FIT: Text("fit", "拟合分峰", "擬合分峰"),
    VALLEY: Text("valley to valley", "谷到谷", "谷到谷"),
    SKIM: Text("tangent skim", "切线撇分", "切線撇分"),
}
EDITED = Text("by hand", "手动", "手動")


def area_unit(unit: str) -> str:
    """Return the unit of an area: the signal's times seconds."""
    return f"{unit}·s"


def number_or_none(value: float | None, digits: int = 6) -> float | None:
    """Return a number to so many significant digits; None stays None."""
    return None if value is None else float(f"{value:.{digits}g}")


def findings_of(found: Integration, file: str = "") -> list[Finding]:
    """Return each peak's area with its uncertainty, what else is known of it beside."""
    return [
        Finding(
            f"{one.label}, {file}" if file else one.label,
            number_or_none(one.area),
            area_unit(found.trace.unit),
            number_or_none(one.u_area, 3),
            {
                "time_min": round(one.time_min, 5), "u_time_min": number_or_none(one.u_time_min, 2),
                "height": number_or_none(one.height), "area_percent": number_or_none(one.area_percent, 5),
                "area_drop": number_or_none(one.area_drop), "area_fit": number_or_none(one.area_fit),
                "resolution": number_or_none(one.resolution, 4), "plates": number_or_none(one.plates, 5),
                "symmetry": number_or_none(one.symmetry, 4), "signal_to_noise": number_or_none(one.signal_to_noise, 4),
                "retention_factor": number_or_none(one.retention_factor, 5), "rules": one.as_edit(),
            },
        )
        for one in found.peaks
    ]  # fmt: skip


def peak_table(several: Sequence[tuple[str, Integration]]) -> Table:
    """Return the peaks of one or more files with the figures of USP <621>."""
    unit = several[0][1].trace.unit
    has_void = any(one.retention_factor is not None for _, found in several for one in found.peaks)
    columns = [
        *([FILE] if len(several) > 1 else []),
        _PEAK,
        Column("time", Text("tR", "保留时间", "滯留時間"), "min", 3),
        Column("area", Text("area", "峰面积", "峰面積"), area_unit(unit), None),
        Column("u_area", Text("u(area)", "u(面积)", "u(面積)"), area_unit(unit), None),
        Column("area_percent", Text("area", "面积", "面積"), "%", 3),
        Column("height", Text("height", "峰高", "峰高"), unit, None),
        Column("width", Text("W½", "半峰宽", "半峰寬"), "min", 4),
        *([Column("k", Text("k", "容量因子 k", "容量因子 k"), "1", 2)] if has_void else []),
        Column("plates", Text("N", "板数 N", "板數 N"), "1", 0),
        Column("resolution", Text("Rs", "分离度 Rs", "解析度 Rs"), "1", 2),
        Column("symmetry", Text("As", "对称因子 As", "對稱因子 As"), "1", 2),
        Column("signal_to_noise", Text("S/N", "信噪比", "訊噪比"), "1", 0),
        Column("peak_to_valley", Text("p/v", "峰谷比", "峰谷比"), "1", 1),
    ]
    rows: list[dict[str, Any]] = []
    for file, found in several:
        for one in found.peaks:
            row = {"file": file, "peak": one.name or str(one.number), "time": one.time_min}
            row |= {"area": number_or_none(one.area), "u_area": number_or_none(one.u_area, 2)}
            row |= {"area_percent": one.area_percent, "height": number_or_none(one.height)}
            row |= {"width": one.width_min, "k": one.retention_factor, "plates": one.plates}
            row |= {"resolution": one.resolution, "symmetry": one.symmetry, "signal_to_noise": one.signal_to_noise}
            rows.append(row | {"peak_to_valley": one.peak_to_valley})
    return Table("peaks", Text("Peaks", "色谱峰", "層析峰"), columns, rows)


def rule_table(several: Sequence[tuple[str, Integration]]) -> Table:
    """Return how each peak was cut out, with the areas by drop and by fit."""
    unit = several[0][1].trace.unit
    columns = [
        *([FILE] if len(several) > 1 else []),
        _PEAK,
        Column("start", Text("start", "起点", "起點"), "min", 3),
        Column("end", Text("end", "终点", "終點"), "min", 3),
        Column("base_start", Text("base from", "起点基线", "起點基線"), unit, None),
        Column("base_end", Text("base to", "终点基线", "終點基線"), unit, None),
        Column("kind", Text("ends", "端点类型", "端點類型")),
        Column("split", Text("rule", "积分规则", "積分規則")),
        Column("area_drop", Text("by drop", "垂线法", "垂線法"), area_unit(unit), None),
        Column("area_fit", Text("by fit", "拟合法", "擬合法"), area_unit(unit), None),
        Column("edited", Text("changed", "修改", "修改")),
    ]
    rows = []
    for file, found in several:
        for one in found.peaks:
            rules = one.rules
            row: dict[str, Any] = {"file": file, "peak": one.name or str(one.number), "start": rules.start_min}
            row |= {"end": rules.end_min, "base_start": number_or_none(rules.base_start)}
            row |= {"base_end": number_or_none(rules.base_end)}
            row |= {"kind": rules.start_kind + rules.end_kind, "split": SPLITS[rules.split].as_json()}
            row |= {"area_drop": number_or_none(one.area_drop), "area_fit": number_or_none(one.area_fit)}
            rows.append(row | {"edited": EDITED.as_json() if rules.is_edited else ""})
    return Table("rules", Text("Integration rules", "积分规则", "積分規則"), columns, rows)


def matched(peaks: Sequence[Peak], reported: Sequence[ReportedPeak]) -> list[tuple[ReportedPeak, Peak | None]]:
    """Return each reported peak with ours whose top lies between its ends, or within half a width of its time."""
    pairs: list[tuple[ReportedPeak, Peak | None]] = []
    for told in reported:
        near = min(peaks, key=lambda one: abs(one.time_min - told.time_min), default=None)
        if near is not None:
            room = max((near.width_min or 0.0) / 2, 0.02)
            near = near if abs(near.time_min - told.time_min) <= room else None
        pairs.append((told, near))
    return pairs


def reported_table(pairs: Sequence[tuple[ReportedPeak, Peak | None]], unit: str) -> Table:
    """Return the peaks of the instrument's own program, beside ours."""
    columns = (
        Column("name", Text("name", "名称", "名稱")),
        Column("time", Text("retention time", "保留时间", "滯留時間"), "min", 3),
        Column("area", Text("area there", "原报告面积", "原報告面積"), area_unit(unit), None),
        Column("height", Text("height there", "原报告峰高", "原報告峰高"), unit, None),
        Column("ours", Text("area here", "本次面积", "本次面積"), area_unit(unit), None),
        Column("off", Text("difference", "相差", "相差"), "%", 2),
        Column("kind", Text("ends there", "原端点类型", "原端點類型")),
    )
    rows = [
        {
            "name": told.name, "time": told.time_min, "kind": told.kind,
            "area": number_or_none(told.area), "height": number_or_none(told.height),
            "ours": number_or_none(one.area) if one else None,
            "off": 100 * (one.area / told.area - 1) if one and told.area else None,
        }
        for told, one in pairs
    ]  # fmt: skip
    title = Text("Peaks reported by the instrument", "仪器软件报告的峰", "儀器軟體報告的峰")
    return Table("reported", title, columns, rows)
