"""The four official spreadsheets: their columns, derived from the dictionary by their published counts.

The forms of the national platform have 20 (instrument centre), 48 (large infrastructure), 41 (core instruments) and
40 columns (instruments). Their exact headings are not published; they are told from the dictionary so: the centre's 11
fields and the instrument's place (4) and contact (5); the infrastructure's 25 fields, with each of its three people in
five columns, its pictures and its achievements in three, its technical centre in two, and place and address (6); the 41
fields of an instrument; the same without the state of submission, which nobody fills. Reading goes by the
headings, in any order, and takes more or fewer of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange.national import _codecs as say
from liqi.catalogue.exchange.national import dictionary, records
from liqi.catalogue.exchange.national._codecs import Home
from liqi.catalogue.exchange.national._facility import DOCUMENTS, document, read_document
from liqi.catalogue.exchange.national._people import CHIEF, OPERATIONS, PARTS, REPORTING, part

COUNTS = {"center": 20, "facility": 48, "core_instrument": 41, "instrument": 40}
"""Form and number of its columns, as published."""
_PLACE = ("province", "city", "county", "street")
_CONTACT = ("contact", "phone", "email", "address", "postalcode")
_PEOPLE = {
    "sciContact": ("首席科学家", CHIEF),
    "runContact": ("运行负责人", OPERATIONS),
    "contact": ("填报联系人", REPORTING),
}
_PICTURES = dict(zip(DOCUMENTS["layoutImage"], ("布局图", "关键部件图", "实验操作图"), strict=True))
_SECTIONS = {
    "technical": ("specification", ("科学技术中心", "主要线站与技术指标")),
    "achievement": ("achievements", ("支撑国家重大科研任务", "经济社会效益", "国际合作成果")),
}
_OTHER_HEADINGS = {
    "cname": ("仪器名称", "中文名称", "仪器设备中文名称", "设施名称", "中心名称"),
    "instrCategory": ("仪器设备分类编码", "分类编码", "设备分类编码"),
    "innerId": ("仪器编号", "中心编号", "科学装置编号", "设施编号", "资产编号"),
    "insCode": ("单位标识", "单位编码"),
    "nation": ("产地", "国别", "产地国"),
    "manufacturer": ("生产厂商", "制造商", "生产厂家"),
    "instrVersion": ("型号", "仪器型号", "规格型号"),
    "instrSupervise": ("海关监管", "是否海关监管"),
    "runMachine": ("年总运行机时", "年有效工作机时"),
    "serviceMachine": ("年对外服务机时",),
    "province": ("省", "所在省", "省份"),
    "city": ("市", "所在市"),
    "county": ("区县", "县", "区"),
    "street": ("街道",),
    "phone": ("联系电话",),
    "email": ("邮箱", "电子邮件", "e-mail"),
    "subject": ("学科领域",),
    "worth": ("原值", "价值(万元)", "总值"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the heading that is written, the headings that are understood, how it is written and read."""

    heading: str
    key: str
    home: Home
    names: frozenset[str]


@cache
def columns(form: str) -> tuple[Column, ...]:
    """The columns of a form, in order."""
    if form == "center":
        place = [_of("instrument", key, _placed(key)) for key in (*_PLACE, *_CONTACT)]
        return (*(_of("center", key) for key in dictionary.fields("center")), *place)
    if form == "facility":
        place = [_of("instrument", key, _placed(key)) for key in (*_PLACE, "address", "postalcode")]
        return (*(one for key in dictionary.fields("facility") for one in _facility(key)), *place)
    keys = list(dictionary.fields("instrument"))
    return tuple(_of("instrument", key) for key in keys if form == "core_instrument" or key != "auditStatus")


def record_of(form: str) -> str:
    """The record that each row of the form is."""
    return "instrument" if form == "core_instrument" else form


@cache
def known_titles() -> frozenset[str]:
    """Every heading of every form, as headings are compared."""
    return frozenset(name for form in COUNTS for column in columns(form) for name in column.names)


def form_of(header: Iterable[str]) -> tuple[str, int]:
    """The form that most of these headings belong to, and how many do; the fuller form where two have as many."""
    titles = list(header)
    counts = {form: len(matched(form, titles)) for form in COUNTS}
    best = max(COUNTS, key=lambda form: (counts[form], counts[form] / COUNTS[form], -COUNTS[form]))
    return best, counts[best]


def matched(form: str, header: Iterable[str]) -> dict[int, Column]:
    """Position and column of the headings that the form knows; the first of two for one column wins."""
    by_name = {name: column for column in columns(form) for name in column.names}
    found: dict[int, Column] = {}
    taken: set[str] = set()
    for place, title in enumerate(header):
        column = by_name.get(plain(title)) or by_name.get(bare(title))
        if column is not None and column.heading not in taken:
            taken.add(column.heading)
            found[place] = _variant(column, title)
    return found


def write(form: str, one: Any, *, more: Mapping[str, str] | None = None) -> list[str]:
    """The row of a record; `more` gives what other records decide, by key."""
    given = more or {}
    return [given.get(column.key) or column.home.write(one) for column in columns(form)]


def bare(title: str) -> str:
    """A heading without brackets, units and marks, as headings are compared.

    >>> bare("*原值（万元）"), bare("首席科学家-姓名")
    ('原值', '首席科学家姓名')
    """
    return re.sub(r"[\s_\-—:：/、·*]", "", re.sub(r"\(.*?\)", "", plain(title)))


def _of(record: str, key: str, home: Home | None = None) -> Column:
    label = dictionary.fields(record)[key].label
    heading = re.sub(r"\((2016|2019\+)\)", "", label.split(" / ")[-1])
    spoken = [*label.split(" / "), heading, key, *_OTHER_HEADINGS.get(key, ())]
    if "-" in label:
        spoken.append(label.split("-", 1)[1])
    return _column(heading, key, home or records.HOMES[record][key], spoken)


def _column(heading: str, key: str, home: Home, spoken: Iterable[str]) -> Column:
    names = {name for text in spoken for name in (plain(text), bare(text)) if name}
    return Column(heading, key, home, frozenset(names))


def _placed(key: str) -> Home:
    homes = {
        "province": say.division("Facility", "province"),
        "city": say.division("Facility", "city"),
        "county": say.division("Facility", "county"),
        "street": say.text("Facility", "address"),
        "contact": part("name"),
        "address": part("address", otherwise="address"),
        "postalcode": part("postcode", otherwise="postcode"),
    }
    return homes.get(key) or part(key)


def _facility(key: str) -> list[Column]:
    if key in _PEOPLE:
        who, role = _PEOPLE[key]
        return [
            _column(
                f"{who}{word}", f"{key}.{name}", part(name, role), [f"{who}{word}", f"{who} {word}", f"{key}.{name}"]
            )
            for name, word in PARTS.items()
        ]
    if key == "layoutImage":
        return [_column(word, f"{key}.{kind}", _document(kind), [word]) for kind, word in _PICTURES.items()]
    if key in _SECTIONS:
        name, titles = _SECTIONS[key]
        own = [_column(title, f"{key}.{title}", _section(name, title, titles), [title]) for title in titles]
        return [replace(own[0], names=own[0].names | {plain(key)}), *own[1:]]
    return [_of("facility", key)]


def _document(kind: str) -> Home:
    return Home(
        "Facility.documents", lambda one: document(one, kind), lambda draft, cell: read_document(draft, kind, cell)
    )


def _section(name: str, title: str, titles: tuple[str, ...]) -> Home:
    """One part of a text of several, each under its title; a text without titles is all of the first part."""

    def read(draft: Draft, cell: str) -> None:
        if cell := say.without_none(cell):
            parts = sections(draft.fields.get(name, ""), titles) | {title: cell}
            draft.fields[name] = "\n".join(f"{one}：{parts[one]}" for one in titles if parts.get(one))

    return Home(f"Facility.{name}", lambda one: sections(getattr(one, name), titles).get(title, ""), read)


def sections(text: str, titles: tuple[str, ...]) -> dict[str, str]:
    """The parts of a text by their titles.

    >>> sections("经济社会效益：一\\n国际合作成果：二", ("经济社会效益", "国际合作成果"))
    {'经济社会效益': '一', '国际合作成果': '二'}
    """
    found: dict[str, str] = {}
    current = titles[0]
    for line in text.split("\n") if text else []:
        for title in titles:
            if line.startswith(f"{title}："):
                current, line = title, line.removeprefix(f"{title}：")
                break
        found[current] = f"{found[current]}\n{line}" if current in found else line
    return found


def _variant(column: Column, title: str) -> Column:
    """The column as this heading means it: 启用日期 is not 建账日期, and 元 is not 万元."""
    spoken = plain(title)
    if column.key == "beginDate" and "启用" in spoken and "建账" not in spoken:
        return _reading(column, say.day("Instrument", "commissioned_on").read)
    if column.key == "worth" and re.search(r"\((人民币)?元\)", spoken):
        name = column.home.where.split(".")[1]
        return _reading(column, lambda draft, cell: cells.money(draft, name, say.without_none(cell)))
    return column


def _reading(column: Column, read: Callable[[Draft, str], None] | None) -> Column:
    return replace(column, home=replace(column.home, read=read))
