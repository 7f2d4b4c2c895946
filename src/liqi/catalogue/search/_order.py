"""The order of hits on a page for people: among those that fit alike, what can be booked first, and all in turns."""

from collections.abc import Sequence
from itertools import zip_longest

from liqi.catalogue.search._hits import Hit

ALIKE = 0.8
"""Hits fit alike when their score is at least this share of the best one's of their band."""


def varied(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The same hits: within a band of like scores bookable ones first, and product lines take turns.

    Without this, twenty instruments of one model fill the first page, since they have one score between them.
    """
    return tuple(hit for band in _bands(hits) for part in _bookable_first(band) for hit in _in_turns(part))


def _bands(hits: Sequence[Hit]) -> list[list[Hit]]:
    bands: list[list[Hit]] = []
    for hit in hits:
        if bands and hit.score >= ALIKE * bands[-1][0].score:
            bands[-1].append(hit)
        else:
            bands.append([hit])
    return bands


def _bookable_first(band: list[Hit]) -> tuple[list[Hit], list[Hit]]:
    return [hit for hit in band if hit.bookable], [hit for hit in band if not hit.bookable]


def _in_turns(hits: list[Hit]) -> list[Hit]:
    lines: dict[tuple[str, str, str], list[Hit]] = {}
    for hit in hits:
        lines.setdefault((hit.kind, hit.name_en or hit.name, hit.model), []).append(hit)
    return [hit for turn in zip_longest(*lines.values()) for hit in turn if hit is not None]
