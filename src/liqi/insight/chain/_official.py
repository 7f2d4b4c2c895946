"""The other official division of innovation infrastructure, and where each kind of facility falls in it.

The planning commission named three groups on 2020-04-20 when it explained "new infrastructure"; which of our kinds
falls into which is our reading, one kind one group, so that the totals of both divisions agree.
"""

from collections.abc import Iterable, Mapping

from liqi.taxonomy import FACILITY_KINDS, Term

OFFICIAL_GROUPS: dict[str, Term] = {
    term.code: term
    for term in (
        Term("major", "重大科技基础设施", "重大科技基礎設施", "Major science facilities"),
        Term("science_education", "科教基础设施", "科教基礎設施", "Research and teaching infrastructure"),
        Term("industrial", "产业技术创新基础设施", "產業技術創新基礎設施", "Industrial innovation infrastructure"),
    )
}
GROUP_OF: Mapping[str, str] = {
    "large_facility": "major",
    "laboratory": "science_education",
    "innovation_centre": "industrial",
    "research_institute": "industrial",
    "proof_of_concept": "industrial",
    "pilot_base": "industrial",
    "industrial_park": "industrial",
    "service_platform": "industrial",
}


def crosswalk(kinds: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many facilities fall into each pair of (our class, official group), from the kind of each."""
    table: dict[tuple[str, str], int] = {}
    for kind in kinds:
        if kind in FACILITY_KINDS:
            cell = (FACILITY_KINDS[kind].facility_class, GROUP_OF[kind])
            table[cell] = table.get(cell, 0) + 1
    return table
