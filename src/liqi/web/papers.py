"""What was written about a record and what it belongs to: related identifiers as links, in the words of a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.federation import identifiers

PAPERS = {
    *("IsDescribedBy", "IsDocumentedBy", "IsReferencedBy", "IsCitedBy", "References", "IsReviewedBy", "WasUsedIn"),
    *("IsSupplementTo", "IsSourceOf", "Outputs"),
}
"""Relations (PIDINST and DataCite) that lead to something written or made with the instrument."""
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Related:
    """One related thing: how it is related in words, its identifier, its address where one is known."""

    relation: str
    identifier: str
    address: str
    is_paper: bool


def of(related: Iterable[Mapping[str, Any]]) -> list[Related]:
    """The related things of a record, in the order of the record."""
    return [
        Related(
            _words(str(one.get("relation", ""))),
            str(one.get("identifier", "")),
            address_of(str(one.get("identifier", "")), str(one.get("type", ""))),
            one.get("relation") in PAPERS,
        )
        for one in related
        if one.get("identifier")
    ]


def address_of(identifier: str, kind: str = "") -> str:
    """The web address of an identifier; blank where none is known, so that no link leads nowhere.

    >>> address_of("10.5284/1018087"), address_of("21.T11998/0000", "Handle")
    ('https://doi.org/10.5284/1018087', 'https://hdl.handle.net/21.T11998/0000')
    >>> address_of("javascript:alert(1)")
    ''
    """
    text = identifier.strip()
    if known := identifiers.address_of(kind, text):
        return known
    if found := _DOI.fullmatch(text):
        return f"https://doi.org/{found[1]}"
    if re.fullmatch(r"https?://[^\s<>\"]+", text):
        return text
    if kind.lower() == "arxiv":
        return f"https://arxiv.org/abs/{text.removeprefix('arXiv:')}"
    return ""


def _words(relation: str) -> str:
    words = {
        "IsDescribedBy": _("described in"),
        "IsDocumentedBy": _("documented in"),
        "IsReferencedBy": _("referred to in"),
        "IsCitedBy": _("cited in"),
        "References": _("refers to"),
        "IsReviewedBy": _("reviewed in"),
        "WasUsedIn": _("used in"),
        "IsSupplementTo": _("supplement to"),
        "IsSourceOf": _("source of"),
        "Outputs": _("gave"),
        "IsPartOf": _("part of"),
        "HasPart": _("has the part"),
        "HasComponent": _("has the component"),
        "IsComponentOf": _("component of"),
        "IsNewVersionOf": _("newer version of"),
        "IsPreviousVersionOf": _("older version of"),
        "IsIdenticalTo": _("the same as"),
        "HasMetadata": _("has the record"),
        "IsAttachedTo": _("attached to"),
        "IsCalibratedBy": _("calibrated with"),
    }
    return str(words.get(relation, relation))
