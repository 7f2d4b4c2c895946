"""The words that every report has, in three languages."""

from liqi.methods import Text

WORDS = {
    "figures": Text("Figures", "图", "圖"),
    "warnings": Text("To bear in mind", "注意事项", "注意事項"),
    "provenance": Text("Provenance", "溯源", "溯源"),
    "method": Text("method", "方法", "方法"),
    "made_by": Text("made by", "生成软件", "產生軟體"),
    "file": Text("file", "文件", "檔案"),
    "parameters": Text("parameters", "参数", "參數"),
    "seconds": Text("computing time (s)", "计算用时 (s)", "計算時間 (s)"),
    "library": Text("reference library", "参考谱库", "參考圖譜庫"),
    "spectra": Text("{n} spectra", "{n} 张谱", "{n} 張圖譜"),
    "compounds": Text("{n} compounds", "{n} 种化合物", "{n} 種化合物"),
    "and_more": Text("{n} more in the answer itself", "另有 {n} 项见结果页", "另有 {n} 項見結果頁"),
    "matched": Text(
        "In spectra above references, matched peaks are blue; beside a fragment's formula stands its error in ppm.",
        "实测谱在上，参考谱在下，匹配峰以蓝色标出；碎片式旁为其质量误差 (ppm)。",
        "實測圖譜在上，參考圖譜在下，匹配峰以藍色標出；碎片式旁為其質量誤差 (ppm)。",
    ),
    "structure": Text("structure", "结构式", "結構式"),
    "default": Text("default", "默认", "預設"),
}
TAGS = {
    "research use only": Text("Research use only", "仅供研究使用", "僅供研究使用"),
    "composite": Text("Composite example, not a measured sample", "合成示例，非实测样品", "合成範例，非實測樣品"),
    "synthetic": Text("Synthetic example", "模拟示例", "模擬範例"),
    "example": Text("Example", "示例", "範例"),
}
PEOPLE = {
    "signatures": Text("Signatures", "签署", "簽署"),
    "signed": Text("signed", "已签署", "已簽署"),
    "countersigned": Text("countersigned", "已复核签署", "已複核簽署"),
    "waits": Text("countersignature asked of", "待复核签署", "待複核簽署"),
    "content": Text("signed content", "签署内容", "簽署內容"),
    "edits": Text("Edits by people", "人工修订", "人工修訂"),
    "feature": Text("no.", "序号", "序號"),
    "computed": Text("computed", "计算结果", "計算結果"),
    "edit": Text("edit", "修订", "修訂"),
    "reason": Text("reason", "理由", "理由"),
    "person": Text("person", "人员", "人員"),
    "when": Text("when", "时间", "時間"),
    "unknown": Text("unknown", "未知", "未知"),
}
KINDS = {
    "confirm": Text("confirmed", "确认", "確認"),
    "reject": Text("rejected", "否定", "否定"),
    "rename": Text("renamed", "改名", "改名"),
}
