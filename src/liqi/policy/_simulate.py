"""Simulation: a rule set otherwise over a set of firms: what it costs, who wins, who loses, the last years replayed."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from liqi.policy import _levers, _subject
from liqi.policy._judge import Verdict, judge, plain
from liqi.policy._rule import Rule
from liqi.policy._words import WIDE

YEARS = 3
MOST_FIRMS = 100_000
_NAMES = ("id", "firm", "name", "企业", "名称")


class UnusableFirms(ValueError):
    """The firms cannot be simulated; the message says found, expected and what to do."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm in one year: what it says of itself, and what of it could not be read."""

    id: str
    year: int | None
    subject: Mapping[str, Any]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one firm gets before and after the change, in one year."""

    id: str
    before: Verdict
    after: Verdict

    @property
    def difference(self) -> Decimal | None:
        """What the firm gains (or loses, below zero); None where either cannot be told or no money is stated."""
        if "cannot tell" in (self.before.result, self.after.result):
            return None
        with localcontext(prec=WIDE):
            return _paid(self.after) - _paid(self.before)

    @property
    def moved(self) -> int:
        """1 where the firm wins by the change, -1 where it loses, 0 where it does neither or cannot be told."""
        if self.difference is None:
            return 0
        if self.difference:
            return 1 if self.difference > 0 else -1
        return (self.after.result == "yes") - (self.before.result == "yes")


@dataclass(frozen=True, slots=True)
class Year:
    """All firms in one year, before and after."""

    year: int
    in_force: bool
    """Whether the rule as it stands is in force on the day of that year; it is replayed as though it were."""
    outcomes: tuple[Outcome, ...]

    def cost(self, side: str) -> Decimal:
        """The sum of what is paid `before` or `after`; firms of whom it cannot be told count nothing."""
        with localcontext(prec=WIDE):
            return sum((_paid(getattr(one, side)) for one in self.outcomes), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """What the change costs more, or (below zero) saves."""
        with localcontext(prec=WIDE):
            return self.cost("after") - self.cost("before")

    def count(self, side: str, result: str) -> int:
        """How many firms get this result."""
        return sum(getattr(one, side).result == result for one in self.outcomes)

    def moved(self, way: int) -> list[Outcome]:
        """Winners (1) or losers (-1), those with the greatest difference first."""
        found = [one for one in self.outcomes if one.moved == way]
        return sorted(found, key=lambda one: (-abs(one.difference or Decimal(0)), one.id))

    def as_json(self) -> dict[str, object]:
        """The year as plain data."""
        sides = {
            side: {"cost": plain(self.cost(side)), **{r: self.count(side, r) for r in ("yes", "no", "cannot tell")}}
            for side in ("before", "after")
        }
        difference = plain(self.difference)
        return {"year": self.year, "in_force": self.in_force, **sides, "difference": difference}


@dataclass(frozen=True, slots=True)
class Simulation:
    """A change of a rule, replayed over the last years, the latest first."""

    rule: Rule
    changed: Rule
    changes: Mapping[str, Decimal]
    years: tuple[Year, ...]
    problems: tuple[str, ...]

    @property
    def unit(self) -> str:
        """The unit of the costs; empty where the rule states no money."""
        return self.years[0].outcomes[0].after.unit if self.years and self.years[0].outcomes else ""

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The document of `liqi policy simulate`: the latest year's winners and losers, and every year's cost."""
        latest = self.years[0]
        return {
            "rule": self.rule.id,
            "title": self.rule.title.said(language),
            "unit": self.unit,
            "changes": _levers.said(self.changes, self.rule, language),
            "firms": len(latest.outcomes),
            "cost": {
                "before": plain(latest.cost("before")),
                "after": plain(latest.cost("after")),
                "difference": plain(latest.difference),
            },
            "winners": [_moved(one) for one in latest.moved(1)],
            "losers": [_moved(one) for one in latest.moved(-1)],
            "cannot_tell": [
                {"id": one.id, "missing": list(one.after.missing)}
                for one in latest.outcomes
                if "cannot tell" in (one.before.result, one.after.result)
            ],
            "years": [year.as_json() for year in self.years],
            "problems": list(self.problems),
        }


def read_firms(text: str, rule: Rule) -> list[Firm]:
    """The firms of a CSV table (one a row; `id` or `name`, `year` where there are several years, the rule's inputs)."""
    lines = text.lstrip("\ufeff").splitlines()
    if not lines:
        raise UnusableFirms("found an empty table; expected a header with id and the rule's inputs; add firms.")
    sign = max(",;\t", key=lines[0].count)
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=sign))
    except csv.Error as problem:
        raise UnusableFirms(f"found a table that is no CSV ({problem}); expected one row a firm; correct it.") from None
    header = [name.strip() for name in rows[0]]
    body = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    if not set(header) & set(rule.inputs):
        raise UnusableFirms(
            f"found the columns {', '.join(header)[:200]}; expected some of {', '.join(rule.inputs)}; rename them."
        )
    if not 0 < len(body) <= MOST_FIRMS:
        raise UnusableFirms(f"found {len(body)} firms; expected 1 to {MOST_FIRMS}; correct the table.")
    return [_firm(number, dict(zip(header, row, strict=False)), rule) for number, row in enumerate(body, start=2)]


def simulate(
    rule: Rule, changes: Mapping[str, Decimal], firms: Sequence[Firm], *, on: date, years: int = YEARS
) -> Simulation:  # fmt: skip
    """The rule as it is and as it would be over these firms, in the year of `on` and those before it.

    Firms with a `year` are judged in that year, the latest years of the table; firms without one are judged in every
    year, series cut back to what was known then, so that an award for a first time is paid in one year alone. In the
    replay both rules are taken to be in force.
    """
    changed = _levers.change(rule, changes)
    open_rule, open_changed = (dataclasses.replace(one, valid_from=None, valid_to=None) for one in (rule, changed))
    replayed = []
    for year, shown in _by_year(firms, rule, on, years):
        day = _day(on, year)
        outcomes = tuple(
            Outcome(
                firm.id,
                judge(open_rule, firm.subject, on=day),
                judge(open_changed, firm.subject, on=day),
            )
            for firm in shown
        )
        in_force = (rule.valid_from or day) <= day <= (rule.valid_to or day)
        replayed.append(Year(year, in_force, outcomes))
    problems = tuple(problem for firm in firms for problem in firm.problems)
    return Simulation(rule, changed, dict(changes), tuple(replayed), problems)


def _firm(number: int, row: Mapping[str, str], rule: Rule) -> Firm:
    subject: dict[str, Any] = {}
    problems = []
    for name, asked in rule.inputs.items():
        text = (row.get(name) or "").strip()
        try:
            subject[name] = _subject.from_text(
                asked, _YES_NO.get(text.lower(), text) if asked.kind == "yes_no" else text
            )
        except _subject.UnreadableSubject as problem:
            problems.append(f"row {number}: {problem}")
    year = (row.get("year") or row.get("年") or row.get("年份") or "").strip().removesuffix("年")
    if year and not (year.isdecimal() and len(year) == 4):
        problems.append(f"row {number}: year: found {year!r}; expected a year such as 2025; correct it.")
        year = ""
    name = next((row[key].strip() for key in _NAMES if (row.get(key) or "").strip()), f"row {number}")
    return Firm(name, int(year) if year else None, subject, tuple(problems))


_YES_NO = {"true": "yes", "false": "no", "1": "yes", "0": "no", "是": "yes", "否": "no", "y": "yes", "n": "no"}


def _by_year(firms: Sequence[Firm], rule: Rule, on: date, years: int) -> Iterable[tuple[int, list[Firm]]]:
    dated = sorted({firm.year for firm in firms if firm.year is not None}, reverse=True)[:years]
    if dated:
        for year in dated:
            yield year, [firm for firm in firms if firm.year in (year, None)]
        return
    series = [name for name, asked in rule.inputs.items() if asked.kind == "series"]
    for back in range(years):
        cut = [
            firm if not back else dataclasses.replace(firm, subject=_cut(firm.subject, series, back)) for firm in firms
        ]
        yield on.year - back, cut


def _cut(subject: Mapping[str, Any], series: Sequence[str], back: int) -> dict[str, Any]:
    return {
        name: (value[:-back] or None) if name in series and isinstance(value, tuple) else value
        for name, value in subject.items()
    }


def _day(on: date, year: int) -> date:
    return on.replace(year=year) if (on.month, on.day) != (2, 29) else date(year, 2, 28)


def _paid(verdict: Verdict) -> Decimal:
    return verdict.amount or Decimal(0) if verdict.result == "yes" else Decimal(0)


def _moved(one: Outcome) -> dict[str, object]:
    return {
        "id": one.id,
        "before": {"result": one.before.result, "amount": plain(one.before.amount)},
        "after": {"result": one.after.result, "amount": plain(one.after.amount)},
        "difference": plain(one.difference),
    }
