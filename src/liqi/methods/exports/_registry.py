"""The formats an answer can leave in: what each is called, which answers it can say, and its writer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._text import Text
from liqi.methods.exports import lists, maps, mzqc, mzspeclib, mztab, optics

Facts = Mapping[str, Any]


class NotExportable(ValueError):
    """The answer does not hold what the format says; the message tells which formats it can leave in."""


@dataclass(frozen=True, slots=True)
class Export:
    """A format: its key, the ending of its files, its media type, its title, which answers it can say, its writer.

    `write` takes the answer's JSON, a language (zh-Hans, zh-Hant, en), which only words for people follow, and the
    time that the file says it was made.
    """

    key: str
    ending: str
    media_type: str
    title: Text
    fits: Callable[[Facts], bool]
    write: Callable[[Facts, str, datetime], str | bytes]


_TABLE = "text/tab-separated-values; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"

EXPORTS: Mapping[str, Export] = {
    one.key: one
    for one in (
        Export(
            "mztab",
            ".mztab",
            _TABLE,
            Text(
                "mzTab-M 2.0: compounds, features, evidence",
                "mzTab-M 2.0：化合物、特征与证据",
                "mzTab-M 2.0：化合物、特徵與證據",
            ),
            mztab.fits,
            lambda answer, language, now: mztab.write(answer),
        ),
        Export(
            "mzspeclib",
            ".mzSpecLib.txt",
            _PLAIN,
            Text(
                "mzSpecLib 1.0: spectra of the named features",
                "mzSpecLib 1.0：已命名特征的谱图",
                "mzSpecLib 1.0：已命名特徵的圖譜",
            ),
            mzspeclib.fits,
            lambda answer, language, now: mzspeclib.write(answer),
        ),
        Export(
            "mzqc",
            ".mzQC",
            "application/json; charset=utf-8",
            Text("mzQC 1.0: quality of the run", "mzQC 1.0：运行质量指标", "mzQC 1.0：執行品質指標"),
            mzqc.fits,
            lambda answer, language, now: mzqc.write(answer, now),
        ),
        Export(
            "mrc",
            ".mrc",
            "application/octet-stream",
            Text("MRC2014: the map", "MRC2014：密度图", "MRC2014：密度圖"),
            maps.fits,
            lambda answer, language, now: maps.write(answer),
        ),
        Export(
            "star",
            ".star",
            _PLAIN,
            Text(
                "STAR (RELION 3.1): defocus of the micrographs",
                "STAR（RELION 3.1）：显微照片的欠焦值",
                "STAR（RELION 3.1）：顯微照片的欠焦值",
            ),
            optics.fits,
            lambda answer, language, now: optics.write(answer),
        ),
        Export(
            "csv",
            ".csv",
            "text/csv; charset=utf-8",
            Text("CSV: the main table, with words in your language", "CSV：主表（当前语言）", "CSV：主表（目前語言）"),
            lists.fits,
            lambda answer, language, now: lists.write(answer, language),
        ),
    )
}


def exports_of(answer: Answer | Facts) -> list[Export]:
    """Return the formats that this answer can leave in."""
    facts = answer.as_json() if isinstance(answer, Answer) else answer
    return [one for one in EXPORTS.values() if one.fits(facts)]


def write_export(answer: Answer | Facts, key: str, *, now: datetime, language: str = "en") -> str | bytes:
    """Return the answer in the format of this key, or raise `NotExportable`."""
    facts = answer.as_json() if isinstance(answer, Answer) else answer
    chosen = EXPORTS.get(key)
    if chosen is None or not chosen.fits(facts):
        known = ", ".join(one.key for one in exports_of(facts)) or "none"
        raise NotExportable(
            f"found format {key!r} for an answer of {facts['method']}, expected one of: {known}; choose one of them."
        )
    return chosen.write(facts, language, now)
