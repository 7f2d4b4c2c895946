"""Peak areas of a chromatogram: the traces of any maker in, peaks with rules, figures of merit and checks out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.chromatography import _tables as tables
from liqi.methods.chromatography._edits import parse_edits
from liqi.methods.chromatography._figures import figures, overlay
from liqi.methods.chromatography._integration import Integration, Settings, integrate
from liqi.methods.chromatography._peak import FIT
from liqi.methods.chromatography._reading import ACCEPTED, REPORT, kind_of, read_chromatogram
from liqi.methods.chromatography._report import read_report
from liqi.methods.chromatography._trace import Chromatogram

DATA = Path(__file__).with_name("data")
SYMMETRY = (0.8, 1.8)
LEAST_SIGNAL_TO_NOISE = 10.0
LEAST_RESOLUTION = 1.5
AGREES_PERCENT = 2.0
_FLAT_POINTS = 5
_TITLES = {
    "peaks": Text("peaks found", "检出峰", "檢出峰"),
    "signal": Text("lowest signal-to-noise ratio", "最低信噪比", "最低訊噪比"),
    "apart": Text("peaks apart or told apart by a fit", "峰已分离或可拟合分峰", "峰已分離或可擬合分峰"),
    "fitted": Text("every overlap tried by a fit", "重叠峰均已尝试拟合", "重疊峰均已嘗試擬合"),
    "symmetry": Text("symmetry factors", "对称因子", "對稱因子"),
    "saturated": Text("no flat tops", "无平头峰", "無平頭峰"),
    "reported": Text("agreement with the instrument's areas", "与仪器报告面积一致", "與儀器報告面積一致"),
}
_RISING = Notice(
    "rising-start",
    Text(
        "The signal rises from the first point on; what comes down before the first peak was not counted as one.",
        "信号自起点即上升；首峰之前回落的部分未计为峰。",
        "訊號自起點即上升；首峰之前回落的部分未計為峰。",
    ),
)
PARAMETERS = (
    Parameter("trace", "text", None, Text("trace (name or wavelength)", "通道（名称或波长）", "通道（名稱或波長）")),
    Parameter(
        "least_percent", "number", 0.2, Text("least height", "最低峰高", "最低峰高"), unit="%", minimum=0, maximum=100
    ),
    Parameter(
        "least_signal", "number", 10.0, Text("least height over the noise", "最低峰高与噪声比", "最低峰高與雜訊比"),
        unit="1", minimum=0, maximum=1e6,
    ),
    Parameter("from_min", "number", 0.0, Text("from", "起始时间", "起始時間"), unit="min", minimum=0),
    Parameter(
        "to_min", "number", 0.0, Text("to (0: the end)", "终止时间（0 为末尾）", "終止時間（0 為末尾）"),
        unit="min", minimum=0,
    ),
    Parameter(
        "split", "choice", "auto", Text("overlapped peaks", "重叠峰处理", "重疊峰處理"),
        choices=("auto", "drop", "fit", "skim"),
    ),
    Parameter(
        "void_min", "number", 0.0,
        Text("hold-up time t0 (0: unknown)", "死时间 t0（0 为未知）", "死時間 t0（0 為未知）"),
        unit="min", minimum=0,
    ),
)  # fmt: skip
"""What every method that integrates asks; `settings_of` reads them."""


def settings_of(parameters: Mapping[str, Any]) -> Settings:
    """Return the settings that these parameters name."""
    names = ("least_percent", "least_signal", "from_min", "to_min", "split", "void_min")
    return Settings(**{name: parameters[name] for name in names})


def integrated(path: Path, parameters: Mapping[str, Any], edits: str | None = None) -> tuple[Chromatogram, Integration]:
    """Return the chromatogram of a file and the peaks of the trace that was asked for."""
    chromatogram = read_chromatogram(path)
    trace = chromatogram.trace(parameters["trace"] or "")
    return chromatogram, integrate(trace, settings_of(parameters), parse_edits(edits))


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    kinds = {path: kind_of(path) for path in paths}
    reports = [path for path in paths if kinds[path] == REPORT]
    files = [path for path in paths if path not in reports]
    if not files:
        return _of_report(reports[0])
    edits = parameters["edits"]
    if edits and len(files) > 1:
        raise BadParameter("edits", f"edits for {len(files)} files", "one file at a time")
    read: list[Chromatogram] = []
    found: list[tuple[str, Integration]] = []
    for done, path in enumerate(files):
        progress(done, len(files), "integrating")
        chromatogram, integration = integrated(path, parameters, edits)
        read.append(chromatogram)
        found.append((path.name, integration))
    progress(len(files), len(files), "integrating")
    reported = {name: peaks for one in reports for name, peaks in read_report(one).items()}
    return _answer(read, found, reported)


def _answer(
    read: Sequence[Chromatogram], found: Sequence[tuple[str, Integration]], reported: Mapping[str, Any]
) -> Answer:
    pairs = []
    for _, one in found:
        told = one.trace.reported or reported.get(one.trace.name, ())
        low, high = one.trace.time_min[0], one.trace.time_min[-1]
        pairs += tables.matched(one.peaks, [each for each in told if low <= each.time_min <= high])
    checks = _checks([one for _, one in found], pairs)
    several = len(found) > 1
    made: list[Table] = [tables.peak_table(found), tables.rule_table(found)]
    if pairs:
        made.append(tables.reported_table(pairs, found[0][1].trace.unit))
    made.append(checks_table(checks))
    plots: list[Plot] = [overlay({name: one.trace for name, one in found})] if several else []
    for name, one in found[:6]:
        plots += figures(one, name if several else "")
    findings = [each for name, one in found for each in tables.findings_of(one, name if several else "")]
    if not findings:
        findings = [Finding("peaks", 0, "peaks", 1.0)]
    warnings = [_RISING] if any("rising-start" in one.notices for _, one in found) else []
    warnings += [_other_traces(read[0], found[0][1])] if len(read[0].traces) > 1 else []
    warnings += [Notice("file", Text.same(words)) for words in dict.fromkeys(w for one in read for w in one.notices)]
    return Answer(
        verdict=verdict_of(checks),
        sentence=_sentence([one for _, one in found], checks),
        findings=findings,
        tables=made,
        plots=plots,
        warnings=warnings,
        detail={
            "format": read[0].format,
            "trace": found[0][1].trace.name,
            "facts": dict(read[0].facts),
            "noise": tables.number_or_none(found[0][1].noise, 4),
            "rules": [one.as_edit() for one in found[0][1].peaks],
            "checks": [one.as_json() for one in checks],
        },
    )


def _checks(found: Sequence[Integration], pairs: Sequence[Any]) -> list[Check]:
    peaks = [one for each in found for one in each.peaks]
    made = [Check("peaks", _TITLES["peaks"], bool(peaks), str(len(peaks)), ">= 1")]
    if not peaks:
        return made
    weakest = min((one.signal_to_noise for one in peaks if one.signal_to_noise is not None), default=0.0)
    made.append(
        Check("signal", _TITLES["signal"], weakest >= LEAST_SIGNAL_TO_NOISE, f"{weakest:.1f}", ">= 10", "USP <621>")
    )
    close = [
        one for one in peaks
        if one.resolution is not None and one.resolution < LEAST_RESOLUTION and one.rules.split != FIT
    ]  # fmt: skip
    lowest = min((one.resolution for one in peaks if one.resolution is not None), default=None)
    told = "-" if lowest is None else f"Rs {lowest:.2f}"
    made.append(Check("apart", _TITLES["apart"], not close, told, f"Rs >= {LEAST_RESOLUTION:g}", "USP <621>"))
    if left := sum(each.not_fitted for each in found):
        said = f"{left} fits left out, the perpendicular drop stands"
        made.append(Check("fitted", _TITLES["fitted"], False, said, "0"))
    known = [one.symmetry for one in peaks if one.symmetry is not None]
    if known:
        worst = max(known, key=lambda value: abs(np.log(value / (SYMMETRY[0] * SYMMETRY[1]) ** 0.5)))
        inside = all(SYMMETRY[0] <= value <= SYMMETRY[1] for value in known)
        made.append(
            Check(
                "symmetry",
                _TITLES["symmetry"],
                inside,
                f"{worst:.2f}",
                f"{SYMMETRY[0]:g} - {SYMMETRY[1]:g}",
                "USP <621>, 2025-05",
            )
        )
    flat = [one for each in found for one in each.peaks if _is_flat(each, one.time_min, one.width_min)]
    made.append(Check("saturated", _TITLES["saturated"], not flat, str(len(flat)), "0"))
    if pairs:
        off = [abs(one.area / told.area - 1) * 100 if one and told.area else 100.0 for told, one in pairs]
        agree = sum(value <= AGREES_PERCENT for value in off)
        expected = f"{len(off)} (<= {AGREES_PERCENT:g} %)"
        made.append(Check("reported", _TITLES["reported"], agree == len(off), f"{agree} / {len(off)}", expected))
    return made


def _is_flat(found: Integration, time_min: float, width_min: float | None) -> bool:
    """Whether the top of a peak is cut off: several points in a row at exactly its highest value."""
    trace = found.trace
    inside = np.abs(trace.time_min - time_min) <= (width_min or 0.1)
    top = trace.signal[inside]
    if top.size < 4 * _FLAT_POINTS:
        return False
    return int((top == top.max()).sum()) >= _FLAT_POINTS


def _sentence(found: Sequence[Integration], checks: Sequence[Check]) -> Text:
    peaks = [one for each in found for one in each.peaks]
    n, trace = len(peaks), found[0].trace.name
    if len(found) > 1:
        runs = len(found)
        said = (f"{n} peaks in {runs} runs.", f"{runs} 次进样共 {n} 个峰。", f"{runs} 次進樣共 {n} 個峰。")
    elif peaks:
        most = max(peaks, key=lambda one: one.area)
        share = f"{most.area_percent:.1f} %"
        said = (
            f"{n} peaks in {trace}; the largest at {most.time_min:.2f} min has {share} of the area.",
            f"{trace} 共 {n} 个峰；最大峰在 {most.time_min:.2f} min，占总面积 {share}。",
            f"{trace} 共 {n} 個峰；最大峰在 {most.time_min:.2f} min，占總面積 {share}。",
        )
    else:
        said = (f"No peak stands out in {trace}.", f"{trace} 中未检出峰。", f"{trace} 中未檢出峰。")
    return with_failed(said, checks)


def _other_traces(chromatogram: Chromatogram, found: Integration) -> Notice:
    number = len(chromatogram.traces)
    name = found.trace.name
    return Notice(
        "traces",
        Text(
            f"The file holds {number} traces; {name} was integrated. Set trace for another.",
            f"文件含 {number} 个通道，已积分 {name}；如需其他通道，请设置 trace。",
            f"檔案含 {number} 個通道，已積分 {name}；如需其他通道，請設定 trace。",
        ),
    )


def _of_report(path: Path) -> Answer:
    """Answer with the peaks that a report tells, where no signal was given."""
    found = read_report(path)
    unit = "mAU"
    findings = [
        Finding(f"{one.time_min:.3f} min, {name}", one.area, tables.area_unit(unit), None, {"height": one.height})
        for name, peaks in found.items()
        for one in peaks
    ]
    made = []
    for n, (name, peaks) in enumerate(found.items(), 1):
        table = tables.reported_table([(one, None) for one in peaks], unit)
        made.append(Table(f"reported-{n}", Text.same(name), table.columns[1:4], table.rows))
    peaks_number, signals = len(findings), len(found)
    said = Text(
        f"The report holds {peaks_number} peaks of {signals} signals; give the signal's file to integrate it.",
        f"报告含 {signals} 个信号的 {peaks_number} 个峰；如需积分，请提供信号文件。",
        f"報告含 {signals} 個訊號的 {peaks_number} 個峰；如需積分，請提供訊號檔案。",
    )
    for one in (path,):
        if not findings:
            raise UnreadableFile(one, "no peaks", "a report with peaks", "print it again")
    return Answer("reported", said, findings, made)


METHOD = Method(
    id="chrom.area",
    version="0.1",
    title=Text("Peak areas of a chromatogram", "色谱峰积分", "層析峰積分"),
    technique="hplc",
    accepts=ACCEPTED,
    function=_run,
    many_files=True,
    parameters=(
        *PARAMETERS,
        Parameter("edits", "text", None, Text("changes by hand (JSON)", "手动修改（JSON）", "手動修改（JSON）")),
    ),
    libraries=("numpy", "scipy"),
    example=(DATA / "agilent-hplc.cdf",),
    expected=Expected("review", {"17.169 min": (2314.475, 46.0), "19.629 min": (3948.423, 79.0)}),
)
