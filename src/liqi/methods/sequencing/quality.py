"""Reads of a capillary sequencer: how long and how good they are, what to keep, where two bases stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.sequencing._figures import quality_figure, trace_figure
from liqi.methods.sequencing._parameters import CUTOFF, LEAST_RATIO
from liqi.methods.sequencing._quality import Mixed, ReadQuality, mixed_places, quality_of
from liqi.methods.sequencing._reading import KINDS, read_trace
from liqi.methods.sequencing._trace import Trace

DATA = Path(__file__).with_name("data")
LEAST_SIGNAL, MOST_MIXED = 100.0, 0.02
_MOST_FIGURES, _MOST_MIXED_ROWS = 6, 200
_HABIT = "core laboratories' habit"
_TITLES = {
    "called": Text("bases were called", "有碱基判读", "有鹼基判讀"),
    "crl": Text("continuous read length", "连续读长", "連續讀長"),
    "q20": Text("bases of phred 20", "Q20 碱基数", "Q20 鹼基數"),
    "signal": Text("signal is strong enough", "信号强度足够", "訊號強度足夠"),
    "mixed": Text("one template", "单一模板", "單一模板"),
}


@dataclass(frozen=True, slots=True)
class JudgedRead:
    """A trace with the figures of its quality and its mixed places."""

    trace: Trace
    quality: ReadQuality
    mixed: Sequence[Mixed]

    @property
    def label(self) -> str:
        """The name of the file, and of the sample where it tells one."""
        return self.trace.path.name


def judge(trace: Trace, cutoff: float = 0.05, least_ratio: float = 0.3) -> JudgedRead:
    """Return the figures of a trace; `cutoff` is Mott's chance of error, `least_ratio` that of a second peak."""
    told = quality_of(trace.quality, cutoff)
    return JudgedRead(trace, told, mixed_places(trace, least_ratio, told.keep))


def _checks(reads: Sequence[JudgedRead], parameters: Mapping[str, Any]) -> Iterator[Check]:
    for one in reads:
        name, told = one.label, one.quality
        good = told.length > 0 and told.q20 > 0
        found = f"{told.length} ({name})"
        yield Check("called", _TITLES["called"], good, found, ">= 1, phred >= 20", "", fails=True)
        if not good:
            continue
        least = parameters["least_crl"]
        yield Check("crl", _TITLES["crl"], told.crl >= least, f"{told.crl} ({name})", f">= {least}", _HABIT)
        least = parameters["least_q20"]
        yield Check("q20", _TITLES["q20"], told.q20 >= least, f"{told.q20} ({name})", f">= {least}", _HABIT)
        if one.trace.signal_strength:
            weakest = min(one.trace.signal_strength.values())
            ok = weakest >= LEAST_SIGNAL
            yield Check("signal", _TITLES["signal"], ok, f"{weakest:.0f} ({name})", f">= {LEAST_SIGNAL:g}", _HABIT)
        if told.kept:
            share = len(one.mixed) / told.kept
            words = f"{len(one.mixed)} / {told.kept} ({name})"
            yield Check("mixed", _TITLES["mixed"], share <= MOST_MIXED, words, f"<= {100 * MOST_MIXED:g} %", "")


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    reads = []
    for at, path in enumerate(paths):
        progress(at, len(paths), "reading")
        trace = read_trace(path)
        if not trace.bases and trace.dyes:
            raise UnreadableFile(
                path, "a fragment run without called bases", "a sequencing run", "ask `sanger.fragments`"
            )
        reads.append(judge(trace, parameters["cutoff"], parameters["least_ratio"] / 100))
    checks = [*_checks(reads, parameters)]
    plots = []
    for number, one in enumerate(reads[:_MOST_FIGURES]):
        figure = trace_figure(one.trace, number, one.label)
        plots += [figure] if figure else []
        plots += [quality_figure(one.trace, one.quality, number, one.label)] if len(one.trace) else []
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(reads, checks),
        findings=[*_findings(reads)],
        tables=[
            table
            for table in (_table(reads), checks_table(checks), _mixed_table(reads), _sequences(reads))
            if table.rows
        ],
        plots=plots,
        detail={"reads": len(reads), "checks": [one.as_json() for one in checks]},
    )
    progress(len(paths), len(paths), "reading")
    return answer


def _sentence(reads: Sequence[JudgedRead], checks: Sequence[Check]) -> Text:
    total = sum(one.quality.length for one in reads)
    kept = sum(one.quality.kept for one in reads)
    said = (
        f"{len(reads)} read{'s' * (len(reads) != 1)}, {total:,} bases called, {kept:,} kept.",
        f"共 {len(reads)} 条读段，判读 {total:,} 个碱基，保留 {kept:,} 个。",
        f"共 {len(reads)} 條讀段，判讀 {total:,} 個鹼基，保留 {kept:,} 個。",
    )
    return with_failed(said, checks)


def _findings(reads: Sequence[JudgedRead]) -> Iterator[Finding]:
    for one in reads:
        told, name = one.quality, one.label
        extra = {"read": name, "sample": one.trace.name}
        yield Finding(f"Q20+, {name}", told.q20, "bases", None, extra | {"rule": "phred >= 20"})
        yield Finding(f"CRL, {name}", told.crl, "bases", None, extra | {"rule": "mean of 20 bases >= 20"})
        yield Finding(f"kept, {name}", told.kept, "bases", None, extra | {"rule": "Mott", "from": told.keep[0] + 1})
        yield Finding(f"read length, {name}", told.length, "bases", None, extra)
        if told.kept:
            u = told.u_errors or None
            yield Finding(f"expected errors, {name}", told.expected_errors, "bases", u, extra | {"rule": "phred"})


def _table(reads: Sequence[JudgedRead]) -> Table:
    columns = (
        Column("file", Text("file", "文件", "檔案")),
        Column("sample", Text("sample", "样本", "樣本")),
        Column("well", Text("well", "孔位", "孔位")),
        Column("length", Text("read length", "读长", "讀長")),
        Column("q20", Text("Q20+", "Q20+", "Q20+")),
        Column("crl", Text("CRL", "连续读长", "連續讀長")),
        Column("kept", Text("kept", "保留", "保留")),
        Column("from", Text("from", "起", "起")),
        Column("to", Text("to", "止", "止")),
        Column("mean", Text("mean phred, kept", "保留段平均质量", "保留段平均品質"), "1", 1),
        Column("errors", Text("expected errors, kept", "保留段预期错误", "保留段預期錯誤"), "bases", 2),
        Column("mixed", Text("mixed places", "双峰位点", "雙峰位點")),
        Column("signal", Text("weakest signal", "最弱信号", "最弱訊號"), "RFU", 0),
        Column("run", Text("run", "运行时间", "執行時間")),
    )
    rows = []
    for one in reads:
        told, facts = one.quality, one.trace.facts
        row: dict[str, Any] = {"file": one.label, "sample": one.trace.name, "well": facts.get("well", "")}
        row |= {"length": told.length, "q20": told.q20, "crl": told.crl, "kept": told.kept}
        row |= {"from": told.keep[0] + 1 if told.kept else None, "to": told.keep[1] if told.kept else None}
        row |= {"mean": told.mean_quality, "errors": told.expected_errors, "mixed": len(one.mixed)}
        strength = one.trace.signal_strength
        rows.append(row | {"signal": min(strength.values()) if strength else None, "run": facts.get("run start", "")})
    return Table("reads", Text("Reads", "读段", "讀段"), columns, rows)


def _mixed_table(reads: Sequence[JudgedRead]) -> Table:
    columns = (
        Column("file", Text("file", "文件", "檔案")),
        Column("place", Text("place", "位置", "位置")),
        Column("called", Text("called", "判读", "判讀")),
        Column("both", Text("both bases", "两种碱基", "兩種鹼基")),
        Column("code", Text("code", "代码", "代碼")),
        Column("ratio", Text("second / first peak", "次峰 / 主峰", "次峰 / 主峰"), "%", 0),
    )
    rows = [
        {
            "file": one.label, "place": place.place + 1, "called": one.trace.bases[place.place],
            "both": f"{place.first}/{place.second}", "code": place.code, "ratio": 100 * place.ratio,
        }
        for one in reads
        for place in one.mixed
    ]  # fmt: skip
    return Table("mixed", Text("Mixed places", "双峰位点", "雙峰位點"), columns, rows[:_MOST_MIXED_ROWS])


def _sequences(reads: Sequence[JudgedRead]) -> Table:
    columns = (
        Column("file", Text("file", "文件", "檔案")),
        Column("from", Text("from", "起", "起")),
        Column("kept", Text("kept bases", "保留序列", "保留序列")),
    )
    rows = [
        {"file": one.label, "from": at + 1, "kept": one.trace.bases[at : min(at + 60, one.quality.keep[1])]}
        for one in reads
        for at in range(*one.quality.keep, 60)
    ]
    return Table("sequences", Text("Sequences", "序列", "序列"), columns, rows)


METHOD = Method(
    id="sanger.quality",
    version="0.2",
    title=Text("Quality of capillary sequencing reads", "毛细管测序读段质量", "毛細管定序讀段品質"),
    technique="sanger",
    accepts=KINDS,
    function=_run,
    many_files=True,
    parameters=(
        CUTOFF,
        Parameter(
            "least_crl", "integer", 500, Text("least continuous read length", "最低连续读长", "最低連續讀長"),
            unit="bases", minimum=0, maximum=5000,
        ),
        Parameter(
            "least_q20", "integer", 500, Text("least bases of phred 20", "最低 Q20 碱基数", "最低 Q20 鹼基數"),
            unit="bases", minimum=0, maximum=5000,
        ),
        LEAST_RATIO,
    ),
    example=(DATA / "3100.ab1",),
    expected=Expected("pass", {"Q20+, 3100.ab1": (682, 0), "CRL, 3100.ab1": (669, 0), "kept, 3100.ab1": (678, 0)}),
)  # fmt: skip
