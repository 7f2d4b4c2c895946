"""What is asked of a table, and what an indicator is; every module of indicators builds on this."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from liqi.insight import dependence
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.origin import UnusableTable


class UnknownIndicator(ValueError):
    """No indicator has this name; the message lists those that there are."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a table: groups, lens, weight, and the column whose holders are compared."""

    by: tuple[str, ...] = ()
    lens: str = ""
    weight: str | None = None
    of: str | None = None
    as_of: date | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    """What an indicator lets itself be told besides (`--set name=value`), such as a threshold or a second table."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A name, the unit, the formula in words, and the function that makes figures of a table."""

    unit: str
    formula: str
    measure: Callable[[pl.DataFrame, Question], list[Figure]]
    settings: Mapping[str, str] = field(default_factory=dict)
    """Names that `--set` may use, each with one sentence of what it means and its default."""


def require(frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Every column is there, or the error names the missing ones and those found."""
    if lost := [column for column in columns if column not in frame.columns]:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected {', '.join(lost)} too; "
            "add the column, or ask without it."
        )


def number_of(question: Question, name: str) -> float | None:
    """The setting of this name as a number from 0 up; None where it is not set."""
    said = question.settings.get(name)
    if said is None:
        return None
    try:
        number = float(said)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise UnusableTable(f"found --set {name}={said}; expected a number from 0 up; correct it.")
    return number


def words(text: str) -> frozenset[str]:
    """The words of a cell that holds several with ; between."""
    return frozenset(part.strip() for part in text.replace("\uff1b", ";").split(";") if part.strip())


def plain_figure(
    name: str,
    value: float | None,
    unit: str,
    rows: int,
    formula: str,
    group: Mapping[str, str | None],
    note: str,
    counts: Mapping[str, float] | None = None,
) -> Figure:
    """A figure of rows that all say what is asked."""
    return Figure(name, value, unit, rows, 0.0, formula, group=dict(group), counts=dict(counts or {}), note=note)


def groups(frame: pl.DataFrame, by: Sequence[str]) -> list[tuple[dict[str, str | None], pl.DataFrame]]:
    """The table split by these columns, each part with its values; one part with none."""
    if not by:
        return [({}, frame)]
    parts = frame.with_columns(pl.col(list(by)).cast(pl.String)).partition_by(
        list(by), as_dict=True, maintain_order=True
    )
    found = [(dict(zip(by, key, strict=True)), part) for key, part in parts.items()]
    return sorted(found, key=lambda pair: [(value is None, value or "") for value in pair[0].values()])


def per_group(
    name: str,
    unit: str,
    formula: str,
    columns: Sequence[str],
    value: Callable[..., float | None],
    frame: pl.DataFrame,
    question: Question,
) -> list[Figure]:
    """One figure a group: the sums of these columns, rows that say all of them, given to `value` in that order."""
    require(frame, columns)
    figures = []
    for group, part in groups(frame, question.by):
        read = pl.DataFrame({column: dependence.number(part, column) for column in columns})
        whole = read.drop_nulls()
        sums = {column: float(whole[column].sum()) for column in columns}
        answer = value(*sums.values()) if whole.height else None
        figures.append(
            Figure(
                name=name,
                value=answer,
                unit=unit,
                rows=part.height,
                missing=1 - whole.height / part.height if part.height else 0.0,
                formula=formula,
                group=group,
                counts=sums,
                note="" if answer is not None else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures
