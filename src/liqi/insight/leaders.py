"""Chain leaders: who in a network of firms and facilities is joined to most others."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leader:
    """A member of the network: how many others it is joined to, and as a share of all others."""

    name: str
    degree: int
    centrality: float
    partners: tuple[str, ...]


def leaders(links: Iterable[tuple[str, str]], members: Iterable[str] = ()) -> list[Leader]:
    """Every member by degree centrality, degree / (n - 1) (Freeman 1979), the most joined first.

    A link counts once however often it is named, a link to oneself not at all; `members` may be without links.
    """
    partners: dict[str, set[str]] = {name: set() for name in members}
    for a, b in links:
        partners.setdefault(a, set())
        partners.setdefault(b, set())
        if a != b:
            partners[a].add(b)
            partners[b].add(a)
    others = len(partners) - 1
    found = [
        Leader(name, len(near), len(near) / others if others else 0.0, tuple(sorted(near)))
        for name, near in partners.items()
    ]
    return sorted(found, key=lambda leader: (-leader.degree, leader.name))
