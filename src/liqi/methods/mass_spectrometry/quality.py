"""How good a run is, before anybody asks what is in it: figures of the PSI vocabulary and named checks."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check, checks_table
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._run_metrics import SIGNS, Metric, Tally, metrics_of, shown, tally
from liqi.methods.readers import Spectrum, read

MOST_POINTS = 2000
_TELL_EVERY = 200
_EMPTY_PERCENT, _JUMP_PERCENT = 5.0, 1.0
_TITLES = {
    "whole": Text("file read to its end", "文件完整可读", "檔案完整可讀"),
    "survey": Text("survey (MS1) scans", "有一级扫描（MS1）", "有一級掃描（MS1）"),
    "times": Text("times go forward", "时间递增", "時間遞增"),
    "polarity": Text("polarity told", "注明极性", "註明極性"),
    "centroid": Text("peaks picked", "已做峰提取", "已做峰擷取"),
    "spray": Text("steady signal (tenfold jumps)", "信号稳定（十倍跳变）", "訊號穩定（十倍跳變）"),
}


def quality(spectra: Iterable[Spectrum]) -> list[dict[str, Any]]:
    """Return the figures of a run as mzQC writes them: accession, name, value, unit, and a title beside."""
    return [one.as_json() for one in metrics_of(tally(spectra))]


def checks_of(run: Tally, problems: Sequence[str], empty_percent: float, jump_percent: float) -> list[Check]:
    """Return the checks that this run can be put to."""
    surveys = len(run.tic.get(1, ()))
    backwards = f"{run.backwards} backwards, {run.without_time} missing"
    asked: tuple[tuple[str, bool, str, str], ...] = (
        ("whole", not problems, "; ".join(problems) or "whole", "whole"),
        ("survey", bool(surveys), str(surveys), "at least 1"),
        ("times", not (run.backwards or run.without_time), backwards, "none"),
        ("polarity", not run.without_polarity, f"{run.without_polarity} without", "none"),
        ("centroid", not run.profile, f"{run.profile} profile", "none"),
    )
    made = [Check(name, _TITLES[name], passed, found, expected) for name, passed, found, expected in asked]
    for level in sorted(run.tic):
        share = 100 * run.empty(level) / len(run.tic[level])
        title = Text(f"empty MS{level} scans", f"MS{level} 空谱图", f"MS{level} 空圖譜")
        told = f"{share:.2f} %", f"at most {empty_percent:g} %"
        made.append(Check(f"empty-{level}", title, share <= empty_percent, *told))
    figures = {one.accession: one.value for one in metrics_of(run)}
    if "MS:4000097" in figures:
        share = 100 * (figures["MS:4000097"] + figures["MS:4000098"]) / max(1, surveys - 1)
        told = f"{share:.2f} %", f"at most {jump_percent:g} %"
        made.append(Check("spray", _TITLES["spray"], share <= jump_percent, *told))
    return made


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    path = paths[0]
    run = read(path)
    if not run.acquired:
        found = f"a list of spectra ({run.format})"
        raise UnreadableFile(path, found, "a run with times, such as mzML", "name the instrument's own file")
    counted = tally(_told(run, run.expected, progress))
    metrics = metrics_of(counted)
    checks = checks_of(counted, run.problems, parameters["most_empty"], parameters["most_jumps"])
    failed = [one for one in checks if not one.passed]
    return Answer(
        verdict="review" if failed else "pass",
        sentence=_sentence(counted, checks, failed),
        findings=[_finding(one) for one in metrics if isinstance(one.value, int | float) and one.unit],
        tables=[_metric_table(metrics), checks_table(checks)],
        plots=list(_plots(counted)),
        warnings=[Notice("damaged-file", Text.same(problem)) for problem in run.problems],
        detail={
            "metrics": [one.as_json() for one in metrics],
            "checks": [one.as_json() for one in checks],
            "format": run.format,
        },
    )


def _told(run: Any, total: int, progress: Progress) -> Iterable[Spectrum]:
    done = 0
    for done, spectrum in enumerate(run, 1):
        yield spectrum
        if done % _TELL_EVERY == 0:
            progress(done, max(total, done), "reading")
    progress(done, done, "reading")


def _sentence(run: Tally, checks: Sequence[Check], failed: Sequence[Check]) -> Text:
    spectra, passed = run.spectra, len(checks) - len(failed)
    words = [", ".join(one.title.of(language) for one in failed) for language in ("en", "zh-Hans", "zh-Hant")]
    if not failed:
        return Text(
            f"{spectra} spectra; all {passed} checks pass.",
            f"共 {spectra} 张谱图，{passed} 项检查全部通过。",
            f"共 {spectra} 張圖譜，{passed} 項檢查全部通過。",
        )
    return Text(
        f"{spectra} spectra; {passed} of {len(checks)} checks pass. To look at again: {words[0]}.",
        f"共 {spectra} 张谱图，{len(checks)} 项检查通过 {passed} 项。需复核：{words[1]}。",
        f"共 {spectra} 張圖譜，{len(checks)} 項檢查通過 {passed} 項。需複核：{words[2]}。",
    )


def _finding(one: Metric) -> Finding:
    unit = SIGNS[one.unit] if one.unit else "1"
    return Finding(one.name, one.value, unit, None, {"accession": one.accession})


def _metric_table(metrics: Sequence[Metric]) -> Table:
    columns = (
        Column("metric", Text("figure", "指标", "指標")),
        Column("value", Text("value", "数值", "數值")),
        Column("unit", Text("unit", "单位", "單位")),
        Column("accession", Text("PSI-MS term", "PSI-MS 术语", "PSI-MS 術語")),
    )
    rows = [
        {
            "metric": one.title.as_json(),
            "value": shown(one.value),
            "unit": SIGNS[one.unit] if one.unit else "",
            "accession": one.accession,
        }
        for one in metrics
    ]
    return Table("metrics", Text("Figures of the run", "运行指标", "執行指標"), columns, rows)


def _plots(run: Tally) -> Iterable[Plot]:
    """The MS1 ion current over time, of MS2 where there is no MS1."""
    level = 1 if 1 in run.tic else min(run.tic, default=1)
    time, tic = run.level(level)
    if time.size < 2:
        return
    step = -(-time.size // MOST_POINTS)
    chosen = [start + int(np.argmax(tic[start : start + step])) for start in range(0, time.size, step)]
    heights = [float(f"{value:.5g}") for value in tic[chosen]]
    series = {"label": f"MS{level} TIC", "x": np.round(time[chosen], 3).tolist(), "y": heights}
    yield Plot(
        "tic",
        "line",
        Text("Total ion current", "总离子流", "總離子流"),
        Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)"),
        Text("intensity (counts)", "强度（计数）", "強度（計數）"),
        {"series": [series], "marks": []},
    )


def _share(name: str, default: float, title: Text) -> Parameter:
    return Parameter(name, "number", default, title, unit="%", minimum=0, maximum=100)


METHOD = Method(
    id="ms.quality",
    version="0.1",
    title=Text("Quality of a run (mzQC)", "质谱运行质量检查（mzQC）", "質譜執行品質檢查（mzQC）"),
    technique="hrms",
    accepts=("mzml", "mzxml", "imzml", "andi", "jcamp"),
    function=_run,
    expected=Expected("pass", {"number of MS1 spectra": (5, 0), "number of MS2 spectra": (425, 0)}),
    parameters=(
        _share("most_empty", _EMPTY_PERCENT, Text("most empty scans", "空谱图上限", "空圖譜上限")),
        _share("most_jumps", _JUMP_PERCENT, Text("most tenfold jumps", "十倍跳变上限", "十倍跳變上限")),
    ),
    example=(Path(__file__).with_name("data") / "example_mixture.mzML",),
)
