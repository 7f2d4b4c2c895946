"""Gating against the known memberships of the ISAC compliance set, and against what FlowJo counted."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.cytometry import (
    Boolean,
    Dimension,
    Ellipsoid,
    Polygon,
    Rectangle,
    Strategy,
    apply,
    gate,
    read_fcs,
    read_strategy,
    write_gating,
)
from liqi.methods.cytometry._gates import inside_polygon
from liqi.methods.cytometry._populations import wilson
from tests.methods.cytometry.made import fcs
from tests.methods.samples import LARGE

EXAMPLE, GATES = find_method("flow.gate").example
FLOW = LARGE / "methods/flow"
needs_flow = pytest.mark.skipif(not FLOW.exists(), reason="a plain clone has no ../shared/data/methods/flow")
TRUTH = {
    name: np.unpackbits(bits)[:13_367].astype(bool)
    for name, bits in np.load(Path(__file__).with_name("truth.npz")).items()
}
SAME = {"ParQuadRect": "ParRectangle1"}
"""The file of results is named otherwise than the gate."""
FLOWJO = {
    "simple_diamond_example_quad_gate": ("test_data_diamond_01", [49_671, 50_596, 50_330, 49_403]),
    "test_data_diamond_biex_rect": ("test_data_diamond_01", [50_605]),
    "test_data_diamond_asinh_rect": ("test_data_diamond_01", [50_559]),
    "test_data_diamond_asinh_rect2": ("test_data_diamond_01", [50_699]),
    "simple_poly_and_rect_v2_poly50": ("data_set_simple_line_100", [50, 0]),
}


@pytest.fixture(scope="module")
def found() -> dict[str, np.ndarray]:
    return apply(read_fcs(EXAMPLE), read_strategy(GATES))


@pytest.mark.parametrize("name", sorted(set(TRUTH) & set(read_strategy(GATES).gates)))
def test_every_event_is_where_the_compliance_set_has_it(name: str, found: dict[str, np.ndarray]) -> None:
    assert np.array_equal(found[name], TRUTH[name])


@needs_flow
def test_every_file_of_the_compliance_set_gives_its_truth_alone() -> None:
    events = read_fcs(EXAMPLE)
    compared = set()
    for path in sorted((FLOW / "gatingml/gml").glob("*.xml")):
        for name, mask in apply(events, read_strategy(path)).items():
            truth = TRUTH.get(next((k for k, v in SAME.items() if v == name), name))
            if truth is not None:
                assert np.array_equal(mask, truth), (path.name, name)
                compared.add(name)
    assert len(compared) == len(TRUTH)


def test_what_is_written_as_gating_ml_gates_the_same(tmp_path: Path, found: dict[str, np.ndarray]) -> None:
    path = tmp_path / "again.xml"
    path.write_bytes(write_gating(read_strategy(GATES)))
    again = apply(read_fcs(EXAMPLE), read_strategy(path))
    assert again.keys() == found.keys()
    assert all(np.array_equal(again[name], found[name]) for name in found)


@needs_flow
@pytest.mark.parametrize("workspace", FLOWJO)
def test_a_workspace_counts_as_flowjo_did(workspace: str) -> None:
    sample, counts = FLOWJO[workspace]
    events = read_fcs(FLOW / f"flowjo/{sample}.fcs")
    masks = apply(events, read_strategy(FLOW / f"flowjo/{workspace}.wsp", f"{sample}.fcs"))
    assert [int(mask.sum()) for mask in masks.values()] == counts


@needs_flow
def test_an_ellipse_of_a_workspace_is_compared_exactly_where_flowjo_bins() -> None:
    events = read_fcs(FLOW / "flowjo/data_set_simple_line_100.fcs")
    strategy = read_strategy(FLOW / "flowjo/single_ellipse_51_events.wsp")
    assert int(apply(events, strategy)["ellipse1"].sum()) == pytest.approx(51, abs=1)


def test_points_on_the_edge_and_in_the_hole_of_a_polygon() -> None:
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    x, y = np.array([0.0, 2.0, 1.0, 2.1, 1.0]), np.array([0.0, 1.0, 2.0, 1.0, 1.0])
    assert inside_polygon(x, y, square)[0].tolist() == [True, True, True, False, True]
    star = np.array([[0.0, 3.0], [2.0, -3.0], [-3.0, 1.0], [3.0, 1.0], [-2.0, -3.0]])
    assert inside_polygon(np.array([0.0, 0.0]), np.array([0.0, 2.0]), star)[0].tolist() == [False, True]


def test_a_child_counts_within_its_parent_and_a_complement_beside_it(tmp_path: Path) -> None:
    events = read_fcs(fcs(tmp_path / "a.fcs", np.arange(20, dtype=np.float32).reshape(10, 2), ["A", "B"]))
    low = Rectangle("low", [Dimension("A")], [-math.inf], [10.0])
    child = Rectangle("child", [Dimension("B")], [3.0], [math.inf], parent="low")
    rest = Boolean("rest", "not", [("child", False)], parent="low")
    strategy = Strategy({one.id: one for one in (rest, child, low)}).check()
    told = {one.name: (one.count, one.of_parent, one.depth) for one in gate(events, strategy).populations}
    assert told == {"low": (5, 10, 0), "child": (4, 5, 1), "rest": (1, 5, 1)}


def test_gates_that_hang_on_themselves_or_on_nothing_are_refused() -> None:
    first = Rectangle("a", [Dimension("A")], [0.0], [1.0], parent="b")
    second = replace(first, id="b", parent="a")
    with pytest.raises(BadParameter, match="do not hang on themselves"):
        Strategy({"a": first, "b": second}).check()
    with pytest.raises(BadParameter, match="there is no 'b'"):
        Strategy({"a": first}).check()
    with pytest.raises(BadParameter, match="known matrix"):
        Strategy({"c": Rectangle("c", [Dimension("A", "nowhere")], [0.0], [1.0])}).check()


def test_a_covariance_that_cannot_be_inverted_is_told(tmp_path: Path) -> None:
    events = read_fcs(fcs(tmp_path / "a.fcs", np.ones((3, 2), np.float32), ["A", "B"]))
    flat = Ellipsoid("flat", [Dimension("A"), Dimension("B")], np.ones(2), np.ones((2, 2)), 1.0)
    with pytest.raises(BadParameter, match="inverted"):
        apply(events, Strategy({"flat": flat}))


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = wilson(81, 263)  # Newcombe, Stat. Med. 17:857 (1998), table I, method 3
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = wilson(0, 20)
    assert (low, round(high, 4)) == (0.0, 0.1611)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<a>", "no whole XML"),
        ("<Gating-ML/>", "Gating-ML 2.0"),
        (
            '<!DOCTYPE x [<!ENTITY a "b">]><g:Gating-ML xmlns:g="http://www.isac-net.org/std/Gating-ML/v2.0/gating"/>',
            "gate none",
        ),
    ],
)
def test_gates_that_cannot_be_read_are_refused_in_a_sentence(text: str, words: str, tmp_path: Path) -> None:
    from liqi.methods.cytometry._gatingml import read_gating

    path = tmp_path / "gates.xml"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=words):
        read_gating(path)


def test_gates_cut_off_anywhere_are_refused(tmp_path: Path) -> None:
    whole = GATES.read_bytes()
    for size in range(1, len(whole) - 20, len(whole) // 20):
        path = tmp_path / "gates.xml"
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableFile, match="expected"):
            find_method("flow.gate").run([EXAMPLE, path])


def test_gates_of_another_panel_are_refused_by_the_channel_they_miss(tmp_path: Path) -> None:
    path = fcs(tmp_path / "a.fcs", np.ones((3, 2), np.float32), ["A", "B"])
    with pytest.raises(UnreadableFile, match=r"no channel .* gates of this panel"):
        find_method("flow.gate").run([path, GATES])


def test_a_polygon_on_a_scale_is_the_polygon_of_the_scaled_events(tmp_path: Path) -> None:
    events = read_fcs(EXAMPLE)
    strategy = read_strategy(GATES)
    scale = strategy.scales["Logicle_10000_0.5_4.5_0"]
    vertices = np.array([[0.2, 0.2], [0.7, 0.3], [0.6, 0.8], [0.25, 0.6]])
    sides = [Dimension("FL1-H", scale=scale.id), Dimension("FL2-H", scale=scale.id)]
    mask = apply(events, Strategy({"p": Polygon("p", sides, vertices)}, {scale.id: scale}))["p"]
    plain = inside_polygon(scale.forward(events.column("FL1-H")), scale.forward(events.column("FL2-H")), vertices)[0]
    assert np.array_equal(mask, plain)
    assert 0 < mask.sum() < len(events)


def test_figures_show_the_events_of_the_parent_with_the_gates_of_a_group_together() -> None:
    answer = find_method("flow.gate").run([EXAMPLE, GATES])
    figures = {one.title.en: one for one in answer.plots}
    rectangle = figures["Rectangle1"]
    assert sum(rectangle.data["value"]) == pytest.approx(13_367, rel=0.01)
    (outline,) = rectangle.data["lines"]
    x, y = np.array(outline["x"]), np.array(outline["y"])
    assert (x[0], y[0]) == (x[-1], y[-1])
    assert (x.min(), x.max()) == pytest.approx((20, 80))
    quadrants = figures["Quadrant1"]
    assert [one["label"] for one in quadrants.data["lines"]] == ["FL2P-FL4P", "FL2N-FL4P", "FL2N-FL4N", "FL2P-FL4N"]
    assert {"at", "label"} == set(quadrants.data["x_ticks"][0])
    assert figures["Range1"].data["marks"] == [{"label": "Range1", "x": 100.0}]
