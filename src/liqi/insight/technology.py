"""The technology tree of an instrument: its parts, where they come from, and the dependence carried up to the top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from liqi.insight import dependence, origin
from liqi.insight.origin import UnusableTable

COLUMNS = ("part", "parent")
FORMULA_INDEPENDENT = "1 - product of (1 - share of each part): parts that fail apart from each other"
FORMULA_WEAKEST = "largest share among the parts: the weakest link alone"


@dataclass(frozen=True, slots=True)
class Part:
    """A part, its technology, the share of its supply from abroad, its sources, and a substitute if there is one."""

    name: str
    parent: str
    technology: str = ""
    foreign_share: float | None = None
    """0 to 1; None where nobody has said."""
    sources: int | None = None
    """How many can supply it."""
    substitute: str = ""
    """A domestic part that could take its place; blank where none is known."""

    @property
    def is_critical(self) -> bool:
        """Imported, from a single source, with no substitute on record."""
        return bool(self.foreign_share) and self.sources == 1 and not self.substitute


@dataclass(frozen=True, slots=True)
class Carried:
    """The dependence of a part with all below it: both bounds, and the share of its leaves that say nothing."""

    part: Part
    depth: int
    leaves: int
    unknown: int
    """Leaves whose origin nobody has said: in neither bound."""
    independent: float | None
    weakest: float | None
    at_risk_independent: float
    """The same over single-source leaves without a substitute alone."""
    at_risk_weakest: float
    weakest_part: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The carried figures in the order of the tree (a part before those in it), and the leaves that are at risk."""

    parts: tuple[Carried, ...]
    critical: tuple[Part, ...]

    @property
    def tops(self) -> tuple[Carried, ...]:
        """The instruments: parts that are part of nothing."""
        return tuple(one for one in self.parts if one.depth == 0)


def tree(parts: Sequence[Part]) -> Tree:
    """The dependence of every part, carried up from the leaves; a circle, an orphan or a double is refused."""
    by_name = {part.name: part for part in parts}
    if len(by_name) < len(parts):
        twice = next(part.name for at, part in enumerate(parts) if part.name in {p.name for p in parts[:at]})
        raise UnusableTable(f"found the part {twice!r} twice; expected each part once; rename one of them.")
    below: dict[str, list[Part]] = {}
    for part in parts:
        if part.parent and part.parent not in by_name:
            raise UnusableTable(
                f"found {part.name!r} as a part of {part.parent!r}, which has no row; expected one; "
                "add it, or leave the parent blank."
            )
        below.setdefault(part.parent, []).append(part)
    order = _order(below, len(parts))
    carried: dict[str, Carried] = {}
    for part, depth in reversed(order):
        carried[part.name] = _carry(part, depth, [carried[one.name] for one in below.get(part.name, [])])
    return Tree(
        parts=tuple(carried[part.name] for part, _ in order),
        critical=tuple(part for part, _ in order if part.name not in below and part.is_critical),
    )


def read(frame: pl.DataFrame, home: frozenset[str] = origin.HOME) -> list[Part]:
    """Parts of a table: part, parent; technology, foreign_share or origin, sources, substitute where they are known.

    A share may be written 0.8 or 80 %; without one, `origin` (a country) gives 1 abroad and 0 at home.
    """
    if lost := [name for name in COLUMNS if name not in frame.columns]:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; a technology tree expects {', '.join(lost)} too "
            "(and technology, foreign_share or origin, sources, substitute); add the column."
        )
    shares = _shares(frame, home)
    sources = dependence.number(frame, "sources") if "sources" in frame.columns else None
    texts = {name: _texts(frame, name) for name in ("part", "parent", "technology", "substitute")}
    parts = []
    for at in range(frame.height):
        if not texts["part"][at]:
            raise UnusableTable(f"row {at + 1}: found no part; expected its name; fill it in or drop the row.")
        n = None if sources is None or sources[at] is None else sources[at]
        if n is not None and (n < 0 or n != int(n)):
            raise UnusableTable(f"row {at + 1}: found {n:g} sources; expected a whole number from 0 up; correct it.")
        substitute = texts["substitute"][at]
        parts.append(
            Part(
                name=texts["part"][at],
                parent=texts["parent"][at],
                technology=texts["technology"][at],
                foreign_share=shares[at],
                sources=None if n is None else int(n),
                substitute="" if substitute.lower() in ("no", "none", "无", "無", "-") else substitute,
            )
        )
    return parts


def _order(below: Mapping[str, Sequence[Part]], n: int) -> list[tuple[Part, int]]:
    """Each part after the one it is in; parts that no top leads to stand in a circle."""
    order: list[tuple[Part, int]] = []
    waiting = [(part, 0) for part in reversed(below.get("", []))]
    while waiting:
        part, depth = waiting.pop()
        order.append((part, depth))
        waiting.extend((one, depth + 1) for one in reversed(below.get(part.name, [])))
    if len(order) < n:
        reached = {part.name for part, _ in order}
        lost = next(part.name for parts in below.values() for part in parts if part.name not in reached)
        raise UnusableTable(
            f"found {lost!r} in a circle of parts; expected a tree whose top is part of nothing; correct a parent."
        )
    return order


def _carry(part: Part, depth: int, inside: Sequence[Carried]) -> Carried:
    if not inside:
        share = part.foreign_share
        risk = (share or 0.0) if part.is_critical else 0.0
        return Carried(part, depth, 1, share is None, share, share, risk, risk, part.name if share else "")
    known = [one for one in inside if one.independent is not None and one.weakest is not None]
    bounds = dependence.carried_up([one.independent or 0.0 for one in known])
    risks = dependence.carried_up([one.at_risk_independent for one in inside])
    worst = max(known, key=lambda one: one.weakest or 0.0, default=None)
    return Carried(
        part=part,
        depth=depth,
        leaves=sum(one.leaves for one in inside),
        unknown=sum(one.unknown for one in inside),
        independent=bounds["independent"] if known else None,
        weakest=worst.weakest if worst else None,
        at_risk_independent=risks["independent"],
        at_risk_weakest=max(one.at_risk_weakest for one in inside),
        weakest_part=worst.weakest_part if worst else "",
    )


def _shares(frame: pl.DataFrame, home: frozenset[str]) -> list[float | None]:
    found: list[float | None] = [None] * frame.height
    if "origin" in frame.columns:
        abroad = origin.abroad(frame.select(pl.col("origin").alias("made_in")), "made_in", home)
        found = [None if one is None else float(one) for one in abroad]
    if "foreign_share" not in frame.columns:
        return found
    text = frame["foreign_share"].cast(pl.String).str.strip_chars()
    percent = text.str.contains(r"[%％]$").fill_null(value=False)
    bare = frame.select(text.str.replace(r"\s*[%％]$", "").alias("foreign_share"))
    said = dependence.number(bare, "foreign_share")
    for at, value in enumerate(said):
        if value is None:
            continue
        share = value / 100 if percent[at] else value
        if not 0 <= share <= 1:
            raise UnusableTable(
                f"row {at + 1}, column foreign_share: found {text[at]!r}; expected a share from 0 to 1, or per cent "
                "with the sign; correct the cell."
            )
        found[at] = share
    return found


def _texts(frame: pl.DataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * frame.height
    return [(text or "").strip() for text in frame[name].cast(pl.String)]
