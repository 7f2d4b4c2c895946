"""Exchange with other systems: one module a standard, registered by one line in FORMATS.

A module has `SOURCE` (the name of the source where none is given), `recognises(look)` and
`read(content, mapping=None)`; a table's module also `HEADERS`, the folded titles by which its header is found below
titles and merged cells. `write` stands where the standard can be written.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import cerif, datacite, jisc, national, pidinst, ror, table, uniquip
from liqi.catalogue.exchange._draft import KINDS, ContentRef, ContentRefs, Draft, Problem, UnreadableFile
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange._incoming import Incoming, incoming
from liqi.catalogue.exchange._look import Look, look_at
from liqi.catalogue.exchange._sheet import is_workbook
from liqi.catalogue.exchange._sheet import sheet_names as _sheet_names
from liqi.catalogue.exchange._text import STRAY, Table, decode, rows, table_of


class Format(Protocol):
    """What a module of a standard offers to the importer."""

    SOURCE: str

    def recognises(self, look: Look) -> bool:
        """Whether the file is of this format, told from its content."""
        ...

    def read(self, content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
        """One draft a record, each with its problems; raises UnreadableFile for the file as a whole."""
        ...


_MODULES: dict[str, Any] = {
    "pidinst": pidinst,
    "datacite": datacite,
    "cerif": cerif,
    "jisc": jisc,
    "uniquip": uniquip,
    "ror": ror,
    "national": national,
    "csv": table,
}
FORMATS: dict[str, Format] = {name: cast(Format, module) for name, module in _MODULES.items()}
"""Name of the format and its module, in the order in which they are tried."""

__all__ = [
    "FORMATS",
    "KINDS",
    "STRAY",
    "ContentRef",
    "ContentRefs",
    "Draft",
    "Format",
    "Incoming",
    "Look",
    "Problem",
    "Table",
    "UnreadableFile",
    "decode",
    "incoming",
    "known_headers",
    "look_at",
    "plain",
    "recognise",
    "rows",
    "sheet_names",
    "table_of",
]


@cache
def known_headers() -> frozenset[str]:
    """The folded titles of every table that we know, by which a header is found among the first rows."""
    given: list[Collection[str]] = [getattr(module, "HEADERS", ()) for module in FORMATS.values()]
    return frozenset(plain(title) for titles in given for title in titles)


def sheet_names(file: Incoming) -> list[str]:
    """The sheets of a workbook; none where the file is no workbook."""
    return _sheet_names(file) if is_workbook(file.head) else []


def recognise(content: bytes | Path | Incoming, name: str = "") -> str:
    """The format of the file, told from its content alone; raises UnreadableFile when it is none of ours."""
    file = content if isinstance(content, Incoming) else Incoming(content, name)
    try:
        look = look_at(file, known_headers())
    finally:
        if file is not content:
            file.close()
    for name, module in FORMATS.items():
        if module.recognises(look):
            return name
    raise UnreadableFile(_unknown(look))


def _unknown(look: Look) -> str:
    """That the file is of no format of ours, and what to do."""
    known = ", ".join(FORMATS)
    if look.shape == "table":
        return _(
            "found a table with the columns %(found)r; expected one of %(known)s; a table needs at least a column "
            "called name: name it so, or map the columns (--mapping, or /import/)."
        ) % {"found": ", ".join(title for title in look.header[:8] if title), "known": known}
    if look.shape == "xml":
        return _(
            "found XML with the root <%(root)s>; expected one of %(known)s; export the record in one of these, or name "
            "the format with --as."
        ) % {"root": look.root, "known": known}
    return _(
        "found %(shape)s that begins with %(found)r; expected one of %(known)s; export it in one of these, or name the "
        "format with --as."
    ) % {"shape": "JSON" if look.shape == "json" else _("text"), "found": look.text[:60], "known": known}
