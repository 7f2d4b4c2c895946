"""Identifications turned into an answer: sentence, table, findings, plots and warnings in three languages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._mirror import mirror_plot
from liqi.methods.mass_spectrometry._search import Identification, Question
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.library import SpectralLibrary

MOST_PLOTS = 200
VERDICTS = {
    "identified": Text("identified", "已鉴定", "已鑑定"),
    "isomers": Text("one of these isomers", "同分异构体之一", "同分異構物之一"),
    "unknown": Text("unknown", "未知", "未知"),
}
_COLUMNS = (
    Column("index", Text("no.", "序号", "序號")),
    Column("compound", Text("compound", "化合物", "化合物")),
    Column("verdict", Text("verdict", "结论", "結論")),
    Column("confidence", Text("confidence", "置信度", "信賴度"), "1", 2),
    Column("precursor_mz", Text("m/z", "m/z", "m/z"), "m/z", 4),
    Column("retention_time_s", Text("retention time", "保留时间", "滯留時間"), "s", 1),
    Column("formula", Text("formula", "分子式", "分子式")),
    Column("adduct", Text("ion", "离子", "離子")),
    Column("level", Text("level", "等级", "等級")),
    Column("entropy_similarity", Text("similarity", "相似度", "相似度"), "1", 2),
    Column("matched_peaks", Text("matched peaks", "匹配峰数", "匹配峰數")),
    Column("precursor_error_ppm", Text("mass error", "质量误差", "質量誤差"), "ppm", 1),
    Column("accession", Text("reference", "参考谱", "參考圖譜")),
)
_HALF_A_MASS = 0.5
_ORDER = {"identified": 0, "isomers": 1, "unknown": 2}


def answer_of(
    found: Sequence[Identification],
    library: SpectralLibrary,
    question: Question,
    library_facts: dict[str, Any],
    top: int,
    paths: Sequence[Path],
) -> Answer:
    """Return the answer; rows and findings stand surest first, the features' own order is in `detail`.

    Those that mass alone speaks for stand after those of their verdict that a fragment does.
    """
    ranked = sorted(found, key=_rank)
    counts = {verdict: sum(one.judgement.verdict == verdict for one in found) for verdict in VERDICTS}
    verdict = next((name for name in VERDICTS if counts[name]), "unknown")
    named = [one for one in ranked if one.judgement.verdict != "unknown"]
    return Answer(
        verdict=verdict,
        sentence=_sentence(counts, len(found), library_facts),
        findings=[_finding(one, question, len(library.electron) > 0) for one in named],
        tables=[Table("features", Text("Features", "特征", "特徵"), _COLUMNS, [_row(one) for one in ranked])],
        plots=_plots(named, library, question.fragment),
        warnings=_warnings(found, library_facts["confidence"]),
        tags=["composite"] if any(_is_composite(path) for path in paths) else [],
        detail={
            "features": [one.as_json(top) for one in found],
            "library": library_facts,
            "measured": [_chromatographic(one) for one in found],
        },
    )


def _rank(one: Identification) -> tuple[int, bool, float]:
    by_mass_alone = bool(one.candidates) and one.candidates[0].by_mass_alone
    return _ORDER[one.judgement.verdict], by_mass_alone, -one.judgement.confidence


def _chromatographic(one: Identification) -> dict[str, Any]:
    """What was measured of the ion, and the formulas of the candidates that the verdict names."""
    return one.feature.as_json() | {"formulas": [one.candidates[i].formula for i in one.judgement.group]}


def _sentence(counts: dict[str, int], total: int, library: dict[str, Any]) -> Text:
    sure, isomers, unknown = counts["identified"], counts["isomers"], counts["unknown"]
    spectra, compounds = library["spectra"], library["compounds"]
    if not total:
        return _NO_FRAGMENTS
    return Text(
        f"Of {total} feature{'s' if total > 1 else ''}, {sure} identified, {isomers} narrowed down to isomers and "
        f"{unknown} unknown, against {spectra} reference spectra of {compounds} compounds.",
        f"共 {total} 个特征：已鉴定 {sure} 个，{isomers} 个只能确定到同分异构体，{unknown} 个未知；"
        f"谱库含 {compounds} 种化合物的 {spectra} 张参考谱。",
        f"共 {total} 個特徵：已鑑定 {sure} 個，{isomers} 個只能確定到同分異構物，{unknown} 個未知；"
        f"圖譜庫含 {compounds} 種化合物的 {spectra} 張參考圖譜。",
    )


def _names(one: Identification) -> str:
    if not one.judgement.group:
        return ""
    return " / ".join(dict.fromkeys(one.candidates[i].name for i in one.judgement.group))


def _finding(one: Identification, question: Question, electron: bool) -> Finding:
    mz, uncertainty = _measured(one.feature, question, electron)
    best = one.candidates[0]
    time = one.feature.spectrum.retention_time_s
    extra = {
        "feature": one.feature.index,
        "verdict": one.judgement.verdict,
        "confidence": round(one.judgement.confidence, 4),
        "level": one.judgement.level,
        "inchikey": best.inchikey,
        "formula": best.formula,
        "retention_time_s": None if time is None else round(time, 2),
        "scans": one.feature.scans,
        "isomers": [one.candidates[i].as_json() for i in one.judgement.group[1:]],
    }
    return Finding(_names(one), round(mz, 5), "m/z", round(uncertainty, 6), extra)


def _measured(feature: Feature, question: Question, electron: bool) -> tuple[float, float]:
    """Return the m/z that was measured and its standard uncertainty: the scans' spread, else a uniform window's.

    Without a precursor it is that of the base peak, at unit mass for EI spectra.
    """
    spectrum = feature.spectrum
    if spectrum.precursor_mz:
        return spectrum.precursor_mz, feature.uncertainty_mz or question.precursor.at(spectrum.precursor_mz) / 3**0.5
    base = float(spectrum.mz[np.argmax(spectrum.intensity)])
    return base, (_HALF_A_MASS if electron else question.fragment.at(base)) / 3**0.5


def _row(one: Identification) -> dict[str, Any]:
    spectrum, judgement = one.feature.spectrum, one.judgement
    best = one.candidates[0] if one.candidates else None
    named = best if best and judgement.verdict != "unknown" else None
    return {
        "index": one.feature.index,
        "compound": _names(one),
        "formula": named.formula if named else "",
        "adduct": named.adduct if named else "",
        "precursor_mz": spectrum.precursor_mz,
        "retention_time_s": spectrum.retention_time_s,
        "verdict": VERDICTS[judgement.verdict].as_json(),
        "confidence": round(judgement.confidence, 4),
        "level": judgement.level,
        "entropy_similarity": round(best.entropy_similarity, 4) if best else None,
        "matched_peaks": best.matched_peaks if best else None,
        "precursor_error_ppm": best.as_json()["precursor_error_ppm"] if best else None,
        "accession": named.accession if named else "",
        "smiles": [one.candidates[i].smiles for i in judgement.group] if named else [],
        "by_mass_alone": bool(best and best.by_mass_alone),
    }


def _plots(named: Sequence[Identification], library: SpectralLibrary, fragment: Tolerance) -> list[Plot]:
    plots = []
    for one in named:
        for i in one.judgement.group:
            plots.append(mirror_plot(one.feature, one.candidates[i], library, fragment))
    return plots[:MOST_PLOTS]


def _warnings(found: Sequence[Identification], confidence: dict[str, Any]) -> list[Notice]:
    notices = [_SHIPPED] if confidence["origin"] == "shipped" else []
    if any(not one.feature.spectrum.precursor_mz for one in found):
        notices.append(_NO_PRECURSOR)
    if any(not one.feature.spectrum.polarity for one in found):
        notices.append(_NO_POLARITY)
    if any(one.feature.spectrum.picked for one in found):
        notices.append(_PROFILE)
    if not found:
        notices.append(_NOTHING)
    return notices


def _is_composite(path: Path) -> bool:
    with path.open("rb") as stream:
        return b'id="composite"' in stream.read(8192)


_SHIPPED = Notice(
    "shipped-confidence",
    Text(
        "The library is too small, or was not built, to train its own confidence; that of open MassBank is used.",
        "谱库太小或未经构建，无法训练自己的置信度模型；现用随附的、由开放 MassBank 训练的模型。",
        "圖譜庫太小或未經建置，無法訓練自己的信賴度模型；現用隨附的、由開放 MassBank 訓練的模型。",
    ),
)
_NO_PRECURSOR = Notice(
    "no-precursor",
    Text(
        "Some spectra have no precursor m/z and were searched by their fragments alone, which is less sure.",
        "部分谱图没有母离子 m/z，仅按碎片检索，可靠性较低。",
        "部分圖譜沒有前驅離子 m/z，僅按碎片檢索，可靠性較低。",
    ),
)
_NO_POLARITY = Notice(
    "no-polarity",
    Text(
        "Some spectra do not tell their polarity; both ion modes were searched.",
        "部分谱图未注明极性，已同时检索正、负离子模式。",
        "部分圖譜未註明極性，已同時檢索正、負離子模式。",
    ),
)
_PROFILE = Notice(
    "profile-spectra",
    Text(
        "Some fragment spectra are profile data; Liqi picked their peaks. The maker's own peak picking may be better.",
        "部分碎片谱为轮廓数据，已由利器提取峰；用厂商软件提峰后再转换，结果可能更好。",
        "部分碎片譜為輪廓資料，已由利器擷取峰；用廠商軟體擷取峰後再轉檔，結果可能更好。",
    ),
)
_NO_FRAGMENTS = Text(
    "No fragment spectrum to identify anything by.",
    "没有可供鉴定的碎片谱。",
    "沒有可供鑑定的碎片圖譜。",
)
_NOTHING = Notice(
    "no-fragment-spectra",
    Text(
        "A library is searched by fragment spectra (MS2), and the file holds none. For known formulas in survey scans "
        "take ms.screen.",
        "谱库检索靠碎片谱（MS2），而文件中没有。要在一级谱中查找已知分子式，请用 ms.screen。",
        "圖譜庫檢索靠碎片圖譜（MS2），而檔案中沒有。要在一級圖譜中尋找已知分子式，請用 ms.screen。",
    ),
)
