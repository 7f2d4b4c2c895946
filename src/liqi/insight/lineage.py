"""Lineage: what came from what: generations of an instrument in dated order, projects derived from projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class BrokenLineage(ValueError):
    """The nodes do not make a lineage; the message names the node and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step of a lineage: its year, what it is, where that is read, and what it came from."""

    id: str
    year: int
    title: str
    source: str
    parents: tuple[str, ...] = ()


def timeline(nodes: Sequence[Node]) -> list[Node]:
    """The nodes in the order of their years; raises BrokenLineage for one without source, or older than its parent."""
    known = {node.id: node for node in nodes}
    if len(known) < len(nodes):
        raise BrokenLineage("found a node twice; expected every id once; give one of them another id.")
    for node in nodes:
        if not node.source.strip():
            raise BrokenLineage(f"{node.id}: found no source; expected where it is read; name the source.")
        for parent in node.parents:
            if parent not in known:
                raise BrokenLineage(f"{node.id}: found the parent {parent!r}; expected a node of this lineage; add it.")
            if known[parent].year > node.year:
                raise BrokenLineage(
                    f"{node.id} ({node.year}): found its parent {parent} in {known[parent].year}; expected no later "
                    "year; correct one of them."
                )
    depth({node.id: node.parents for node in nodes})
    return sorted(nodes, key=lambda node: (node.year, node.id))


def depth(parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many steps each stands from an origin, the longest way counted; raises BrokenLineage for a circle.

    >>> depth({"printer": [], "chip mould": ["printer"], "sensor": ["chip mould", "printer"]})
    {'printer': 0, 'chip mould': 1, 'sensor': 2}
    """
    found: dict[str, int] = {}
    for start in parents:
        todo: list[tuple[str, bool]] = [(start, False)]
        open_: set[str] = set()
        while todo:
            node, done = todo.pop()
            if node in found:
                continue
            above = [one for one in parents.get(node, ()) if one in parents]
            if done:
                open_.discard(node)
                found[node] = 1 + max((found[one] for one in above), default=-1)
                continue
            if node in open_:
                raise BrokenLineage(f"found a circle through {node!r}; expected none; take one of its parents away.")
            open_.add(node)
            todo.append((node, True))
            for one in above:
                if one in open_ and one not in found:
                    raise BrokenLineage(f"found a circle through {one!r}; expected none; take one of its parents away.")
                todo.append((one, False))
    return {node: found[node] for node in parents}
