"""Every row of what the origin documents ask, by its number, has a test that is named by it."""

import re
from pathlib import Path

HERE = Path(__file__).parent
ROWS = (HERE / "mission_rows.txt").read_text(encoding="ascii").split()
"""Document and row, such as 000-08."""
NAMED = re.compile(r"^def test_((?:and_|to_|row_|\d{3}_\d{2}_|\d{2}_)+)", re.MULTILINE)
ROW = re.compile(r"(\d{3})_(\d{2})_|and_(\d{2})_")


def rows_of(name: str) -> set[str]:
    """The rows that the beginning of a test's name has.

    >>> sorted(rows_of("row_000_35_and_row_000_42_")), sorted(rows_of("row_001_13_and_14_"))
    (['000-35', '000-42'], ['001-13', '001-14'])
    """
    found, document = set(), ""
    for whole, row, other in ROW.findall(name):
        document = whole or document
        found.add(f"{document}-{row or other}")
    return found


def test_every_row_has_a_test_named_by_it() -> None:
    texts = [path.read_text(encoding="utf-8") for path in HERE.rglob("test_*.py")]
    tested = {row for text in texts for name in NAMED.findall(text) if "row_" in name for row in rows_of(name)}
    assert len(ROWS) == len(set(ROWS)) > 100
    assert sorted(set(ROWS) - tested) == []


def test_names_of_several_rows_are_read() -> None:
    assert rows_of("row_000_36_and_004_05_") == {"000-36", "004-05"}
    assert rows_of("row_004_02_and_04_") == {"004-02", "004-04"}
    assert rows_of("row_000_08_") == {"000-08"}
