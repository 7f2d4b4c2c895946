"""The example's tables, and what every example record has in common."""

import csv
from datetime import date, datetime
from importlib.resources import files
from typing import Any

Row = dict[str, str]
CONFIRMED_ON = date(2026, 9, 1)
"""The day on which the open sources were last read."""


def table(name: str) -> list[Row]:
    """All rows of a table of the example."""
    text = files("liqi.catalogue").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def real(source: str, ref: str, licence: str, row: Row, now: datetime, confidence: str = "medium") -> dict[str, Any]:
    """What a record from an open source says of where it came from."""
    return {
        "source": source,
        "source_ref": ref,
        "source_row": row,
        "licence": licence,
        "confirmed_on": CONFIRMED_ON,
        "confidence": confidence,
        "synthetic": False,
        "created_at": now,
        "updated_at": now,
    }


def synthetic(ref: str, now: datetime) -> dict[str, Any]:
    """What a made-up record says of itself."""
    return {
        "source": "synthetic",
        "source_ref": ref,
        "licence": "CC0-1.0",
        "confidence": "low",
        "synthetic": True,
        "created_at": now,
        "updated_at": now,
    }


def number(text: str) -> float | None:
    """The number, or None for an empty cell."""
    return float(text) if text.strip() else None
