"""`liqi indicator NAME --table FILE` for every indicator on its own example, spoilt: figures or one sentence."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from liqi import insight
from liqi.insight import examples
from liqi.server import command

DIGITS = "1234567890123456789012345678901234567890.55"
POINT = ("latitude", "longitude")
NAMES = ("id", "name", "part", "item", "region", "firm", "node")


def numeric(frame: pl.DataFrame) -> list[str]:
    """The columns that hold numbers alone, years not counted."""
    cast = frame.with_columns(pl.all().cast(pl.Float64, strict=False))
    return [name for name in frame.columns if cast[name].is_not_null().any() and "year" not in name]


def dated(frame: pl.DataFrame) -> list[str]:
    """The columns that hold days."""
    return [name for name in frame.columns if frame[name].str.contains(r"^\d{4}-\d{2}-\d{2}$").any()]


def every(said: str, of: Callable[[pl.DataFrame], list[str]] = numeric) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The table with this in all cells of those columns."""
    return lambda frame: frame.with_columns(pl.lit(said).alias(name) for name in of(frame))


def one_cell(said: str, of: Callable[[pl.DataFrame], list[str]] = numeric) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The table with this in the first cell of those columns alone: what is not like the rest."""
    first = pl.int_range(pl.len()) == 0
    return lambda frame: frame.with_columns(
        pl.when(first).then(pl.lit(said)).otherwise(pl.col(name)).alias(name) for name in of(frame)
    )


def in_a_circle(frame: pl.DataFrame) -> pl.DataFrame:
    """The table in which everything hangs on the one before it, and the first on the last."""
    name = next((one for one in NAMES if one in frame.columns), None)
    hangs = [one for one in ("parent", "parents", "from", "derived_from", "requires") if one in frame.columns]
    if name is None or not frame.height:
        return frame
    turned = pl.Series([*frame[name][1:], frame[name][0]], dtype=pl.String)
    return frame.with_columns(turned.alias(one) for one in hangs)


SPOILT: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "an empty table": lambda frame: frame.clear(),
    "one row": lambda frame: frame.head(1),
    "one region": lambda frame: frame.with_columns(
        pl.col(name).first() for name in frame.columns if name in ("region", "city", "place", "province")
    ),
    "zero totals": every("0"),
    "negative values": every("-7"),
    "one negative value": one_cell("-7"),
    "duplicate keys": lambda frame: pl.concat([frame, frame, frame]),
    "mixed units": one_cell("5 M"),
    "missing coordinates": every("", lambda frame: [name for name in POINT if name in frame.columns]),
    "numbers left out": every(""),
    "a circle": in_a_circle,
    "a date before all": every("0001-01-01", dated),
    "a date after all": every("9999-12-31", dated),
    "no day at all": one_cell("soon", dated),
    "money with 40 digits": every(DIGITS),
    "one sum with 40 digits": one_cell(DIGITS),
    "a column left out": lambda frame: frame.select(frame.columns[1:]),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_every_indicator_on_its_spoilt_example_gives_figures_or_one_sentence(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults, answered = [], 0
    for name in insight.INDICATORS:
        asked = examples.asked(name)
        path = tmp_path / f"{name}.csv"
        SPOILT[kind](pl.read_csv(io.StringIO(examples.text(name)), infer_schema=False)).write_csv(path)
        words = [word for column in asked.by for word in ("--by", column)]
        words += [word for key, said in asked.settings.items() for word in ("--set", f"{key}={said}")]
        words += ["--as-of", asked.as_of.isoformat()] if asked.as_of else []
        monkeypatch.setattr(sys, "argv", ["liqi", "indicator", name, "--table", str(path), *words, "--json"])
        try:
            command.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception as problem:  # what a person would see as a traceback
            faults.append((name, type(problem).__name__, str(problem)[:160]))
            continue
        out, err = capsys.readouterr()
        if code == 0:
            answered += 1
            strange: list[str] = []
            values = json.loads(out, parse_constant=strange.append)["values"]
            if strange or not isinstance(values, list):
                faults.append((name, "prints", strange or str(values)[:80]))
        elif (code, out) != (2, "") or err.count("\n") != 1 or not err.startswith("liqi: "):
            faults.append((name, code, err[:160]))
    assert not faults
    assert answered or kind in ("a column left out", "numbers left out", "mixed units")


def test_the_spoiling_reaches_what_it_names() -> None:
    table = pl.DataFrame({"part": ["a", "b"], "parent": ["", "a"], "latitude": ["1", "2"], "date": ["2020-01-01"] * 2})
    assert numeric(table) == ["latitude"]
    assert dated(table) == ["date"]
    assert SPOILT["a circle"](table)["parent"].to_list() == ["b", "a"]
    assert SPOILT["missing coordinates"](table)["latitude"].to_list() == ["", ""]
    assert SPOILT["mixed units"](table)["latitude"].to_list() == ["5 M", "2"]
