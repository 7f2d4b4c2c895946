"""Isotope patterns and neutral masses as an answer: sentence, findings, tables, figures, warnings."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry import _isotope_words as words
from liqi.methods.mass_spectrometry._isotope_ratios import Asked, Pattern, Value
from liqi.methods.mass_spectrometry._neutral import NeutralMass
from liqi.methods.uncertainty import rounded

LABELLED_FROM = 0.01
TIMES = 3.0
NEVER = 1e-4
MISFIT = 0.05
TOGETHER = 0.8
MOST_MASSES = 500
MOST_PLOTS = 30
LEAST_UNCERTAINTY = 1e-6
SYNTHETIC_MARK = "synthetic"


def answer_of(
    patterns: Sequence[Pattern],
    missing: Sequence[tuple[Asked, str]],
    masses: Sequence[tuple[str, NeutralMass]],
    files: Sequence[str],
    counted: bool,
) -> Answer:
    """Return the answer; the verdict is ``labelled`` where an enrichment is beyond doubt."""
    labelled = [one for one in patterns if is_labelled(one)]
    verdict = "labelled" if labelled else "natural" if patterns else "deconvoluted" if masses else "not found"
    synthetic = any(SYNTHETIC_MARK in name.lower() for name in files)
    findings = [finding for one in patterns for finding in _findings(one)]
    if not patterns:
        findings = [_mass_finding(name, one) for name, one in masses[:20]]
    return Answer(
        verdict=verdict,
        sentence=_sentence(patterns, labelled, missing, masses),
        findings=findings,
        tables=[_enrichment_table(patterns), _shares_table(patterns), _ratios_table(patterns), _masses_table(masses)],
        plots=_plots(patterns)[:MOST_PLOTS] + ([_map(masses)] if masses else []),
        warnings=_warnings(patterns, missing, synthetic, counted),
        tags=[SYNTHETIC_MARK] if synthetic else [],
        detail={"counts": {"labelled": len(labelled), "patterns": len(patterns), "neutral masses": len(masses)}},
    )


def is_labelled(one: Pattern) -> bool:
    """Return whether the enrichment is above 1 % and three times its uncertainty, of peaks that elute together."""
    beyond = one.enrichment.value > max(LABELLED_FROM, TIMES * one.enrichment.uncertainty)
    return beyond and one.together >= TOGETHER


def _sentence(
    patterns: Sequence[Pattern],
    labelled: Sequence[Pattern],
    missing: Sequence[tuple[Asked, str]],
    masses: Sequence[tuple[str, NeutralMass]],
) -> Text:
    agreed = sum(one.evidence != "assumed" for _, one in masses)
    english = f"{len(masses)} neutral masses, {agreed} of them by two ions or by charge"
    hans = f"得到 {len(masses)} 个中性质量，其中 {agreed} 个有多种离子或电荷佐证"
    hant = f"得到 {len(masses)} 個中性質量，其中 {agreed} 個有多種離子或電荷佐證"
    if patterns or missing:
        named = ", ".join(f"{one.asked.name} {100 * one.enrichment.value:.1f} %" for one in labelled[:3])
        chinese = "、".join(f"{one.asked.name} {100 * one.enrichment.value:.1f} %" for one in labelled[:3])
        total = len(patterns) + len(missing)
        english = f"{len(labelled)} of {total} are labelled{' (' + named + ')' if named else ''}; " + english
        hans = f"{total} 项中 {len(labelled)} 项有标记{'（' + chinese + '）' if chinese else ''}；" + hans
        hant = f"{total} 項中 {len(labelled)} 項有標記{'（' + chinese + '）' if chinese else ''}；" + hant
    return Text(f"{english}.", f"{hans}。", f"{hant}。")


def _findings(one: Pattern) -> list[Finding]:
    at = f"{one.asked.name}, {one.sample}"
    facts = {"label": one.asked.label, "formula": one.asked.formula, "adduct": one.asked.adduct}
    found = [_finding(f"enrichment of {at}", one.enrichment, {**facts, "labelled": is_labelled(one)})]
    natural = one.asked.scheme.natural
    for k, ratio in enumerate(one.ratios[:2], 1):
        found.append(_finding(f"M+{k}/M+0 of {at}", ratio, {**facts, "natural": round(float(natural[k]), 6)}))
    return found


def _finding(name: str, value: Value, extra: dict[str, Any]) -> Finding:
    told = {**extra, "from": value.source, "replicates": value.replicates}
    number, uncertainty = rounded(value.value, max(value.uncertainty, LEAST_UNCERTAINTY))
    return Finding(name, number, "1", uncertainty, told)


def _mass_finding(file: str, one: NeutralMass) -> Finding:
    extra = {"file": file, "evidence": one.evidence, "ions": [ion.adduct for ion in one.ions]}
    name = f"{one.mass:.4f} Da at {one.apex_s:.1f} s"
    mass, uncertainty = rounded(one.mass, one.uncertainty)
    return Finding(name, mass, "Da", uncertainty, extra)


_WHO = (
    Column("name", Text("substance", "物质", "物質")),
    Column("sample", Text("sample", "样品", "樣品")),
)


def _enrichment_table(patterns: Sequence[Pattern]) -> Table:
    columns = (
        *_WHO,
        Column("label", Text("label", "标记", "標記")),
        Column("atoms", Text("atoms that may carry it", "可标记原子数", "可標記原子數")),
        Column("enrichment", Text("mean enrichment", "平均富集度", "平均富集度"), "1", 5),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1", 5),
        Column("source", Text("uncertainty from", "不确定度来源", "不確定度來源")),
        Column("runs", Text("runs", "进样次数", "進樣次數")),
        Column("misfit", Text("unexplained", "未解释部分", "未解釋部分"), "1", 3),
        Column("together", Text("eluting together", "共洗脱相关", "共沖提相關"), "1", 2),
        Column("labelled", Text("labelled", "有标记", "有標記")),
    )
    rows = [
        {
            "name": one.asked.name,
            "sample": one.sample,
            "label": one.asked.label,
            "atoms": one.asked.scheme.atoms,
            "enrichment": round(one.enrichment.value, 6),
            "uncertainty": round(one.enrichment.uncertainty, 7),
            "source": words.SOURCES[one.enrichment.source].as_json(),
            "runs": len(one.runs),
            "misfit": round(one.misfit, 4),
            "together": round(one.together, 3),
            "labelled": (words.YES if is_labelled(one) else words.NO).as_json(),
        }
        for one in patterns
    ]
    return Table("enrichment", Text("Enrichment", "富集度", "富集度"), columns, rows)


def _shares_table(patterns: Sequence[Pattern]) -> Table:
    columns = (
        *_WHO,
        Column("labels", Text("labelled atoms", "标记原子数", "標記原子數")),
        Column("share", Text("share of molecules", "分子占比", "分子占比"), "1", 4),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1", 4),
        Column("measured", Text("measured peak", "实测峰占比", "實測峰占比"), "1", 4),
        Column("mz", Text.same("m/z"), "m/z", 4),
    )
    rows = []
    for one in patterns:
        measured = _measured(one)
        for j, share in enumerate(one.shares):
            row = {"name": one.asked.name, "sample": one.sample, "labels": j, "share": round(share.value, 6)}
            row |= {"uncertainty": round(share.uncertainty, 7), "measured": round(float(measured[j]), 6)}
            rows.append(row | {"mz": round(float(one.asked.scheme.mz[j]), 5)})
    title = Text("Molecules by labelled atoms", "按标记原子数的分子分布", "以標記原子數的分子分布")
    return Table("isotopologues", title, columns, rows)


def _ratios_table(patterns: Sequence[Pattern]) -> Table:
    columns = (
        *_WHO,
        Column("peak", Text("peak", "峰", "峰")),
        Column("ratio", Text("ratio to M+0", "与 M+0 之比", "與 M+0 之比"), "1", 5),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1", 5),
        Column("source", Text("uncertainty from", "不确定度来源", "不確定度來源")),
        Column("natural", Text("natural ratio", "天然比值", "天然比值"), "1", 5),
    )
    rows = []
    for one in patterns:
        natural = one.asked.scheme.natural
        for k, ratio in enumerate(one.ratios, 1):
            if not ratio.value and natural[k] < NEVER:
                continue
            row = {"name": one.asked.name, "sample": one.sample, "peak": f"M+{k}", "ratio": round(ratio.value, 6)}
            row |= {"uncertainty": round(ratio.uncertainty, 7), "source": words.SOURCES[ratio.source].as_json()}
            rows.append(row | {"natural": round(float(natural[k]), 6)})
    return Table("ratios", Text("Isotope ratios", "同位素比值", "同位素比值"), columns, rows)


def _masses_table(masses: Sequence[tuple[str, NeutralMass]]) -> Table:
    columns = (
        Column("file", Text("run", "进样", "進樣")),
        Column("mass", Text("neutral mass", "中性质量", "中性質量"), "Da", 4),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "Da", 5),
        Column("retention_time_s", Text("retention time", "保留时间", "滯留時間"), "s", 1),
        Column("area", Text("area of all ions", "全部离子峰面积", "全部離子峰面積"), "counts s", 0),
        Column("ions", Text("ions", "离子", "離子")),
        Column("evidence", Text("evidence", "依据", "依據")),
    )
    rows = [
        {
            "file": file,
            "mass": round(one.mass, 5),
            "uncertainty": round(one.uncertainty, 6),
            "retention_time_s": round(one.apex_s, 2),
            "area": round(one.area, 1),
            "ions": ", ".join(f"{ion.adduct} {ion.mz:.4f}" for ion in one.ions),
            "evidence": words.EVIDENCE[one.evidence].as_json(),
        }
        for file, one in masses[:MOST_MASSES]
    ]
    return Table("neutral-masses", Text("Neutral masses", "中性质量", "中性質量"), columns, rows)


def _measured(one: Pattern) -> Any:
    return np.mean([run.areas / run.areas.sum() for run in one.runs], axis=0)


def _plots(patterns: Sequence[Pattern]) -> list[Plot]:
    plots = []
    for one in patterns:
        at = f"{one.asked.name}, {one.sample}"
        names = [f"M+{k}" for k in range(len(one.shares))]
        plots.append(
            Plot(
                f"labels-{at}",
                "bars",
                Text(f"Labelled atoms of {at}", f"{at} 的标记分布", f"{at} 的標記分布"),
                Text("labelled atoms", "标记原子数", "標記原子數"),
                Text("share of molecules", "分子占比", "分子占比"),
                {
                    "names": names,
                    "values": [round(share.value, 6) for share in one.shares],
                    "low": [round(max(share.value - 2 * share.uncertainty, 0.0), 6) for share in one.shares],
                    "high": [round(min(share.value + 2 * share.uncertainty, 1.0), 6) for share in one.shares],
                },
            )
        )
        plots.append(_traces(one, at))
    return plots


def _traces(one: Pattern, at: str) -> Plot:
    run = one.runs[0]
    time = run.traces[0].time_s
    near = np.abs(time - run.peak.apex_s) <= 2 * one.asked.window_s
    series = [
        {"label": f"M+{k}", "x": time[near].round(3).tolist(), "y": trace.intensity[near].round(1).tolist()}
        for k, trace in enumerate(run.traces)
    ]
    marks = [{"label": "apex", "x": round(run.peak.apex_s, 2), "y": round(run.peak.height, 1)}]
    title = Text(f"Isotopologues of {at}", f"{at} 的同位素峰", f"{at} 的同位素峰")
    axes = Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)"), Text("intensity", "强度", "強度")
    return Plot(f"traces-{at}", "line", title, *axes, {"series": series, "marks": marks})


def _map(masses: Sequence[tuple[str, NeutralMass]]) -> Plot:
    title = Text("Neutral masses over time", "中性质量分布图", "中性質量分布圖")
    data = {
        "x": [round(one.apex_s, 2) for _, one in masses],
        "y": [round(one.mass, 5) for _, one in masses],
        "value": [round(one.area, 1) for _, one in masses],
        "names": [", ".join(ion.adduct for ion in one.ions) for _, one in masses],
    }
    axes = (
        Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)"),
        Text("neutral mass (Da)", "中性质量 (Da)", "中性質量 (Da)"),
    )
    return Plot("neutral-masses", "map", title, *axes, data)


def _warnings(
    patterns: Sequence[Pattern], missing: Sequence[tuple[Asked, str]], synthetic: bool, counted: bool
) -> list[Notice]:
    notices = [words.SYNTHETIC] if synthetic else []
    if missing:
        names = ", ".join(sorted({f"{one.name} ({sample})" for one, sample in missing}))
        notices.append(Notice("no-peak", Text(f"No peak of: {names}.", f"未找到峰：{names}。", f"未找到峰：{names}。")))
    if any(one.misfit > MISFIT for one in patterns):
        notices.append(words.MISFIT)
    if any(one.together < TOGETHER for one in patterns):
        notices.append(words.APART)
    if any(len(one.runs) < 2 for one in patterns):
        notices.append(words.ONE_RUN)
    if patterns and not counted:
        notices.append(words.NOT_COUNTED)
    return notices
