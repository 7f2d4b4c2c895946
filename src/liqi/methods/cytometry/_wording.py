"""Populations as an answer in three languages, with what MIFlowCyt asks to be told of instrument and settings."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import AGAIN, Check, checks_table, with_failed
from liqi.methods._text import Text
from liqi.methods.cytometry._channels import TIME, Events, Floats
from liqi.methods.cytometry._compensation import is_unused
from liqi.methods.cytometry._density import figure, figures
from liqi.methods.cytometry._gated import Gated
from liqi.methods.cytometry._gates import UNCOMPENSATED, Boolean, Dimension, Rectangle
from liqi.methods.cytometry._populations import Population, middles
from liqi.methods.cytometry._strategy import OF_FILE, Strategy

MOST_CHANNELS, MOST_MIDDLES = 24, 400
_BLOCK = 1 << 16
_ALL = Text("all events", "全部事件", "全部事件")
_MIFLOWCYT = (  # Lee et al., Cytometry A 73A:926 (2008): what a file can tell of sections 3 and 4
    ("$CYT", Text("instrument", "仪器", "儀器")),
    ("$CYTSN", Text("serial number", "序列号", "序號")),
    ("$SYS", Text("software and system", "软件与系统", "軟體與系統")),
    ("CREATOR", Text("acquisition software", "采集软件", "擷取軟體")),
    ("$DATE", Text("date of acquisition", "采集日期", "擷取日期")),
    ("$BTIM", Text("begin", "开始时间", "開始時間")),
    ("$ETIM", Text("end", "结束时间", "結束時間")),
    ("$VOL", Text("volume (nL)", "体积（nL）", "體積（nL）")),
    ("$CELLS", Text("cells", "细胞", "細胞")),
    ("$SRC", Text("source of the sample", "样本来源", "樣本來源")),
    ("APPLY COMPENSATION", Text("compensated on the instrument", "仪器端补偿", "儀器端補償")),
)


def answer_of(gated: Gated) -> Answer:
    """Return the answer: populations with intervals, channels' middles, checks of the acquisition, settings."""
    events, found = gated.events, list(gated.populations)
    failed = [one for one in gated.checks if not one.passed]
    tables = [_population_table(gated.strategy, found, len(events)), _middle_table(gated), _channel_table(events)]
    if gated.checks:
        tables.append(checks_table(gated.checks))
    tables.append(_setting_table(events))
    return Answer(
        verdict="review" if failed else "pass" if found else "counted",
        sentence=_sentence(found, len(events), failed),
        findings=[_finding(one) for one in found] or [_whole(len(events))],
        tables=tables,
        plots=_figures(gated),
        warnings=[*_notices(gated)],
        tags=[SYNTHETIC] if events.is_synthetic else [],
        detail={
            "format": f"FCS {events.version}",
            "events": len(events),
            "checks": [one.as_json() for one in gated.checks],
        },
    )


def _sentence(found: Sequence[Population], total: int, failed: Sequence[Check]) -> Text:
    n = f"{total:,}"
    if found:
        kinds = len(found)
        said = (
            f"{n} events, {kinds} populations.",
            f"共 {n} 个事件，{kinds} 个细胞群。",
            f"共 {n} 個事件，{kinds} 個細胞群。",
        )
    else:
        said = (
            f"{n} events; add gates to count populations.",
            f"共 {n} 个事件；添加设门文件即可统计细胞群。",
            f"共 {n} 個事件；加入圈選檔案即可統計細胞群。",
        )
    return with_failed(said, failed, AGAIN)


def _finding(one: Population) -> Finding:
    """The count, its standard uncertainty that of a Poisson count; the share with its interval beside."""
    low, high = one.interval
    extra: dict[str, Any] = {"parent": one.parent, "of_parent": one.of_parent, "of_all": one.of_all}
    if one.of_parent:
        extra |= {
            "percent_of_parent": round(100 * one.share, 4),
            "low_percent": round(100 * low, 4),
            "high_percent": round(100 * high, 4),
        }
    return Finding(one.name, one.count, "events", math.sqrt(one.count) if one.count else 1.0, extra)


def _whole(total: int) -> Finding:
    return Finding("all events", total, "events", math.sqrt(total) or 1.0, {})


def _population_table(strategy: Strategy, found: Sequence[Population], total: int) -> Table:
    columns: tuple[Column, ...] = (
        Column("population", Text("population", "细胞群", "細胞群")),
        Column("parent", Text("parent", "上级群", "上層群")),
        Column("count", Text("events", "事件数", "事件數")),
        Column("percent_of_parent", Text("of the parent", "占上级群", "占上層群"), "%", 2),
        Column("low", Text("95 % from", "95 % 下限", "95 % 下限"), "%", 2),
        Column("high", Text("to", "上限", "上限"), "%", 2),
        Column("percent_of_all", Text("of all", "占全部", "占全部"), "%", 3),
    )
    formulas = {one.id: one.formula for one in strategy.gates.values() if isinstance(one, Boolean)}
    if formulas:
        columns = (*columns, Column("formula", Text("made of", "逻辑组合", "邏輯組合")))
    rows: list[dict[str, Any]] = [{"population": _ALL.as_json(), "parent": "", "count": total, "percent_of_all": 100.0}]
    for one in found:
        low, high = one.interval
        indent = "\u2003" * (one.depth + 1)
        row: dict[str, Any] = {"population": f"{indent}{one.name}", "parent": one.parent or "", "count": one.count}
        if one.of_parent:
            row |= {"percent_of_parent": 100 * one.share, "low": 100 * low, "high": 100 * high}
        row |= {"formula": formulas.get(one.name, "")} if formulas else {}
        rows.append(row | {"percent_of_all": 100 * one.count / total if total else None})
    return Table("populations", Text("Populations", "细胞群", "細胞群"), columns, rows)


def _middle_table(gated: Gated) -> Table:
    columns = (
        Column("population", Text("population", "细胞群", "細胞群")),
        Column("channel", Text("channel", "通道", "通道")),
        Column("median", Text("median (MFI)", "中位数（MFI）", "中位數（MFI）"), "a.u.", 2),
        Column("mean", Text("mean", "均值", "平均值"), "a.u.", 2),
        Column("cv", Text("CV", "变异系数", "變異係數"), "%", 1),
        Column("robust_cv", Text("robust CV", "稳健变异系数", "穩健變異係數"), "%", 1),
    )
    shown = _columns(gated)
    rows = []
    groups = [(_ALL.as_json(), None), *((name, mask) for name, mask in gated.masks.items())]
    for name, mask in groups[: max(1, MOST_MIDDLES // max(1, len(shown)))]:
        for one in middles(shown, mask):
            row = {"population": name, "channel": one.channel, "median": one.median, "mean": one.mean}
            spread = {"cv": one.cv_percent, "robust_cv": one.robust_cv_percent}
            rows.append(row | {key: value if math.isfinite(value) else None for key, value in spread.items()})
    title = Text("Channels by population", "各群各通道统计", "各群各通道統計")
    return Table("channels-by-population", title, columns, rows)


def _columns(gated: Gated) -> list[tuple[str, Floats]]:
    """Return the channels to describe, compensated by the file's matrix where it has one."""
    own = gated.signals.matrices.get(OF_FILE)
    found = []
    measured = [one for one in gated.events.channels if one.name.lower() != TIME]
    for one in measured[:MOST_CHANNELS]:
        is_dye = own is not None and own.column_of(one.name) is not None
        dimension = Dimension(one.name, OF_FILE if is_dye else UNCOMPENSATED)
        found.append((f"{one.label} (comp.)" if is_dye else one.label, gated.signals.of(dimension)))
    return found


def _channel_table(events: Events) -> Table:
    columns = (
        Column("channel", Text("channel", "通道", "通道")),
        Column("marker", Text("marker", "标记", "標記")),
        Column("range", Text("range", "量程", "量程"), "channels", 0),
        Column("amplifier", Text("amplifier", "放大方式", "放大方式")),
        Column("gain", Text("gain", "增益", "增益"), "1", 2),
        Column("volts", Text("detector voltage", "检测器电压", "偵測器電壓"), "V", 0),
    )
    linear, log = Text("linear", "线性", "線性"), Text("logarithmic", "对数", "對數")
    rows = [
        {
            "channel": one.name, "marker": one.marker, "range": one.range, "gain": one.gain, "volts": one.volts,
            "amplifier": (log if one.decades else linear).as_json(),
        }
        for one in events.channels
    ]  # fmt: skip
    return Table("channels", Text("Channels", "通道", "通道"), columns, rows)


def _setting_table(events: Events) -> Table:
    columns = (Column("item", Text("item", "项目", "項目")), Column("value", Text("value", "内容", "內容")))
    rows = [
        {"item": title.as_json(), "value": events.keywords[key].strip()[:200]}
        for key, title in _MIFLOWCYT
        if events.keywords.get(key, "").strip()
    ]
    title = Text("Acquisition (MIFlowCyt)", "采集信息（MIFlowCyt）", "擷取資訊（MIFlowCyt）")
    return Table("acquisition", title, columns, rows)


def _figures(gated: Gated) -> list[Plot]:
    made = figures(gated.events, gated.strategy, gated.masks, gated.signals)
    if not made:
        made = _overview(gated)
    if gated.steadiness is not None:
        steady = gated.steadiness
        series = {"label": "", "x": steady.seconds.round(3).tolist(), "y": steady.rate.round(2).tolist()}
        title = Text("Rate of events", "事件速率", "事件速率")
        made.append(
            Plot(
                "rate",
                "line",
                title,
                Text("time (s)", "时间 (s)", "時間 (s)"),
                Text("events/s", "事件/s", "事件/s"),
                {"series": [series], "marks": []},
            )
        )
    return made


def _overview(gated: Gated) -> list[Plot]:
    """Forward against side scatter, where no gates were given."""
    events = gated.events
    pair = [next((n for n in events.names if n.upper().startswith(start)), None) for start in ("FS", "SS")]
    if None in pair or not len(events):
        return []
    dimensions = [Dimension(str(name)) for name in pair]
    whole = Rectangle("all", dimensions, [-math.inf] * 2, [math.inf] * 2)
    plot = figure("scatter", [whole], events, Strategy({}), gated.signals, None)
    return [Plot("scatter", plot.kind, _ALL, plot.x_title, plot.y_title, {**plot.data, "lines": []})]


def _odd_events(events: Events) -> int:
    """Return how many events hold a value that is no finite number."""
    with np.errstate(invalid="ignore"):  # infinities of both signs, a signalling NaN
        sums = (events.raw[at : at + _BLOCK].sum(axis=1, dtype=np.float64) for at in range(0, len(events), _BLOCK))
        return sum(int(np.count_nonzero(~np.isfinite(one))) for one in sums)


def _notices(gated: Gated) -> list[Notice]:
    found = [Notice("fcs", Text.same(words)) for words in gated.events.notices]
    events, strategy = gated.events, gated.strategy
    if OF_FILE not in strategy.matrices and is_unused(events.keywords, events.names):
        found.append(
            Notice(
                "matrix-unused",
                Text(
                    "The spillover matrix in the file names detectors that it does not have, or lacks numbers: it was "
                    "not used.",
                    "文件中的溢漏矩阵所列检测器不在文件中，或数值不全：未予使用。",
                    "檔案中的溢漏矩陣所列偵測器不在檔案中，或數值不全：未予使用。",
                ),
            )
        )
    if events.raw.dtype.kind == "f" and (odd := _odd_events(events)):
        found.append(
            Notice(
                "no-numbers",
                Text(
                    f"{odd:,} events hold a value that is no finite number: no gate on it takes them, and middles and "
                    "spreads leave it out.",
                    f"{odd:,} 个事件含非有限数值：相关的门不计入这些事件，中位数与离散度也不计该值。",
                    f"{odd:,} 個事件含非有限數值：相關的圈選不計入這些事件，中位數與離散度也不計該值。",
                ),
            )
        )
    asked = {one.compensation for gate in gated.strategy.gates.values() for one in getattr(gate, "dimensions", ())}
    if OF_FILE in asked and OF_FILE not in gated.signals.matrices:
        found.append(
            Notice(
                "no-matrix",
                Text(
                    "The gates ask for the file's own compensation; it carries none: signals were taken as they are.",
                    "设门要求使用文件自带补偿，但文件中没有补偿矩阵：信号未经补偿。",
                    "圈選要求使用檔案自帶補償，但檔案中沒有補償矩陣：訊號未經補償。",
                ),
            )
        )
    return found
