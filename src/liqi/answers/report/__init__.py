"""Reports: an answer written as one HTML or PDF file in a language of Liqi; knows no Django and no database."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liqi.answers.report._content import content
from liqi.answers.report._html import STYLE_HASH, html
from liqi.answers.report._notebook import notebook
from liqi.answers.report._pdf import pdf
from liqi.methods import LANGUAGES, Answer, BadParameter, UnreadableFile

__all__ = ["STYLE_HASH", "html", "notebook", "pdf", "write"]


def write(
    answer: Answer | Mapping[str, Any],
    out_path: str | Path,
    language: str = "en",
    people: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report of an answer; the ending of `out_path` says whether it is `.html` or `.pdf`.

    `language` is one of zh-Hans, zh-Hant and en, in any case of letters; `people` what was said of the answer
    (`liqi.answers.signatures.Layer.as_json`).
    """
    path = Path(out_path)
    tags = {tag.lower(): tag for tag in LANGUAGES}
    if language.lower() not in tags:
        raise BadParameter("language", language, f"one of {', '.join(LANGUAGES)}")
    facts = answer.as_json() if isinstance(answer, Answer) else answer
    told = content(facts, tags[language.lower()], people)
    kind = path.suffix.lower()
    if kind not in (".html", ".pdf"):
        raise BadParameter("report", str(path), "a file name that ends in .html or .pdf")
    data = html(told).encode() if kind == ".html" else pdf(told)
    try:
        path.write_bytes(data)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, "a file that can be written", "choose another name") from None
    return path
