"""An assay as an answer: sentence, findings, tables, figures and warnings."""

from collections.abc import Sequence
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Notice, Table
from liqi.methods._text import Text
from liqi.methods.calibration import capability
from liqi.methods.mass_spectrometry import _assay_words as words
from liqi.methods.mass_spectrometry._assay import Assay, Question, Result
from liqi.methods.mass_spectrometry._assay_checks import Check, failed
from liqi.methods.mass_spectrometry._assay_plots import plots_of, rounded
from liqi.methods.mass_spectrometry._rulings import Ruling
from liqi.methods.uncertainty import budget_table
from liqi.methods.uncertainty import rounded as together

SYNTHETIC_MARK = "synthetic"
MOST_PLOTS = 60


def answer_of(
    assay: Assay,
    checks: Sequence[Check],
    rulings: Sequence[Ruling],
    question: Question,
    unlisted: Sequence[str] = (),
) -> Answer:
    """Return the answer; the verdict is the gravest that any sample has; `unlisted` fall under no limit asked for."""
    bad = [one for one in assay.results if failed(one, checks)]
    budgets = {
        f"{one.target.name}, {one.sample}": one.budget
        for one in assay.results
        if one.budget and one.state == "quantified"
    }
    files = [one.file for one in assay.measured]
    synthetic = any(SYNTHETIC_MARK in name.lower() for name in files)
    return Answer(
        verdict=_verdict(assay, rulings, bad),
        sentence=_sentence(assay, rulings, bad),
        findings=[_finding(one, checks, question) for one in assay.results if one.measured and _has_value(one)],
        tables=[
            _results_table(assay, checks, question),
            _rulings_table(rulings, assay.unit),
            _checks_table(checks),
            _lines_table(assay),
            _points_table(assay),
            budget_table(budgets, words.PARTS),
        ],
        plots=plots_of(assay, question)[:MOST_PLOTS],
        warnings=_warnings(assay, checks, rulings, question, synthetic, unlisted),
        tags=[SYNTHETIC_MARK] if synthetic else [],
        detail={"counts": _counts(assay, rulings), "unit": assay.unit},
    )


def _has_value(one: Result) -> bool:
    return one.state == "quantified" or (one.state == "detected" and any(run.peak for run in one.measured))


def _verdict(assay: Assay, rulings: Sequence[Ruling], bad: Sequence[Result]) -> str:
    found = {one.verdict for one in rulings}
    if "above" in found:
        return "above limit"
    if bad or "review" in found:
        return "review"
    if found & {"not above", "open"}:
        return "not above limit"
    states = {one.state for one in assay.results}
    return next((state for state in ("quantified", "detected") if state in states), "not detected")


def _counts(assay: Assay, rulings: Sequence[Ruling]) -> dict[str, int]:
    counts = {state: sum(one.state == state for one in assay.results) for state in words.STATES}
    counts |= {"above limit": sum(one.verdict == "above" for one in rulings)}
    counts |= {"not above limit": sum(one.verdict in ("not above", "open") for one in rulings)}
    return counts


def _sentence(assay: Assay, rulings: Sequence[Ruling], bad: Sequence[Result]) -> Text:
    total, samples = len(assay.results), len({one.sample for one in assay.results})
    quantified = sum(one.state == "quantified" for one in assay.results)
    above = [one for one in rulings if one.verdict == "above"]
    fine = sum(one.verdict in ("not above", "open") for one in rulings)
    silent = len(rulings) - len(above) - fine
    english = f"{quantified} of {total} concentrations quantified in {samples} samples"
    hans = f"{samples} 个样品的 {total} 项测定中已定量 {quantified} 项"
    hant = f"{samples} 個樣品的 {total} 項測定中已定量 {quantified} 項"
    if rulings:
        named = ", ".join(f"{one.limit.name} in {one.sample} ({one.limit.text})" for one in above[:3])
        chinese = "、".join(f"{one.sample} 的 {one.limit.name}（{one.limit.text}）" for one in above[:3])
        english += f"; {len(above)} above a limit{': ' + named if named else ''}, {fine} not above, {silent} no verdict"
        hans += f"；超过限量 {len(above)} 项{'：' + chinese if chinese else ''}，未超过 {fine} 项，不作判定 {silent} 项"
        hant += f"；超過限量 {len(above)} 項{'：' + chinese if chinese else ''}，未超過 {fine} 項，不作判定 {silent} 項"
    if bad:
        english += f"; {len(bad)} need review"
        hans += f"；{len(bad)} 项需复核"
        hant += f"；{len(bad)} 項需複核"
    return Text(f"{english}.", f"{hans}。", f"{hant}。")


def _finding(one: Result, checks: Sequence[Check], question: Question) -> Finding:
    name = f"{one.target.name}, {one.sample}"
    verdict = "review" if failed(one, checks) else one.state
    if one.budget is None or one.concentration is None:
        peaks = [run.peak for run in one.measured if run.peak]
        area = sum(peak.area for peak in peaks) / len(peaks)
        return Finding(name, round(area, 4), "area", None, {"verdict": verdict, "target": one.target.name})
    low = one.concentration - one.budget.expanded(question.level)
    extra = {
        "verdict": verdict,
        "target": one.target.name,
        "sample": one.sample,
        "expanded_uncertainty": rounded(one.budget.expanded(question.level)),
        "coverage_factor": round(one.budget.coverage_factor(question.level), 2),
        "level": question.level,
        "interval": [rounded(low), rounded(one.concentration + one.budget.expanded(question.level))],
    }
    value, uncertainty = together(one.concentration, one.budget.combined)
    return Finding(name, value, one.budget.unit, uncertainty, extra)


def _results_table(assay: Assay, checks: Sequence[Check], question: Question) -> Table:
    unit = assay.unit or "1"
    columns = (
        Column("sample", Text("sample", "样品", "樣品")),
        Column("target", Text("substance", "物质", "物質")),
        Column("state", Text("result", "结果", "結果")),
        Column("concentration", Text("concentration", "浓度", "濃度"), unit, 3),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), unit, 3),
        Column("expanded", Text("expanded uncertainty", "扩展不确定度", "擴充不確定度"), unit, 3),
        Column("factor", Text("k", "包含因子 k", "涵蓋因子 k"), "1", 2),
        Column("retention_time_s", Text("retention time", "保留时间", "滯留時間"), "s", 1),
        Column("area", Text("area", "峰面积", "峰面積"), "counts s", 0),
        Column("signal_to_noise", Text("signal / noise", "信噪比", "訊噪比"), "1", 0),
        Column("runs", Text("runs", "进样次数", "進樣次數")),
        Column("failed", Text("failed checks", "未通过的检查", "未通過的檢查")),
    )
    rows = [_result_row(one, failed(one, checks), question) for one in assay.results]
    return Table("results", Text("Concentrations", "浓度", "濃度"), columns, rows)


def _result_row(one: Result, against: Sequence[Check], question: Question) -> dict[str, Any]:
    peak = next((run.peak for run in one.measured if run.peak), None)
    told = one.budget if one.state == "quantified" else None
    names = list(dict.fromkeys(check.name for check in against))
    said = Text(*(mark.join(words.CHECKS[name].of(tag) for name in names) for mark, tag in _LISTED))
    return {
        "sample": one.sample,
        "target": one.target.name,
        "state": words.STATES[one.state].as_json(),
        "concentration": rounded(told.value) if told else None,
        "uncertainty": rounded(told.combined) if told else None,
        "expanded": rounded(told.expanded(question.level)) if told else None,
        "factor": round(told.coverage_factor(question.level), 2) if told else None,
        "retention_time_s": round(peak.apex_s, 2) if peak else None,
        "area": round(peak.area, 2) if peak else None,
        "signal_to_noise": round(peak.signal_to_noise, 1) if peak and peak.signal_to_noise else None,
        "runs": len(one.measured),
        "failed": said.as_json() if names else "",
    }


_LISTED = ((", ", "en"), ("、", "zh-Hans"), ("、", "zh-Hant"))


def _rulings_table(rulings: Sequence[Ruling], unit: str) -> Table:
    columns: tuple[Column, ...] = (
        Column("sample", Text("sample", "样品", "樣品")),
        Column("substance", Text("substance", "物质", "物質")),
        Column("text", Text("limit of", "限量依据", "限量依據")),
        Column("limit", Text("limit", "限量", "限量"), unit or "1", 3),
        Column("concentration", Text("found", "实测", "實測"), unit or "1", 3),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), unit or "1", 3),
        Column("decision", Text("decision limit CCα", "判定限 CCα", "判定限 CCα"), unit or "1", 3),
        Column("verdict", Text("verdict", "判定", "判定")),
        Column("seen_in", Text("where the value was seen", "数值出处", "數值出處")),
    )
    if any(one.instead_of for one in rulings):
        columns += (Column("instead_of", Text("in place of the list's", "替代清单中的限量", "取代清單中的限量")),)
    rows = [
        {
            "sample": one.sample,
            "substance": one.limit.name,
            "text": one.limit.text,
            "limit": one.limit.in_unit(unit),
            "concentration": None if one.concentration is None else rounded(one.concentration),
            "uncertainty": None if one.uncertainty is None else rounded(one.uncertainty),
            "decision": None if one.decision is None else rounded(one.decision),
            "verdict": words.RULINGS[one.verdict].as_json(),
            "seen_in": one.limit.seen_in,
        }
        | ({"instead_of": words.limit_told(one.instead_of).as_json()} if one.instead_of else {})
        for one in rulings
    ]
    return Table("limits", Text("Against limits", "与限量比较", "與限量比較"), columns, rows)


def _checks_table(checks: Sequence[Check]) -> Table:
    columns = (
        Column("check", Text("check", "检查", "檢查")),
        Column("target", Text("substance", "物质", "物質")),
        Column("file", Text("run", "进样", "進樣")),
        Column("value", Text("value", "数值", "數值")),
        Column("rule", Text("rule", "规则", "規則")),
        Column("outcome", Text("outcome", "结论", "結論")),
        Column("source", Text("source", "来源", "來源")),
    )
    rows = [
        {
            "check": words.CHECKS[one.name].as_json(),
            "target": one.target,
            "file": one.file,
            "value": f"{one.value:.3g}{'' if one.unit == '1' else ' ' + one.unit}",
            "rule": one.rule,
            "outcome": (words.YES if one.ok else words.NO).as_json(),
            "source": one.source,
        }
        for one in sorted(checks, key=lambda one: one.ok)
    ]
    return Table("checks", Text("Checks", "检查", "檢查"), columns, rows)


def _lines_table(assay: Assay) -> Table:
    unit = assay.unit or "1"
    columns = (
        Column("target", Text("substance", "物质", "物質")),
        Column("weighting", Text("weighting", "权重", "權重")),
        Column("slope", Text("slope", "斜率", "斜率"), f"1/({unit})", 6),
        Column("u_slope", Text("its standard uncertainty", "斜率标准不确定度", "斜率標準不確定度"), f"1/({unit})", 6),
        Column("intercept", Text("intercept", "截距", "截距"), "1", 6),
        Column("u_intercept", Text("its standard uncertainty", "截距标准不确定度", "截距標準不確定度"), "1", 6),
        Column("r_squared", Text("R²", "R²", "R²"), "1", 5),
        Column("residual_sd", Text("residual s", "残差标准差", "殘差標準差"), "1", 6),
        Column("points", Text("calibrants", "标准点数", "標準點數")),
        Column("low", Text("from", "下限", "下限"), unit, 3),
        Column("high", Text("to", "上限", "上限"), unit, 3),
        Column("detection", Text("LOD (3.3 s/b)", "检出限（3.3 s/b）", "偵測極限（3.3 s/b）"), unit, 3),
        Column(
            "critical", Text("critical value (ISO 11843-2)", "临界值（ISO 11843-2）", "臨界值（ISO 11843-2）"), unit, 3
        ),
        Column("detectable", Text("minimum detectable", "最小可检出值", "最小可偵測值"), unit, 3),
        Column("quantitation", Text("LOQ (10 s/b)", "定量限（10 s/b）", "定量極限（10 s/b）"), unit, 3),
    )
    rows = []
    for name, one in assay.calibrations.items():
        line = one.line
        row: dict[str, Any] = {"target": name, "weighting": line.weighting, "points": int(line.x.size)}
        row |= {key: rounded(getattr(line, key)) for key in ("slope", "u_slope", "intercept", "u_intercept")}
        row |= {"r_squared": round(line.r_squared, 6), "residual_sd": rounded(line.residual_sd)}
        row |= {key: rounded(getattr(one, key)) for key in ("low", "high", "detection", "quantitation")}
        able = capability(line)
        row |= {"critical": rounded(able.critical), "detectable": rounded(able.minimum_detectable)}
        rows.append(row)
    return Table("calibration", Text("Calibration lines", "校准曲线", "校準曲線"), columns, rows)


def _points_table(assay: Assay) -> Table:
    unit = assay.unit or "1"
    columns = (
        Column("target", Text("substance", "物质", "物質")),
        Column("file", Text("run", "进样", "進樣")),
        Column("concentration", Text("given", "标称浓度", "標稱濃度"), unit, 3),
        Column("response", Text("response", "响应", "響應"), "1", 5),
        Column("found", Text("back-calculated", "回算浓度", "回算濃度"), unit, 3),
        Column("accuracy", Text("accuracy", "准确度", "準確度"), "%", 1),
        Column("residual", Text("residual", "残差", "殘差"), "1", 5),
    )
    rows = []
    for name, one in assay.calibrations.items():
        told = zip(one.calibrants, one.line.back_calculated(), one.line.accuracy(), one.line.residuals, strict=True)
        for run, found, accuracy, residual in told:
            row = {"target": name, "file": run.file, "concentration": run.level.concentration}
            row |= {"response": rounded(run.response or 0.0), "found": rounded(float(found))}
            rows.append(row | {"accuracy": round(100 * float(accuracy), 2), "residual": rounded(float(residual))})
    return Table("calibrants", Text("Calibrants", "标准点", "標準點"), columns, rows)


def _warnings(
    assay: Assay,
    checks: Sequence[Check],
    rulings: Sequence[Ruling],
    question: Question,
    synthetic: bool,
    unlisted: Sequence[str],
) -> list[Notice]:
    notices = [words.SYNTHETIC] if synthetic else []
    if any(one.state == "detected" for one in assay.results):
        notices.append(words.NO_CALIBRATION)
    if assay.calibrations and not (question.standards_percent or question.method_percent):
        notices.append(words.ONLY_LINE)
    if any(one.verdict == "not seen" for one in rulings):
        notices.append(words.NOT_SEEN)
    own = sorted({f"{one.limit.name} ({one.limit.text})" for one in rulings if one.limit.kind == "own"})
    if own:
        notices.append(words.own_limits(", ".join(own)))
    replaced = list(dict.fromkeys((one.limit, one.instead_of) for one in rulings if one.instead_of))
    if replaced:
        notices.append(words.replaced_limits(replaced, assay.unit))
    if unlisted:
        notices.append(words.unlisted(unlisted))
    count = sum(not one.ok and one.weighs for one in checks)
    return [*notices, words.failed_checks(count)] if count else notices
