"""Tables and figures of a powder's answer."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Column, Plot, Table
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._fragment_leads import Lead
from liqi.methods.mass_spectrometry._inverted import Substance, near
from liqi.methods.mass_spectrometry._mirror import mirror_of
from liqi.methods.mass_spectrometry._mixture import Mixture

MOST_ABSENT = 50
MOST_LEADS = 100
_UNEXPLAINED_FROM = 0.1
_VERDICTS = {
    "identified": Text("present", "检出", "檢出"),
    "isomers": Text("present, one of several alike", "检出（数种相似物质之一）", "檢出（數種相似物質之一）"),
    "ion alone": Text("ion seen, cannot be told", "见其离子，不能判定", "見其離子，不能判定"),
    "not found": Text("not found", "未检出", "未檢出"),
    "possible": Text("possible", "可能", "可能"),
    "isomer": Text("isomer of what was found", "已检出物质的同分异构体", "已檢出物質的同分異構物"),
    "fragment": Text("its ion is a fragment of what was found", "其离子是已检出物质的碎片", "其離子是已檢出物質的碎片"),
}
_COMPOUND = Column("compound", Text("substance", "物质", "物質"))
_FORMULA = Column("formula", Text("formula", "分子式", "分子式"))
_VERDICT = Column("verdict", Text("verdict", "结论", "結論"))
_TARGET_MZ = Column("target_mz", Text("ion found at", "离子实测", "離子實測"), "m/z", 4)
_TARGET_SHARE = Column("target_share", Text("ion / base peak", "离子与基峰之比", "離子與基峰之比"), "1", 3)
_INTENSITY_SHARE = Text("share of signal", "信号占比", "訊號占比")


def substances_table(mixture: Mixture) -> Table:
    """Return every substance found, and the absent ones that come nearest."""
    columns = [
        _COMPOUND,
        _FORMULA,
        _VERDICT,
        Column("signal_share", _INTENSITY_SHARE, "1", 3),
        Column("signal_uncertainty", Text("± standard uncertainty", "± 标准不确定度", "± 標準不確定度"), "1", 3),
        _TARGET_MZ,
        _TARGET_SHARE,
        *_share_columns(mixture),
    ]
    rows = [_row(one) for one in mixture.substances[: len(mixture.found) + MOST_ABSENT]]
    return Table("substances", Text("Substances", "物质", "物質"), columns, rows)


def _share_columns(mixture: Mixture) -> list[Column]:
    higher = [voltage for voltage in mixture.powder if voltage != min(mixture.powder)]
    return [
        Column(
            f"share_{voltage}",
            Text(f"found at {voltage} V", f"{voltage} V 检出比例", f"{voltage} V 檢出比例"),
            "1",
            2,
        )
        for voltage in higher
    ]


def _row(one: Substance) -> dict[str, Any]:
    return {
        "compound": " / ".join([one.reference.name, *one.alike]),
        "formula": one.reference.formula,
        "verdict": _VERDICTS[one.verdict].as_json(),
        "signal_share": None if one.signal is None else round(one.signal.share, 4),
        "signal_uncertainty": None if one.signal is None else round(one.signal.uncertainty, 4),
        "target_mz": one.target_mz,
        "target_share": round(one.target_share, 4),
        "smiles": one.reference.smiles,
    } | {f"share_{voltage}": round(share, 4) for voltage, share in one.shares.items()}


def leads_table(mixture: Mixture) -> Table:
    """Return the compounds that fragment spectra of other instruments point to, with what explains them."""
    columns = [
        _COMPOUND,
        _FORMULA,
        _VERDICT,
        Column("explained_by", Text("explained by", "可由其解释", "可由其解釋")),
        _TARGET_MZ,
        _TARGET_SHARE,
        *_share_columns(mixture),
        Column("own", Text("explained by nothing else", "无其他解释的比例", "無其他解釋的比例"), "1", 2),
        Column("explains", Text("of its fragments it has", "可解释其碎片的比例", "可解釋其碎片的比例"), "1", 2),
        Column("accession", Text("reference", "参考谱编号", "參考圖譜編號")),
        Column("licence", Text("licence", "许可", "授權")),
    ]
    title = Text(
        "By fragment spectra of other instruments (lower weight)",
        "依据其他仪器的碎片谱（证据较弱）",
        "依據其他儀器的碎片圖譜（證據較弱）",
    )
    return Table("leads", title, columns, [_lead_row(one) for one in mixture.leads[:MOST_LEADS]])


def _lead_row(one: Lead) -> dict[str, Any]:
    return {
        "compound": one.name,
        "formula": one.formula,
        "verdict": _VERDICTS[one.verdict].as_json(),
        "explained_by": ", ".join(one.explained_by),
        "target_mz": one.target_mz,
        "target_share": round(one.target_share, 4),
        "own": round(one.own, 4),
        "explains": round(one.explains, 4) if one.same_ion else None,
        "accession": one.accession,
        "licence": one.licence,
        "smiles": one.smiles,
    } | {f"share_{voltage}": round(share, 4) for voltage, share in one.shares.items()}


def offsets_table(mixture: Mixture) -> Table:
    """Return what was taken off the masses at each voltage."""
    columns = [
        Column("voltage", Text("voltage", "电压", "電壓"), "V", 0),
        Column("offset", Text("masses were off by", "质量偏差", "質量偏差"), "mDa", 2),
        Column("uncertainty", Text("± standard uncertainty", "± 标准不确定度", "± 標準不確定度"), "mDa", 2),
        Column("calibrants", Text("known peaks", "已知峰数", "已知峰數")),
    ]
    rows = [
        {
            "voltage": voltage,
            "offset": None if one is None else round(one.da * 1e3, 3),
            "uncertainty": None if one is None else round(one.uncertainty_da * 1e3, 3),
            "calibrants": 0 if one is None else one.calibrants,
        }
        for voltage, one in mixture.offsets.items()
    ]
    return Table("offsets", Text("Mass correction", "质量校正", "質量校正"), columns, rows)


def unexplained_peaks(mixture: Mixture) -> list[tuple[float, float]]:
    """Return m/z and share of base peak of what nothing found explains at the lowest voltage."""
    spectrum = mixture.powder[min(mixture.powder)]
    strong = spectrum.intensity >= _UNEXPLAINED_FROM * spectrum.intensity.max(initial=0.0)
    mz, share = spectrum.mz[strong], spectrum.intensity[strong] / max(spectrum.intensity.max(initial=0.0), 1e-12)
    explained = np.zeros(mz.size, dtype=bool)
    for one in mixture.found:
        for reference in one.reference.spectra.values():
            explained |= near(mz, reference.mz, mixture.width_da)
    return [(float(m), float(s)) for m, s in zip(mz[~explained], share[~explained], strict=True)]


def unexplained_table(voltage: int, peaks: Sequence[tuple[float, float]]) -> Table:
    """Return the strong peaks that no substance explains."""
    columns = [Column("mz", Text.same("m/z"), "m/z", 4)]
    columns.append(Column("share", Text("of base peak", "与基峰之比", "與基峰之比"), "1", 2))
    title = Text(
        f"Peaks at {voltage} V that no substance explains",
        f"{voltage} V 下未能解释的峰",
        f"{voltage} V 下未能解釋的峰",
    )
    rows = [{"mz": round(mz, 4), "share": round(share, 3)} for mz, share in peaks]
    return Table("unexplained", title, columns, rows)


def figures(mixture: Mixture) -> list[Plot]:
    """Return the shares of the signal as bars, and each substance's spectra below the powder's."""
    bars = _bars(mixture)
    return [*([bars] if bars else []), *(plot for one in mixture.found for plot in _mirrors(one, mixture))]


def _bars(mixture: Mixture) -> Plot | None:
    shown = [(one.reference.name, one.signal) for one in mixture.found if one.signal is not None]
    if not shown:
        return None
    data = {
        "names": [name for name, _ in shown],
        "values": [round(signal.share, 4) for _, signal in shown],
        "low": [round(signal.low, 4) for _, signal in shown],
        "high": [round(signal.high, 4) for _, signal in shown],
    }
    title = Text("Share of the signal (95 % interval)", "信号占比（95% 区间）", "訊號占比（95% 區間）")
    return Plot("signal-shares", "bars", title, _COMPOUND.title, _INTENSITY_SHARE, data)


def _mirrors(one: Substance, mixture: Mixture) -> list[Plot]:
    plots = []
    for voltage, spectrum in mixture.powder.items():
        reference = one.reference.spectra.get(voltage)
        if reference is not None:
            title = Text.same(f"{one.reference.name}, {voltage} V")
            name = f"mirror-{one.reference.inchikey or one.reference.name}-{voltage}"
            plots.append(mirror_of(name, title, spectrum, reference, one.reference.name, mixture.width_da))
    return plots
