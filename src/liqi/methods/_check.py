"""Named checks of an answer: what was found, what the rule asks for, and whether it passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liqi.methods._answer import Column, Table
from liqi.methods._text import Text

RESULTS = {
    "pass": Text("pass", "通过", "通過"),
    "review": Text("look again", "需复核", "需複核"),
    "fail": Text("fail", "不通过", "不通過"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """A named question put to data, with what was found and expected, and the rule that asks where there is one.

    One that `fails` does not ask to be looked at again where it is not passed: the data are then no good.
    """

    name: str
    title: Text
    passed: bool
    found: str
    expected: str
    rule: str = ""
    fails: bool = False

    @property
    def result(self) -> str:
        """The code of what came of it, ``pass``, ``review`` or ``fail``."""
        return "pass" if self.passed else "fail" if self.fails else "review"

    def as_json(self) -> dict[str, Any]:
        """Return the check with its result as a code."""
        told = {"name": self.name, "result": self.result, "title": self.title.as_json()}
        told |= {"found": self.found, "expected": self.expected}
        return told | {"rule": self.rule} if self.rule else told


def verdict_of(checks: Sequence[Check]) -> str:
    """Return the worst that came of the checks: ``fail`` before ``review`` before ``pass``."""
    results = {one.result for one in checks}
    return next((code for code in ("fail", "review") if code in results), "pass")


NOT_PASSED = ("Not passed", "未通过", "未通過")
AGAIN = ("To look at again", "需复核", "需複核")
FAILED = ("Failed", "不合格项", "不合格項")


def with_failed(said: Sequence[str], checks: Sequence[Check], head: tuple[str, str, str] = NOT_PASSED) -> Text:
    """Return sentences in three languages with the titles of the checks that did not pass behind them, each once."""
    failed = list(dict.fromkeys(one.title for one in checks if not one.passed))
    if not failed:
        return Text(*said)
    words = [
        mark.join(one.of(language) for one in failed)
        for language, mark in (("en", ", "), ("zh-Hans", "、"), ("zh-Hant", "、"))
    ]
    return Text(
        f"{said[0]} {head[0]}: {words[0]}.",
        f"{said[1]}{head[1]}：{words[1]}。",
        f"{said[2]}{head[2]}：{words[2]}。",
    )


def checks_table(checks: Sequence[Check]) -> Table:
    """Return the checks as a table of an answer."""
    columns: tuple[Column, ...] = (
        Column("check", Text("check", "检查项", "檢查項目")),
        Column("result", Text("result", "结论", "結論")),
        Column("found", Text("found", "实测", "實測")),
        Column("expected", Text("expected", "要求", "要求")),
    )
    ruled = any(one.rule for one in checks)
    if ruled:
        columns = (*columns, Column("rule", Text("rule", "依据", "依據")))
    rows = [
        {
            "check": one.title.as_json(),
            "result": RESULTS[one.result].as_json(),
            "found": one.found,
            "expected": one.expected,
        }
        | ({"rule": one.rule} if ruled else {})
        for one in checks
    ]
    return Table("checks", Text("Checks", "检查", "檢查"), columns, rows)
