"""Subjects: what a person or firm says about itself, read as a rule's inputs ask for it."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from liqi.policy._rule import Input, Rows, Rule, Value

_NUMBERS = ("money", "number", "share", "rate", "count")
SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_TYPED = re.compile(
    r"(?P<number>\d[\d,]{0,40}(?:\.\d{1,20})?)(?:(?P<percent>[%％])|(?P<scale>[万萬亿億])?(?P<tail>元|CNY)?)"
)
_YUAN = re.compile(r"^[¥￥]\s*(?=\d)")
_GROUPED = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")
"""The blanks of 30 000, as pages group it; those of 1 2 stand, which is no number."""
_ONE_NUMBER = re.compile(r"\S+(?: [%万萬亿億元C]\S*)?")
"""A number and perhaps, after a blank, its sign or unit: 1 2 is two numbers."""
_POWER = re.compile(r"\d{1,9}(?:\.\d{1,20})?[eE]\+?\d{1,2}")
LARGEST = Decimal("1e60")
"""No number of a subject is as great as this, and none has a digit below its inverse."""


class UnreadableSubject(ValueError):
    """A value of the subject is not of its kind; the message says found, expected and what to do."""


def read(rule: Rule, subject: Mapping[str, Any], on: date) -> tuple[dict[str, Value | None], list[str]]:
    """Each input of the rule with its value (None where the subject does not say), and what was passed over.

    A word that is no choice of this rule is passed over with a remark: another rule may give the name another
    meaning. Any other value of the wrong kind is refused. A table under the rule's own id goes before the plain
    names: {"loan.2026": {"years": 2}}.
    """
    own = subject.get(rule.id)
    if own is not None and not isinstance(own, Mapping):
        raise UnreadableSubject(
            f"{rule.id}: found {_short(own)}; expected a table of its own answers; correct it or leave it out."
        )
    said = {**subject, **own} if isinstance(own, Mapping) else subject
    values: dict[str, Value | None] = {}
    remarks: list[str] = []
    for name, asked in rule.inputs.items():
        found = said.get(name)
        if asked.kind == "choice" and found not in (None, "", *asked.options):
            remarks.append(str(_wrong(asked, found, f"one of {', '.join(asked.options)}")))
            found = None
        values[name] = on if found is None and asked.default == "on" else convert(asked, found)
    return values, remarks


def convert(asked: Input, found: Any) -> Value | None:
    """The value in the kind of this input; blank and null are None."""
    if found is None or found == "":
        return None
    match asked.kind:
        case "yes_no":
            if isinstance(found, bool):
                return found
            raise _wrong(asked, found, "true or false")
        case "choice":
            if found in asked.options:
                return str(found)
            raise _wrong(asked, found, f"one of {', '.join(asked.options)}")
        case "date":
            try:
                return found if isinstance(found, date) else date.fromisoformat(str(found))
            except ValueError:
                raise _wrong(asked, found, "a day such as 2026-01-31") from None
        case "series":
            if isinstance(found, list | tuple):
                return tuple(_number(asked, item) for item in found) or None
            raise _wrong(asked, found, "a list of numbers, one a year")
        case "rows":
            return _rows(asked, found) or None
    number = _number(asked, found)
    if asked.kind == "share" and not 0 <= number <= 1:
        raise _wrong(asked, found, "a share from 0 to 1")
    if asked.kind != "rate" and number < 0:
        raise _wrong(asked, found, "a number from 0 up")
    return number


def from_text(asked: Input, text: str) -> Any:
    """What a person typed or chose, as `convert` expects it; blank is None.

    Raises UnreadableSubject where it cannot be read.
    """
    plain = text.strip()
    if not plain:
        return None
    if asked.kind == "yes_no":
        found: Any = {"yes": True, "no": False}.get(plain, plain)
    elif asked.kind == "series":
        found = _split(plain)
    elif asked.kind == "rows":
        found = [_split(line) for line in plain.replace(";", "\n").replace("；", "\n").splitlines() if line.strip()]
    else:
        found = _scaled(asked, plain) if asked.kind in _NUMBERS else plain
    return convert(asked, found)


def _scaled(asked: Input, text: str) -> Any:
    """3000万, 1.2亿元, ¥ 30 000 and 50% as the numbers that they are, in the unit of the input; other text as it is."""
    text = _GROUPED.sub("", _YUAN.sub("", text.replace("，", ",")))
    said = _TYPED.fullmatch(text.replace(" ", ""))
    if said is None or not (said["scale"] or said["percent"] or said["tail"]):
        return text
    if said["percent"]:
        return str(Decimal(said["number"].replace(",", "")) / 100) if asked.kind in ("share", "rate") else text
    if asked.kind in ("share", "rate"):
        return text
    own = Decimal(SCALES.get(asked.unit[:1], 1))
    scaled = Decimal(said["number"].replace(",", "")) * SCALES.get(said["scale"] or "", 1)
    return f"{scaled / own if said['scale'] or said['tail'] else scaled:f}"


def plain(text: str, *, share: bool, scaled: bool) -> Decimal | None:
    """The number from 0 up that was typed; None where there is none.

    `share` lets 30 % be 0.3, `scaled` 3 万 be 30000; both stand for nothing else.

    >>> plain("30 %", share=True, scaled=True), plain("¥ 30 000", share=False, scaled=True)
    (Decimal('0.3'), Decimal('30000'))
    >>> plain("2,000万元", share=False, scaled=True), plain("30%", share=False, scaled=True)
    (Decimal('20000000'), None)
    """
    tight = _GROUPED.sub("", _YUAN.sub("", unicodedata.normalize("NFKC", text).strip()))
    if _POWER.fullmatch(tight):
        return Decimal(tight)
    said = _TYPED.fullmatch(tight.replace(" ", "").replace("_", "")) if _ONE_NUMBER.fullmatch(tight) else None
    if said is None or (said["percent"] and not share) or (said["scale"] and not scaled):
        return None
    number = Decimal(said["number"].replace(",", ""))
    return number / 100 if said["percent"] else number * SCALES.get(said["scale"] or "", 1)


def _split(line: str) -> list[str]:
    return [part for part in line.replace(",", " ").replace("，", " ").split() if part]


def _rows(asked: Input, found: Any) -> Rows:
    lines = found if isinstance(found, list | tuple) else [found]
    lines = [(line[0], *line[1]) if _is_read(line) else line for line in lines]
    if not all(isinstance(line, list | tuple) and len(line) > 1 for line in lines):
        raise _wrong(asked, found, 'lines of a name and its numbers, such as [["A", 90, 20]]')
    width = {len(line) for line in lines}
    if len(width) > 1:
        raise _wrong(asked, found, "as many numbers in every line")
    return tuple((str(line[0]), tuple(_number(asked, item) for item in line[1:])) for line in lines)


def _is_read(line: Any) -> bool:
    """Whether a line is a name and a tuple of numbers already."""
    return isinstance(line, tuple) and len(line) == 2 and isinstance(line[1], tuple)


def _number(asked: Input, found: Any) -> Decimal:
    if isinstance(found, bool):
        raise _wrong(asked, found, f"a number in {asked.unit}")
    try:
        number = Decimal(str(found).replace(",", ""))
    except InvalidOperation:
        raise _wrong(asked, found, f"a number in {asked.unit}") from None
    if not number.is_finite():
        raise _wrong(asked, found, "a finite number")
    if abs(number) >= LARGEST or int(number.as_tuple().exponent) < -60:
        raise _wrong(asked, found, "a number of at most 60 digits before and after the point")
    return number


def _wrong(asked: Input, found: Any, expected: str) -> UnreadableSubject:
    return UnreadableSubject(
        f"{asked.name}: found {_short(found)}; expected {expected} ({asked.label.en}); correct it or leave it out."
    )


def _short(found: Any) -> str:
    if isinstance(found, str | bytes):
        said = repr(found)
    else:
        said = str(found) if isinstance(found, Decimal) else json.dumps(found, ensure_ascii=False, default=str)
    return said if len(said) <= 60 else said[:57] + "..."
