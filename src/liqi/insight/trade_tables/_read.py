"""Trade tables read: every row in one shape, or the reason why not; nothing is guessed and nothing half taken."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from liqi import taxonomy
from liqi.insight.origin import UnusableTable
from liqi.insight.trade_tables._columns import fields_of, kind_of

COLUMNS = {
    "period": pl.String, "year": pl.Int32, "exporter": pl.String, "importer": pl.String, "product": pl.String,
    "side": pl.String, "value": pl.Float64, "currency": pl.String, "quantity": pl.Float64,
    "quantity_unit": pl.String, "weight_kg": pl.Float64, "firms": pl.Int64,
}  # fmt: skip
"""The shape: `side` is who recorded it: import (the importer), export (the exporter), or both (reconciled)."""
MOST_PROBLEMS = 200
KEY = ("period", "exporter", "importer", "product", "side")
IMPORT, EXPORT, BOTH = "import", "export", "both"
_FLOWS = {
    "m": IMPORT, "import": IMPORT, "imports": IMPORT, "进口": IMPORT, "進口": IMPORT, "1": IMPORT,
    "x": EXPORT, "export": EXPORT, "exports": EXPORT, "出口": EXPORT, "2": EXPORT,
}  # fmt: skip
_WHOLE = frozenset({"0", "w00", "wld", "world", "000", "all", "全球", "世界", "合计", "总计"})
"""Partners that are totals over all partners."""
_BROKEN_DOWN = {"motcode": ("0", ""), "customscode": ("c00", ""), "partner2code": ("0", ""), "mosecode": ("0", "")}
"""Columns by which Comtrade breaks a flow down, and what they say in the row of its total."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken: its number as a spreadsheet shows it, the field, and what is wrong."""

    row: int
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Read:
    """A trade table in our shape; with problems nothing of it should be kept."""

    kind: str
    frame: pl.DataFrame
    rows: int
    """Rows of the file."""
    totals: int
    """Rows left out because they are sums over partners, or parts of another row."""
    rejected: int = 0
    problems: tuple[Problem, ...] = field(default=())


def read(
    path: Path,
    *,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    flow: str = "",
    reporter: str = "",
) -> Read:
    """The flows of a CSV, TSV or JSON file of customs, UN Comtrade or BACI.

    `flow` (import or export) and `reporter` (a country) say what a table does not say itself: exports of a national
    customs have neither column. Raises UnusableTable for what is no such table.
    """
    table = _table(path)
    fields = fields_of(table.columns, mapping)
    found = kind or kind_of(table.columns)
    whole = _of_the_whole(table)
    lines = whole.with_row_index("_row", offset=2) if "_row" not in whole.columns else whole
    shaped = _shaped(lines, fields, flow, reporter)
    kept = shaped.filter(~pl.col("_total"))
    problems, rejected = _problems(kept)
    return Read(
        kind=found,
        frame=kept.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()),
        rows=table.height,
        totals=table.height - kept.height,
        rejected=rejected,
        problems=problems,
    )


@cache
def _codes() -> dict[str, str]:
    lines = files(__package__).joinpath("data", "country_codes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


@cache
def country_of(said: str) -> str | None:
    """The country (two letters) that a code of two or three letters, a numeric code or a name means; None for none.

    >>> country_of("156"), country_of("USA"), country_of("842"), country_of("德国"), country_of("nowhere")
    ('CN', 'US', 'US', 'DE', None)
    """
    plain = said.strip()
    if plain.isdigit():
        return _codes().get(plain.zfill(3))
    if plain.upper() in _codes():
        return _codes()[plain.upper()]
    code = taxonomy.find_place(plain) if plain else None
    if code and code.isdigit():
        return {"71": "TW", "81": "HK", "82": "MO"}.get(code[:2]) if code.endswith("0000") else None
    return code


def _table(path: Path) -> pl.DataFrame:
    """The file as text cells, numbered as a spreadsheet would."""
    if not path.is_file():
        raise UnusableTable(f"{path}: found no such file; expected a trade table; check the path.")
    data = path.read_bytes()
    if not data.strip():
        raise UnusableTable(f"{path.name}: found an empty file; expected a header and rows; export the table again.")
    if path.suffix.lower() == ".json" or data.lstrip()[:1] in (b"{", b"["):
        return _json(path, data)
    text = _text(path, data)
    head = text[: text.find("\n")] if "\n" in text else text
    separator = max(",\t;", key=head.count)
    try:
        frame = pl.read_csv(BytesIO(text.encode()), infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError as problem:
        cause = str(problem).splitlines()[0]
        raise UnusableTable(
            f"{path.name}: found something that is not a table ({cause}); expected a header and rows; save it as CSV."
        ) from None
    return frame.rename({name: name.strip().lstrip("\ufeff") for name in frame.columns})


def _text(path: Path, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableTable(f"{path.name}: found bytes of an unknown encoding; expected UTF-8 or GB 18030; save it again.")


def _json(path: Path, data: bytes) -> pl.DataFrame:
    """The list of records of a Comtrade answer, under `data` or `dataset`, or the list itself."""
    try:
        found: Any = json.loads(data)
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise UnusableTable(
            f"{path.name}: found text that is not JSON ({problem}); expected a Comtrade answer."
        ) from None
    rows = found if isinstance(found, list) else next((found[k] for k in ("data", "dataset") if found.get(k)), None)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UnusableTable(
            f"{path.name}: found no list of records; expected them under `data` (UN Comtrade); download it again."
        )
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String))


def _of_the_whole(table: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not a part (by transport, by customs procedure) of another row."""
    numbered = table.with_row_index("_row", offset=2)
    for name in table.columns:
        if name.lower() in _BROKEN_DOWN:
            said = pl.col(name).fill_null("").str.strip_chars().str.to_lowercase()
            numbered = numbered.filter(said.is_in(list(_BROKEN_DOWN[name.lower()])))
    return numbered


def _shaped(lines: pl.DataFrame, fields: Mapping[str, str], flow: str, reporter: str) -> pl.DataFrame:
    """The rows in our shape; what could not be read is null, what was said stands beside it for the message."""
    said = lines.select(
        "_row", *(pl.col(theirs).str.strip_chars().alias(f"_{ours}") for ours, theirs in fields.items())
    )

    def cell(name: str) -> pl.Expr:
        return pl.col(f"_{name}") if name in fields else pl.lit(None, pl.String)

    both = {"exporter", "importer"} <= set(fields)
    side = pl.lit(BOTH) if both else _mapped(cell("flow").fill_null(flow).str.to_lowercase(), _FLOWS)
    home = cell("reporter").fill_null(reporter) if not both else pl.lit("")
    away = cell("partner") if not both else pl.lit("")
    said = said.with_columns(_side=side, _home=home, _away=away)
    said = said.with_columns(_home=_country("_home"), _foreign=_country("_away"))
    inward = pl.col("_side") == IMPORT
    if both:
        said = said.with_columns(_from=_country("_exporter"), _to=_country("_importer"))
    else:
        said = said.with_columns(
            _from=pl.when(inward).then("_foreign").otherwise("_home"),
            _to=pl.when(inward).then("_home").otherwise("_foreign"),
        )
    digits = cell("period").str.replace_all(r"[^0-9]", "").str.slice(0, 6)
    code = cell("product").str.replace_all(r"[.\s']", "").str.strip_suffix(".0")
    value, currency = _value(fields)
    return said.with_columns(
        period=pl.when(digits.str.contains(r"^(19|20)\d\d((0[1-9]|1[0-2])?)$")).then(digits),
        year=digits.str.slice(0, 4).cast(pl.Int32, strict=False),
        exporter="_from",
        importer="_to",
        product=pl.when(code.str.contains(r"^\d{1,10}$")).then(
            pl.when(code.str.len_chars() % 2 == 1).then("0" + code).otherwise(code)
        ),
        side="_side",
        value=value,
        currency=currency,
        quantity=_number(cell("quantity")),
        quantity_unit=cell("quantity_unit"),
        weight_kg=pl.coalesce(_number(cell("weight_kg")), _number(cell("weight_t")) * 1000),
        firms=_number(cell("firms")).cast(pl.Int64, strict=False),
        _total=cell("partner").fill_null("").str.to_lowercase().is_in(list(_WHOLE)),
        _said_value=pl.coalesce(cell("value_usd"), cell("value_1000_usd"), cell("value_cny")),
    )


def _value(fields: Mapping[str, str]) -> tuple[pl.Expr, pl.Expr]:
    """The value and its currency: dollars where a column says them, else yuan; never converted."""
    if "value_usd" in fields:
        return _number(pl.col("_value_usd")), pl.lit("USD")
    if "value_1000_usd" in fields:
        return _number(pl.col("_value_1000_usd")) * 1000, pl.lit("USD")
    return _number(pl.col("_value_cny")), pl.lit("CNY")


def _number(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(",", "").str.strip_chars().cast(pl.Float64, strict=False)


def _mapped(text: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    return text.cast(pl.String).replace_strict(dict(words), default=None, return_dtype=pl.String)


def _country(column: str) -> pl.Expr:
    return pl.col(column).map_batches(_countries, return_dtype=pl.String)


def _countries(cells: pl.Series) -> pl.Series:
    cells = cells.cast(pl.String)
    different = cells.drop_nulls().unique().to_list()
    known = [country_of(one) for one in different]
    return cells.replace_strict(different, known, default=None, return_dtype=pl.String)


def _problems(kept: pl.DataFrame) -> tuple[tuple[Problem, ...], int]:
    """Every fault of the rows, the first two hundred told; how many rows have one."""
    twice = kept.select(pl.struct(KEY).is_duplicated() & ~pl.struct(KEY).is_first_distinct()).to_series()
    home = "a country; name the reporter where no column does"
    checks: list[tuple[str, str, pl.Expr, str, str]] = [
        ("period", "no_period", pl.col("period").is_null(), "_period", "a year or month such as 2024 or 202401"),
        ("flow", "no_flow", pl.col("side").is_null(), "_flow", "import or export; say which where no column does"),
        ("exporter", "no_country", pl.col("exporter").is_null(), "", home),
        ("importer", "no_country", pl.col("importer").is_null(), "", home),
        ("product", "no_product", pl.col("product").is_null(), "_product", "a commodity code of 2 to 10 digits"),
        ("value", "no_number", pl.col("value").is_null() & (pl.col("_said_value").fill_null("") != ""), "_said_value",
         "a number"),
        ("value", "not_finite", ~pl.col("value").fill_null(0).is_finite(), "_said_value", "a finite number"),
        ("value", "negative", pl.col("value") < 0, "_said_value", "a value from 0 up"),
        ("quantity", "negative", pl.col("quantity") < 0, "quantity", "a quantity from 0 up"),
    ]  # fmt: skip
    found: list[Problem] = []
    bad = twice.alias("bad")
    for name, code, wrong, shown, expected in checks:
        rows = kept.select(wrong.fill_null(False).alias("w")).to_series()
        bad = bad | rows
        for row in kept.filter(rows).head(MOST_PROBLEMS).iter_rows(named=True):
            what = row.get(shown) if shown else row.get("_away") or row.get(f"_{name}")
            found.append(Problem(row["_row"], name, code, f"found {what!r}; expected {expected}."))
    for row in kept.filter(twice).head(MOST_PROBLEMS).iter_rows(named=True):
        what = " ".join(str(row[name]) for name in KEY)
        found.append(
            Problem(row["_row"], "product", "twice", f"found the flow {what} a second time; expected each once.")
        )
    return tuple(sorted(found, key=lambda one: one.row)[:MOST_PROBLEMS]), int(bad.sum())
