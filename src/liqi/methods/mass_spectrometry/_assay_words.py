"""The words of an assay: states, verdicts, checks and warnings in three languages."""

from collections.abc import Sequence

from liqi.methods._answer import Notice
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._residue_limits import Limit
from liqi.methods.phrases import unit_words

STATES = {
    "quantified": Text("quantified", "已定量", "已定量"),
    "below": Text("below the lowest calibrant", "低于最低标准点", "低於最低標準點"),
    "above": Text("over the highest calibrant: dilute", "高于最高标准点：请稀释", "高於最高標準點：請稀釋"),
    "detected": Text("detected, not calibrated", "检出，未校准", "檢出，未校準"),
    "not detected": Text("not detected", "未检出", "未檢出"),
    "no standard": Text("no internal standard found", "未找到内标峰", "未找到內標峰"),
}
RULINGS = {
    "above": Text("above the limit", "超过限量", "超過限量"),
    "not above": Text("not above the limit", "未超过限量", "未超過限量"),
    "open": Text(
        "not above as far as measured; more counts towards the sum",
        "就已测组分而言未超限；总量还包括其他组分",
        "就已測成分而言未超限；總量還包括其他成分",
    ),
    "review": Text("no verdict: a check failed", "不作判定：有检查未通过", "不作判定：有檢查未通過"),
    "not calibrated": Text("no verdict: no calibrants", "不作判定：没有标准点", "不作判定：沒有標準點"),
    "range": Text(
        "no verdict: the calibrants do not reach",
        "不作判定：超出校准范围",
        "不作判定：超出校準範圍",
    ),
    "unit": Text("no verdict: another unit", "不作判定：单位不同", "不作判定：單位不同"),
    "not seen": Text(
        "no verdict: the limit's legal text was not seen",
        "不作判定：未见该限量的法规原文",
        "不作判定：未見該限量的法規原文",
    ),
}
CHECKS = {
    "levels": Text("calibration levels", "标准点水平数", "標準點水準數"),
    "calibrant": Text("accuracy of a calibrant", "标准点回算准确度", "標準點回算準確度"),
    "calibrants": Text("calibrants that are right", "合格标准点比例", "合格標準點比例"),
    "straight": Text("the line is straight", "线性（失拟检验）", "線性（失擬檢驗）"),
    "control": Text("accuracy of a control", "质控样准确度", "質控樣準確度"),
    "blank": Text("blank against the lowest calibrant", "空白与最低标准点之比", "空白與最低標準點之比"),
    "retention": Text("retention time", "保留时间", "滯留時間"),
    "internal standard": Text("recovery of the internal standard", "内标回收率", "內標回收率"),
    "replicates": Text("range of the runs of a sample", "平行样极差", "平行樣全距"),
    "ion ratio": Text("ion ratio against the calibrants'", "离子丰度比偏差", "離子豐度比偏差"),
}
YES, NO = Text("passed", "通过", "通過"), Text("failed", "未通过", "未通過")
PARTS = {
    "line": Text("reading the calibration line", "校准曲线反算", "校準曲線反算"),
    "addition": Text("standard addition", "标准加入法", "標準添加法"),
    "standards": Text("calibrants' concentrations (relative)", "标准溶液浓度（相对）", "標準溶液濃度（相對）"),
    "method": Text("method as validated (relative)", "方法确认（相对）", "方法確認（相對）"),
}
NO_CALIBRATION = Notice(
    "no-calibration",
    Text(
        "Some targets have fewer than three usable calibrants: they are called detected, never quantified or above.",
        "部分目标物可用标准点少于三个：只能判为检出，不能定量，更不能判为超限。",
        "部分目標物可用標準點少於三個：只能判為檢出，不能定量，更不能判為超限。",
    ),
)
ONLY_LINE = Notice(
    "line-only",
    Text(
        "The uncertainty holds the calibration and the scatter of responses alone; give standards_percent and "
        "method_percent from your validation (recovery, matrix, weighing).",
        "不确定度仅含校准与响应离散；请从方法确认中给出 standards_percent 与 method_percent（回收率、基质、称量）。",
        "不確定度僅含校準與響應離散；請自方法確認中給出 standards_percent 與 method_percent（回收率、基質、秤量）。",
    ),
)
NOT_SEEN = Notice(
    "limit-not-seen",
    Text(
        "For some substances a limit exists whose legal text was not seen: no verdict is printed. Check the text and "
        "give the value as `limit` in the table of targets.",
        "部分物质的限量未见法规原文：不作判定。请核对原文，并在目标物表的 limit 栏填写限量。",
        "部分物質的限量未見法規原文：不作判定。請核對原文，並在目標物表的 limit 欄填寫限量。",
    ),
)
SYNTHETIC = Notice(
    "synthetic",
    Text(
        "These files are synthetic: computed, not measured; the answer says nothing about any real sample.",
        "这些文件为模拟数据，由计算生成而非实测；结果与任何真实样品无关。",
        "這些檔案為模擬資料，由計算產生而非實測；結果與任何真實樣品無關。",
    ),
)


def own_limits(names: str) -> Notice:
    """Return the notice that limits were typed in by whoever ran the assay, not taken from those that ship."""
    return Notice(
        "own-limit",
        Text(
            f"Limits given in the table of targets, not checked by Liqi: {names}.",
            f"目标物表中自行填写、未经 Liqi 核对的限量：{names}。",
            f"目標物表中自行填寫、未經 Liqi 核對的限量：{names}。",
        ),
    )


def limit_told(limit: Limit) -> Text:
    """Return a limit in a few words: its text, and its value where that was seen."""
    if limit.value is None:
        return Text(*(f"{limit.text}{said}" for said in (" (value not seen)", "（未见数值）", "（未見數值）")))
    return Text(*(f"{limit.text}{mark}{limit.value:g} {unit_words(limit.unit).en}" for mark in (": ", "：", "：")))


def replaced_limits(pairs: Sequence[tuple[Limit, Limit]], unit: str) -> Notice:
    """Return the notice that the limits given stand instead of the list's, each told with its value."""
    told = [(f"{own.name} {own.value:g} {unit_words(unit).en}".strip(), limit_told(listed)) for own, listed in pairs]
    english = "; ".join(f"{own}, not {listed.en}" for own, listed in told)
    hans = "；".join(f"{own}，而非 {listed.zh_hans}" for own, listed in told)
    hant = "；".join(f"{own}，而非 {listed.zh_hant}" for own, listed in told)
    return Notice(
        "own-limit-instead",
        Text(
            f"Ruled against the limit in the table of targets instead of the list's: {english}.",
            f"以下物质按目标物表中的限量判定，不用清单中的限量：{hans}。",
            f"以下物質按目標物表中的限量判定，不用清單中的限量：{hant}。",
        ),
    )


def unlisted(names: Sequence[str]) -> Notice:
    """Return the notice that the list holds no limit under these names."""
    english, hans = ", ".join(names[:8]), "、".join(names[:8])
    hant = hans
    if len(names) > 8:
        english += f" and {len(names) - 8} more"
        hans, hant = f"{hans} 等 {len(names)} 种", f"{hant} 等 {len(names)} 種"
    return Notice(
        "no-limit",
        Text(
            f"The list holds no limit under these names: {english}. Name targets as the list does (English INN, such "
            "as benzylpenicillin), or give the value as `limit`.",
            f"清单中没有以下名称的限量：{hans}。请按清单用英文通用名（INN，如 benzylpenicillin）命名，"
            "或在 limit 栏填写限量。",
            f"清單中沒有以下名稱的限量：{hant}。請依清單用英文通用名（INN，如 benzylpenicillin）命名，"
            "或在 limit 欄填寫限量。",
        ),
    )


def failed_checks(count: int) -> Notice:
    """Return the notice that checks failed."""
    return Notice(
        "checks-failed",
        Text(
            f"{count} checks failed; results that they stand against get no verdict. See the table of checks.",
            f"{count} 项检查未通过；受其影响的结果不作判定。详见检查表。",
            f"{count} 項檢查未通過；受其影響的結果不作判定。詳見檢查表。",
        ),
    )
