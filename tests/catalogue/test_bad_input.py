"""Files that are damaged, disguised, huge or of the wrong shape: read where they can be, else refused in a sentence."""

import io
import json
import os
import struct
import subprocess
import sys
import textwrap
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from liqi.catalogue import importer
from liqi.catalogue.exchange import Draft, Incoming, UnreadableFile, recognise, rows, table, table_of
from liqi.catalogue.models import Instrument
from liqi.taxonomy import classes, to_hant
from tests.catalogue.conftest import NOW, Write

HANS = "编号,名称,型号,所在地\n" + "\n".join(
    f"A{n},{one.name_zh},M-{n},安徽省合肥市" for n, one in enumerate(list(classes().values())[:120])
)
HANT = to_hant(HANS)


def drafts(content: bytes | Incoming) -> list[Draft]:
    return list(table.read(content))


def names(content: bytes) -> list[str]:
    return [draft.fields["name"] for draft in drafts(content)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_simplified_text_is_read_in_every_encoding(encoding: str) -> None:
    assert names(HANS.encode(encoding)) == names(HANS.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "big5hkscs", "gb18030", "utf-16"])
def test_traditional_text_is_read_in_every_encoding(encoding: str) -> None:
    fit = HANT.encode(encoding, "ignore").decode(encoding)
    assert names(fit.encode(encoding)) == names(fit.encode())


@pytest.mark.parametrize(("text", "encoding"), [(HANS, "gb18030"), (HANT, "big5hkscs"), (HANT, "gb18030")])
def test_three_lines_are_enough_to_tell_big5_from_gb18030(text: str, encoding: str) -> None:
    lines = text.split("\n")
    for start in range(1, 100, 7):
        some = "\n".join([lines[0], *lines[start : start + 3]]).encode(encoding, "ignore")
        file = Incoming(some)
        assert names_of(file) == names(some.decode(encoding).encode())
        assert [note.code for note in file.notes] == ["repaired_encoding"]


def names_of(file: Incoming) -> list[str]:
    return [draft.fields["name"] for draft in drafts(file)]


def test_western_accents_of_windows_are_read() -> None:
    text = "name,institution\n" + "Microscope,Université de Genève\n" * 3
    assert drafts(text.encode("cp1252"))[0].fields["institution"]["name"] == "Université de Genève"


def test_a_stray_byte_among_thousands_is_marked_in_its_row_alone() -> None:
    content = HANS.encode().replace(b"M-7,", b"M-\xff7,")
    marked = [draft.row for draft in drafts(content) if any(one.code == "repaired_text" for one in draft.problems)]
    assert marked == [9]


def test_a_nul_byte_is_named_with_its_place() -> None:
    with pytest.raises(UnreadableFile, match="NUL byte at byte 13"):
        drafts(b"name,model\nQE\x00,2\nEvery,3\n")


@pytest.mark.parametrize("text", [HANS + '\nA999,"never closed,X,Y\nA1000,b,c,d\n', 'name\n"open'])
def test_a_quotation_that_is_never_closed_is_named_with_its_row(text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"row \d+ \(line \d+\) that is never closed"):
        drafts(text.encode())


def test_a_file_cut_within_its_last_row_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"only 2 of 4 cells in the last row \(row 121\)"):
        drafts(HANS.rsplit(",", 2)[0].encode())


def test_rows_that_are_short_by_habit_are_read() -> None:
    assert len(drafts(b"name,model,serial\nA,1\nB\nC,2,3\nD")) == 4


def test_ten_thousand_columns_are_refused() -> None:
    wide = ",".join(f"c{n}" for n in range(10_000))
    with pytest.raises(UnreadableFile, match="found 10,000 columns; expected at most 500"):
        drafts(f"{wide}\n{wide}\n".encode())


def test_a_huge_cell_is_refused_and_a_large_one_is_read() -> None:
    assert len(drafts(f"name,description\nA,{'x' * 90_000}\n".encode())[0].fields["description"]) == 90_000
    with pytest.raises(UnreadableFile, match="cannot be split into cells after row 1"):
        drafts(f'name,description\nA,"{"x" * 1_100_000}"\n'.encode())


def test_an_endless_line_is_refused_without_being_read() -> None:
    with pytest.raises(UnreadableFile, match="found a line of over"):
        drafts(b"name\n" + b"x" * 21_000_000)


@pytest.mark.parametrize(
    "text",
    ["", " \n \n", "[]", "{}", "[1, 2]", '{"a": ', '{"landingPage": [], "manufacturers": {}}', "null", "5", '"name"'],
)
@pytest.mark.django_db
def test_json_of_the_wrong_shape_is_refused_in_words(text: str, write: Write) -> None:
    try:
        found = importer.import_file(write("x.json", text), now=NOW)
    except UnreadableFile as problem:
        assert "found" in str(problem)  # noqa: PT017 - some shapes are refused as a file, some record by record
    else:
        assert found["rejected"] == found["read"] > 0


def test_json_nested_a_hundred_thousand_deep_is_refused() -> None:
    deep = '{"landingPage":1,"manufacturers":' + "[" * 100_000
    with pytest.raises(UnreadableFile, match="found"):
        list(importer_formats()["pidinst"].read(deep.encode()))


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;"><!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<instrument>&lol3;</instrument>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<instrument><name>&secret;</name></instrument>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, OUTSIDE.replace('<?xml version="1.0"?>', "<!-- x -->")])
@pytest.mark.django_db
def test_xml_with_entities_of_its_own_is_refused_unread(text: str, write: Write) -> None:
    with pytest.raises(UnreadableFile, match="document type"):
        importer.import_file(write("x.xml", text), now=NOW)


def importer_formats() -> Any:
    from liqi.catalogue.exchange import FORMATS

    return FORMATS


def book(*sheets: list[list[Any]], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as made:
        for cells in sheets:
            sheet = made.add_worksheet()
            for n, row in enumerate(cells):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(n, column, value)
            for merge in merges:
                sheet.merge_range(*merge)
    return file.getvalue()


def test_a_workbook_is_read_with_days_as_days_and_numbers_without_tails() -> None:
    content = book(
        [
            ["名称", "型号", "购置日期", "原值"],
            ["质谱仪", 8890.0, date(2024, 5, 17), 1250000.5],
            ["离心机", "X", None, 7],
        ]
    )
    assert recognise(content) == "csv"
    one, two = drafts(content)
    assert one.raw == {"名称": "质谱仪", "型号": "8890", "购置日期": "2024-05-17", "原值": "1250000.5"}
    assert one.fields["acquired_on"] == date(2024, 5, 17)
    assert (two.row, two.fields["model"]) == (3, "X")


def test_a_moment_keeps_its_time_and_yes_is_yes() -> None:
    header, body = rows(book([["name", "at", "shared"], ["A", datetime(2024, 5, 17, 8, 30), True]]))
    assert next(iter(body)) == ["A", "2024-05-17 08:30:00", "yes"]
    assert header == ["name", "at", "shared"]


def test_titles_above_the_header_and_merged_groups_are_understood() -> None:
    content = book(
        [
            [None],
            ["基本信息", None, None, "联系信息", None],
            ["名称", "型号", "单位", "名称", "电话"],
            ["质谱仪", "QE", "测试大学", "王工", "123"],
        ],
        merges=((0, 0, 0, 4, "测试大学大型仪器清单"), (1, 0, 1, 2, "基本信息"), (1, 3, 1, 4, "联系信息")),
    )
    file = Incoming(content)
    (one,) = list(table.read(file))
    assert (one.row, one.fields["name"], one.fields["model"]) == (4, "质谱仪", "QE")
    assert "联系信息 名称" in one.raw
    assert file.notes[0].code == "repaired_header"


def test_a_heading_merged_over_two_rows_is_one_heading() -> None:
    content = book(
        [["名称", "型号", "采购", None], [None, None, "购置日期", "原值"], ["质谱仪", "QE", "2024-05-17", "5"]],
        merges=((0, 0, 1, 0, "名称"), (0, 1, 1, 1, "型号"), (0, 2, 0, 3, "采购")),
    )
    (one,) = drafts(content)
    assert (one.fields["name"], one.fields["model"], one.fields["acquired_on"]) == ("质谱仪", "QE", date(2024, 5, 17))


def test_a_cell_merged_over_rows_counts_for_each() -> None:
    top = [["名称", "单位"], *[[f"仪器{n}", None] for n in range(40)]]
    content = book(top, merges=((30, 1, 34, 1, "测试大学"),))
    owners = [draft.fields.get("institution", {}).get("name", "") for draft in drafts(content)]
    assert [n for n, owner in enumerate(owners, 1) if owner] == [30, 31, 32, 33, 34]


def test_formulas_without_a_value_are_named() -> None:
    from openpyxl import Workbook

    made, file = Workbook(), io.BytesIO()
    sheet: Any = made.active
    for row in (["name", "value_cny"], ["A", "=1+1"], ["B", 5]):
        sheet.append(row)
    made.save(file)
    given = Incoming(file.getvalue())
    assert [draft.fields.get("value_cny") for draft in table.read(given)] == [None, 5]
    assert [(note.code, "B2" in note.message) for note in given.notes] == [("formula_without_value", True)]


def test_the_sheet_with_the_table_is_chosen_or_the_one_that_is_named() -> None:
    content = book(
        [["Read me first"], ["This list was made in May"]], [["name", "model"], ["A", "1"]], [["name"], ["Z"]]
    )
    given = Incoming(content)
    assert names_of(given) == ["A"]
    assert given.notes[0].code == "sheet_chosen"
    assert names_of(Incoming(content, sheet="Sheet3")) == ["Z"]
    with pytest.raises(UnreadableFile, match="expected one of Sheet1, Sheet2, Sheet3"):
        drafts(Incoming(content, sheet="Nowhere"))


def test_a_workbook_with_two_cells_far_apart_is_refused_before_its_field_is_held() -> None:
    far = io.BytesIO()
    with xlsxwriter.Workbook(far, {"in_memory": True}) as made:
        made.add_worksheet().write_row(0, 0, ["name", "model"])
        wide = made.add_worksheet()
        wide.write(0, 0, "name")
        wide.write(1_048_575, 16_383, "A")
    with pytest.raises(UnreadableFile, match="found 17,179,869,184 cells in the field of sheet2"):
        drafts(far.getvalue())
    assert names_of(book([["name", "model"], *([[]] * 99_998), ["A", "B"]])) == ["A"]


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    swollen = archive(**{"[Content_Types].xml": b"x", "xl/worksheets/sheet1.xml": b"0" * 50_000_000})
    with pytest.raises(UnreadableFile, match="times smaller than it is"):
        drafts(swollen)
    with pytest.raises(UnreadableFile, match="archive within the archive"):
        drafts(archive(**{"[Content_Types].xml": b"x", "more.zip": b"PK"}))
    with pytest.raises(UnreadableFile, match="no workbook"):
        drafts(archive(**{"a.csv": b"name\nx\n"}))


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(archive(**{"[Content_Types].xml": b"x" * 100, "xl/workbook.xml": b"y" * 5_000_000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    with pytest.raises(UnreadableFile, match=r"larger than the archive says|damaged"):
        drafts(bytes(content))


def test_a_workbook_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIQI_IMPORT_MB", "1")
    packed = archive(**{"[Content_Types].xml": b"x", "xl/a.xml": os.urandom(900_000).hex().encode() * 3})
    with pytest.raises(UnreadableFile, match=r"unpacks to|found \d"):
        drafts(packed)
    with pytest.raises(UnreadableFile, match="set LIQI_IMPORT_MB higher"):
        Incoming(b"{" + b" " * 1_100_000).whole()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_workbook_cut_short_is_refused(share: float) -> None:
    content = book([["name"], *[[f"A{n}"] for n in range(500)]])
    with pytest.raises(UnreadableFile, match="damaged or cut short"):
        drafts(content[: int(len(content) * share)])


def test_a_workbook_with_ten_thousand_columns_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="found 10,000 columns"):
        drafts(book([[f"c{n}" for n in range(10_000)], ["x"]]))


def test_damage_in_any_place_of_a_workbook_gives_rows_or_a_sentence() -> None:
    content = book([["name", "model"], ["A", "1"], ["B", "2"]])
    for at in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        try:
            drafts(bytes(damaged))
        except UnreadableFile as problem:
            assert "found" in str(problem)  # noqa: PT017 - some bytes matter, some do not


def test_separators_of_other_countries_are_told() -> None:
    for sign in (",", ";", "\t", "|"):
        text = f"name{sign}model{sign}description\n" + f"A{sign}1{sign}one, two\n" * 4
        assert table_of(text.encode()).header == ["name", "model", "description"]
    assert table_of(b"sep=;\nname;model\nA;1\n").header == ["name", "model"]


def test_a_table_of_half_a_gigabyte_is_read_in_little_memory(tmp_path: Path) -> None:
    size_mb = 512 if os.environ.get("LIQI_LARGE") else 48
    path = tmp_path / "large.csv"
    line = "B{:09d},质谱仪,Q Exactive,测试大学," + "用于样品的测定与分析。" * 10 + "\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name,model,institution,description\n")
        for n in range(size_mb * 10**6 // len(line.format(0).encode())):
            file.write(line.format(n))
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "liqi.server.settings", "LIQI_DATA": str(tmp_path / "data")},
    )
    facts = json.loads(measured.stdout)
    assert facts["read"] > 100_000
    assert facts["growth_mb"] < 130, facts


_MEASURE = textwrap.dedent("""
    import json, resource, sys
    from pathlib import Path
    import django
    django.setup()
    from liqi.catalogue import _reading
    from liqi.catalogue._spool import Spool
    from liqi.catalogue.exchange import Incoming, table
    peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    list(table.read(b"id,name,model,institution,description\\n1,2,3,4,5\\n"))
    before = peak()
    with Incoming(Path(sys.argv[1])) as file, Spool() as spool:
        found = _reading.read(file, spool, as_format="csv", mapping={})
        kept = sum(len(some) for _kind, some in spool.batches())
    assert kept == found.read
    print(json.dumps({"read": found.read, "growth_mb": peak() - before}))
""")


@pytest.mark.django_db
def test_more_rows_than_a_batch_are_kept_once_each(write: Write) -> None:
    text = "id,name,kind\n" + "\n".join(f"{n},Thing {n},{'facility' if n % 7 == 0 else ''}" for n in range(1203))
    path = write("many.csv", text)
    found = importer.import_file(path, now=NOW)
    assert (found["created"], found["rejected"]) == (1203, 0)
    assert Instrument.objects.count() == 1203 - 172
    assert importer.import_file(path, now=NOW)["unchanged"] == 1203
