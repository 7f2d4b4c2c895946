"""Fragments of a capillary run sized by the size standard that ran with them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.readers import sniff
from liqi.methods.sequencing._abif import read_abif
from liqi.methods.sequencing._figures import fragment_figure
from liqi.methods.sequencing._fragments import LADDERS, SATURATED, Ladder, Peak, find_ladder, peaks_of
from liqi.methods.sequencing._trace import Dye, Trace

DATA = Path(__file__).with_name("data")
WORST_U, LEAST_RUNG = 1.5, 50.0
_MOST_FINDINGS = 300
_MARK_NM = 590
_TITLES = {
    "ladder": Text("every rung of the size standard is found", "分子量内标各条带均找到", "分子量內標各條帶均找到"),
    "even": Text("rungs lie on a smooth curve", "内标条带落在平滑曲线上", "內標條帶落在平滑曲線上"),
    "strong": Text("rungs are strong enough", "内标信号足够", "內標訊號足夠"),
    "scale": Text("no peak off scale", "无饱和峰", "無飽和峰"),
}


def _standard_dye(trace: Trace, wanted: str) -> Dye:
    if wanted:
        found = next((one for one in trace.dyes if one.name.lower() == wanted.lower()), None)
        if found is None:
            names = ", ".join(one.name for one in trace.dyes)
            raise UnreadableFile(
                trace.path, f"no dye {wanted!r}", f"one of {names}", "name the dye of the size standard"
            )
        return found
    red = [one for one in trace.dyes if (one.wavelength_nm or 0) >= _MARK_NM or one.name.upper() in ("ROX", "LIZ")]
    return red[-1] if red else trace.dyes[-1]


def _checks(ladder: Ladder, rungs: Sequence[Peak], peaks: Mapping[str, Sequence[Peak]]) -> Iterator[Check]:
    whole = len(LADDERS[ladder.name])
    told = f"{ladder.sizes.size} of {whole} ({ladder.name})"
    yield Check("ladder", _TITLES["ladder"], ladder.missing == 0, told, str(whole), "")
    yield Check("even", _TITLES["even"], ladder.u <= WORST_U, f"{ladder.u:.2f}", f"<= {WORST_U:g} bases", "")
    heights = [one.height for one in rungs if any(abs(one.scan - scan) < 0.5 for scan in ladder.scans)]
    weakest = min(heights, default=0.0)
    yield Check("strong", _TITLES["strong"], weakest >= LEAST_RUNG, f"{weakest:.0f} RFU", f">= {LEAST_RUNG:g} RFU", "")
    off = [
        f"{name} {ladder.size(one.scan):.0f}"
        for name, found in peaks.items()
        for one in found
        if one.height >= SATURATED and ladder.size(one.scan) is not None
    ]
    yield Check("scale", _TITLES["scale"], not off, ", ".join(off[:6]) or "0", f"< {SATURATED:g} RFU", "")


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    path = paths[0]
    progress(0, 2, "reading")
    kind = sniff(path)
    if kind != "abif":
        raise UnreadableFile(path, f"a {kind} file", "an ABIF fragment run (.fsa)", "export the run as .fsa")
    trace = read_abif(path)
    if trace.bases:
        raise UnreadableFile(
            path, f"a read of {len(trace)} called bases", "a fragment run (.fsa)", "ask `sanger.quality`"
        )
    if not trace.dyes:
        raise UnreadableFile(path, "no raw signal of a dye", "an ABIF fragment run (.fsa)", "export the run as .fsa")
    dye = _standard_dye(trace, parameters["standard_dye"].strip())
    progress(1, 2, "sizing")
    rungs = peaks_of(dye, parameters["least_rung"])
    chosen = tuple(LADDERS) if parameters["ladder"] == "auto" else (parameters["ladder"],)
    ladder = find_ladder(rungs, chosen)
    if ladder is None:
        found = f"{len(rungs)} peaks of {dye.name} that fit no size standard"
        do = "name the dye and the size standard, or lower the least rung"
        raise UnreadableFile(path, found, f"the rungs of {', '.join(chosen)}", do)
    others = [one for one in trace.dyes if one is not dye]
    peaks = {one.name: peaks_of(one, parameters["least_height"]) for one in others}
    checks = [*_checks(ladder, rungs, peaks)]
    rows = [*_rows(ladder, peaks)]
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(ladder, len(rows), checks),
        findings=[*_findings(ladder, rows)],
        tables=[_table(rows), checks_table(checks), _ladder_table(ladder)],
        plots=[fragment_figure(one, ladder, peaks.get(one.name, []), n) for n, one in enumerate([*others, dye])],
        detail={"ladder": ladder.name, "dye": dye.name, "u": ladder.u, "checks": [one.as_json() for one in checks]},
    )
    progress(2, 2, "sizing")
    return answer


def _rows(ladder: Ladder, peaks: Mapping[str, Sequence[Peak]]) -> Iterator[dict[str, Any]]:
    for name, found in peaks.items():
        for one in found:
            size = ladder.size(one.scan)
            if size is not None:
                row = {"dye": name, "size": size, "u": ladder.u, "height": one.height, "area": one.area}
                yield row | {"width": one.width, "scan": one.scan}


def _sentence(ladder: Ladder, number: int, checks: Sequence[Check]) -> Text:
    said = (
        f"{number} fragments sized by {ladder.name}, u {ladder.u:.2f} bases.",
        f"以 {ladder.name} 为内标测得 {number} 个片段，u 为 {ladder.u:.2f} 个碱基。",
        f"以 {ladder.name} 為內標測得 {number} 個片段，u 為 {ladder.u:.2f} 個鹼基。",
    )
    return with_failed(said, checks)


def _findings(ladder: Ladder, rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    yield Finding("rungs", int(ladder.sizes.size), "rungs", max(ladder.u, 1e-6), {"standard": ladder.name})
    for row in sorted(rows, key=lambda row: -row["height"])[:_MOST_FINDINGS]:
        extra = {"dye": row["dye"], "height": round(row["height"], 1), "rule": "local Southern"}
        yield Finding(f"{row['dye']} {row['size']:.0f}", row["size"], "bases", row["u"], extra)


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("dye", Text("dye", "染料", "染料")),
        Column("size", Text("size", "大小", "大小"), "bases", 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "bases", 2),
        Column("height", Text("height", "峰高", "峰高"), "RFU", 0),
        Column("area", Text("area", "峰面积", "峰面積"), "RFU·scan", 0),
        Column("width", Text("width", "峰宽", "峰寬"), "scans", 1),
        Column("scan", Text("scan", "扫描点", "掃描點"), "1", 1),
    )
    return Table("fragments", Text("Fragments", "片段", "片段"), columns, rows)


def _ladder_table(ladder: Ladder) -> Table:
    columns = (
        Column("size", Text("rung", "条带", "條帶"), "bases", 0),
        Column("scan", Text("scan", "扫描点", "掃描點"), "1", 1),
        Column("off", Text("off a smooth curve", "偏离平滑曲线", "偏離平滑曲線"), "bases", 2),
    )
    told = zip(ladder.sizes.tolist(), ladder.scans.tolist(), ladder.residuals.tolist(), strict=True)
    rows = [{"size": size, "scan": scan, "off": off} for size, scan, off in told]
    return Table("ladder", Text("Size standard", "分子量内标", "分子量內標"), columns, rows)


METHOD = Method(
    id="sanger.fragments",
    version="0.1",
    title=Text("Sizes of DNA fragments", "DNA 片段分析（内标定大小）", "DNA 片段分析（內標定大小）"),
    technique="sanger",
    accepts=("abif",),
    function=_run,
    parameters=(
        Parameter(
            "ladder", "choice", "auto", Text("size standard", "分子量内标", "分子量內標"), choices=("auto", *LADDERS),
        ),
        Parameter("standard_dye", "text", "", Text("dye of the size standard", "内标染料", "內標染料")),
        Parameter(
            "least_height", "number", 100.0, Text("least peak", "最低峰高", "最低峰高"),
            unit="RFU", minimum=1, maximum=1e6,
        ),
        Parameter(
            "least_rung", "number", 50.0, Text("least rung", "内标最低峰高", "內標最低峰高"),
            unit="RFU", minimum=1, maximum=1e6,
        ),
    ),
    example=(DATA / "test.fsa",),
    libraries=("numpy", "scipy"),
    expected=Expected("pass", {"rungs": (16, 0)}),
)  # fmt: skip
