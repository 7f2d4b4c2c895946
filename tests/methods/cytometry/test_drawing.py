"""Gates told as JSON and taken back, counted as they are drawn, written as quadrants and read again."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liqi.methods import BadParameter, find_method
from liqi.methods.cytometry import (
    Drawing,
    Polygon,
    Rectangle,
    Strategy,
    apply,
    changes,
    gate,
    read_fcs,
    read_strategy,
    write_gating,
)
from liqi.methods.cytometry._density import figures

EXAMPLE, GATES = find_method("flow.gate").example


@pytest.fixture(scope="module")
def bench() -> Drawing:
    return Drawing(read_fcs(EXAMPLE), read_strategy(GATES))


def test_gates_that_nobody_touched_come_back_the_same_through_json(bench: Drawing) -> None:
    told = json.loads(json.dumps(bench.gates()))
    again = bench.strategy(told)
    assert [one.count for one in bench.populations(again)] == [
        one.count for one in gate(bench.events, bench.base).populations
    ]
    assert changes(bench.gates(), told) == []


def test_a_gate_that_moves_is_counted_anew_and_so_is_what_hangs_on_it(bench: Drawing) -> None:
    told = json.loads(json.dumps(bench.gates()))
    bench.populations(bench.strategy(told))
    moved = next(one for one in told if one["id"] == "ScaleRect1")
    moved["low"] = [value - 0.05 for value in moved["low"]]
    strategy = bench.strategy(told)
    found = {one.name: one.count for one in bench.populations(strategy)}
    plain = {name: int(mask.sum()) for name, mask in apply(bench.events, strategy).items()}
    assert found == plain
    assert found["ScaleRect1"] > 809
    assert changes(bench.gates(), told) == [{"what": "changed", "gate": "ScaleRect1", "kind": "rectangle"}]


def test_a_new_polygon_on_the_usual_scale_is_written_and_read_again(tmp_path: Path) -> None:
    bench = Drawing(read_fcs(EXAMPLE), Strategy({}))
    x, y = bench.first_pair()
    side = bench.picture(Strategy({}), x, y, None)
    (a, b), (c, d) = side["x"]["ends"], side["y"]["ends"]
    vertices = [[a + 0.1 * (b - a), c], [b, c + 0.1 * (d - c)], [(a + b) / 2, d]]
    told = [{"id": "cells", "kind": "polygon", "parent": None, "axes": [x, y], "vertices": vertices}]
    strategy = bench.strategy(told)
    assert isinstance(strategy.gates["cells"], Polygon)
    path = tmp_path / "gates.xml"
    path.write_bytes(write_gating(strategy))
    count = bench.populations(strategy)[0].count
    assert 0 < count < len(bench.events)
    assert gate(bench.events, read_strategy(path)).populations[0].count == count


def test_quadrants_stay_one_group_through_gating_ml(tmp_path: Path) -> None:
    strategy = read_strategy(GATES)
    path = tmp_path / "gates.xml"
    path.write_bytes(write_gating(strategy))
    again = read_strategy(path)
    groups: list[dict[str, Any]] = [
        {name: one.group for name, one in side.gates.items() if isinstance(one, Rectangle)}
        for side in (strategy, again)
    ]
    assert groups[0] == groups[1]
    assert "Quadrant2" in groups[1].values()


def test_the_density_holds_every_event_and_follows_the_parent(bench: Drawing) -> None:
    x, y = bench.first_pair()
    whole = bench.picture(bench.base, x, y, None)
    part = bench.picture(bench.base, x, None, "Rectangle1")
    levels = np.frombuffer(base64.b64decode(whole["levels"]), np.uint8)
    assert (levels.size, whole["events"], levels.max()) == (whole["cells"] ** 2, 13_367, 255)
    assert sum(part["counts"]) == part["events"] == 252
    zoomed = bench.picture(bench.base, x, y, None, [[20, 80], None])
    assert zoomed["x"]["ends"] == [20, 80]


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        [3],
        [{"id": "a"}],
        [{"id": "a", "kind": "polygon", "axes": ["0", "1"], "vertices": [[0, 0], [1, 1]]}],
        [{"id": "a", "kind": "polygon", "axes": ["0", "9999"], "vertices": [[0, 0], [1, 1], [0, 1]]}],
        [{"id": "a", "kind": "rectangle", "axes": ["0"], "low": ["x"], "high": [None]}],
        [{"id": "a", "kind": "ellipse", "axes": ["0", "1"], "mean": [0, 0], "covariance": [[0, 0], [0, 0]],
          "distance_square": 1}],
        [{"id": "a", "kind": "rectangle", "parent": "b", "axes": ["0"], "low": [None], "high": [1]}],
        [{"id": "a", "kind": "rectangle", "parent": "a", "axes": ["0"], "low": [None], "high": [1]}],
        [{"id": "a", "kind": "boolean", "how": "not", "operands": [["b", False]]}],
        [{"id": "a", "kind": "boolean", "how": "xor", "operands": []}],
    ],
)  # fmt: skip
def test_what_is_no_gate_is_one_sentence(bench: Drawing, told: object) -> None:
    with pytest.raises(BadParameter):
        bench.populations(bench.strategy(told))


@pytest.mark.parametrize("end", [10**400, "1", True, float("nan")])
def test_ends_that_are_no_numbers_are_one_sentence(bench: Drawing, end: object) -> None:
    with pytest.raises(BadParameter, match="two numbers"):
        bench.picture(bench.base, *bench.first_pair(), None, [[0, end]])


def test_the_events_of_a_boolean_gate_are_marked_among_those_of_its_parent(bench: Drawing) -> None:
    x, y = bench.first_pair()
    joined = {"id": "rest", "kind": "boolean", "parent": None, "how": "not", "operands": [["Rectangle1", False]]}
    strategy = bench.strategy([*bench.gates(), joined])
    told = bench.picture(strategy, x, None, None, marked="rest")
    assert sum(told["marked"]) == 13_367 - 252
    assert all(some <= whole for some, whole in zip(told["marked"], told["counts"], strict=True))
    drawn = np.frombuffer(base64.b64decode(bench.picture(strategy, x, y, None, marked="rest")["marked"]), np.uint8)
    assert drawn.max() == 255
    with pytest.raises(BadParameter, match="nowhere"):
        bench.picture(strategy, x, y, None, marked="nowhere")


def test_a_boolean_gate_has_a_figure_of_its_own_events_with_the_gates_it_is_made_of(bench: Drawing) -> None:
    x, y = bench.first_pair()
    told = [
        {"id": "A", "kind": "rectangle", "parent": None, "axes": [x, y], "low": [20, 20], "high": [None, None]},
        {"id": "B", "kind": "rectangle", "parent": None, "axes": [x, y], "low": [40, None], "high": [None, 90]},
        {"id": "C", "kind": "boolean", "parent": None, "how": "and", "operands": [["A", False], ["B", True]]},
        {"id": "D", "kind": "boolean", "parent": None, "how": "not", "operands": [["C", False]]},
    ]
    made = gate(bench.events, bench.strategy(told))
    shown = figures(made.events, made.strategy, made.masks, made.signals)
    assert [one.title.en for one in shown] == ["A", "B", "C = A AND NOT B", "D = NOT C"]
    assert [line["label"] for line in shown[3].data["lines"]] == ["A", "B"]
    drawn, inside = int(np.sum(shown[2].data["value"])), int(made.masks["C"].sum())
    assert 0.99 * inside < drawn <= inside < len(bench.events)  # axes leave the outermost thousandth out
