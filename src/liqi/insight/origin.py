"""Origins: which lens is looked through, and what a cell of a table says about home or abroad."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from liqi import taxonomy


class UnusableTable(ValueError):
    """A table lacks what a figure needs; the message says found, expected and what to do."""


@dataclass(frozen=True, slots=True)
class Lens:
    """One way to say where a thing comes from, and the columns that may hold it, best first."""

    name: str
    title: str
    columns: tuple[str, ...]


LENSES = {
    lens.name: lens
    for lens in (
        Lens(
            "made_in",
            "where it was made",
            ("made_in", "made_in_country", "country_of_origin", "origin", "产地", "原产国"),
        ),
        Lens("brand", "where the brand comes from", ("brand_country", "brand_origin", "maker_country", "brand")),
        Lens("owner", "where the owner of the maker sits", ("owner_country", "owner_origin", "owner")),
        Lens("legal_import", "cleared by customs and made abroad", ("legal_import", "imported")),
    )
}
"""The four lenses; they are never merged, only compared."""

HOME = frozenset({"CN", "CHN", "CHINA", "PRC", "中国", "中國", "国产", "國產", "DOMESTIC"})
"""What counts as home where the caller names nothing else; compared in capitals."""

_BLANK = ("", "UNKNOWN", "N/A", "NA", "NONE", "NULL", "-", "?", "未知", "不详", "不詳")
_YES, _NO = ("TRUE", "YES", "1", "进口", "進口", "是", "IMPORTED"), ("FALSE", "NO", "0", "国产", "國產", "否")
_COUNTRY = r"^([A-Z]{2,3}|CHINA|DOMESTIC|FOREIGN|IMPORTED?|ABROAD|[\p{Han}]{2,8})$"


def abroad(frame: pl.DataFrame, lens: str, home: frozenset[str] = HOME) -> pl.Series:
    """One True (from abroad), False (from home) or null (not said) a row, through this lens."""
    if lens not in LENSES:
        raise UnusableTable(f"found lens {lens!r}; expected one of {', '.join(LENSES)}; name one of them.")
    if lens == "legal_import" and {"customs_cleared", "made_abroad"} <= set(frame.columns):
        both = truth(frame["customs_cleared"]).to_frame("c").with_columns(m=truth(frame["made_abroad"]))
        return both.select(pl.col("c") & pl.col("m")).to_series().rename(lens)
    column = column_of(frame, lens)
    if column is None:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; the {lens} lens expects one of "
            f"{', '.join(LENSES[lens].columns)} with countries in it; add that column or choose another lens."
        )
    if lens == "legal_import" or frame.schema[column] == pl.Boolean:
        return truth(frame[column]).rename(lens)
    at_home = frozenset(name.upper() for name in home)
    return _each(frame[column], lambda said: not _is_home(said, at_home)).rename(lens)


def present(frame: pl.DataFrame) -> list[str]:
    """The lenses that this table can be seen through."""
    whole = {"customs_cleared", "made_abroad"} <= set(frame.columns)
    return [name for name in LENSES if column_of(frame, name) or (name == "legal_import" and whole)]


def truth(column: pl.Series) -> pl.Series:
    """True, False or null for each cell of a yes-or-no column."""
    if column.dtype == pl.Boolean:
        return column
    return _each(column, lambda said: True if said in _YES else False if said in _NO else None)


def _is_home(said: str, home: frozenset[str]) -> bool:
    """Whether the word names home: as it stands, as a country by any name, or as a division of China.

    Hong Kong, Macao and Taiwan are customs territories of their own: goods made there come in through customs.
    """
    if said in home:
        return True
    code = taxonomy.find_place(said) or ""
    return code in home or ("CN" in home and code.isdigit() and code[:2] not in ("71", "81", "82"))


def _each(column: pl.Series, judge: Callable[[str], bool | None]) -> pl.Series:
    """The judgement of every cell, made once for each different text in capitals; blanks are null."""
    texts = column.cast(pl.String)
    different = texts.drop_nulls().unique().to_list()
    said = {text: text.strip().upper() for text in different}
    judged = [None if said[text] in _BLANK else judge(said[text]) for text in different]
    return texts.replace_strict(different, judged, default=None, return_dtype=pl.Boolean)


def column_of(frame: pl.DataFrame, lens: str) -> str | None:
    """The first column that fits; `brand` and `owner` may hold names of firms, which are not origins."""
    for column in LENSES[lens].columns:
        if column in frame.columns:
            if column not in ("brand", "owner") or frame.schema[column] == pl.Boolean:
                return column
            said = frame[column].cast(pl.String).drop_nulls().unique().str.strip_chars().str.to_uppercase()
            if said.filter(~said.is_in(_BLANK)).str.contains(_COUNTRY).all():
                return column
    return None
