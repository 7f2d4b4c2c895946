"""Rules as people write them (`A | !B => C & (D <=> E)`) to clauses."""

import re
from dataclasses import dataclass
from itertools import product

from liqi.planning.configuration._model import Clause, UnusableModel

TOKEN = re.compile(r'\s*(?:(<=>|=>|[!&|()])|"([^"]*)"|([^\s!&|()<=>"]+))')
BEFORE = {"<=>": 1, "=>": 2, "|": 3, "&": 4}
"""How tightly each sign binds."""
MOST_CLAUSES = 200
"""A rule that would make more by multiplying out gets a helping variable for each part."""
DEEPEST = 200


@dataclass(frozen=True)
class Node:
    """A sign and its parts, or a feature."""

    sign: str
    parts: tuple["Node", ...] = ()
    feature: str = ""


def parse(text: str) -> Node:
    """The tree of a rule; raises UnusableModel where it cannot be read."""
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise UnusableModel(
                f"rule {text[:60]!r}: found {text[at : at + 10]!r}; expected names and the signs ! & | => <=> ( ); "
                "write the rule with these."
            )
        tokens.append(match.group(1) or Node("is", feature=match.group(2) or match.group(3)))
        at = match.end()
    node, rest = _read(tokens, 0, text, 0)
    if rest < len(tokens):
        raise _stray(text, tokens[rest])
    return node


def _read(tokens: list[str | Node], at: int, text: str, least: int, depth: int = 0) -> tuple[Node, int]:
    """The longest formula from there whose signs bind more tightly than `least`."""
    if depth > DEEPEST:
        raise UnusableModel(f"rule {text[:60]!r}: found brackets {DEEPEST} deep; expected fewer; write it as several.")
    token = tokens[at] if at < len(tokens) else "the end"
    if isinstance(token, Node):
        node, at = token, at + 1
    elif token == "!":
        inner, at = _read(tokens, at + 1, text, 9, depth + 1)
        node = Node("!", (inner,))
    elif token == "(":
        node, at = _read(tokens, at + 1, text, 0, depth + 1)
        if at >= len(tokens) or tokens[at] != ")":
            raise _stray(text, tokens[at] if at < len(tokens) else "the end")
        at += 1
    else:
        raise _stray(text, token)
    while at < len(tokens) and isinstance(sign := tokens[at], str) and BEFORE.get(sign, 0) > least:
        other, at = _read(tokens, at + 1, text, BEFORE[sign] - (sign == "=>"), depth + 1)
        node = Node(sign, (node, other))
    return node, at


def _stray(text: str, token: str | Node) -> UnusableModel:
    said = token if isinstance(token, str) else token.feature
    return UnusableModel(
        f"rule {text[:60]!r}: found {said!r} where it cannot stand; expected a whole formula; correct it."
    )


def names(node: Node) -> set[str]:
    """The features that the rule speaks of."""
    return {node.feature} if node.sign == "is" else set().union(*(names(each) for each in node.parts))


class Clauses:
    """Turns trees to clauses; `helpers` counts the variables that it had to add."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers, self.helpers = numbers, 0

    def of(self, node: Node) -> tuple[Clause, ...]:
        """Clauses that hold exactly where the rule does."""
        found = self._multiplied(node, holds=True)
        if found is not None:
            return tuple(found)
        more: list[Clause] = []
        whole = self._named(node, more)
        return (*more, (whole,))

    def _multiplied(self, node: Node, *, holds: bool) -> list[Clause] | None:
        """The rule, or that it does not hold, as a product of sums; None where that is too long."""
        if node.sign == "is":
            number = self.numbers[node.feature]
            return [(number if holds else -number,)]
        if node.sign == "!":
            return self._multiplied(node.parts[0], holds=not holds)
        one, other = node.parts
        if node.sign == "=>":
            return self._multiplied(Node("|", (Node("!", (one,)), other)), holds=holds)
        if node.sign == "<=>":
            both = Node("&", (Node("|", (Node("!", (one,)), other)), Node("|", (Node("!", (other,)), one))))
            return self._multiplied(both, holds=holds)
        left = self._multiplied(node.parts[0], holds=holds)
        # each <=> asks for both its parts twice: without this a chain of them would take twice as long with each
        right = None if left is None else self._multiplied(node.parts[1], holds=holds)
        if left is None or right is None:
            return None
        if (node.sign == "&") == holds:
            found = left + right
        elif len(left) * len(right) > MOST_CLAUSES:
            return None
        else:
            found = [tuple(dict.fromkeys((*a, *b))) for a, b in product(left, right)]
            found = [clause for clause in found if not any(-each in clause for each in clause)]
        return found if len(found) <= MOST_CLAUSES else None

    def _named(self, node: Node, more: list[Clause]) -> int:
        """A variable that is true exactly where the rule holds (G. S. Tseitin, 1968)."""
        if node.sign == "is":
            return self.numbers[node.feature]
        parts = [self._named(each, more) for each in node.parts]
        if node.sign == "!":
            return -parts[0]
        self.helpers += 1
        own, (one, other) = len(self.numbers) + self.helpers, parts
        if node.sign == "<=>":
            more += [(-own, -one, other), (-own, one, -other), (own, one, other), (own, -one, -other)]
            return own
        if node.sign == "=>":
            one = -one
        sign = -1 if node.sign == "&" else 1
        more += [(-sign * own, sign * one, sign * other), (sign * own, -sign * one), (sign * own, -sign * other)]
        return own
