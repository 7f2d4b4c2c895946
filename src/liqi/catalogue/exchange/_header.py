"""Which of the first rows of a table is its header, and what its columns are called where cells are merged."""

from collections.abc import Collection, Sequence

from liqi.taxonomy import fold

TOP = 25
"""So many rows are looked at for the header."""
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, from 0."""


def plain(title: str) -> str:
    """A header as it is compared: folded, with half-width brackets, without the marks of a required field."""
    folded = fold(title.strip().strip("*＊:：").strip())
    return folded.replace("（", "(").replace("）", ")").replace("\n", " ")


def find_header(
    top: Sequence[list[str]], known: Collection[str], merges: Sequence[Merge] = ()
) -> tuple[list[str], int]:
    """The titles of the columns, and how many rows stand above the first row of data."""
    best = max(range(len(top)), key=lambda n: (_names(top[n], known), -n)) if top else 0
    if _names(top[best], known) < 2:
        best = _first_table_row(top)
    start, end = _span(best, top, known, merges)
    if start == end:
        return list(top[best]), best + 1
    return _joined([_filled(top[n], n, merges) for n in range(start, end + 1)], known), end + 1


def _names(row: Sequence[str], known: Collection[str]) -> int:
    return len({name for cell in row if cell and len(cell) < 80 and (name := plain(cell)) in known})


def _first_table_row(top: Sequence[list[str]]) -> int:
    """The first row with text; below it where it is a title of one text above a wider table."""
    full = [n for n, row in enumerate(top) if any(row)]
    widest = max(len({cell for cell in top[n] if cell}) for n in full)
    if widest < 3:
        return full[0]
    return next(n for n in full if len({cell for cell in top[n] if cell}) > 1)


def _span(best: int, top: Sequence[list[str]], known: Collection[str], merges: Sequence[Merge]) -> tuple[int, int]:
    """First and last row of the header: rows above that group its columns, rows below that divide them."""
    start = end = best
    for first, left, last, right in merges:
        if last >= len(top):
            continue
        if first <= best <= last and last > first:
            start, end = min(start, first), max(end, last)
        elif last == best - 1 and right > left and right - left + 1 < len(top[best]):
            start = min(start, first)
    if not merges and best > 0 and "" in top[best]:
        above = top[best - 1]
        if sum(bool(cell) for cell in above) > 1 and all(
            cell or (n < len(above) and above[n]) for n, cell in enumerate(top[best])
        ):
            start = best - 1
    return start, end


def _filled(row: Sequence[str], place: int, merges: Sequence[Merge]) -> list[str]:
    """The row with the text of merged cells in each of their columns."""
    filled = list(row)
    for first, left, last, right in merges:
        if first <= place <= last and left < len(row):
            for column in range(left, min(right + 1, len(row))):
                filled[column] = filled[column] or (row[left] if first == place else "")
    return filled


def _joined(levels: Sequence[Sequence[str]], known: Collection[str]) -> list[str]:
    """One title a column: the lowest text, with those above it where it is not alone or not known by itself."""
    width = max(len(level) for level in levels)
    titles: list[str] = []
    for column in range(width):
        parts: list[str] = []
        for level in levels:
            text = level[column] if column < len(level) else ""
            if text and text not in parts:
                parts.append(text)
        low = parts[-1] if parts else ""
        joined = " ".join(parts)
        titles.append(low if low not in titles and (plain(low) in known or plain(joined) not in known) else joined)
    return titles
