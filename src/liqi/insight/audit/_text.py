"""Texts: sentences with their lines, tables among them, and every check of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from liqi.insight.audit import (
    _compare,
    _days,
    _growth,
    _hundred,
    _parts,
    _products,
    _quantities,
    _shares,
    _sums,
    _tables,
    _units,
)
from liqi.insight.audit._finding import Derived, Finding, Sentence

CHECKS = (
    _sums.check,
    _parts.check,
    _shares.check,
    _hundred.check,
    _growth.check,
    _products.check,
    _compare.check,
    _days.check,
    _units.check,
)
MOST_LETTERS = 2_000_000
LONGEST = 1_000
"""Letters of a sentence that is looked at whole; a longer one is no sentence and is cut."""
MOST_FIGURES = 60
"""A row of more figures than these is a list without grammar, and only its days are looked at."""
_END = re.compile(r"(?<=[。！？!?])|(?<=[A-Za-z0-9%)][.;])(?<!i\.e\.)(?<!e\.g\.)(?<!No\.)(?<!ca\.)\s+(?=[A-Z0-9\"“])")
_GOES_ON = re.compile(
    r"\s*(?:其中|这其中|(?:以上)?[两三四五六七八九十]+(?:项|者|类|部分)?(?:合计|共计|总计|之和)|其余|其餘|剩余|"
    r"of these|of which|of those|among them|the rest\b|the remaining)",
    re.IGNORECASE,
)
_SURE = {"certain": 0, "likely": 1, "possible": 2}


class UnreadableText(ValueError):
    """The text cannot be audited; the message says found, expected and what to do."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit read and found."""

    sentences: int
    figures: int
    tables: int
    findings: tuple[Finding, ...]
    derived: tuple[Derived, ...]

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The document of `liqi audit`."""
        return {
            "sentences": self.sentences,
            "figures": self.figures,
            "tables": self.tables,
            "findings": [finding.as_json(language) for finding in self.findings],
            "derived": [figure.as_json(language) for figure in self.derived],
        }


def examine(text: str) -> Audit:
    """The figures of a text and of the tables in it, held against each other; sound text gives no finding.

    >>> found = examine("14个机构，4家位于波士顿、6家位于湾区、2家位于纽约、3家位于欧洲。")
    >>> found.findings[0].found.en
    'the parts 4家 + 6家 + 2家 + 3家 make 15个, and the whole is given as 14个'
    """
    if len(text) > MOST_LETTERS:
        raise UnreadableText(
            f"found a text of {len(text)} letters; expected at most {MOST_LETTERS}; audit it in parts."
        )
    tables, prose = _tables.split(text)
    read = list(sentences(prose))
    findings = [finding for table in tables for finding in table.check()]
    figures = sum(table.figures for table in tables)
    derived: list[Derived] = []
    for sentence in read:
        figures += len(sentence.quantities)
        checks = CHECKS if len(sentence.quantities) <= MOST_FIGURES else (_days.check,)
        found = [finding for check in checks for finding in check(sentence)]
        findings += _distinct(found)
        if not found and len(sentence.quantities) <= MOST_FIGURES:
            derived += [*_shares.derive(sentence), *_growth.derive(sentence)]
    findings.sort(key=lambda finding: (finding.line, _SURE[finding.sure]))
    return Audit(len(read), figures, len(tables), tuple(findings), tuple(derived))


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text, each with its line; one that begins with 其中 or "of these" goes with the one before."""
    kept, kept_line = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        for piece in _pieces(line):
            if kept and _GOES_ON.match(piece) and len(kept) + len(piece) <= LONGEST:
                kept += piece
                continue
            if kept.strip():
                yield _sentence(kept, kept_line)
            kept, kept_line = piece, number
    if kept.strip():
        yield _sentence(kept, kept_line)


def _pieces(line: str) -> Iterator[str]:
    for piece in _END.split(line):
        yield from (piece[at : at + LONGEST] for at in range(0, len(piece), LONGEST))


def _sentence(text: str, line: int) -> Sentence:
    return Sentence(text, line, tuple(_quantities.find(text)))


def _distinct(findings: list[Finding]) -> list[Finding]:
    """Findings about the same figures once, the surest of them; what only repeats part of another goes too."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (_SURE[one.sure], -len(one.marked))):
        figures = set(finding.marked)
        if not any(figures <= set(other.marked) for other in kept):
            kept.append(finding)
    return kept
