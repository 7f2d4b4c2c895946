"""Dated tables of parameters: what a formula of evaluation is fed, since when, by which document."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

TABLES = ("hours", "moe_benefit", "university", "national")


class NoEdition(LookupError):
    """No edition of the table is in force on that day; the message says since when there is one."""


@dataclass(frozen=True)
class Edition:
    """The parameters of one table from a day on, and the document that gives them."""

    table: str
    since: date
    source: str
    values: Mapping[str, Any] = field(hash=False)
    note: str = ""

    @property
    def assumed(self) -> frozenset[str]:
        """The names of values that the document does not give: they are this product's own."""
        return frozenset(self.values.get("assumed", ()))


@cache
def shipped(table: str) -> tuple[Edition, ...]:
    """The editions of a table that come with the product, oldest first."""
    if table not in TABLES:
        raise NoEdition(f"found the table {table!r}; expected one of {', '.join(TABLES)}.")
    text = (files(__package__) / "tables" / f"{table}.toml").read_text(encoding="utf-8")
    found = [Edition(table=table, **one) for one in tomllib.loads(text)["edition"]]
    return tuple(sorted(found, key=lambda one: one.since))


def edition(table: str, on: date, others: Iterable[Edition] = ()) -> Edition:
    """The edition in force on the day; of two of one day, the one in `others` (what an operator dated) holds.

    Raises NoEdition where none is in force yet.
    """
    every = [*shipped(table), *(one for one in others if one.table == table)]
    valid = [one for one in every if one.since <= on]
    if not valid:
        first = min(one.since for one in every)
        raise NoEdition(f"found no edition of {table} on {on}; the first is of {first}; choose a later day.")
    return max(enumerate(valid), key=lambda pair: (pair[1].since, pair[0]))[1]
