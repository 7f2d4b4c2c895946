"""Workbooks are looked at before they are opened: two cells far apart are as much as a full sheet, in each format."""

import io
import zipfile

import pytest

from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.exchange._sheet import _guard
from liqi.insight import workbook

FAR = 1_048_576
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def packed(**parts: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in parts.items():
            pack.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return made.getvalue()


def ods(*rows: str) -> bytes:
    table = f'<table:table table:name="Blatt">{"".join(rows)}</table:table>'
    return packed(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml=f"<office>{table}</office>")


def row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def cell(value: str = "", times: int = 1) -> str:
    kind = ' office:value-type="string"' if value else ""
    body = f"><text:p>{value}</text:p></table:table-cell>" if value else "/>"
    return f'<table:table-cell{kind} table:number-columns-repeated="{times}"{body}'


def record(kind: int, *numbers: int) -> bytes:
    body = b"".join(one.to_bytes(4, "little") for one in numbers)
    return bytes([kind, len(body)]) + body


def xlsb(*cells: tuple[int, int]) -> bytes:
    sheet = b"".join(record(0, row, 0) + record(5, column, 0, 0) for row, column in cells)
    return packed(**{"[Content_Types]_xml": TYPES, "xl__worksheets__sheet1_bin": b"\x81\x01\x00" + sheet})


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (ods(row(cell("a"), cell("b")), row(cell("c"))), 4),
        (ods(row(cell("a"), cell(times=1000)), row(cell(times=1001), times=FAR - 1)), 1),
        (ods(row(cell("a")), row(cell(), times=FAR - 2), row(cell(times=1023), cell("z"))), FAR * 1024),
        (ods(row(cell("x", times=16_384), times=FAR)), FAR * 16_384),
        (xlsb((0, 0), (2, 4)), 15),
        (xlsb((0, 0), (FAR - 1, 16_383)), FAR * 16_384),
        (xlsb(), 0),
    ],
)
def test_the_field_is_told_without_opening_the_sheet(content: bytes, cells: int) -> None:
    assert workbook.widest(content)[1] == cells


@pytest.mark.parametrize(
    "content",
    [ods(row(cell("a")), row(cell(), times=FAR), row(cell(times=99), cell("z"))), xlsb((0, 0), (FAR - 1, 99))],
)
def test_the_catalogue_refuses_cells_far_apart_in_a_sentence(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="20,000,000"):
        _guard(content)


def test_a_sheet_cut_short_counts_as_far_as_it_goes() -> None:
    whole = xlsb((0, 0), (9, 9))
    assert workbook.widest(whole)[1] == 100
    assert workbook.widest(packed(xl__worksheets__sheet1_bin=b"\x00"))[1] == 0
