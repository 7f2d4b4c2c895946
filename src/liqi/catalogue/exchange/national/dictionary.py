"""The field dictionary and the code lists of the national interface."""

import csv
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

RECORDS = {
    "center": "1",
    "facility": "2",
    "service_unit": "3",
    "instrument": "4",
    "customs": "5",
    "service_record": "6",
    "institution_year": "7",
}
"""Our word for a record of the interface, and its type code there; the service unit was dropped in 2019."""
NONE = "无"
"""The word that the interface wants where there is nothing to say."""
NONE_ALLOWED = {
    "instrument": ("instrBelongsName", "resourceName", "insideDepart", "achievement", "fee", "image"),
    "facility": ("achievement",),
    "service_record": ("subjectName",),
}
"""Fields that must be filled, with the word for nothing where there is nothing: the live interface refuses empty."""
REQUIRED = {
    "center": ("cname", "innerId"),
    "facility": ("cname", "innerId"),
    "instrument": (
        *("innerId", "insCode", "cname", "insideDepart", "instrBelongsType", "instrBelongsName", "resourceName"),
        *("instrCategory", "instrSource", "instrSupervise", "worth", "nation", "manufacturer", "beginDate", "type"),
        *("subject", "achievement"),
    ),
    "customs": ("declarationNumber",),
    "service_record": (
        *("recordInnerId", "innerId", "serviceTime", "endTime", "serviceAmount", "serviceWay", "serviceType"),
        "subjectName",
    ),
}
"""What a record is not sent without: the fields that the dictionary marks, and the key and classing of each record."""
_LISTS = {
    ("instrument", "instrBelongsType"): "belongs_type",
    ("instrument", "instrSource"): "instr_source",
    ("instrument", "type"): "type",
    ("instrument", "status"): "status",
    ("instrument", "shareMode"): "share_mode",
    ("instrument", "funds"): "funds",
    ("instrument", "subject"): "subject",
    ("facility", "subject"): "subject",
    ("center", "subject"): "subject",
    ("facility", "deviceCategory"): "facility_category",
    ("facility", "construction"): "construction",
    ("center", "level"): "level",
    ("service_record", "serviceWay"): "service_way",
    ("service_record", "serviceType"): "service_type",
    ("service_record", "serviceDirection"): "service_direction",
    ("service_record", "subjectIncome"): "subject_income",
    ("service_record", "subjectArea"): "subject",
    ("service_record", "comment"): "comment",
}
BY_CODE = {"instrBelongsType", "serviceType", "serviceDirection", "adressType"}
"""Keys whose value is the code of the list; the others say the word."""
MOST_OF_LIST = 4
"""So many subjects and so many sources of funds at most."""


@dataclass(frozen=True)
class Field:
    """One field of one record: key, Chinese label, kind, longest text, rule in words, the versions that have it."""

    record: str
    key: str
    label: str
    type: str
    rule: str
    since: str

    @cached_property
    def kind(self) -> str:
        """The type without its length: str, decimal, date, enum ..."""
        return self.type if self.type == "url+year" else self.type.rstrip("0123456789-")

    @cached_property
    def longest(self) -> int | None:
        """The most characters, None where the dictionary says nothing."""
        found = re.search(r"\d+$", self.type)
        return int(found[0]) if found and self.kind in ("str", "url") else None

    @cached_property
    def digits(self) -> int | None:
        """How many digits the value has, None where it is not a number of fixed length."""
        found = re.search(r"\d+$", self.type)
        return int(found[0]) if found and self.kind in ("digits", "code") else None

    @cached_property
    def dropped(self) -> bool:
        """Whether the version of 2019 has it no more: read, but sent no more."""
        return ("dropped" in self.rule and "3 服务单元" not in self.rule) or "2016 only" in self.rule

    @cached_property
    def required(self) -> bool:
        """Whether a record is not taken without it."""
        return self.key in REQUIRED.get(self.record, ())

    @cached_property
    def none_allowed(self) -> bool:
        """Whether the word for nothing may stand here."""
        return self.key in NONE_ALLOWED.get(self.record, ())

    @cached_property
    def choices(self) -> dict[str, str]:
        """Code and word of its list; empty where any value goes."""
        if self.key in ("instrSupervise", "accept", "share", "feesApproved", "signAgreement"):
            return {"1": "是", "0": "否"}
        if self.key == "adressType":
            return {"0": "单位内", "1": "单位外"}
        return lists().get(_LISTS.get((self.record, self.key), ""), {})


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    text = files("liqi.catalogue.exchange.national").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def fields(record: str) -> dict[str, Field]:
    """The fields of a record by their key, in the order of the dictionary."""
    rows = (row for row in _table("fields.csv") if row["record"] == record)
    return {
        row["api_key"]: Field(record, row["api_key"], row["label_zh"], row["type"], row["rule"], row["since"])
        for row in rows
    }


@cache
def lists() -> dict[str, dict[str, str]]:
    """Every code list by name: code and word."""
    found: dict[str, dict[str, str]] = {}
    for row in _table("enumerations.csv"):
        found.setdefault(row["list"], {})[row["code"]] = row["label_zh"]
    found["level"] = dict(enumerate_words("国家级", "省部级", "地市级", "单位级"))
    found["subject"] = {row["code"]: row["name_zh"] for row in _table("subjects.csv")}
    return found


def enumerate_words(*words: str) -> list[tuple[str, str]]:
    """Codes from 1 for words that the dictionary lists without codes."""
    return [(str(number), word) for number, word in enumerate(words, start=1)]


def word(name: str, code: str) -> str:
    """The word of a code in a list, blank when the list has no such code.

    >>> word("service_direction", "135"), word("service_direction", "9")
    ('科学研究', '')
    """
    return lists()[name].get(code, "")


def code(name: str, text: str) -> str:
    """The code that a code or word of a list means, blank when the list has neither.

    >>> code("service_direction", "科学研究"), code("service_direction", "135")
    ('135', '135')
    """
    if text in lists()[name]:
        return text
    return next((code for code, label in lists()[name].items() if label == text), "")


def record_of(type_code: str) -> str:
    """Our word for the record of this type code."""
    return next(name for name, code in RECORDS.items() if code == type_code)
