"""Samples from a spreadsheet: a template to fill, a preview with every problem by row, then all of them or none."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.commissions import forms, hazards, samples
from liqi.access.commissions.samples import Entry, Problem
from liqi.access.models import Order, Sample, ServiceForm
from liqi.catalogue.exchange import Incoming, UnreadableFile, plain, table_of

__all__ = ["COLUMNS", "MOST_BYTES", "Sheet", "UnreadableFile", "read", "template"]

MOST_BYTES = 10_000_000
COLUMNS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": (
        gettext_lazy("Name"),
        ("name", "sample", "sample name", "样品名称", "样品编号", "样品", "名称", "樣品名稱", "樣品"),
    ),
    "kind": (gettext_lazy("Kind"), ("kind", "type", "sample type", "类型", "样品类型", "類型", "樣品類型")),
    "matrix": (gettext_lazy("Matrix"), ("matrix", "基质", "基質")),
    "quantity": (gettext_lazy("Amount"), ("quantity", "amount", "数量", "用量", "數量")),
    "unit": (gettext_lazy("Unit"), ("unit", "单位", "單位")),
    "container": (gettext_lazy("Vessel"), ("container", "vessel", "容器", "包装")),
    "hazards": (gettext_lazy("Hazards"), ("hazards", "hazard", "危险性", "危害", "危險性")),
    "storage": (gettext_lazy("Storage"), ("storage", "temperature", "保存条件", "储存温度", "保存條件", "儲存溫度")),
    "barcode": (gettext_lazy("Barcode"), ("barcode", "条码", "條碼")),
    "note": (gettext_lazy("Note"), ("note", "remark", "remarks", "备注", "備註", "说明")),
}  # fmt: skip
"""The columns of every template, with the headings by which they are known in other people's tables."""


@dataclass(frozen=True)
class Sheet:
    """What a spreadsheet says: its samples, the problems by row, the columns that were not read."""

    entries: list[Entry]
    problems: list[Problem]
    left_out: list[str]
    first_row: int
    """The row of the first sample in the file, as a spreadsheet counts."""


def read(order: Order, content: bytes, *, name: str = "") -> Sheet:
    """The samples in a CSV, XLSX or ODS file, checked beside those of the order; nothing is written.

    Raises UnreadableFile for a file without a readable table.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableFile(
            _("found %(found)d MB; expected at most %(most)d MB: is this the list of samples?")
            % {"found": len(content) // 1_000_000, "most": MOST_BYTES // 1_000_000}
        )
    form = order.commission.form
    fields = forms.fields_of(form.sample_schema) if form else []
    known = _known(fields)
    with Incoming(content, name) as incoming:
        table = table_of(incoming, set(known))
        columns = {at: known[plain(title)] for at, title in enumerate(table.header) if plain(title) in known}
        if "name" not in columns.values():
            raise UnreadableFile(
                _("found the columns %(found)s; expected at least one called “%(name)s”; use the template.")
                % {"found": ", ".join(one for one in table.header[:8] if one), "name": COLUMNS["name"][0]}
            )
        rows = [(row, cells) for row, cells in enumerate(table.rows, start=table.first) if any(cells)]
    if len(rows) > samples.MOST:
        raise UnreadableFile(
            _("found %(n)d rows; expected at most %(most)d samples in one order.")
            % {"n": len(rows), "most": samples.MOST}
        )
    entries = [_entry(cells, columns, fields) for _row, cells in rows]
    names = frozenset(order.samples.values_list("name", flat=True))
    found = samples.check(form, entries, names=names)
    at = [row for row, _cells in rows]
    problems = [Problem(at[one.row - 1], one.field, one.message) for one in found]
    left_out = [title for n, title in enumerate(table.header) if title and n not in columns]
    if not entries:
        problems.append(Problem(table.first, "name", _("found no sample below the header")))
    return Sheet(entries, problems, left_out, at[0] if at else table.first)


def template(form: ServiceForm | None, *, kind: str, language: str) -> bytes:
    """An empty table with the columns that the service asks for, as `csv`, or `xlsx` with choices as lists."""
    fields = forms.fields_of(form.sample_schema) if form else []
    header = [str(title) for title, _known in COLUMNS.values()] + [_heading(one, language) for one in fields]
    if kind == "csv":
        out = io.StringIO()
        csv.writer(out).writerow(header)
        return ("\ufeff" + out.getvalue()).encode()
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_("Samples")[:31])
        strong = book.add_format({"bold": True, "bottom": 1})
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, strong)
        sheet.set_column(0, len(header) - 1, 18)
        sheet.freeze_panes(1, 1)
        choices: dict[int, Sequence[str]] = {list(COLUMNS).index("storage"): list(map(str, Sample.Storage.values))}
        choices |= {len(COLUMNS) + n: one.options for n, one in enumerate(fields) if one.kind == "choice"}
        for column, options in choices.items():
            if sum(map(len, options)) + len(options) <= 255:  # what a spreadsheet takes as a list in a cell
                sheet.data_validation(1, column, samples.MOST, column, {"validate": "list", "source": list(options)})
        help_sheet = book.add_worksheet(_("Help")[:31])
        for row, line in enumerate(_help(fields, language)):
            help_sheet.write_string(row, 0, line)
    return made.getvalue()


def _help(fields: Sequence[forms.Field], language: str) -> list[str]:
    lines = [
        _("Each row is one sample; only the name is always needed."),
        _("Hazards: codes separated by commas: %(codes)s")
        % {"codes": "; ".join(f"{code} {words}" for code, words in hazards.HAZARDS.items())},
        _("Storage: one of %(codes)s") % {"codes": "; ".join(map(str, Sample.Storage.values))},
    ]
    return lines + [f"{_heading(one, language)}: {one.hint}" for one in fields if one.hint]


def _heading(one: forms.Field, language: str) -> str:
    return f"{one.label(language)} ({one.unit})" if one.unit else one.label(language)


def _known(fields: Sequence[forms.Field]) -> dict[str, str]:
    found = {plain(word): field for field, (_title, known) in COLUMNS.items() for word in known}
    found |= {plain(str(title)): field for field, (title, _known) in COLUMNS.items()}
    for one in fields:
        titles = {one.name, one.title, one.title_en, _heading(one, "en"), _heading(one, "zh-hans")}
        found |= {plain(title): f"facts.{one.name}" for title in titles if title}
    return found


def _entry(cells: Sequence[str], columns: dict[int, str], fields: Sequence[forms.Field]) -> Entry:
    texts = {field: cells[at].strip() for at, field in columns.items() if at < len(cells)}
    facts = {name.removeprefix("facts."): text for name, text in texts.items() if name.startswith("facts.")}
    plain_texts = {name: text for name, text in texts.items() if not name.startswith("facts.") and name != "hazards"}
    return Entry(
        **{"name": "", **plain_texts}, hazards=tuple(hazards.read(texts.get("hazards", ""))),
        facts=forms.typed(fields, facts),
    )  # fmt: skip
