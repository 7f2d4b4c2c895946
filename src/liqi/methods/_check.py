"""Named checks of an answer: what was found, what the rule asks for, and whether it passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liqi.methods._answer import Column, Table
from liqi.methods._text import Text

RESULTS = {"pass": Text("pass", "通过", "通過"), "review": Text("look again", "需复核", "需複核")}


@dataclass(frozen=True, slots=True)
class Check:
    """A named question put to data: passed or to be looked at again, with what was found and expected."""

    name: str
    title: Text
    passed: bool
    found: str
    expected: str

    @property
    def result(self) -> str:
        """The code of what came of it, ``pass`` or ``review``."""
        return "pass" if self.passed else "review"

    def as_json(self) -> dict[str, Any]:
        """Return the check with its result as a code."""
        told = {"name": self.name, "result": self.result, "title": self.title.as_json()}
        return told | {"found": self.found, "expected": self.expected}


def checks_table(checks: Sequence[Check]) -> Table:
    """Return the checks as a table of an answer."""
    columns = (
        Column("check", Text("check", "检查项", "檢查項目")),
        Column("result", Text("result", "结论", "結論")),
        Column("found", Text("found", "实测", "實測")),
        Column("expected", Text("expected", "要求", "要求")),
    )
    rows = [
        {
            "check": one.title.as_json(),
            "result": RESULTS[one.result].as_json(),
            "found": one.found,
            "expected": one.expected,
        }
        for one in checks
    ]
    return Table("checks", Text("Checks", "检查", "檢查"), columns, rows)
