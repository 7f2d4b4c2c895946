"""The words of a trace, in Chinese and English."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

from liqi.policy._rule import Input, Node, Step, Value

WIDE = 400
"""Digits that sums and products keep: enough that money of sixty digits is never rounded on the way."""
COMPARISONS = {
    "at_least": (" ≥ ", " ≥ "),
    "at_most": (" ≤ ", " ≤ "),
    "above": (" > ", " > "),
    "below": (" < ", " < "),
    "equals": (" 是 ", " is "),
    "from": (" 不早于 ", " not before "),
    "to": (" 不晚于 ", " not after "),
}
"""Every comparison and how it is said between its two sides."""

_JOINED = {
    "all": ("都成立", "all hold"),
    "any": ("至少一项成立", "at least one holds"),
    "not": ("不成立", "does not hold"),
}
_CALLS = {
    "least": ("取小", "the least of"),
    "most": ("取大", "the most of"),
}
_SIGNS = {"sum": " + ", "product": " × ", "difference": " − ", "quotient": " ÷ "}
_SAID = {"yes": ("是", "yes"), "no": ("否", "no"), "cannot tell": ("无法判断", "cannot tell")}
_UNITS = {
    "CNY": ("元", "CNY"),
    "EUR": ("欧元", "EUR"),
    "points": ("分", "points"),
    "share": ("", ""),
    "h": ("小时", "h"),
    "人": ("人", "people"),
    "年": ("年", "years"),
    "亿元": ("亿元", "hundred million CNY"),
    "家": ("家", "suppliers"),
    "台": ("台", "units"),
    "件": ("件", "rights"),
    "个": ("个", "products"),
    "位": ("位", ""),
    "分": ("分", "points"),
}


class Words:
    """Says nodes and values in one language."""

    def __init__(self, language: str, inputs: Mapping[str, Input | Step]) -> None:
        self.language = language
        self.inputs = inputs
        self._at = 0 if language.startswith("zh") else 1

    def pick(self, zh: str, en: str) -> str:
        """The one of the two that is in our language."""
        return (zh, en)[self._at]

    def result(self, result: str) -> str:
        """yes, no or cannot tell."""
        return _SAID[result][self._at]

    def value(self, value: Value | None, unit: str = "") -> str:
        """A value with its unit; an unknown one is said to be so."""
        if value is None:
            return self.pick("未知", "not known")
        if isinstance(value, bool):
            return self.result("yes" if value else "no")
        if isinstance(value, tuple):
            return ", ".join(number(item) if isinstance(item, Decimal) else item[0] for item in value)
        said = number(value) if isinstance(value, Decimal) else str(value)
        return f"{said} {self.unit(unit)}".rstrip()

    def unit(self, unit: str) -> str:
        """The unit as it is written in our language."""
        return _UNITS[unit][self._at] if unit in _UNITS else unit

    def found(self, names: Sequence[str], subject: Mapping[str, Value | None]) -> str:
        """What the subject says about each of these inputs."""
        return "; ".join(f"{self._label(n)} = {self.value(subject.get(n), self.inputs[n].unit)}" for n in names)

    def condition(self, node: Node) -> str:
        """A condition as one says it."""
        for joint, words in _JOINED.items():
            if joint in node:
                return words[self._at]
        left = self._label(node["input"]) if "input" in node else self.expression(node["value"])
        said = []
        for name, (zh, en) in COMPARISONS.items():
            if name in node:
                right = node[name]
                if isinstance(right, bool):
                    said.append(f"{left}{self.pick('：', ': ')}{self.result('yes' if right else 'no')}")
                elif name == "equals" and isinstance(right, str):
                    said.append(f"{left}{self.pick(zh, en)}{self._option(node['input'], right)}")
                else:
                    said.append(f"{left}{self.pick(zh, en)}{self.expression(right)}")
        return self.pick("，", ", ").join(said)

    def expression(self, node: Node) -> str:
        """An expression as one writes it."""
        if isinstance(node, str):
            return self._label(node)
        if isinstance(node, date):
            return node.isoformat()
        if isinstance(node, bool | int | Decimal):
            return self.value(node if isinstance(node, bool) else Decimal(node))
        for name, sign in _SIGNS.items():
            if name in node:
                return "(" + sign.join(self._inner(part) for part in node[name]) + ")"
        for name, words in _CALLS.items():
            if name in node:
                return f"{words[self._at]} ({', '.join(self.expression(part) for part in node[name])})"
        if "choose" in node:
            return self.pick("按{}取值", "the value for {}").format(self._label(node["choose"]))
        if "if" in node:
            return self.pick("若{}则 {}，否则 {}", "if {} then {}, else {}").format(
                self.condition(node["if"]), self.expression(node["then"]), self.expression(node["else"])
            )
        return self.pick("{} 按 {} 向下取整", "{} cut down to steps of {}").format(
            self.expression(node["cut"]), node["step"]
        )

    def _inner(self, node: Node) -> str:
        said = self.expression(node)
        return f"({said})" if isinstance(node, Mapping) and "if" in node else said

    def _label(self, name: str) -> str:
        return self.inputs[name].label.said(self.language)

    def _option(self, name: str, code: str) -> str:
        asked = self.inputs[name]
        options = asked.options if isinstance(asked, Input) else {}
        return options[code].said(self.language) if code in options else code


def number(value: Decimal) -> str:
    """A number without trailing zeros and without an exponent, to the tenth decimal.

    >>> number(Decimal("30000000.0")), number(Decimal(1) / 3)
    ('30000000', '0.3333333333')
    """
    with localcontext(prec=WIDE):
        plain = f"{value.quantize(Decimal('1e-10')) if value.as_tuple().exponent < -10 else value:f}"  # type: ignore[operator]
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def names_in(node: Node) -> list[str]:
    """The inputs that a node asks for, each once, in order."""
    found: dict[str, None] = {}

    def walk(part: Node, is_name: bool = True) -> None:
        if isinstance(part, str):
            if is_name:
                found[part] = None
        elif isinstance(part, list | tuple):
            for item in part:
                walk(item)
        elif isinstance(part, Mapping):
            for key, item in part.items():
                if key in ("step",):
                    continue
                if key == "from" and "choose" in part:
                    for choice in item.values():
                        walk(choice)
                else:
                    walk(item, is_name=not (key == "equals" and isinstance(item, str)))

    walk(node)
    return list(found)
