"""Columns of trade tables: what customs, UN Comtrade (its present and its older exports) and BACI call each field."""

from collections.abc import Mapping, Sequence

from liqi.insight.origin import UnusableTable

KINDS = ("comtrade", "baci", "customs", "mapped")
FIELDS: dict[str, tuple[str, ...]] = {
    "period": ("period", "数据年月", "年月", "date of data", "month", "refyear", "yr", "year", "t", "年份", "年"),
    "flow": ("flowcode", "trade flow", "rgdesc", "flowdesc", "flow", "进出口", "进出口类型", "贸易流向"),
    "reporter": ("reporteriso", "reporter iso", "rt3iso", "reportercode", "reporter code", "reporter", "reporterdesc",
                 "申报国"),
    "partner": ("partneriso", "partner iso", "pt3iso", "partnercode", "partner code", "partner", "partnerdesc",
                "贸易伙伴名称", "贸易伙伴", "trading partner", "原产国", "国别", "国家", "country"),
    "exporter": ("exporter", "i", "出口国"),
    "importer": ("importer", "j", "进口国"),
    "product": ("cmdcode", "commodity code", "k", "hs6", "hscode", "hs", "product", "商品编码", "商品代码", "税号"),
    "value_usd": ("primaryvalue", "tradevalue", "trade value (us$)", "value_usd", "美元", "usd", "us dollar",
                  "金额(美元)", "金额（美元）"),
    "value_1000_usd": ("v", "value_1000_usd"),
    "value_cny": ("value_cny", "人民币", "cny", "rmb", "金额(人民币)", "金额（人民币）"),
    "quantity": ("qty", "tradequantity", "第一数量", "数量", "quantity", "alt qty unit code"),
    "quantity_unit": ("qtyunitabbr", "qty unit", "第一计量单位", "计量单位", "quantity_unit"),
    "weight_kg": ("netwgt", "netweight (kg)", "weight_kg"),
    "weight_t": ("q", "weight_t"),
    "firms": ("firms", "n_firms", "企业数", "企业家数"),
}  # fmt: skip
"""Our fields, and what their columns are called elsewhere, best first; compared without capitals."""
_NEEDED = ("period", "product")
_VALUES = ("value_usd", "value_1000_usd", "value_cny")


def kind_of(header: Sequence[str]) -> str:
    """Which of the known tables has this header; `mapped` for one that only a mapping can read."""
    names = {name.strip().lower() for name in header}
    if {"t", "i", "j", "k", "v"} <= names:
        return "baci"
    if names & {"cmdcode", "rt3iso", "reporteriso"} or {"commodity code", "trade flow"} <= names:
        return "comtrade"
    if names & {"商品编码", "商品代码", "税号"} or ("commodity code" in names and "reporter" not in names):
        return "customs"
    return "mapped"


def fields_of(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our field to their column; a mapping (their column to our field) stands before what the names say.

    Raises UnusableTable where a field that every flow needs has no column.
    """
    said = {theirs: ours for theirs, ours in (mapping or {}).items() if ours}
    if odd := sorted(set(said) - set(header)):
        raise UnusableTable(
            f"found a mapping of {odd[0]!r}, which is no column; expected one of {', '.join(header)}; correct it."
        )
    if odd := sorted(set(said.values()) - set(FIELDS)):
        raise UnusableTable(f"found a mapping to {odd[0]!r}; expected one of {', '.join(FIELDS)}; correct it.")
    found = {ours: theirs for theirs, ours in said.items()}
    plain = {name.strip().lower(): name for name in reversed(header)}
    for field, names in FIELDS.items():
        column = next((plain[name] for name in names if name in plain and plain[name] not in said), None)
        if field not in found and column is not None:
            found[field] = column
    lost = [field for field in _NEEDED if field not in found]
    if not any(field in found for field in _VALUES):
        lost.append("value_usd")
    if not ({"exporter", "importer"} <= set(found) or "partner" in found):
        lost.append("partner")
    if lost:
        raise UnusableTable(
            f"found the columns {', '.join(header[:30])}; expected columns for {', '.join(lost)} too; say with a "
            "mapping which they are."
        )
    return found
