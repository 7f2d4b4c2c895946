"""Pairing: who gets whom when both sides have wishes, so that no two would rather leave for each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class UnusableWishes(ValueError):
    """The wishes do not fit together; the message names who wishes what."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The stable pairing that is best for those who ask: host -> askers, best wished first; and who got none."""

    hosts: Mapping[str, tuple[str, ...]]
    unpaired: tuple[str, ...]

    def host_of(self, asker: str) -> str | None:
        """Who took this asker, None for nobody."""
        return next((host for host, taken in self.hosts.items() if asker in taken), None)


def pair(
    askers: Mapping[str, Sequence[str]],
    hosts: Mapping[str, Sequence[str]],
    places: Mapping[str, int] | None = None,
) -> Pairing:
    """Deferred acceptance: each asker goes down its list, each host keeps the best so far (one place unless said).

    D. Gale, L. S. Shapley, Am. Math. Monthly 69 (1962) 9-15. A pair of whom one does not name the other is never made.
    """
    room = _sound(askers, hosts, places or {})
    rank = {host: {asker: n for n, asker in enumerate(wished)} for host, wished in hosts.items()}
    held: dict[str, list[str]] = {host: [] for host in hosts}
    wishes = {asker: iter([host for host in wished if asker in rank[host]]) for asker, wished in askers.items()}
    waiting, left = list(reversed(list(askers))), []
    while waiting:
        asker = waiting.pop()
        host = next(wishes[asker], None)
        if host is None:
            left.append(asker)
            continue
        held[host].append(asker)
        held[host].sort(key=rank[host].__getitem__)
        if len(held[host]) > room[host]:
            waiting.append(held[host].pop())
    order = list(askers)
    return Pairing({host: tuple(taken) for host, taken in held.items()}, tuple(sorted(left, key=order.index)))


def blocking(
    pairing: Pairing,
    askers: Mapping[str, Sequence[str]],
    hosts: Mapping[str, Sequence[str]],
    places: Mapping[str, int] | None = None,
) -> list[tuple[str, str]]:
    """The (asker, host) pairs who would both rather have each other; a stable pairing has none."""
    room = _sound(askers, hosts, places or {})
    found = []
    for asker, wished in askers.items():
        now = pairing.host_of(asker)
        for host in wished[: list(wished).index(now)] if now is not None else wished:
            if asker not in hosts[host]:
                continue
            taken, rank = pairing.hosts.get(host, ()), list(hosts[host]).index
            if len(taken) < room[host] or any(rank(other) > rank(asker) for other in taken):
                found.append((asker, host))
    return found


def _sound(
    askers: Mapping[str, Sequence[str]], hosts: Mapping[str, Sequence[str]], places: Mapping[str, int]
) -> dict[str, int]:
    for side, other in ((askers, hosts), (hosts, askers)):
        for name, wished in side.items():
            if len(set(wished)) < len(wished):
                raise UnusableWishes(f"{name}: found a wish twice; expected each once; take one away.")
            if odd := [one for one in wished if one not in other]:
                raise UnusableWishes(f"{name}: found the wish {odd[0]!r}, who has no list; add their list, or drop it.")
    if short := [name for name, count in places.items() if count < 0]:
        raise UnusableWishes(f"{short[0]}: found {places[short[0]]} places; expected 0 or more; correct it.")
    return {host: places.get(host, 1) for host in hosts}
