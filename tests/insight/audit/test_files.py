"""Files that are audited, and what is no text."""

import io
import random
import zipfile

import docx
import pytest
import xlsxwriter

from liqi.insight import audit

SENTENCE = "国产12台、进口30台，合计45台。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_encodings_that_people_use(tmp_path, encoding):
    path = tmp_path / "brief.txt"
    path.write_bytes(SENTENCE.encode(encoding))
    assert audit.read(path) == SENTENCE


def test_a_word_document_gives_its_paragraphs_and_tables(tmp_path):
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    table = document.add_table(3, 2)
    for row, cells in zip(table.rows, (("厂商", "台数"), ("甲", "50"), ("合计", "60")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(tmp_path / "brief.docx")
    found = audit.examine(audit.read(tmp_path / "brief.docx"))
    assert (found.tables, [one.check for one in found.findings]) == (1, ["parts"])


def test_a_table_with_quoted_cells_is_read(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text('name,units\n"A, Ltd","1,200"\nB,300\nTotal,"1,600"\n', encoding="utf-8")
    (finding,) = audit.examine(audit.read(path)).findings
    assert "1500" in finding.found.en


def packed():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    return file.getvalue()


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7", b"\x89PNG\r\n", b"\x00\x01\x02", packed(), packed()[:40], b"\xff\xfe\x00", b"PK\x03\x04"]
)
def test_what_is_no_text_is_refused_in_one_sentence(tmp_path, data):
    path = tmp_path / "brief"
    path.write_bytes(data)
    with pytest.raises(audit.UnreadableText, match=r"found .*; expected") as refused:
        audit.read(path)
    assert "\n" not in str(refused.value)


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(audit.UnreadableText, match="at most 2000000"):
        audit.examine("a" * 2_000_001)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "。。。", "(((", "1" * 5000, "占1%" * 2000, "1," * 2000, "一" * 3000]
)
def test_odd_texts_give_no_finding_and_no_fault(text):
    audit.examine(text).as_json("zh")


def test_random_texts_never_fail():
    signs = random.Random(7)
    letters = "0123456789.,%％万亿元美家台年月日占中其，。、；（）()+=-/ \tabcdf fromtoof共合计增长到第"
    for _ in range(150):
        audit.examine("".join(signs.choice(letters) for _ in range(200))).as_json()


def test_a_workbook_gives_its_sheets_as_tables(tmp_path):
    path = tmp_path / "stock.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, last in (("sound", 7), ("faulty", 8)):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate((("项", "数"), ("a", 3), ("b", 4), ("合计", last))):
                sheet.write_row(row, 0, cells)
    found = audit.examine(audit.read(path))
    assert (found.tables, [one.marked for one in found.findings]) == (2, [("8",)])


def test_a_damaged_workbook_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "stock.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("a").write_row(0, 0, ("项", 3))
    whole = path.read_bytes()
    for cut in range(4, len(whole), len(whole) // 20):
        path.write_bytes(whole[:cut])
        with pytest.raises(audit.UnreadableText, match="expected"):
            audit.read(path)


def test_a_sheet_of_two_far_cells_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("a")
        sheet.write(0, 0, 1)
        sheet.write(1_000_000, 16_000, 1)
    with pytest.raises(audit.UnreadableText, match="cells in the field of sheet1"):
        audit.read(path)
