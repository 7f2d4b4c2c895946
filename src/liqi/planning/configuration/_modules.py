"""Modular instruments as JSON: slots that each take one of their options, rules between options, and sums."""

import json
from typing import Any

from liqi.planning.configuration._model import Limit, Model, Rule, UnusableModel, finite

LOWER = ("perf",)
"""Attributes whose limit is a least, not a most; a limit may also be an object with `min` and `max`."""


def read(text: str, name: str) -> Model:
    """The model; raises UnusableModel with what was found, expected and to do."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableModel(
            f"{name}: found text that is not JSON; expected a modular instrument; correct it."
        ) from None
    slots = found.get("options") if isinstance(found, dict) else None
    if not isinstance(slots, list) or not slots or not all(isinstance(slot, list) and slot for slot in slots):
        raise UnusableModel(
            f"{name}: found no `options`; expected a list of slots, each a list of options; correct it."
        )
    features: list[str] = []
    numbers: dict[tuple[int, int], int] = {}
    attributes: dict[str, dict[int, float]] = {}
    for slot, options in enumerate(slots):
        for option, asked in enumerate(options):
            if not isinstance(asked, dict):
                raise UnusableModel(f"{name}: found option {asked!r}; expected an object of numbers; correct it.")
            features.append(str(asked.get("name", f"{slot}.{option}")))
            numbers[slot, option] = len(features)
            for key, much in asked.items():
                if isinstance(much, int | float) and not isinstance(much, bool):
                    attributes.setdefault(key, {})[len(features)] = finite(much, name, f"{key} of {features[-1]}")
    if len(set(features)) < len(features):
        raise UnusableModel(f"{name}: found two options of one name; expected names of their own; rename one.")
    rules = [_one_of(slot, [numbers[slot, each] for each in range(len(options))]) for slot, options in enumerate(slots)]
    given, sums = found.get("rules", []), found.get("limits", {})
    if not isinstance(given, list) or not isinstance(sums, dict):
        raise UnusableModel(
            f"{name}: found `rules` or `limits` of another kind; expected a list of rules and an object of limits; "
            "correct it."
        )
    rules += [_rule(each, numbers, features, name) for each in given]
    limits = tuple(_limit(key, value, attributes, name) for key, value in sums.items())
    return Model(str(found.get("name", name)), tuple(features), tuple(rules), limits, attributes)


def _one_of(slot: int, numbers: list[int]) -> Rule:
    pairs = [(-one, -other) for at, one in enumerate(numbers) for other in numbers[at + 1 :]]
    return Rule(f"slot {slot} takes one option", (tuple(numbers), *pairs), given=True)


def _rule(given: Any, numbers: dict[tuple[int, int], int], features: list[str], name: str) -> Rule:
    try:
        kind, one, other = given
        first = numbers[tuple(one)]
        if kind == "excl":
            second = numbers[tuple(other)]
            return Rule(f"{features[first - 1]} excludes {features[second - 1]}", ((-first, -second),))
        if kind == "req":
            some = [numbers[other[0], each] for each in other[1]]
            return Rule(
                f"{features[first - 1]} needs {' or '.join(features[each - 1] for each in some)}", ((-first, *some),)
            )
    except (ValueError, TypeError, KeyError, IndexError):
        pass
    raise UnusableModel(
        f'{name}: found rule {json.dumps(given)[:60]}; expected ["excl", [slot, option], [slot, option]] or '
        '["req", [slot, option], [slot, [options]]] of options that are there; correct it.'
    )


def _limit(key: str, value: Any, attributes: dict[str, dict[int, float]], name: str) -> Limit:
    pair = value if isinstance(value, dict) else {"min" if key in LOWER else "max": value}
    numbers = [each for each in pair.values() if isinstance(each, int | float) and not isinstance(each, bool)]
    if key not in attributes or not pair or set(pair) - {"min", "max"} or len(numbers) < len(pair):
        raise UnusableModel(
            f'{name}: found limit {key!r}: {json.dumps(value)[:40]}; expected a number, or {{"min": 1, "max": 9}}, of '
            "an attribute of the options; correct it."
        )
    sides = {side: finite(each, name, f"limit {key}") for side, each in pair.items()}
    return Limit(key, low=sides.get("min"), high=sides.get("max"))
