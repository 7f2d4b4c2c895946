"""Any table whose header names our fields, or is mapped to them."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _flags as flags
from liqi.catalogue.exchange import _record as record
from liqi.catalogue.exchange._columns import FIELDS, GROUPS, HEADERS, columns_of, guess
from liqi.catalogue.exchange._draft import ContentRefs, Draft, UnreadableFile
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import STRAY, table_of

SOURCE = ""
__all__ = ["FIELDS", "GROUPS", "HEADERS", "SOURCE", "columns_of", "guess", "read", "recognises"]


def recognises(look: Look) -> bool:
    """Whether it is a table whose header names `name` in our words or in those we know."""
    return look.shape == "table" and "name" in columns_of(look.header, {}).values()


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft a row; `mapping` gives our field for a header of theirs."""
    table = table_of(content, {*HEADERS, *(plain(theirs) for theirs in mapping or {})})
    header = table.header
    columns = columns_of(header, mapping or {})
    if "name" not in columns.values():
        raise UnreadableFile(
            _(
                "found the columns %(found)s; expected at least a column called name (ours are "
                "%(known)s ...); name it so, or give a mapping."
            )
            % {"found": ", ".join(title for title in header[:8] if title), "known": ", ".join(FIELDS[:9])}
        )
    private = {at for at, field in columns.items() if field.startswith("contact_")}
    titles = [(n, title or f"column {n + 1}") for n, title in enumerate(header) if n not in private]
    refs, width = ContentRefs(), len(header)
    for place, row in enumerate(table.rows, start=table.first):
        if any(row):
            yield _draft(place, width, titles, columns, row, refs)


def _draft(
    place: int,
    width: int,
    titles: list[tuple[int, str]],
    columns: Mapping[int, str],
    row: list[str],
    refs: ContentRefs,
) -> Draft:
    cells = len(row)
    given = {field: _bare(row[at]) for at, field in columns.items() if at < cells and row[at]}
    draft = Draft(place, "instrument", {}, "", {title: row[n] for n, title in titles if n < cells})
    if cells > width and any(row[width:]):
        draft.reject(
            "",
            "too_many_cells",
            _("found %(found)s cells; expected %(width)s as in the header: is a quote missing?")
            % {"found": cells, "width": width},
        )
    if any(STRAY in cell for cell in row):
        draft.remark("", "repaired_text", _("found bytes that are not UTF-8; each became a mark."))
    draft.kind = record.kind_of(draft, given.get("kind", ""))
    if draft.kind == "contact":
        draft.fields = {"of": given.get("id", ""), "contacts": [record.contact_of(draft, given)]}
        if not given.get("id") or not draft.fields["contacts"][0]:
            draft.reject(
                "id", "contact_of_nothing", _("found a contact; expected its data, and in id the record of it.")
            )
        return draft
    record.fill(draft, given)
    flags.check(draft)
    if draft.fields.get("name"):
        identity = {name: given.get(name, "") for name in ("name", "model", "serial", "institution", "maker", "place")}
        draft.ref = given.get("id", "")[:300] or refs.ref(identity)
    return draft


def _bare(text: str) -> str:
    """The cell without the apostrophe that keeps spreadsheet programs from running it as a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(("=", "+", "-", "@")) else text
