"""An answer's JSON with its fixed words in three languages beside the stable English ones."""

import re
from collections.abc import Mapping
from typing import Any

from liqi.methods._text import Text
from liqi.methods.phrases._book import book_of, said
from liqi.methods.phrases._refusals import refusal

Json = Any
Words = Mapping[str, str]
_NUMBERED = re.compile(r"(.+) \((\d+)\)")
"""A name that stands twice in an answer, as tables of many answers tell them apart."""
_POWER = re.compile(r"(?<![\w.])([a-zA-Z]{1,3})(-?\d)(?![\w.])")
_RAISED = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
"""A power as UCUM writes it, ``cm-1``, and the signs that people raise it with."""
_MICRO = re.compile(r"(?<![\w.])u(?=g|L|mol|m\b)")
_LISTS = ("series", "lines", "marks", "areas")


def finding_title(method: str, name: str) -> Text:
    """Return the words of a finding's name, the name itself where it is one of the data.

    >>> finding_title("cryo.fsc", "resolution").zh_hans, finding_title("ms.identify", "Caffeine").zh_hans
    ('分辨率', 'Caffeine')
    """
    told = said(method, "finding", name)
    if told is None and (numbered := _NUMBERED.fullmatch(name)):
        told = said(method, "finding", numbered[1])
        told = told and Text(*(f"{words} ({numbered[2]})" for words in (told.en, told.zh_hans, told.zh_hant)))
    return told or Text.same(name)


def unit_words(unit: str) -> Text:
    """Return a unit as it is written: what it counts in words, powers raised.

    >>> unit_words("events").zh_hant, unit_words("ug/kg").en, unit_words("counts·cm-1").zh_hans, unit_words("1H").en
    ('個事件', 'µg/kg', '计数·cm⁻¹', '1H')
    """
    told = said("*", "unit", unit) or Text.same(unit)
    return Text(*(_written(words) for words in (told.en, told.zh_hans, told.zh_hant)))


def confidence_words(found: Mapping[str, Json]) -> Text | None:
    """Return what stands in place of a row's or candidate's confidence: no fragment speaks for it, its mass alone does.

    >>> confidence_words({"confidence": 0.63, "matched_peaks": 0, "precursor_error_ppm": 0.3}).en
    'by mass alone'
    """
    alone = found.get("matched_peaks") == 0 and found.get("precursor_error_ppm") is not None
    return Text("by mass alone", "仅凭质量", "僅憑質量") if alone else None


def _written(unit: str) -> str:
    raised = _POWER.sub(lambda found: found[1] + found[2].translate(_RAISED), unit)
    return _MICRO.sub("\u00b5", raised)


def with_words(facts: Mapping[str, Json]) -> dict[str, Json]:
    """Return the answer with ``title`` and ``verdict_title`` at findings, ``words`` at rows by column, and labels and
    notices by language.

    Names and cells stay what they are; an answer that has its words already is returned as it is.
    """
    method = str(facts["method"])
    return {
        **facts,
        "findings": [_finding(method, one) for one in facts["findings"]],
        "tables": [_table(method, one) for one in facts["tables"]],
        "plots": [_plot(method, one) for one in facts["plots"]],
        "warnings": [_by_language(method, "notice", one) for one in facts["warnings"]],
    }


def _finding(method: str, one: Mapping[str, Json]) -> Mapping[str, Json]:
    places = (("title", "finding", one["name"]), ("verdict_title", "verdict", one.get("verdict", "")))
    told = {name: said(method, place, str(words)) for name, place, words in places if name not in one}
    return {**one, **{name: words.as_json() for name, words in told.items() if words is not None}}


def _table(method: str, one: Mapping[str, Json]) -> Mapping[str, Json]:
    columns = [{**column, "title": _by_language(method, "title", column["title"])} for column in one["columns"]]
    spoken = [column["name"] for column in columns if column["name"] in book_of(method)]
    rows = [_row(method, spoken, row) for row in one["rows"]] if spoken else one["rows"]
    if any(column["name"] == "contribution" for column in columns):
        rows = [_budget(method, row) for row in rows]
    return {**one, "columns": columns, "rows": rows}


def _row(method: str, columns: list[str], row: Mapping[str, Json]) -> Mapping[str, Json]:
    if "words" in row:
        return row
    pairs = ((name, said(method, name, row[name])) for name in columns if isinstance(row.get(name), str))
    words = {name: told.as_json() for name, told in pairs if told is not None}
    return {**row, "words": words} if words else row


def _budget(method: str, row: Mapping[str, Json]) -> Mapping[str, Json]:
    """A row of an uncertainty budget names a contribution by its symbol, in one word for all languages."""
    told = row.get("contribution")
    return {**row, "contribution": _by_language(method, "title", told)} if isinstance(told, Mapping) else row


def _plot(method: str, one: Mapping[str, Json]) -> dict[str, Json]:
    titles = {name: _by_language(method, "title", one[name]) for name in ("title", "x_title", "y_title")}
    return {**one, **titles, "data": _data(method, one["data"])}


def _data(method: str, data: Mapping[str, Json]) -> Mapping[str, Json]:
    if "label" not in book_of(method):
        return data
    lists = {name: [_labelled(method, one) for one in data[name]] for name in _LISTS if data.get(name)}
    return _labelled(method, {**data, **lists})


def _labelled(method: str, one: Mapping[str, Json]) -> Mapping[str, Json]:
    made = dict(one)
    if "label" in one:
        made["label"] = _label(method, one["label"])
    if isinstance(one.get("names"), list):
        made["names"] = [_label(method, name) for name in one["names"]]
    return made


def _label(method: str, words: Json) -> Json:
    told = said(method, "label", words) if isinstance(words, str) else None
    return words if told is None else told.as_json()


def _by_language(method: str, place: str, words: Words) -> Words:
    """Words that are the same in all languages because nobody said them in Chinese."""
    english = words.get("en", "")
    told = said(method, place, english) if words.get("zh-Hans") == english else None
    if place == "notice" and told is None and words.get("zh-Hans") == english:
        told = refusal(english)  # a file that was read in part says what was left out, as a refusal does
    return words if told is None else {**words, **told.as_json()}
