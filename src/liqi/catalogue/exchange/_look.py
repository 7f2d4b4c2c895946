"""The first look at a file: what shape it has and what stands on top of it; enough to tell the format."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._encoding import STRAY, encoding_of
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._sheet import is_workbook
from liqi.catalogue.exchange._text import table_of

_ROOT = re.compile(r"<(?:([\w.-]+):)?([\w.-]+)((?:\s[^<>]*)?)/?>")
_NAMESPACE = re.compile(r"\sxmlns(?::([\w.-]+))?\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True)
class Look:
    """`shape` is "table", "json", "xml" or "text"; tables have a header, XML a root with its namespace.

    `text` is the beginning of the text (at most 256 kB; empty for workbooks); `titles` the header as compared:
    folded, without the marks of required fields.
    """

    name: str
    shape: str
    header: list[str] = field(default_factory=list)
    text: str = ""
    root: str = ""
    namespace: str = ""

    @property
    def titles(self) -> set[str]:
        """The header's folded titles."""
        return {plain(title) for title in self.header if title}


def look_at(file: Incoming, known: Collection[str]) -> Look:
    """The file's shape, header and beginning; raises UnreadableFile where it cannot be text or a workbook."""
    if is_workbook(file.head):
        return Look(file.name, "table", table_of(file, known).header)
    if not file.head.strip():
        raise UnreadableFile(_("found an empty file; expected a table with a header, or a record; export it again."))
    text = file.head.decode(encoding_of(file), errors="replace").rstrip(STRAY).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _xml(file.name, text)
    if text.startswith(("{", "[")) and not text.startswith("[]"):
        return Look(file.name, "json", text=text)
    try:
        header = table_of(file, known).header
    except UnreadableFile:
        if "," in text or ";" in text or "\t" in text:
            raise
        header = []
    return Look(file.name, "table" if header else "text", header, text)


def _xml(name: str, text: str) -> Look:
    body = re.sub(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", "", text[:65536], flags=re.DOTALL)
    found = _ROOT.search(body)
    if found is None:
        return Look(name, "xml", text=text)
    prefix, root, attributes = found.groups()
    spaces = dict(_NAMESPACE.findall(attributes or ""))
    return Look(name, "xml", text=text, root=root, namespace=spaces.get(prefix or "", ""))
