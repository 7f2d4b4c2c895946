"""Anchors: how much of a town's industry hangs on one firm and on what came out of it (company towns, spin-offs)."""

from collections.abc import Sequence
from dataclasses import dataclass

from liqi.insight.location.quotients import checked
from liqi.insight.origin import UnusableTable


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm of the town, its jobs, and the firm it was split off or founded from; blank for none."""

    name: str
    jobs: float
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A firm with all that descends from it."""

    name: str
    own_share: float
    """Of the town's jobs, those in the firm itself."""
    share: float
    """Those in the firm and all its descendants: what would be lost had it never been."""
    descendants: tuple[str, ...]


def anchors(firms: Sequence[Firm]) -> list[Anchor]:
    """Every firm with the share of jobs that descends from it, the greatest first.

    A parent that is not in the list (gone, or of another town) counts with no jobs of its own.

    >>> town = [Firm("optics", 600), Firm("glass", 200, "optics"), Firm("lasers", 100, "glass"), Firm("baker", 100)]
    >>> [(one.name, one.share) for one in anchors(town)][:2]
    [('optics', 0.9), ('glass', 0.3)]
    """
    names = [firm.name for firm in firms]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UnusableTable(f"found the firm {twice} twice; expected one row a firm; add its rows up first.")
    whole = sum(checked([firm.jobs for firm in firms], "jobs"))
    if not whole:
        raise UnusableTable("found jobs that add up to 0; expected some above 0; complete the table.")
    jobs = {firm.name: firm.jobs for firm in firms}
    under: dict[str, list[str]] = {}
    for firm in firms:
        for ancestor in _ancestors(firm, {one.name: one.parent for one in firms}):
            under.setdefault(ancestor, []).append(firm.name)
    found = []
    for name in dict.fromkeys([*names, *under]):
        own, below = jobs.get(name, 0.0), under.get(name, [])
        found.append(Anchor(name, own / whole, (own + sum(jobs[one] for one in below)) / whole, tuple(below)))
    return sorted(found, key=lambda one: (-one.share, one.name))


def _ancestors(firm: Firm, parents: dict[str, str]) -> list[str]:
    """The firm it came from, and so on; a circle is refused."""
    line, at = [], firm.parent
    while at:
        if at == firm.name or at in line:
            raise UnusableTable(
                f"found {firm.name} among its own ancestors; expected a line without a circle; correct it."
            )
        line.append(at)
        at = parents.get(at, "")
    return line
