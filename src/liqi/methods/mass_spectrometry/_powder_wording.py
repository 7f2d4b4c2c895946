"""The substances of a powder as an answer in three languages."""

import math
from collections.abc import Sequence

from liqi.methods._answer import Answer, Finding, Notice
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._fragment_leads import Lead
from liqi.methods.mass_spectrometry._inverted import Substance
from liqi.methods.mass_spectrometry._mixture import Mixture
from liqi.methods.mass_spectrometry._powder_tables import (
    figures,
    leads_table,
    offsets_table,
    substances_table,
    unexplained_peaks,
    unexplained_table,
)

_ISOMERS_NAMED = 5


def answer_of(mixture: Mixture) -> Answer:
    """Return the answer; a substance that is not found keeps its row, with what speaks against it."""
    found, possible = mixture.found, grouped(mixture.leads)
    unexplained = unexplained_peaks(mixture)
    tables = [substances_table(mixture), unexplained_table(min(mixture.powder), unexplained)]
    if mixture.leads:
        tables.append(leads_table(mixture))
    tables.append(offsets_table(mixture))
    return Answer(
        verdict="identified" if found else "possible" if possible else "unknown",
        sentence=_sentence(found, possible, mixture.substances),
        findings=[_finding(one, mixture) for one in found] + [_lead_finding(one, mixture) for one in possible],
        tables=tables,
        plots=figures(mixture),
        warnings=_notices(mixture, len(unexplained), bool(possible)),
        detail={"libraries": mixture.asked.files, "fragment_spectra": mixture.asked.fragment_spectra},
    )


def grouped(leads: Sequence[Lead]) -> list[list[Lead]]:
    """Return the possible leads, those of one formula together: fragments alone seldom tell isomers apart."""
    groups: dict[str, list[Lead]] = {}
    for lead in leads:
        if lead.verdict == "possible":
            groups.setdefault(lead.formula or lead.name, []).append(lead)
    return list(groups.values())


def _sentence(found: Sequence[Substance], possible: Sequence[Sequence[Lead]], substances: Sequence[Substance]) -> Text:
    asked, names = len(substances), [_named(one) for one in found]
    ions = [one.reference.name for one in substances if one.verdict == "ion alone"]
    if ions and not names:
        some, more = ions[:_ISOMERS_NAMED], f" (+{len(ions) - _ISOMERS_NAMED})" if len(ions) > _ISOMERS_NAMED else ""
        said = Text(
            f"Neither present nor absent can be told: ions of {', '.join(some)}{more} were seen, "
            "fragments at a second voltage are missing.",
            f"不能判定检出与否：有{'、'.join(some)}{more} 的离子，但缺少第二个电压下的碎片。",
            f"不能判定檢出與否：有{'、'.join(some)}{more} 的離子，但缺少第二個電壓下的碎片。",
        )
    elif names:
        said = Text(
            f"The powder holds {_and(names, ' and ')} ({len(names)} of {asked} reference substances found).",
            f"粉末中检出{_and(names, '、')}（{asked} 种参考物质中检出 {len(names)} 种）。",
            f"粉末中檢出{_and(names, '、')}（{asked} 種參考物質中檢出 {len(names)} 種）。",
        )
    else:
        said = Text(
            f"None of the {asked} reference substances was found.",
            f"{asked} 种参考物质均未检出。",
            f"{asked} 種參考物質均未檢出。",
        )
    leads = [group[0].name for group in possible]
    if not leads:
        return said
    return Text(
        f"{said.en} Possible by fragment spectra alone: {', '.join(leads)}.",
        f"{said.zh_hans}仅凭碎片谱，另可能有：{'、'.join(leads)}。",
        f"{said.zh_hant}僅憑碎片圖譜，另可能有：{'、'.join(leads)}。",
    )


def _named(one: Substance) -> str:
    return " / ".join([one.reference.name, *one.alike])


def _and(names: Sequence[str], word: str) -> str:
    return word.join(names) if len(names) < 3 or word != " and " else f"{', '.join(names[:-1])} and {names[-1]}"


def _finding(one: Substance, mixture: Mixture) -> Finding:
    """The measured m/z of the ion, corrected, with the standard uncertainty of the correction and of one peak."""
    signal = one.signal
    extra = {
        "inchikey": one.reference.inchikey,
        "formula": one.reference.formula,
        "verdict": one.verdict,
        "evidence": "reference spectra at the same voltages",
        "target_share": round(one.target_share, 4),
        "shares": {f"{voltage} V": round(share, 4) for voltage, share in one.shares.items()},
        "signal_share": None
        if signal is None
        else {
            "value": round(signal.share, 4),
            "uncertainty": round(signal.uncertainty, 4),
            "low": round(signal.low, 4),
            "high": round(signal.high, 4),
            "unit": "1",
        },
        "alike": list(one.alike),
        "isomers": [lead.name for lead in mixture.leads if lead.rival and one.reference.name in lead.explained_by],
    }
    mz = None if one.target_mz is None else round(one.target_mz, 5)
    return Finding(_named(one), mz, "m/z", _mz_uncertainty(mixture), extra)


def _lead_finding(group: Sequence[Lead], mixture: Mixture) -> Finding:
    best = group[0]
    extra = {
        "inchikey": best.inchikey,
        "formula": best.formula,
        "verdict": "possible",
        "evidence": "fragment spectra of other instruments",
        "target_share": round(best.target_share, 4),
        "shares": {f"{voltage} V": round(share, 4) for voltage, share in best.shares.items()},
        "isomers": [lead.name for lead in group[1:]],
    }
    name = best.name if len(group) == 1 else f"{best.name} or an isomer"
    mz = None if best.target_mz is None else round(best.target_mz, 5)
    return Finding(name, mz, "m/z", _mz_uncertainty(mixture), extra)


def _mz_uncertainty(mixture: Mixture) -> float:
    offset = mixture.offsets[min(mixture.powder)]
    if offset is None:
        return round(mixture.width_da / 3**0.5, 5)
    return max(round(math.hypot(offset.uncertainty_da, offset.spread_da), 5), 1e-5)


def _notices(mixture: Mixture, unexplained: int, possible: bool) -> list[Notice]:
    powder, substances = mixture.powder, mixture.substances
    notices = [_TARGETED]
    if len(powder) == 1:
        notices.append(_ONE_VOLTAGE)
    elif any(len(one.shares) < len(powder) - 1 for one in substances):
        notices.append(_OTHER_VOLTAGES)
    if mixture.found:
        notices.append(_SIGNAL)
    if not any(mixture.offsets.values()):
        notices.append(_UNCORRECTED)
    if possible:
        notices.append(_LEADS)
    isomers = [lead.name for lead in mixture.leads if lead.rival]
    if isomers:
        notices.append(_isomers_notice(isomers))
    if unexplained:
        notices.append(_unexplained_notice(unexplained))
    return notices


def _isomers_notice(names: Sequence[str]) -> Notice:
    some = names[:_ISOMERS_NAMED]
    more = f" (+{len(names) - len(some)})" if len(names) > len(some) else ""
    return Notice(
        "isomers",
        Text(
            f"Fragment spectra of isomers fit as well, and without their references at these voltages "
            f"they cannot be ruled out: {', '.join(some)}{more}.",
            f"下列同分异构体的碎片谱同样吻合；没有其在这些电压下的参考谱，不能排除：{'、'.join(some)}{more}。",
            f"下列同分異構物的碎片圖譜同樣吻合；沒有其在這些電壓下的參考圖譜，不能排除：{'、'.join(some)}{more}。",
        ),
    )


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
_SIGNAL = Notice(
    "share-of-signal",
    Text(
        "The shares are shares of the signal, not of the mass: substances ionise differently well.",
        "所列比例是信号占比，不是质量占比：各物质的电离效率不同。",
        "所列比例是訊號占比，不是質量占比：各物質的游離效率不同。",
    ),
)
_UNCORRECTED = Notice(
    "mass-offset-unknown",
    Text(
        "Too few known peaks tell how far the masses are off: they were taken as they are.",
        "可用于校准的已知峰太少，无法估计质量偏差：质量未作修正。",
        "可用於校準的已知峰太少，無法估計質量偏差：質量未作修正。",
    ),
)
_LEADS = Notice(
    "fragment-spectra-only",
    Text(
        "What is called possible rests on fragment spectra of other instruments and weighs less than a "
        "reference recorded at these voltages.",
        "标为“可能”的物质仅依据其他仪器的碎片谱，证据弱于在相同电压下测得的参考谱。",
        "標為「可能」的物質僅依據其他儀器的碎片圖譜，證據弱於在相同電壓下測得的參考圖譜。",
    ),
)
