"""Tables: totals, shares, units and growth of what stands in rows and columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from liqi.insight.audit._finding import Finding, Said, percent, plain

_TOTAL = re.compile(
    r"^\s*(合计|合計|总计|總計|共计|總和|总和|小计|小計|全部|total|sum|all|overall|subtotal|grand total)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_SUBTOTAL = re.compile(r"小计|小計|subtotal", re.IGNORECASE)
_SHARE = re.compile(r"占比|比例|比重|份额|份額|百分比|share|percent|proportion|%", re.IGNORECASE)
_GROWTH = re.compile(r"增长|增長|增速|增幅|同比|环比|growth|change|increase", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"^\s*[^\d\-−+(（]{0,4}\s*([-−+]?\d[\d,\u00a0\u202f]*(?:\.\d+)?)\s*([^\d\s].{0,8})?$")
_UNITS = (
    "万亿元",
    "亿元",
    "万元",
    "千元",
    "亿美元",
    "万美元",
    "美元",
    "亿欧元",
    "万欧元",
    "欧元",
    "元",
    "USD",
    "CNY",
    "EUR",
    "RMB",
    "US$",
    "$",
    "€",
    "¥",
    "万台",
    "台",
    "万",
    "亿",
)
_YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*年?\s*(?:[（(].*)?$")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells with the line that they begin at; the first row is the header."""

    line: int
    rows: tuple[tuple[str, ...], ...]

    @property
    def figures(self) -> int:
        """How many cells hold a number."""
        return sum(_number(cell) is not None for row in self.rows[1:] for cell in row[1:])

    @property
    def header(self) -> tuple[str, ...]:
        """The words of the first row."""
        return self.rows[0]

    def check(self) -> Iterator[Finding]:
        """Every fault of the table: totals, shares, units, growth."""
        for column in range(1, len(self.header)):
            yield from self._total_of(column)
            yield from self._units_of(column)
            if _SHARE.search(self.header[column]) and not _GROWTH.search(self.header[column]):
                yield from self._shares_of(column)
            if _GROWTH.search(self.header[column]):
                yield from self._growth_of(column)
        yield from self._across()

    def _finding(
        self, check: str, row: int, marked: list[str], found: tuple[str, str], expected: tuple[str, str],
        sure: str = "certain",
    ) -> Finding:  # fmt: skip
        words = " | ".join(self.rows[row])
        return Finding(check, sure, words, self.line + row, tuple(marked), Said(*found), Said(*expected))  # type: ignore[arg-type]

    def _column(self, column: int) -> list[tuple[int, Decimal]]:
        """Row and number of the cells of a column that are no totals."""
        cells = ((n, _number(row[column])) for n, row in enumerate(self.rows) if n and not _TOTAL.match(row[0]))
        return [(n, number) for n, number in cells if number is not None]

    def _total_of(self, column: int) -> Iterator[Finding]:
        name = self.header[column]
        if (
            _GROWTH.search(name)
            or _YEAR.match(self.rows[1][column])
            or re.search(r"平均|均价|单价|率|mean|average|price", name)
        ):
            return
        start = 1
        for n, row in enumerate(self.rows[1:], start=1):
            if not _TOTAL.match(row[0]):
                continue
            given = _number(row[column])
            parts = [
                (m, number) for m, number in self._column(column) if (start if _SUBTOTAL.search(row[0]) else 1) <= m < n
            ]
            blank = any(_number(self.rows[m][column]) is None for m in range(1, n) if not _TOTAL.match(self.rows[m][0]))
            start = n + 1
            if given is None or len(parts) < 2 or blank:
                continue
            total = sum((number for _m, number in parts), Decimal(0))
            if abs(total - given) > _allowed([given, *(number for _m, number in parts)]):
                said = " + ".join(plain(number) for _m, number in parts)
                yield self._finding(
                    "parts", n, [row[column]],
                    (f"“{name}”列 {said} = {plain(total)}，{row[0]}写作 {row[column]}",
                     f"column “{name}”: {said} make {plain(total)}, and {row[0]} is given as {row[column]}"),
                    (plain(total), plain(total)),
                )  # fmt: skip

    def _across(self) -> Iterator[Finding]:
        """A last column that is the total of those before it."""
        at = next((n for n, name in enumerate(self.header) if n > 2 and _TOTAL.match(name)), None)
        if at is None:
            return
        for n, row in enumerate(self.rows[1:], start=1):
            given, parts = _number(row[at]), [_number(cell) for cell in row[1:at]]
            known = [part for part in parts if part is not None]
            if given is None or len(known) != len(parts) or any(_SHARE.search(name) for name in self.header[1:at]):
                continue
            total = sum(known, Decimal(0))
            if abs(total - given) > _allowed([given, *known]):
                yield self._finding(
                    "parts", n, [row[at]],
                    (f"{row[0]}：{' + '.join(map(plain, known))} = {plain(total)}，{self.header[at]}写作 {row[at]}",
                     f"{row[0]}: {' + '.join(map(plain, known))} make {plain(total)}, and {self.header[at]} is "
                     f"given as {row[at]}"),
                    (plain(total), plain(total)),
                )  # fmt: skip

    def _shares_of(self, column: int) -> Iterator[Finding]:
        cells = self._column(column)
        name = self.header[column]
        hundred = (
            Decimal(100)
            if "%" in name or any("%" in self.rows[n][column] for n, _v in cells) or any(v > 1 for _n, v in cells)
            else Decimal(1)
        )
        for n, value in cells:
            if value > hundred:
                yield self._finding(
                    "percent", n, [self.rows[n][column]],
                    (f"“{name}”为 {self.rows[n][column]}，超过 100%",
                     f"“{name}” is {self.rows[n][column]}, more than 100%"),
                    ("占比不超过 100%", "a share of at most 100%"),
                )  # fmt: skip
                return
        yield from self._share_of_value(column, hundred)
        whole = re.search(
            r"占比|比重|份额|構成|构成|^share$|market share|share of|share \(?%", name.strip(), re.IGNORECASE
        )
        total = sum((value for _n, value in cells), Decimal(0))
        allowed = _allowed([value for _n, value in cells]) * 2 + hundred / 1000
        rest = any(re.search(r"其他|其它|其余|other|rest", self.rows[n][0], re.IGNORECASE) for n, _v in cells)
        closed = rest or any(_TOTAL.match(row[0]) for row in self.rows)
        off = total > hundred + allowed or (closed and total < hundred - allowed)
        other = any(_TOTAL.match(row[0]) and _number(row[column]) is not None for row in self.rows)
        if whole and len(cells) > 2 and off and not other:
            yield self._finding(
                    "percent", 0, [name],
                    (f"“{name}”列合计 {percent(total / hundred)}", f"column “{name}” makes {percent(total / hundred)}"),
                    ("占比合计 100%", "shares that make 100%"),
                    "likely",
                )  # fmt: skip

    def _share_of_value(self, column: int, hundred: Decimal) -> Iterator[Finding]:
        """A column of shares held against the column of values before it and its total."""
        for other in range(column - 1, 0, -1):
            values = dict(self._column(other))
            if (
                _SHARE.search(self.header[other])
                or _GROWTH.search(self.header[other])
                or len(values) < 2
                or min(values.values()) < 0
            ):
                continue
            given = next(
                (_number(row[other]) for row in self.rows[1:] if _TOTAL.match(row[0]) and not _SUBTOTAL.search(row[0])),
                None,
            )
            total = given if given else sum(values.values(), Decimal(0))
            shares = self._column(column)
            off = []
            for n, share in shares:
                if n in values and total:
                    true = values[n] / total * hundred
                    if abs(true - share) > _place(share) + hundred / 10000:
                        off.append((n, true))
            if off and len(off) <= max(1, len(shares) // 3) and len(shares) > 1:
                for n, true in off:
                    cell = self.rows[n][column]
                    said = percent(true / hundred)
                    yield self._finding(
                        "ratio", n, [self.rows[n][other], cell],
                        (f"{self.rows[n][0]}：{self.rows[n][other]} ÷ {plain(total)} = {said}，写作 {cell}",
                         f"{self.rows[n][0]}: {self.rows[n][other]} over {plain(total)} is {said}, given as {cell}"),
                        (said, said), "likely",
                    )  # fmt: skip
            return

    def _growth_of(self, column: int) -> Iterator[Finding]:
        """A column of growth held against the two years before it."""
        years = [n for n, name in enumerate(self.header[:column]) if _YEAR.match(name)]
        if len(years) < 2 or column - years[-1] > 2:
            return
        before, now = years[-2:]
        if int(_YEAR.match(self.header[before])[1]) > int(_YEAR.match(self.header[now])[1]):  # type: ignore[index]
            before, now = now, before
        for n, row in enumerate(self.rows[1:], start=1):
            base, value, rate = _number(row[before]), _number(row[now]), _number(row[column])
            if base is None or value is None or rate is None or base <= 0:
                continue
            percented = "%" in row[column] or "%" in self.header[column] or abs(rate) > 2
            true = (value / base - 1) * (100 if percented else 1)
            room = _place(rate) + (_place(base) + _place(value)) / base * (100 if percented else 1) * (
                1 if "." in row[now] else 0
            )
            if abs(true - rate) > room:
                said = f"{plain(true, 1)}%" if percented else plain(true)
                yield self._finding(
                    "growth", n, [row[before], row[now], row[column]],
                    (f"{row[0]}：{row[before]} → {row[now]} 变化 {said}，写作 {row[column]}",
                     f"{row[0]}: from {row[before]} to {row[now]} is {said}, given as {row[column]}"),
                    (said, said),
                )  # fmt: skip

    def _units_of(self, column: int) -> Iterator[Finding]:
        """Cells of one column in different units, and cells whose unit is not that of the header."""
        head = (
            _unit(re.sub(r"^[^（(\[]*[（(\[]|[）)\]].*$", "", self.header[column]))
            if re.search(r"[（(\[]", self.header[column])
            else ""
        )
        units: dict[str, int] = {}
        for n, row in enumerate(self.rows[1:], start=1):
            if _number(row[column]) is not None and (unit := _unit(row[column])):
                units.setdefault(unit, n)
        seen = [head, *units] if head and head not in units and units else list(units)
        if len(seen) > 1 and not all(unit in ("台", "万台", "万", "亿") for unit in seen):
            n = units[next(unit for unit in reversed(seen) if unit in units)]
            yield self._finding(
                "unit", n, [self.rows[n][column]],
                (f"“{self.header[column]}”列混用单位：{'、'.join(seen)}",
                 f"column “{self.header[column]}” mixes the units {', '.join(seen)}"),
                ("一列一个单位", "one unit a column"),
                "likely",
            )  # fmt: skip


def split(text: str) -> tuple[list[Table], str]:
    """The tables of a text (tabs, semicolons, commas or pipes between cells), and the text with blank lines for "
    "them."""
    lines = text.splitlines()
    tables: list[Table] = []
    at = 0
    while at < len(lines):
        rows, after = _rows(lines, at)
        if rows is not None:
            tables.append(Table(at + 1, rows))
            lines[at:after] = [""] * (after - at)
        at = max(after, at + 1)
    return tables, "\n".join(lines)


def _rows(lines: list[str], at: int) -> tuple[tuple[tuple[str, ...], ...] | None, int]:
    for sign in ("\t", "|", ",", ";"):
        width, end = _cells(lines[at], sign), at
        if len(width) < 2:
            continue
        rows: list[tuple[str, ...]] = []
        while end < len(lines) and len(cells := _cells(lines[end], sign)) == len(width):
            if not all(re.fullmatch(r":?-{2,}:?", cell) for cell in cells):
                rows.append(tuple(cells))
            end += 1
        numbers = sum(_number(cell) is not None for row in rows[1:] for cell in row[1:])
        if len(rows) > 2 - (sign in "\t|") and numbers * 3 >= sum(len(row) - 1 for row in rows[1:]) and numbers:
            return tuple(rows), end
    return None, at + 1


def _cells(line: str, sign: str) -> list[str]:
    plain_line = line.strip().strip("|") if sign == "|" else line
    cells = [cell.strip() for cell in plain_line.split(sign)]
    return (
        []
        if sign in ",;"
        and (not all(cells[:1]) or any(len(cell) > 40 for cell in cells) or re.search(r"[。；]|\. ", line))
        else cells
    )


def _number(cell: str) -> Decimal | None:
    match = _PLAIN_NUMBER.match(cell)
    if match is None or re.search(r"\d[-/年.]\d+[-/月.]", cell):
        return None
    try:
        number = Decimal(re.sub(r"[,\u00a0\u202f]", "", match[1]).replace("−", "-"))
    except InvalidOperation:
        return None
    return number if abs(number) < Decimal("1e40") else None


def _unit(cell: str) -> str:
    words = re.sub(r"^[\d,.\s+\-−]+", "", cell.strip())
    return next((unit for unit in _UNITS if words.startswith(unit) or (not unit.isalnum() and unit in cell)), "")


def _place(value: Decimal) -> Decimal:
    return Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))


def _allowed(values: list[Decimal]) -> Decimal:
    """Room for rounding: none between whole numbers."""
    place = max(_place(value) for value in values)
    finest = min(_place(value) for value in values)
    return Decimal(0) if finest == 1 else place / 2 * len(values)
