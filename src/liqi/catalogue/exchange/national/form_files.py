"""The four official spreadsheets as files, each as CSV and as a workbook."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange.national import forms, records
from liqi.catalogue.models import Facility, Instrument, Register

TITLE = "National platform: the four official forms (CSV and XLSX)"
SUFFIX, MEDIA_TYPE = ".csv", "text/csv"
REASON = gettext_lazy("the national form has no column for it")
CORE_FROM_CNY = Decimal(10_000_000)
"""The value from which an instrument is also a core instrument: the evaluation's focus class."""
NAMES = {
    "center": "仪器中心",
    "facility": "重大科研基础设施",
    "core_instrument": "核心仪器",
    "instrument": "大型科学仪器",
}
"""Form and the name of its sheet."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def carried(model: str, *more: str) -> frozenset[str]:
    """The fields of the model that have a key of the interface, and those named."""
    wheres = [home.where for homes in records.HOMES.values() for home in homes.values()]
    return frozenset({where.removeprefix(f"{model}.") for where in wheres if where.startswith(f"{model}.")} | {*more})


CARRIES = {
    "instrument": carried(
        "Instrument",
        *("institution", "maker", "contacts", "country", "codes", "related", "commissioned_on", "postcode"),
    ),
    "facility": carried(
        "Facility",
        *("institution", "contacts", "country", "province", "city", "county", "address", "postcode", "register"),
        *("facility_class", "kind", "frontier_research", "applied_research"),
    ),
}


def lost(one: Any) -> Iterator[tuple[str, str]]:
    """What does not fit of a single record."""
    if isinstance(one, Facility) and not one.register:
        yield "register", _("it is neither an instrument centre nor a large infrastructure, so no form takes it")
    if isinstance(one, Instrument):
        if one.commissioned_on and one.commissioned_on != one.acquired_on:
            yield "commissioned_on", _("the form has one date, since 2019 the day of entry in the books")
        if any(entry.get("relation") != "IsComponentOf" for entry in one.related):
            yield "related", _("the form knows no relation but the centre or infrastructure it belongs to")
        if one.status == "unknown":
            yield "status", _("the form has no word for an unknown state")


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """The forms that any of the records belongs to are in the folder, each as CSV and as a workbook."""
    with ExitStack() as stack:
        open_forms: dict[str, _Form] = {}
        for one in records:
            for form in forms_of(one):
                if form not in open_forms:
                    open_forms[form] = stack.enter_context(_Form(out, form))
                open_forms[form].add(forms.write(form, one))
    for made in open_forms.values():
        yield from made.paths


def forms_of(one: Any) -> list[str]:
    """The forms that the record is a row of."""
    if isinstance(one, Facility):
        return {Register.CENTRE: ["center"], Register.INFRASTRUCTURE: ["facility"]}.get(one.register, [])  # type: ignore[call-overload, no-any-return]
    core = one.value_cny is not None and one.value_cny >= CORE_FROM_CNY
    return ["core_instrument", "instrument"] if core else ["instrument"]


class _Form:
    """One form being written, row by row, as CSV and as a workbook."""

    def __init__(self, out: Path, form: str) -> None:
        self.paths = [out / f"national_{form}.csv", out / f"national_{form}.xlsx"]
        self._form = form

    def __enter__(self) -> "_Form":
        self._file = self.paths[0].open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._book, self._row = book(self.paths[1], NAMES[self._form])
        self.add([column.heading for column in forms.columns(self._form)])
        return self

    def add(self, cells: Sequence[str]) -> None:
        """One more row."""
        self._csv.writerow([safe(cell) for cell in cells])
        self._row(cells)

    def __exit__(self, *_problem: object) -> None:
        self._file.close()
        self._book.close()


def book(path: Path, sheet_name: str) -> tuple[Any, Callable[[Sequence[str]], None]]:
    """A workbook with one sheet, and what adds a row of texts to it; nothing in it is run as a formula."""
    made: Any = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = made.add_worksheet(sheet_name)
    sheet.freeze_panes(1, 0)
    count = 0

    def add(cells: Sequence[str]) -> None:
        nonlocal count
        for place, cell in enumerate(cells):
            if cell:
                sheet.write_string(count, place, cell[:32_767])
        count += 1

    return made, add


def safe(cell: str) -> str:
    """The cell as text that no spreadsheet runs; numbers and telephone numbers stay as they are.

    >>> safe("=1+1"), safe("+86 551-6360"), safe("-5")
    ("'=1+1", '+86 551-6360', '-5')
    """
    if cell.startswith(FORMULA) and not re.fullmatch(r"[+-][\d\s().-]*", cell):
        return f"'{cell}"
    return cell


def plain(cell: str) -> str:
    """The cell as it was before `safe`.

    >>> plain("'=1+1"), plain("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
