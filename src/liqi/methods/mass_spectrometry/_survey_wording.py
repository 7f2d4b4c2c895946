"""What the survey scans add to an answer: unknown features with formulas and relatives, and what could not be read."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from liqi.methods._answer import Answer, Column, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._analogues import Analogue, analogues_of
from liqi.methods.mass_spectrometry._damaged import damaged
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._search import Identification, Question
from liqi.methods.mass_spectrometry.composition import FEATURE_PPM, formulas_of
from liqi.methods.mass_spectrometry.library import SpectralLibrary

MOST_WITH_FORMULAS = 40
MOST_WITH_ANALOGUES = 20
_COLUMNS = (
    Column("index", Text("no.", "序号", "序號")),
    Column("mz", Text("m/z", "m/z", "m/z"), "m/z", 4),
    Column("retention_time_s", Text("retention time", "保留时间", "滯留時間"), "s", 1),
    Column("area", Text("area", "峰面积", "峰面積"), "counts s", 0),
    Column("charge", Text("charge", "电荷数", "電荷數")),
    Column("ion", Text("ion by its neighbours", "由相邻离子推定的离子", "由相鄰離子推定的離子")),
    Column("formulas", Text("formulas that fit", "可能的分子式", "可能的分子式")),
    Column("nearest", Text("nearest of its mass", "质量相同的最接近者", "質量相同的最接近者")),
    Column("analogue", Text("nearest relative", "最接近的类似物", "最接近的類似物")),
    Column("similarity", Text("similarity to it", "与类似物的相似度", "與類似物的相似度"), "1", 2),
    Column("difference_da", Text("mass difference", "质量差", "質量差"), "Da", 4),
    Column("change", Text("as by", "可能的变化", "可能的變化")),
)


def with_survey(
    answer: Answer,
    found: Sequence[Identification],
    problems: Sequence[str],
    library: SpectralLibrary,
    question: Question,
) -> Answer:
    """Return the answer with the unknown features by area, largest first, and a warning for each problem.

    The largest have the formulas that fit and the nearest relative in the library.
    """
    unknown = [one for one in found if one.judgement.verdict == "unknown" and one.feature.area is not None]
    unknown.sort(key=lambda one: -(one.feature.area or 0.0))
    kin = _analogues([one.feature for one in unknown], library, question)
    rows = [_row(one, place < MOST_WITH_FORMULAS, kin.get(one.feature.index)) for place, one in enumerate(unknown)]
    title = Text("Unknown features, largest first", "未知特征（按峰面积）", "未知特徵（依峰面積）")
    tables = [*answer.tables, Table("unknown", title, _COLUMNS, rows)] if rows else answer.tables
    detail = {**answer.detail, "problems": list(problems)} if problems else answer.detail
    warnings = [*answer.warnings, *(damaged(said) for said in problems)]
    return replace(answer, tables=tables, warnings=warnings, detail=detail)


def _analogues(features: Sequence[Feature], library: SpectralLibrary, question: Question) -> dict[int, Analogue | None]:
    asked = [feature for feature in features if feature.isotope_of is None][:MOST_WITH_ANALOGUES]
    found = analogues_of(asked, library, question)
    return {feature.index: one for feature, one in zip(asked, found, strict=True)}


def _row(one: Identification, with_formulas: bool, kin: Analogue | None) -> dict[str, Any]:
    feature = one.feature
    best = one.candidates[0] if one.candidates else None
    return {
        "index": feature.index,
        "mz": feature.mz,
        "retention_time_s": feature.apex_s,
        "area": feature.area,
        "charge": feature.charge,
        "ion": _ion(feature),
        "formulas": _formulas(feature) if with_formulas else "",
        "nearest": f"{best.name} ({best.entropy_similarity:.2f})" if best else "",
        "analogue": kin.name if kin else "",
        "similarity": round(kin.similarity, 4) if kin else None,
        "difference_da": round(kin.difference_da, 5) if kin else None,
        "change": kin.change if kin else "",
    }


def _ion(feature: Feature) -> str:
    if feature.isotope_of is not None:
        return f"isotope of {feature.isotope_of:.4f}"
    return feature.adduct or ""


def _formulas(feature: Feature) -> str:
    return "; ".join(f"{one.formula} ({one.error_ppm:+.1f} ppm)" for one in formulas_of(feature, FEATURE_PPM))
