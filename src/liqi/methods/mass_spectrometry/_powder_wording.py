"""The substances of a powder as an answer in three languages."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Plot, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._inverted import Powder, Substance, near
from liqi.methods.mass_spectrometry._mirror import mirror_of
from liqi.methods.mass_spectrometry._tolerance import Tolerance

_UNEXPLAINED_FROM = 0.1
_PRESENT = Text("present", "检出", "檢出")
_ABSENT = Text("not found", "未检出", "未檢出")


def answer_of(powder: Powder, substances: Sequence[Substance], tolerance: Tolerance) -> Answer:
    """Return the answer; a substance that is not found keeps its row, with what speaks against it."""
    present = [one for one in substances if one.present]
    unexplained = _unexplained(powder, present, tolerance)
    notices = [_TARGETED]
    if len(powder) == 1:
        notices.append(_ONE_VOLTAGE)
    elif any(len(one.shares) < len(powder) - 1 for one in substances):
        notices.append(_OTHER_VOLTAGES)
    if unexplained:
        notices.append(_unexplained_notice(len(unexplained)))
    return Answer(
        verdict="identified" if present else "unknown",
        sentence=_sentence(present, len(substances)),
        findings=[_finding(one, tolerance) for one in present],
        tables=[_substances_table(powder, substances), _unexplained_table(min(powder), unexplained)],
        plots=[plot for one in present for plot in _plots(one, powder, tolerance)],
        warnings=notices,
    )


def _sentence(present: Sequence[Substance], asked: int) -> Text:
    names = [one.reference.name for one in present]
    if not names:
        return Text(
            f"None of the {asked} reference substances was found.",
            f"{asked} 种参考物质均未检出。",
            f"{asked} 種參考物質均未檢出。",
        )
    return Text(
        f"The powder holds {' and '.join(names)} ({len(names)} of {asked} reference substances found).",
        f"粉末中检出 {'、'.join(names)}（{asked} 种参考物质中检出 {len(names)} 种）。",
        f"粉末中檢出 {'、'.join(names)}（{asked} 種參考物質中檢出 {len(names)} 種）。",
    )


def _finding(one: Substance, tolerance: Tolerance) -> Finding:
    """The measured m/z of the ion, with the standard uncertainty of a uniform window of the tolerance."""
    uncertainty = round(tolerance.at(one.reference.ion_mz) / 3**0.5, 5)
    extra = {
        "inchikey": one.reference.inchikey,
        "formula": one.reference.formula,
        "verdict": "identified",
        "target_share": round(one.target_share, 4),
        "shares": {f"{voltage} V": round(share, 4) for voltage, share in one.shares.items()},
    }
    mz = None if one.target_mz is None else round(one.target_mz, 5)
    return Finding(one.reference.name, mz, "m/z", uncertainty, extra)


def _substances_table(powder: Powder, substances: Sequence[Substance]) -> Table:
    higher = [voltage for voltage in powder if voltage != min(powder)]
    columns = [
        Column("compound", Text("substance", "物质", "物質")),
        Column("formula", Text("formula", "分子式", "分子式")),
        Column("verdict", Text("verdict", "结论", "結論")),
        Column("target_mz", Text("ion found at", "离子实测", "離子實測"), "m/z", 4),
        Column("target_share", Text("ion / base peak", "离子与基峰之比", "離子與基峰之比"), "1", 3),
    ]
    for voltage in higher:
        found = Text(f"found at {voltage} V", f"{voltage} V 检出比例", f"{voltage} V 檢出比例")
        columns.append(Column(f"share_{voltage}", found, "1", 2))
    return Table("substances", Text("Substances", "物质", "物質"), columns, [_row(one) for one in substances])


def _row(one: Substance) -> dict[str, Any]:
    return {
        "compound": one.reference.name,
        "formula": one.reference.formula,
        "verdict": (_PRESENT if one.present else _ABSENT).as_json(),
        "target_mz": one.target_mz,
        "target_share": round(one.target_share, 4),
    } | {f"share_{voltage}": round(share, 4) for voltage, share in one.shares.items()}


def _plots(one: Substance, powder: Powder, tolerance: Tolerance) -> list[Plot]:
    plots = []
    for voltage, spectrum in powder.items():
        reference = one.reference.spectra.get(voltage)
        if reference is not None:
            title = Text.same(f"{one.reference.name}, {voltage} V")
            width = tolerance.at(one.reference.ion_mz)
            name = f"mirror-{one.reference.inchikey or one.reference.name}-{voltage}"
            plots.append(mirror_of(name, title, spectrum, reference, one.reference.name, width))
    return plots


def _unexplained(powder: Powder, present: Sequence[Substance], tolerance: Tolerance) -> list[tuple[float, float]]:
    """Return m/z and share of base peak of what no present substance explains at the lowest voltage."""
    lowest = min(powder)
    spectrum = powder[lowest]
    strong = spectrum.intensity >= _UNEXPLAINED_FROM * spectrum.intensity.max()
    mz, share = spectrum.mz[strong], spectrum.intensity[strong] / spectrum.intensity.max()
    explained = np.zeros(mz.size, dtype=bool)
    for one in present:
        for reference in one.reference.spectra.values():
            explained |= near(mz, reference.mz, tolerance)
    return [(float(m), float(s)) for m, s in zip(mz[~explained], share[~explained], strict=True)]


def _unexplained_table(voltage: int, peaks: Sequence[tuple[float, float]]) -> Table:
    columns = [Column("mz", Text.same("m/z"), "m/z", 4)]
    columns.append(Column("share", Text("of base peak", "与基峰之比", "與基峰之比"), "1", 2))
    title = Text(
        f"Peaks at {voltage} V that no substance explains",
        f"{voltage} V 下未能解释的峰",
        f"{voltage} V 下未能解釋的峰",
    )
    rows = [{"mz": round(mz, 4), "share": round(share, 3)} for mz, share in peaks]
    return Table("unexplained", title, columns, rows)


def _unexplained_notice(count: int) -> Notice:
    return Notice(
        "unexplained-peaks",
        Text(
            f"{count} strong peaks are explained by none of the substances: the powder may hold more.",
            f"有 {count} 个强峰无法由已检出物质解释：粉末中可能还有其他成分。",
            f"有 {count} 個強峰無法由已檢出物質解釋：粉末中可能還有其他成分。",
        ),
    )


_TARGETED = Notice(
    "targeted",
    Text(
        "Only the substances of the reference library can be found; confirm by a second technique.",
        "只能检出参考谱库中的物质；请以第二种技术确认。",
        "只能檢出參考圖譜庫中的物質；請以第二種技術確認。",
    ),
)
_ONE_VOLTAGE = Notice(
    "one-voltage",
    Text(
        "One voltage alone shows no fragment pattern: nothing can be called present.",
        "仅有一个电压的谱图，无法比较碎片：不能判定检出。",
        "僅有一個電壓的圖譜，無法比較碎片：不能判定檢出。",
    ),
)
_OTHER_VOLTAGES = Notice(
    "other-voltages",
    Text(
        "Some references were not recorded at all of these voltages.",
        "部分参考物质没有在所有这些电压下的谱图。",
        "部分參考物質沒有在所有這些電壓下的圖譜。",
    ),
)
