"""The registry of indicators: name, unit, formula, and how a table is turned into figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from liqi.insight import chain, concentration, dependence, location, origin, trade
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


@dataclass(frozen=True, slots=True)
class Indicator:
    """A name, the unit, the formula in words, and the function that makes figures of a table."""

    unit: str
    formula: str
    measure: Callable[[pl.DataFrame, Question], list[Figure]]


HOLDERS = (
    "maker",
    "vendor",
    "firm",
    "owner",
    "brand",
    "made_in",
    "brand_country",
    "origin",
    "country",
    "class",
)
"""The columns whose holders are compared where the question names none, best first."""


RESERVED = frozenset({"value", "rows", "missing", "counts", "note"})
"""What each entry of `values` says itself; a table's column of that name cannot stand beside it."""


def compute(name: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    """The figures of one indicator over this table, one a group.

    A column named `count` says how many things a row stands for, unless another weight is named.
    """
    name = known(name)
    if "band" in question.by:
        frame = dependence.with_band(frame)
    require(frame, [*question.by, *filter(None, (question.weight, question.of))])
    if taken := RESERVED & set(question.by):
        raise UnusableTable(
            f"found --by {min(taken)}; expected a column of another name than those of the answer "
            f"({', '.join(sorted(RESERVED))}); rename the column."
        )
    if question.weight is None and "count" in frame.columns and "count" not in (*question.by, question.of):
        question = replace(question, weight="count")
    return [replace(figure, as_of=question.as_of) for figure in INDICATORS[name].measure(frame, question)]


def answer(name: str, frame: pl.DataFrame, question: Question) -> dict[str, Any]:
    """What `liqi indicator` says: name, lens, unit, as_of, rows, missing (share), formula and values."""
    figures = compute(name, frame, question)
    name = known(name)
    lenses = list(dict.fromkeys(figure.lens for figure in figures))
    seen = sum(figure.rows for figure in figures)
    return {
        "name": name,
        "lens": ", ".join(lenses) or question.lens,
        "unit": INDICATORS[name].unit,
        "as_of": question.as_of.isoformat() if question.as_of else None,
        "rows": frame.height,
        "missing": sum(figure.missing * figure.rows for figure in figures) / seen if seen else 0.0,
        "formula": INDICATORS[name].formula,
        "values": [{**({"lens": figure.lens} if len(lenses) > 1 else {}), **figure.as_json()} for figure in figures],
    }


def known(name: str) -> str:
    """The name as the registry spells it (hyphens and capitals are forgiven)."""
    plain = name.strip().lower().replace("-", "_")
    if plain not in INDICATORS:
        raise UnknownIndicator(f"found indicator {name!r}; expected one of {', '.join(INDICATORS)}; name one of them.")
    return plain


def require(frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Every column is there, or the error names the missing ones and those found."""
    if lost := [column for column in columns if column not in frame.columns]:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected {', '.join(lost)} too; "
            "add the column, or ask without it."
        )


def groups(frame: pl.DataFrame, by: Sequence[str]) -> list[tuple[dict[str, str | None], pl.DataFrame]]:
    """The table split by these columns, each part with its values; one part with none."""
    if not by:
        return [({}, frame)]
    parts = frame.with_columns(pl.col(list(by)).cast(pl.String)).partition_by(
        list(by), as_dict=True, maintain_order=True
    )
    found = [(dict(zip(by, key, strict=True)), part) for key, part in parts.items()]
    return sorted(found, key=lambda pair: [(value is None, value or "") for value in pair[0].values()])


def _share(of: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    lens = question.lens or next(iter(origin.present(frame)), "made_in")
    return dependence.share(frame, lens, of=of, by=question.by, weight=question.weight)


def _overlap(frame: pl.DataFrame, question: Question) -> list[Figure]:
    if question.by:
        raise UnusableTable("found --by; the overlap of lenses is made for the whole table; leave --by out.")
    return list(dependence.overlap(frame).values())


def _held(measure: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    by, of = (
        question.by,
        question.of or next((c for c in HOLDERS if c in frame.columns and c not in question.by), None),
    )
    if of is None and by:
        by, of = by[:-1], by[-1]
    if of is None:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected a column of holders such as maker; "
            "name it with --of."
        )
    figures = []
    for group, part in groups(frame, by):
        known = part.filter(pl.col(of).is_not_null() & (pl.col(of).cast(pl.String).str.strip_chars() != ""))
        sizes = (
            dependence.number(known, question.weight) if question.weight else pl.repeat(1.0, known.height, eager=True)
        )
        held = known.select(pl.col(of).alias("holder"), sizes.alias("size")).drop_nulls()
        sums = held.group_by("holder").agg(pl.col("size").sum())["size"].to_list()
        usable = bool(sums) and sum(sums) > 0
        figures.append(
            Figure(
                name=measure,
                value=concentration.MEASURES[measure](sums) if usable else None,
                unit=INDICATORS[measure].unit,
                rows=part.height,
                missing=1 - held.height / part.height if part.height else 0.0,
                formula=INDICATORS[measure].formula,
                group=group,
                counts={"holders": float(len(sums)), "sum": float(sum(sums))},
                note="" if usable else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures


def _per_group(
    name: str,
    columns: Sequence[str],
    value: Callable[..., float | None],
    frame: pl.DataFrame,
    question: Question,
) -> list[Figure]:
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
                unit=INDICATORS[name].unit,
                rows=part.height,
                missing=1 - whole.height / part.height if part.height else 0.0,
                formula=INDICATORS[name].formula,
                group=group,
                counts=sums,
                note="" if answer is not None else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures


def _chain(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["class", "stage"])
    figures = []
    for group, part in groups(frame, question.by):
        columns = zip(part["class"].cast(pl.String), part["stage"].cast(pl.String), strict=True)
        places = [
            chain.Place(str(i), (c or "").strip(), frozenset(s.strip() for s in (stages or "").split(";")))
            for i, (c, stages) in enumerate(columns, 1)
        ]
        figures.append(replace(chain.matrix(places).coverage, group=group))
    return figures


_GATHERED = "over holders of the column named by --of"
INDICATORS: Mapping[str, Indicator] = {
    "dependence": Indicator("share", dependence.FOREIGN_FORMULA, partial(_share, "foreign")),
    "domestic_share": Indicator("share", dependence.DOMESTIC_FORMULA, partial(_share, "domestic")),
    "lens_overlap": Indicator("instruments", "n(A or B) = n(A) + n(B) - n(A and B)", _overlap),
    "hhi": Indicator("index", f"sum of squared shares {_GATHERED}", partial(_held, "hhi")),
    "hhi_normalised": Indicator("index", "(HHI - 1/n) / (1 - 1/n)", partial(_held, "hhi_normalised")),
    "equivalent_number": Indicator("holders", "1 / HHI", partial(_held, "equivalent_number")),
    "cr1": Indicator("share", f"share of the largest {_GATHERED}", partial(_held, "cr1")),
    "cr4": Indicator("share", f"share of the four largest {_GATHERED}", partial(_held, "cr4")),
    "entropy": Indicator("nats", "- sum of s ln s", partial(_held, "entropy")),
    "gini": Indicator("index", "sum of (2i - n - 1) s_i / n, rising", partial(_held, "gini")),
    "gini_corrected": Indicator("index", "Gini n / (n - 1)", partial(_held, "gini_corrected")),
    "theil": Indicator("index", "sum of s ln(s n)", partial(_held, "theil")),
    "mean_log_deviation": Indicator("index", "mean of ln(mean / size)", partial(_held, "mean_log_deviation")),
    "chain_coverage": Indicator("share", "cells with a facility / 12 cells", _chain),
    "trade_competitiveness": Indicator(
        "index",
        "(X - M) / (X + M)",
        partial(_per_group, "trade_competitiveness", ("exports", "imports"), trade.competitiveness),
    ),
    "trade_deficit": Indicator(
        "unit of the table",
        "M - X",
        partial(_per_group, "trade_deficit", ("exports", "imports"), trade.deficit),
    ),
    "import_dependence": Indicator(
        "share",
        "M / (Y + M - X)",
        partial(_per_group, "import_dependence", ("production", "exports", "imports"), trade.import_dependence),
    ),
    "location_quotient": Indicator(
        "ratio",
        "(e_ir / e_r) / (e_i / e)",
        partial(
            _per_group,
            "location_quotient",
            ("jobs", "region_jobs", "industry_jobs", "all_jobs"),
            location.quotient,
        ),
    ),
}
"""Every indicator that `liqi indicator` knows: one line each."""
