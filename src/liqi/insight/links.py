"""Links: outputs that name their instrument, ties inside a park, and the tenant who would add most of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


class UnusableLinks(ValueError):
    """The links cannot be used; the message says what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Linked:
    """How many outputs (papers, patents, prizes) name an instrument, and which do not."""

    linked: int
    of: int
    unlinked: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Linked over all; None with no outputs."""
        return self.linked / self.of if self.of else None


def linked_outputs(outputs: Mapping[str, Collection[str]]) -> Linked:
    """The outputs (id -> instruments named in it) counted; one that names none stays in the denominator."""
    unlinked = tuple(key for key, instruments in outputs.items() if not instruments)
    return Linked(len(outputs) - len(unlinked), len(outputs), unlinked)


def density(members: Collection[str], ties: Collection[tuple[str, str]]) -> float | None:
    """Ties between members over the pairs that they could make, n (n - 1) / 2; None for fewer than two members.

    >>> round(density(["a", "b", "c"], [("a", "b"), ("b", "a"), ("c", "x")]), 4)
    0.3333
    """
    inside = set(members)
    pairs = len(inside) * (len(inside) - 1) / 2
    return len(_within(inside, ties)) / pairs if pairs else None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who might come: to how many members it is tied, and the density with it."""

    id: str
    ties: int
    density: float | None


def next_tenants(
    members: Collection[str], candidates: Sequence[str], ties: Collection[tuple[str, str]]
) -> list[Newcomer]:
    """The candidates by how many ties to members they bring, most first; equals by name."""
    inside = set(members)
    if both := inside & set(candidates):
        raise UnusableLinks(f"found {min(both)!r} among members and candidates; expected it in one; take it out.")
    found = []
    for candidate in dict.fromkeys(candidates):
        brought = {frozenset(tie) for tie in ties if candidate in tie and set(tie) - {candidate} <= inside}
        brought.discard(frozenset({candidate}))
        found.append(Newcomer(candidate, len(brought), density({*inside, candidate}, ties)))
    return sorted(found, key=lambda one: (-one.ties, one.id))


def _within(inside: Collection[str], ties: Collection[tuple[str, str]]) -> set[frozenset[str]]:
    return {frozenset(tie) for tie in ties if tie[0] != tie[1] and tie[0] in inside and tie[1] in inside}
