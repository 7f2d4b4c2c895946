"""Benchmark cards: named clusters with the figures that were published of them, what follows, and where it stands."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("data") / "benchmarks.json"


@dataclass(frozen=True, slots=True)
class Fact:
    """A published figure; or one that follows from others, with how."""

    zh: str
    en: str
    value: float | None
    unit: str
    follows: str = ""
    """How it follows from the others, where it was not published itself."""


@dataclass(frozen=True, slots=True)
class Work:
    """A facility of the cluster and whether it is built."""

    zh: str
    en: str
    status: str


@dataclass(frozen=True, slots=True)
class Card:
    """One cluster."""

    key: str
    zh: str
    en: str
    source: str
    year: str
    words_zh: str
    words_en: str
    facts: tuple[Fact, ...]
    works: tuple[Work, ...]

    @property
    def by_status(self) -> dict[str, int]:
        """How many of its facilities are built, building, planned."""
        return {status: sum(one.status == status for one in self.works) for status in ("built", "building", "planned")}


@cache
def cards() -> tuple[Card, ...]:
    """Every card, in the order of the file."""
    return tuple(
        Card(**{**one, "facts": tuple(Fact(**fact) for fact in one["facts"]),
                "works": tuple(Work(**work) for work in one["works"])})
        for one in json.loads(FILE.read_text(encoding="utf-8"))
    )  # fmt: skip
