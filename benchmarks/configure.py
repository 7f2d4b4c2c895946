"""Configurations: exact counts, cheapest, ruled out by a budget, smallest conflicts, against proved answers.

./run bench configure FOLDER    with known.json (name, count) beside uvl/, dimacs/ and modinst/
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from liqi.planning import configuration
from liqi.planning.configuration import Limit, Model


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder
    counts = {row["name"]: int(row["count"]) for row in json.loads((folder / "known.json").read_text())}
    right, took = 0, 0.0
    for kind, ending in (("uvl", "uvl"), ("dimacs", "dimacs")):
        for name, known in counts.items():
            began = time.process_time()
            right += configuration.count(configuration.read(folder / kind / f"{name}.{ending}"), []) == known
            took += time.process_time() - began
    print(f"exact counts: {right} of {2 * len(counts)} right, {took:.2f} core-s in all")
    for path in sorted((folder / "modinst").glob("*.json")):
        modular(configuration.read(path), json.loads(path.read_text())["answers"])


def modular(model: Model, answers: dict[str, Any]) -> None:
    """One line for each modular instrument."""
    began = time.process_time()
    cheapest = configuration.configure(model, counted=False).price == answers["cheapest"]
    first, budget = time.process_time() - began, answers["budget"]
    began = time.process_time()
    with configuration.Solving(model) as solving:
        money = [Limit("price", high=budget)]
        dead = [name for number, name in enumerate(model.features, 1) if not solving.can([number], money)]
    swept = time.process_time() - began
    began, right = time.process_time(), 0
    for case in answers["conflicts"]:
        wishes = [f"{slot}.{option}" for slot, option in case["wishes"]]
        found = configuration.configure(model, wishes, budget=budget, counted=False).conflicts
        proved = [
            sorted(f"{each[1]}.{each[2]}" if each[0] == "wish" else f"budget {budget}" for each in some)
            for some in case["smallest_conflicts"]
        ]
        right += sorted(map(sorted, found)) == sorted(proved)
    named = [f"{slot}.{option}" for slot, option in answers["dead_options_at_budget"]]
    print(
        f"{model.name}: cheapest {'as proved' if cheapest else 'WRONG'} in {first:.2f} core-s; ruled out by the budget "
        f"{'as proved' if sorted(dead) == sorted(named) else 'WRONG'} in {swept:.2f}; conflicts {right} of "
        f"{len(answers['conflicts'])} as proved in {time.process_time() - began:.2f}"
    )
