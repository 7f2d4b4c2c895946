"""The words of isotope patterns: sources of uncertainty, evidence, warnings, in three languages."""

from liqi.methods._answer import Notice
from liqi.methods._text import Text

SOURCES = {
    "replicates": Text("replicates", "重复测量", "重複測量"),
    "scans": Text("scatter of scans", "扫描间离散", "掃描間離散"),
    "counting": Text("counting of ions", "离子计数统计", "離子計數統計"),
}
EVIDENCE = {
    "ions": Text("ions that agree", "多种离子一致", "多種離子一致"),
    "charge": Text("charge by isotopes", "同位素间距示电荷", "同位素間距示電荷"),
    "assumed": Text("assumed [M±H]", "假定为 [M±H]", "假定為 [M±H]"),
}
YES, NO = Text("yes", "是", "是"), Text("no", "否", "否")
SYNTHETIC = Notice(
    "synthetic",
    Text(
        "These files are synthetic: computed, not measured; the answer says nothing about any real sample.",
        "这些文件为模拟数据，由计算生成而非实测；结果与任何真实样品无关。",
        "這些檔案為模擬資料，由計算產生而非實測；結果與任何真實樣品無關。",
    ),
)
MISFIT = Notice(
    "misfit",
    Text(
        "Some patterns are not explained by any mixture of labelled molecules: another ion lies among the peaks.",
        "部分同位素峰型无法由任何标记组合解释：峰中混有其他离子。",
        "部分同位素峰型無法由任何標記組合解釋：峰中混有其他離子。",
    ),
)
APART = Notice(
    "not-together",
    Text(
        "Some isotope peaks do not rise and fall with the strongest one: another ion or noise; never called labelled.",
        "部分同位素峰与最强峰不同步：可能是其他离子或噪声；不判为有标记。",
        "部分同位素峰與最強峰不同步：可能是其他離子或雜訊；不判為有標記。",
    ),
)
ONE_RUN = Notice(
    "one-run",
    Text(
        "One run alone: the uncertainty holds the scatter of its scans, not that of repeated injections.",
        "仅一次进样：不确定度只含扫描间离散，不含重复进样的离散。",
        "僅一次進樣：不確定度只含掃描間離散，不含重複進樣的離散。",
    ),
)
NOT_COUNTED = Notice(
    "not-counted",
    Text(
        "How many ions a unit of intensity stands for was not given: counting statistics are left out.",
        "未给出每单位强度对应的离子数：未计入计数统计。",
        "未給出每單位強度對應的離子數：未計入計數統計。",
    ),
)
