"""What the survey scans add to an answer: the list of unknown features with formulas, and what could not be read."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from liqi.methods._answer import Answer, Column, Notice, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._search import Identification
from liqi.methods.mass_spectrometry.composition import FEATURE_PPM, formulas_of

MOST_WITH_FORMULAS = 40
_COLUMNS = (
    Column("index", Text("no.", "序号", "序號")),
    Column("mz", Text("m/z", "m/z", "m/z"), "m/z", 4),
    Column("retention_time_s", Text("retention time", "保留时间", "滯留時間"), "s", 1),
    Column("area", Text("area", "峰面积", "峰面積"), "s", 0),
    Column("charge", Text("charge", "电荷数", "電荷數")),
    Column("ion", Text("ion by its neighbours", "由相邻离子推定的离子", "由相鄰離子推定的離子")),
    Column("formulas", Text("formulas that fit", "可能的分子式", "可能的分子式")),
    Column("nearest", Text("nearest known", "最接近的已知物", "最接近的已知物")),
)


def with_survey(answer: Answer, found: Sequence[Identification], problems: Sequence[str]) -> Answer:
    """Return the answer with the unknown features by area, largest first, and a warning for each problem."""
    unknown = [one for one in found if one.judgement.verdict == "unknown" and one.feature.area is not None]
    unknown.sort(key=lambda one: -(one.feature.area or 0.0))
    rows = [_row(one, place < MOST_WITH_FORMULAS) for place, one in enumerate(unknown)]
    title = Text("Unknown features, largest first", "未知特征（按峰面积）", "未知特徵（依峰面積）")
    tables = [*answer.tables, Table("unknown", title, _COLUMNS, rows)] if rows else answer.tables
    detail = {**answer.detail, "problems": list(problems)} if problems else answer.detail
    warnings = [*answer.warnings, *(_damaged(said) for said in problems)]
    return replace(answer, tables=tables, warnings=warnings, detail=detail)


def _row(one: Identification, with_formulas: bool) -> dict[str, Any]:
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
    }


def _ion(feature: Feature) -> str:
    if feature.isotope_of is not None:
        return f"isotope of {feature.isotope_of:.4f}"
    return feature.adduct or ""


def _formulas(feature: Feature) -> str:
    return "; ".join(f"{one.formula} ({one.error_ppm:+.1f} ppm)" for one in formulas_of(feature, FEATURE_PPM))


def _damaged(sentence: str) -> Notice:
    said = Text(
        f"Not all of a file could be read. {sentence}",
        f"有文件未能完整读取：{sentence}",
        f"有檔案未能完整讀取：{sentence}",
    )
    return Notice("damaged-file", said)
