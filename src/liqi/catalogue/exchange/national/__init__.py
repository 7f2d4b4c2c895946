"""The Chinese national network platform (重大科研基础设施和大型科研仪器国家网络管理平台): its fields, lists and forms.

`dictionary` knows its fields and lists, `records` maps our models to its keys and back, `forms` are its spreadsheets;
this module reads those spreadsheets. What is checked and sent lies in `liqi.catalogue.national`.
"""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Draft, UnreadableFile
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import STRAY, table_of
from liqi.catalogue.exchange.national import forms, records
from liqi.catalogue.exchange.national.form_files import plain
from liqi.catalogue.models import Institution

__all__ = ["HEADERS", "SOURCE", "read", "recognises"]

SOURCE = "national platform"
HEADERS = forms.known_titles()
LEAST = {"center": 8, "facility": 15, "core_instrument": 15, "instrument": 15}
"""So many headings of a form make a table one of them; fewer may be any table."""


def recognises(look: Look) -> bool:
    """Whether the header has enough headings of one of the four forms, and one for the institution's own number."""
    if look.shape != "table":
        return False
    form, count = forms.form_of(look.header)
    keys = {column.key for column in forms.matched(form, look.header).values()}
    return count >= LEAST[form] and {"cname", "innerId"} <= keys


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft a row; the form is told from the header, which may stand below titles and have two levels."""
    table = table_of(content, HEADERS)
    form, count = forms.form_of(table.header)
    if count < 3:
        raise UnreadableFile(
            _(
                "found the columns %(found)s; expected headings of a national form, such as "
                "所在单位仪器编号, 仪器设备名称, 仪器分类编码; import it as a table with a mapping."
            )
            % {"found": ", ".join(filter(None, table.header[:6]))}
        )
    columns = forms.matched(form, table.header)
    known: dict[str, str] = {}
    for row, line in enumerate(table.rows, start=table.first):
        if any(line):
            draft = _draft(form, columns, table.header, row, line)
            _name_institution(draft, known)
            yield draft


def _name_institution(draft: Draft, known: dict[str, str]) -> None:
    """The forms name the institution by its code alone: its name is that of the institution here with this code.

    Numbers are unique within an institution, so that the code also goes before the draft's reference.
    """
    given = draft.fields.get("institution")
    if not given or given["name"] or not (code := given.get("national_code", "")):
        return
    draft.ref = f"{code}/{draft.ref}"
    if code not in known:
        found = Institution.objects.filter(national_code=code).order_by("pk").values_list("name", flat=True).first()
        known[code] = found or ""
    given["name"] = known[code] or code
    if not known[code]:
        draft.remark(
            "insCode",
            "institution_unknown",
            _("found the code %(code)r, which no institution here has; made one named by it; give it its name.")
            % {"code": code},
        )


def _draft(form: str, columns: Mapping[int, forms.Column], header: Iterable[str], row: int, line: list[str]) -> Draft:
    people = {place for place, column in columns.items() if column.home.where.startswith("Contact.")}
    cells = enumerate(zip(header, line, strict=False))
    raw = {title or f"column {n + 1}": cell for n, (title, cell) in cells if cell and n not in people}
    draft = records.read(forms.record_of(form), {}, row=row, raw=raw)
    for place, column in columns.items():
        cell = plain(line[place].strip()) if place < len(line) else ""
        if cell and column.home.read is not None:
            column.home.read(draft, cell)
    if any(STRAY in cell for cell in line):
        draft.remark("", "repaired_text", _("found bytes that are not UTF-8; each became a mark."))
    records.finish(draft, {})
    return draft
