"""Any table whose header names our fields, or is mapped to them."""

from collections.abc import Iterator, Mapping
from typing import Any

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange._draft import ContentRefs, Draft, UnreadableFile
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import STRAY, table_of
from liqi.catalogue.models import InstrumentStatus
from liqi.taxonomy import techniques

SOURCE = ""
FIELDS = (
    *("id", "name", "name_en", "class", "class_edition", "maker", "model", "serial", "made_in", "techniques"),
    *("institution", "institution_en", "ror_id", "country", "province", "city", "place", "latitude", "longitude"),
    *("value_cny", "value_wan", "acquired_on", "status", "shared", "bookable", "description", "website"),
)
_OTHER_NAMES = {
    **{"仪器编号": "id", "编号": "id", "资产编号": "id", "innerid": "id", "key": "id"},
    **{"名称": "name", "仪器名称": "name", "仪器设备名称": "name", "cname": "name", "中文名称": "name"},
    **{"英文名称": "name_en", "ename": "name_en", "分类编码": "class", "class_code": "class", "instrcategory": "class"},
    **{"制造商": "maker", "生产厂商": "maker", "manufacturer": "maker", "型号": "model", "规格型号": "model"},
    **{"instrversion": "model", "出厂编号": "serial", "序列号": "serial", "serial_number": "serial"},
    **{"产地": "made_in", "国别": "made_in", "nation": "made_in", "单位": "institution", "所属单位": "institution"},
    **{"单位名称": "institution", "owner": "institution", "地址": "place", "所在地": "place", "address": "place"},
    **{"lat": "latitude", "lon": "longitude", "lng": "longitude", "纬度": "latitude", "经度": "longitude"},
    **{
        "原值": "value_cny",
        "价格": "value_cny",
        "原值(万元)": "value_wan",
        "worth": "value_wan",
        "价格(万元)": "value_wan",
    },
    **{"启用日期": "acquired_on", "购置日期": "acquired_on", "begindate": "acquired_on", "begin_date": "acquired_on"},
    **{"状态": "status", "是否共享": "shared", "描述": "description", "主要功能": "description", "网址": "website"},
}
HEADERS = frozenset({*FIELDS, *_OTHER_NAMES})
"""Titles by which the header of such a table is found."""
_LONGEST = {"name": 300, "name_en": 300, "model": 200, "serial": 120, "website": 300}


def recognises(look: Look) -> bool:
    """Whether it is a table whose header names `name` in our words or in those we know."""
    return look.shape == "table" and "name" in _columns(look.header, {}).values()


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft a row; `mapping` gives our field for a header of theirs."""
    table = table_of(content, {*HEADERS, *(plain(theirs) for theirs in mapping or {})})
    header = table.header
    columns = _columns(header, mapping or {})
    if "name" not in columns.values():
        raise UnreadableFile(
            f"found the columns {', '.join(header[:8])}; expected at least a column called name "
            f"(ours are {', '.join(FIELDS[:9])} ...); name it so, or give a mapping file."
        )
    refs = ContentRefs()
    for place, row in enumerate(table.rows, start=table.first):
        if any(row):
            yield _draft(place, header, columns, row, refs)


def _columns(header: list[str], mapping: Mapping[str, str]) -> dict[int, str]:
    """Position of a column and our field for it; the first of two columns for one field wins."""
    mapped = {plain(theirs): ours for theirs, ours in mapping.items()}
    found: dict[int, str] = {}
    for place, title in enumerate(header):
        folded = plain(title)
        ours = mapped.get(folded) or _OTHER_NAMES.get(folded) or folded.replace(" ", "_")
        if ours in FIELDS and ours not in found.values():
            found[place] = ours
    return found


def _draft(place: int, header: list[str], columns: dict[int, str], row: list[str], refs: ContentRefs) -> Draft:
    raw = {title or f"column {n}": cell for n, (title, cell) in enumerate(zip(header, row, strict=False), 1)}
    given = {field: row[at] for at, field in columns.items() if at < len(row)}
    draft = Draft(place, "instrument", {}, "", raw)
    if len(row) > len(header) and any(row[len(header) :]):
        draft.reject(
            "",
            "too_many_cells",
            f"found {len(row)} cells; expected {len(header)} as in the header: is a quote missing?",
        )
    if any(STRAY in cell for cell in row):
        draft.remark("", "repaired_text", "found bytes that are not UTF-8; each became a mark.")
    fill(draft, given)
    identity = {name: given.get(name, "") for name in ("name", "model", "serial", "institution", "maker", "place")}
    draft.ref = given.get("id", "") or refs.ref(identity)
    return draft


def fill(draft: Draft, given: Mapping[str, str]) -> None:
    """The draft's fields are read from cells that carry our names."""
    for name in ("name", "name_en", "model", "serial", "description", "website"):
        if text := given.get(name, ""):
            if len(text) > _LONGEST.get(name, 100_000):
                draft.reject(name, "too_long", f"found {len(text)} characters; expected at most {_LONGEST[name]}.")
            draft.fields[name] = text
    if not draft.fields.get("name"):
        draft.reject("name", "name_missing", "found no name; expected one in every row.")
    if (website := given.get("website", "")) and not website.startswith(("http://", "https://")):
        draft.fields.pop("website")
        draft.remark("website", "website_dropped", f"found {website!r}; expected an address that begins with http.")
    cells.class_fields(draft, given.get("class", ""), given.get("class_edition", ""))
    cells.money(draft, "value_cny", given.get("value_cny", ""))
    if not given.get("value_cny"):
        cells.money(draft, "value_cny", given.get("value_wan", ""), unit="万")
    cells.day(draft, "acquired_on", given.get("acquired_on", ""))
    cells.truth(draft, "shared", given.get("shared", ""))
    cells.truth(draft, "bookable", given.get("bookable", ""))
    cells.country(draft, "made_in", given.get("made_in", ""))
    _place(draft, given)
    _status(draft, given.get("status", ""))
    _techniques(draft, given.get("techniques", ""))
    if maker := given.get("maker", ""):
        draft.fields["maker"] = maker
    if institution := given.get("institution", "") or given.get("institution_en", ""):
        owner: dict[str, Any] = {"name": institution, "name_en": given.get("institution_en", "")}
        draft.fields["institution"] = owner | {"ror_id": given.get("ror_id", "")}


def _place(draft: Draft, given: Mapping[str, str]) -> None:
    cells.where(draft, given.get("place", ""))
    cells.country(draft, "country", given.get("country", ""))
    if province := given.get("province", ""):
        cells.where(draft, province)
    if city := given.get("city", ""):
        draft.fields["city"] = city[:120]
    cells.point(draft, given.get("latitude", ""), given.get("longitude", ""))


def _status(draft: Draft, text: str) -> None:
    if not text:
        return
    words = {
        "正常": "working",
        "在用": "working",
        "维修": "down",
        "停用": "retired",
        "报废": "retired",
        "限制": "restricted",
    }
    status = words.get(text, text.lower())
    if status not in InstrumentStatus.values:
        draft.reject(
            "status", "status_unknown", f"found {text!r}; expected one of {', '.join(InstrumentStatus.values)}."
        )
        return
    draft.fields["status"] = status


def _techniques(draft: Draft, text: str) -> None:
    keys = [key.strip() for key in text.replace("|", ";").replace(",", ";").split(";") if key.strip()]
    unknown = [key for key in keys if key not in techniques()]
    if unknown:
        draft.reject(
            "techniques", "technique_unknown", f"found {unknown[0]!r}; expected a technique's key such as lcms."
        )
    elif keys:
        draft.fields["techniques"] = keys
