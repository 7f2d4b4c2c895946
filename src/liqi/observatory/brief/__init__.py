"""The brief: an answer of the observatory as a file to cite, each figure with what a reader needs to check it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from liqi.observatory import question
from liqi.observatory.brief._csv import as_csv
from liqi.observatory.brief._docx import as_docx
from liqi.observatory.brief._pdf import as_pdf
from liqi.observatory.question import Asked, Standing, Told

__all__ = ["KINDS", "UnknownKind", "make", "parts"]

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
}
"""The endings that a brief may have, and their media types."""
_MAKERS: dict[str, Callable[[Told, Standing, Path | None], Iterable[bytes]]] = {
    "pdf": lambda told, found, land: (as_pdf(told, found, land),),
    "docx": lambda told, found, land: (as_docx(told, found, land),),
    "csv": lambda told, found, _land: as_csv(told, found),
}


class UnknownKind(ValueError):
    """No brief has this ending; the message says which there are."""


def make(asked: Asked, kind: str, *, now: datetime, land: Path | None = None) -> bytes:
    """The brief of the question as a file of this kind (pdf, docx or csv), in the language that is active.

    `land` is the outline for its map, a TopoJSON file with an object "land"; without one there is no map.
    """
    return b"".join(parts(asked, kind, now=now, land=land))


def parts(asked: Asked, kind: str, *, now: datetime, land: Path | None = None) -> Iterable[bytes]:
    """The brief of `make` part by part: a CSV file that names 100,000 instruments a line is never held whole."""
    if kind not in KINDS:
        raise UnknownKind(f"found the ending {kind!r}; expected one of {', '.join(KINDS)}; choose another name.")
    found = question.read(asked, now=now)
    told = question.tell(found)
    return _MAKERS[kind](told, found, land)
