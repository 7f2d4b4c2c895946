"""Consortia: the fewest partners that together cover every stage (or cell) that is wanted, found exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

MOST = 16
"""Wanted things at most: the search looks at every set of them."""


class TooMuchWanted(ValueError):
    """More things are wanted than can be covered exactly; the message says how many."""


@dataclass(frozen=True, slots=True)
class Consortium:
    """A smallest set of members, what each brings, and what nobody brings."""

    members: tuple[str, ...]
    brings: Mapping[str, tuple[str, ...]]
    """For each member the wanted things that it covers."""
    uncovered: tuple[str, ...]
    """Wanted, and offered by none of the candidates."""
    instead: Mapping[str, tuple[str, ...]]
    """For each member those who could stand in for it without anything being lost, cheapest first."""
    cost: float


def cover(
    wanted: Sequence[str], offers: Mapping[str, frozenset[str]], costs: Mapping[str, float] | None = None
) -> Consortium:
    """The members whose offers cover what is wanted: fewest first, then the smallest sum of costs (such as km).

    Minimum set cover, exact by dynamic programming over the sets of wanted things; ties go to the first name.
    """
    things = list(dict.fromkeys(wanted))
    if len(things) > MOST:
        raise TooMuchWanted(f"found {len(things)} things to cover; expected at most {MOST}; ask for fewer.")
    bit = {thing: 1 << at for at, thing in enumerate(things)}
    price = {name: float((costs or {}).get(name, 0.0)) for name in offers}
    masks = {name: sum(bit[thing] for thing in offer if thing in bit) for name, offer in offers.items()}
    best: dict[int, str] = {}
    for name in sorted(masks, key=lambda name: (price[name], name)):
        if masks[name]:
            best.setdefault(masks[name], name)
    reach = 0
    for mask in best:
        reach |= mask
    chosen = _smallest(reach, {mask: price[name] for mask, name in best.items()})
    members = tuple(best[mask] for mask in chosen)
    return Consortium(
        members=members,
        brings={name: tuple(t for t in things if masks[name] & bit[t]) for name in members},
        uncovered=tuple(thing for thing in things if not reach & bit[thing]),
        instead={name: _instead(name, members, masks, price, reach) for name in members},
        cost=sum(price[name] for name in members),
    )


def _smallest(reach: int, prices: Mapping[int, float]) -> list[int]:
    """The masks that together make `reach`: fewest, then cheapest; `at[m]` is the best way to cover m."""
    at: list[tuple[int, float, int, int]] = [(0, 0.0, 0, 0)] + [(1 << 30, inf, 0, 0)] * reach
    for covered in range(reach + 1):
        count, cost, _, _ = at[covered]
        if covered & ~reach or count >= 1 << 30:
            continue
        lowest = reach & ~covered & -(reach & ~covered)
        for mask, price in prices.items():
            more = covered | mask
            if mask & lowest and (count + 1, cost + price) < at[more][:2]:
                at[more] = (count + 1, cost + price, covered, mask)
    chosen: list[int] = []
    while reach:
        _, _, before, mask = at[reach]
        chosen.append(mask)
        reach = before
    return chosen[::-1]


def _instead(
    name: str, members: Sequence[str], masks: Mapping[str, int], price: Mapping[str, float], reach: int
) -> tuple[str, ...]:
    rest = 0
    for other in members:
        rest |= masks[other] if other != name else 0
    able = [other for other in masks if other not in members and rest | masks[other] == reach]
    return tuple(sorted(able, key=lambda other: (price[other], other)))
