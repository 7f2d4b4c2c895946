"""What a rule is made of: its papers, its questions, its tree, its amount and its worked cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Result = Literal["yes", "no", "cannot tell"]
Rows = tuple[tuple[str, tuple[Decimal, ...]], ...]
Value = Decimal | bool | str | date | tuple[Decimal, ...] | Rows
Node = Any
"""A node of a tree as TOML gives it; `_load` has checked its shape."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The words in Chinese for any `zh` language, else in English."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule holds: a six-digit division of China, a country code, or anywhere (an empty code)."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Input:
    """Something that a rule must know about its subject, and the question that asks for it."""

    name: str
    kind: str
    """money, number, share, rate, count, yes_no, choice, series, date or rows (a name and numbers a line)."""
    unit: str
    label: Text
    question: Text
    options: Mapping[str, Text] = field(default_factory=dict)
    default: str = ""
    """`on` where the day of the question stands in for a missing date."""


@dataclass(frozen=True, slots=True)
class Step:
    """A number on the way, worked out of inputs and of other steps, with a name of its own."""

    name: str
    unit: str
    label: Text
    of: Node


@dataclass(frozen=True, slots=True)
class Amount:
    """What is paid: a rate (or tiers) of a base, cut down to steps, held under a cap and over a floor."""

    of: Node
    rate: Node = None
    tiers: tuple[Mapping[str, Decimal], ...] = ()
    """Each with its rate and, but for the last, `up_to`: the upper edge of the slice it is paid on."""
    cap: Node = None
    floor: Node = None
    step: Decimal | None = None
    unit: str = "CNY"
    label: Text | None = None
    always: bool = False
    """Whether the amount is stated even where the answer is no (a price to be compared, not a payment)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of several ways out, tried in order, and what it means for the answer."""

    code: str
    result: Result
    text: Text
    when: Node = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that must be handed in where its condition holds."""

    text: Text
    when: Node = None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case: this subject must get this answer."""

    subject: Mapping[str, Any]
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one policy, in force from `valid_from` to `valid_to`, both days in."""

    id: str
    kind: str
    title: Text
    place: Place
    issuer: str
    document: str
    article: str
    valid_from: date | None
    valid_to: date | None
    clause: Text
    source: str
    confidence: str
    note: str
    inputs: Mapping[str, Input]
    condition: Node
    outcomes: tuple[Outcome, ...]
    amount: Amount | None
    parts: Mapping[str, Amount]
    requirements: tuple[Requirement, ...]
    reached: Mapping[str, Any] | None
    """`of` names a yearly series; the thresholds that its last year is the first to reach are the answer.

    `awards`, where the authority has filled them in, are the sums of the thresholds; `pays` is `all` or `highest`.
    """
    order: Mapping[str, Any] | None
    """`of` names rows; they are put in order by these numbers of each, the greatest first: `by` counts from 1."""
    steps: Mapping[str, Step]
    industry: Text | None
    cases: tuple[Case, ...]

    @property
    def issuers(self) -> tuple[str, ...]:
        """Everyone who issued the document together."""
        return tuple(filter(None, (name.strip() for name in self.issuer.split("、"))))

    def in_force(self, on: date) -> bool:
        """Whether that day lies between the first and the last, both in; a day that is not recorded closes nothing."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def cited(self, language: str) -> str:
        """The clause in our own words, with document number and article."""
        papers = " ".join(filter(None, (self.document, self.article)))
        return f"{self.clause.said(language)} ({papers})" if papers else self.clause.said(language)
