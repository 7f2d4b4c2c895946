"""Shapes: what stands under a name in the tables of a rule is of its kind, or is refused by the name of its field."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from liqi.policy._rule import Text


class BrokenRule(ValueError):
    """A rule cannot be loaded; the message names the rule, the field, what was found and what was expected."""


class Misshapen(ValueError):
    """A field is missing or not of its kind; the message names the field, what was found and what was expected."""


def wrong(field: str, found: str, expected: str) -> Misshapen:
    """The refusal of a field, in words."""
    return Misshapen(f"{field}: found {found}; expected {expected}")


class Table:
    """A table of a rule, read by the names of its fields; `at` is where it stands."""

    def __init__(self, raw: Any, at: str = "") -> None:
        if not isinstance(raw, Mapping):
            raise wrong(at or "the rule", short(raw), "a table with names and values")
        self.raw: Mapping[str, Any] = raw
        self.at = at

    def field(self, name: str) -> str:
        """The whole name of a field, with where it stands."""
        return f"{self.at}.{name}" if self.at else name

    def has(self, name: str) -> bool:
        """Whether the table says something under this name."""
        return name in self.raw

    def needed(self, name: str, expected: str) -> Any:
        """What stands under the name; a missing one is refused."""
        if name not in self.raw:
            raise wrong(self.at or "the rule", f"no {name!r}", expected)
        return self.raw[name]

    def text(self, name: str, default: str | None = None) -> str:
        """A text of one line; without a default it must be there and not be blank."""
        if default is not None and name not in self.raw:
            return default
        found = self.needed(name, "a text")
        if not isinstance(found, str) or (default is None and not found.strip()):
            raise wrong(self.field(name), short(found), "a text")
        return found

    def words(self, name: str) -> Text:
        """The same words in Chinese and English."""
        return self.table(name, "a table with zh and en").as_words()

    def as_words(self) -> Text:
        """The zh and en of this table."""
        return Text(zh=self.text("zh"), en=self.text("en"))

    def day(self, name: str) -> date | None:
        """A day without a time, or None where there is none."""
        found = self.raw.get(name)
        if found is None or is_day(found):
            return found
        raise wrong(self.field(name), short(found), "a day without quotes such as 2026-01-31")

    def number(self, name: str) -> Decimal | None:
        """A finite number, or None where there is none."""
        found = self.raw.get(name)
        if found is None:
            return None
        return number(found, self.field(name))

    def yes(self, name: str) -> bool:
        """True or false; false where nothing is said."""
        found = self.raw.get(name, False)
        if not isinstance(found, bool):
            raise wrong(self.field(name), short(found), "true or false")
        return found

    def table(self, name: str, expected: str = "a table with names and values") -> "Table":
        """The table under this name."""
        found = self.needed(name, expected)
        if not isinstance(found, Mapping):
            raise wrong(self.field(name), short(found), expected)
        return Table(found, self.field(name))

    def tables(self, name: str, *, needed: bool = False) -> Iterator["Table"]:
        """The tables under this name, in order, each known by its name or else its place counted from 1."""
        found = self.needed(name, f"tables [[{name}]]") if needed else self.raw.get(name, ())
        if not isinstance(found, list | tuple):
            raise wrong(self.field(name), short(found), f"tables [[{name}]]")
        for place, entry in enumerate(found, start=1):
            own = entry.get("name") if isinstance(entry, Mapping) else None
            yield Table(entry, self.field(f"{name} {own if isinstance(own, str) else place}"))

    def items(self, name: str) -> list[Any]:
        """The list under this name."""
        found = self.needed(name, "a list")
        if not isinstance(found, list | tuple) or not found:
            raise wrong(self.field(name), short(found), "a list with something in it")
        return list(found)


def is_day(found: Any) -> bool:
    """Whether it is a day, and no moment of one."""
    return isinstance(found, date) and not isinstance(found, datetime)


def is_number(found: Any) -> bool:
    """Whether it is a finite number as TOML gives it."""
    return not isinstance(found, bool) and isinstance(found, int | Decimal) and Decimal(found).is_finite()


def number(found: Any, field: str) -> Decimal:
    """The finite number, or Misshapen by the name of its field."""
    if not is_number(found):
        raise wrong(field, short(found), "a number")
    return Decimal(found)


def short(found: Any) -> str:
    """What was found, in at most sixty letters."""
    said = str(found) if isinstance(found, Decimal) else repr(found)
    return said if len(said) <= 60 else said[:57] + "..."
