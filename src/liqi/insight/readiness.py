"""Readiness of a pilot zone: which of the five elements and four chains are there."""

from collections.abc import Mapping
from dataclasses import dataclass

from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.taxonomy import Term

ELEMENTS: dict[str, Term] = {
    term.code: term
    for term in (
        Term("technology", "科技", "科技", "Technology"),
        Term("demand", "需求", "需求", "Demand"),
        Term("business", "业态", "業態", "Business forms"),
        Term("organisation", "组织", "組織", "Organisation"),
        Term("policy", "政策", "政策", "Policy"),
    )
}
"""The five elements of a pilot zone that the origin paper names."""
CHAINS: dict[str, Term] = {
    term.code: term
    for term in (
        Term("innovation_chain", "创新链", "創新鏈", "Innovation chain"),
        Term("industry_chain", "产业链", "產業鏈", "Industry chain"),
        Term("funding_chain", "资金链", "資金鏈", "Funding chain"),
        Term("talent_chain", "人才链", "人才鏈", "Talent chain"),
    )
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is there as a share of what is asked, what is missing, and what nobody has said."""

    figure: Figure
    missing: tuple[str, ...]
    not_said: tuple[str, ...]


def sheet(said: Mapping[str, bool | None], of: Mapping[str, Term] = ELEMENTS) -> Sheet:
    """The share of the elements (or chains) that are there; one that is not said is not there, and told apart.

    >>> sheet({"technology": True, "demand": True, "policy": True, "business": False, "organisation": False}).missing
    ('business', 'organisation')
    """
    there = [code for code in of if said.get(code) is True]
    silent = tuple(code for code in of if said.get(code) is None)
    missing = tuple(code for code in of if said.get(code) is False)
    known = len(of) - len(silent)
    figure = Figure(
        name="readiness",
        value=len(there) / len(of) if known else None,
        unit="share",
        rows=len(of),
        missing=len(silent) / len(of),
        formula=f"elements that are there / {len(of)} elements",
        counts={"there": float(len(there)), "of": float(len(of)), "not_said": float(len(silent))},
        note="" if known else NOT_KNOWN if of else NONE_RECORDED,
    )
    return Sheet(figure, missing, silent)
