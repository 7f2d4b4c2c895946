"""Wishes to a configuration: the cheapest that has them, or what stands against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from liqi.planning.configuration import _conflict, _count, _dimacs, _modules, _uvl
from liqi.planning.configuration._model import Limit, Model, UnusableModel, finite
from liqi.planning.configuration._solving import Solving

READERS = {".uvl": _uvl.read, ".dimacs": _dimacs.read, ".cnf": _dimacs.read, ".json": _modules.read}


@dataclass(frozen=True)
class Configured:
    """What came of the wishes.

    `conflicts` are all smallest sets of wishes that clash, `because` the rules behind the first, `give_up` the ways to
    drop as few wishes as can be. `proved`: nothing of less `minimised` can be built; else the selection is the best
    that was found in time. `needed` and `ruled_out` follow from the wishes by the rules alone.
    """

    satisfiable: bool
    selection: list[str]
    price: float | None
    minimised: str | None
    proved: bool
    conflicts: list[list[str]]
    because: list[str]
    give_up: list[list[str]]
    needed: list[str]
    ruled_out: list[str]
    count: int | None

    def as_json(self) -> dict[str, object]:
        """What `liqi configure --json` prints."""
        return {
            "satisfiable": self.satisfiable,
            "selection": self.selection,
            "price": self.price,
            "minimised": self.minimised,
            "proved": self.proved,
            "conflict": self.conflicts[0] if self.conflicts else [],
            "conflicts": self.conflicts,
            "because": self.because,
            "give_up": self.give_up,
            "needed": self.needed,
            "ruled_out": self.ruled_out,
            "count": self.count,
        }


def read(path: str | Path) -> Model:
    """The model in this file, told by its ending: UVL, DIMACS, or a modular instrument in JSON."""
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnusableModel(
            f"{path}: found the ending {path.suffix or 'none'!r}; expected {', '.join(READERS)}; rename the file."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        found = (problem.strerror or "an error of the disk").lower()
        raise UnusableModel(f"{path}: found {found}; expected a file that can be read; look at its path.") from None
    except UnicodeDecodeError:
        raise UnusableModel(f"{path}: found text that is not UTF-8; expected UTF-8; save it so.") from None
    return reader(text, path.name)


def configure(
    model: Model, choose: Sequence[str] = (), refuse: Sequence[str] = (), *, minimise: str | None = None,
    budget: float | None = None, counted: bool = True,
) -> Configured:  # fmt: skip
    """The configuration with the wishes and the least `minimise` (else price, else the fewest features).

    `budget` is the most that the sum of `price` may be. Raises UnusableModel for a name that the model does not have.
    """
    wishes = [model.number(name) for name in choose] + [-model.number(name) for name in refuse]
    words = [*choose, *(f"not {name}" for name in refuse)]
    minimise = minimise or ("price" if "price" in model.attributes else None)
    for asked in {minimise, "price" if budget is not None else None} - {None}:
        if asked not in model.attributes:
            raise UnusableModel(
                f"{model.name}: found no attribute {asked!r} on any feature; expected one of "
                f"{', '.join(sorted(model.attributes)) or 'none at all'}; leave it out or name another."
            )
    money = () if budget is None else (Limit("price", high=finite(budget, model.name, "the budget")),)
    with Solving(model) as solving:
        there, proved = solving.best(wishes, minimise, money) if solving.can(wishes, money) else (None, True)
        needed, ruled_out = solving.settled(wishes)
        conflicts, because, give_up = ([], [], []) if there is not None else _why(model, solving, wishes, words, money)
    return Configured(
        satisfiable=there is not None,
        selection=model.names(there or ()),
        price=None if there is None else _sum(model, there),
        minimised=minimise,
        proved=proved,
        conflicts=conflicts,
        because=because,
        give_up=give_up,
        needed=model.names(needed),
        ruled_out=model.names(ruled_out),
        count=0 if there is None else _count.count(model, wishes, money) if counted else None,
    )


def _sum(model: Model, there: set[int]) -> float | None:
    prices = model.attributes.get("price")
    return None if prices is None else round(sum(prices.get(each, 0.0) for each in there), 6)


def _why(
    model: Model, solving: Solving, wishes: list[int], words: list[str], money: tuple[Limit, ...]
) -> tuple[list[list[str]], list[str], list[list[str]]]:
    """Conflicts among the wishes and the budget, the rules behind the first, what to give up."""
    asked: list[int | Limit] = [*wishes, *money]
    said = [*words, *(f"budget {limit.high:.12g}" for limit in money)]

    def can(some: Sequence[int], of: Solving = solving) -> bool:
        kept = [asked[each] for each in some]
        return of.can(
            [each for each in kept if isinstance(each, int)], [each for each in kept if not isinstance(each, int)]
        )

    conflicts = _conflict.smallest(len(asked), can)
    first = conflicts[0] if conflicts else ()

    def allowed(less: Model) -> bool:
        with Solving(less) as other:
            return can(first, other)

    because = _conflict.because(model, [each for at in first if isinstance(each := asked[at], int)], allowed)
    return (
        [[said[each] for each in some] for some in conflicts],
        because,
        [[said[each] for each in some] for some in _conflict.give_up(len(asked), can)],
    )
