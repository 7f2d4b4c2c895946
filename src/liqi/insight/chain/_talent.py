"""Talent by stage: four classes of people, four stages, and where those that a stage lives by are missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from liqi.insight.chain._matrix import STAGES
from liqi.insight.figure import NONE_RECORDED, Figure
from liqi.taxonomy import Term

TALENTS: dict[str, Term] = {
    term.code: term
    for term in (
        Term("strategic_scientist", "战略科学家", "戰略科學家", "Strategic scientists"),
        Term("engineer", "卓越工程师", "卓越工程師", "Engineers"),
        Term("entrepreneur", "优秀企业家", "優秀企業家", "Entrepreneurs"),
        Term("manager", "高水平管理人才", "高水準管理人才", "Managers"),
    )
}
"""The four classes of talent that the origin paper names."""
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "frontier_research": ("strategic_scientist", "manager"),
    "applied_research": ("strategic_scientist", "engineer", "manager"),
    "industrial_technology": ("engineer", "entrepreneur", "manager"),
    "industrialisation": ("engineer", "entrepreneur", "manager"),
}
"""Whom each stage lives by: a convention of ours, to be replaced by who asks."""


@dataclass(frozen=True, slots=True)
class TalentMatrix:
    """People by class and stage; a gap is a cell that its stage lives by and nobody fills."""

    cells: Mapping[tuple[str, str], Figure]
    gaps: tuple[tuple[str, str], ...]
    covered: Figure
    not_placed: float
    """People whose class or stage is none of ours."""


def talent(people: Iterable[tuple[str, str, float]], expected: Mapping[str, Sequence[str]] = EXPECTED) -> TalentMatrix:
    """The grid of (class, stage, number of people)."""
    heads = {(t, s): 0.0 for t in TALENTS for s in STAGES}
    rows = dict.fromkeys(heads, 0)
    lost, seen = 0.0, 0
    for who, stage, n in people:
        seen += 1
        if (who, stage) in heads:
            heads[who, stage] += n
            rows[who, stage] += 1
        else:
            lost += n
    asked = [(who, stage) for stage in STAGES for who in TALENTS if who in expected.get(stage, ())]
    gaps = tuple(cell for cell in asked if not heads[cell])
    covered = Figure(
        name="talent_coverage",
        value=1 - len(gaps) / len(asked) if asked and seen else None,
        unit="share",
        rows=seen,
        missing=1 - sum(rows.values()) / seen if seen else 0.0,
        formula="cells that their stage lives by and somebody fills / all cells that a stage lives by",
        counts={"filled": float(len(asked) - len(gaps)), "of": float(len(asked))},
        note="" if seen else NONE_RECORDED,
    )
    cells = {
        cell: Figure(
            name="people",
            value=n or None,
            unit="people",
            rows=rows[cell],
            missing=0.0,
            formula="sum of people of this class at this stage",
            group={"talent": cell[0], "stage": cell[1]},
            note="gap" if cell in gaps else "" if n else NONE_RECORDED,
        )
        for cell, n in heads.items()
    }
    return TalentMatrix(cells, gaps, covered, lost)
