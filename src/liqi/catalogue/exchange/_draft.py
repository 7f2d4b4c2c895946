"""What a reader makes of one row of a file: plain fields, not yet compared with the catalogue."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    *("institution", "facility", "instrument", "service"),
    *("service_record", "customs_record", "institution_year", "contact"),
)
"""Kinds of drafts, in the order in which they are kept."""


class UnreadableFile(ValueError):
    """The file cannot be taken in; the message says what was found, what was expected, what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one field of one row; a repair (`repaired_...`) or remark keeps the row, else it is rejected."""

    row: int
    field: str
    code: str
    message: str
    fatal: bool = True


@dataclass(slots=True)
class Draft:
    """One row: the kind of record, its fields, what identifies it in the source, the row as given, its problems.

    `kind` is one of KINDS. `fields` holds model fields, and in place of rows that they point at: `institution`
    (a mapping with name, name_en, ror_id), `maker` (a name), `facility`, `parent` and `instrument` (the reference, key
    or name of a record of the same source), `instruments` (a list of such). `contacts` is a list of mappings with
    fields of Contact (role, name, phone, email ...; private unless `public` is true); nothing of them stands in `raw`,
    the row as it is kept. `row` counts as a spreadsheet does: the header is row 1.
    """

    row: int
    kind: str
    fields: dict[str, Any]
    ref: str
    raw: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    seen_cost: float | None = None
    """A cost in another currency: compared with those of the other rows, kept in `raw` alone."""

    def reject(self, name: str, code: str, message: str) -> None:
        """The row is given back with this reason."""
        self.problems.append(Problem(self.row, name, code, message))

    def remark(self, name: str, code: str, message: str) -> None:
        """The row is kept; the reader of the report learns what was changed or noticed."""
        self.problems.append(Problem(self.row, name, code, message, fatal=False))

    @property
    def rejected(self) -> bool:
        """Whether any problem forbids to take this row."""
        return any(problem.fatal for problem in self.problems)


class ContentRef(str):
    """A reference made of a row's content; no two of a file are alike."""

    __slots__ = ()


class ContentRefs:
    """References for rows without an id: a hash of the content, counted where the same content comes again."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._again: Counter[int] = Counter()

    def ref(self, content: Mapping[str, Any]) -> ContentRef:
        """The reference; the same row of the same file has the same one the next time."""
        text = "\x1f".join(f"{key}={content[key]}" for key in sorted(content))
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]
        mark = int(digest[:15], 16)
        if mark in self._seen:
            self._again[mark] += 1
        else:
            self._seen.add(mark)
        return ContentRef(f"{digest}-{self._again[mark] + 1 if mark in self._again else 1}")
