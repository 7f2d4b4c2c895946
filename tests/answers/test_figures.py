"""Every kind of plot is drawn as SVG that is well formed, whatever its numbers are, and says what it shows."""

from typing import Any

import pytest
from lxml import etree

from liqi.answers.report._drawing import mark, span_of, step_of
from liqi.answers.report._figures import DRAW
from liqi.methods import LANGUAGES

LINE = {"label": {"en": "signal <a>", "zh-Hans": "信号", "zh-Hant": "訊號"}, "x": [1, 2, 3], "y": [0, 5, None]}
CASES: dict[str, list[dict[str, Any]]] = {
    "line": [
        {"series": [LINE], "marks": [{"label": "<peak>", "x": 2}], "areas": [{"label": "9", "from": 1, "to": 2}]},
        {"series": [LINE, {"label": "other", "x": [2], "y": [1]}]},
        {"series": [{"label": "", "x": [], "y": []}]},
        {"series": [{"label": "", "x": [4], "y": [0]}], "marks": [{"label": "far", "x": 99}]},
        {"series": [{"label": "below", "x": [0, 1], "y": [-3, -2]}]},
    ],
    "points": [
        {"series": [{"label": "c", "x": [1, 2], "y": [1, None], "low": [0.5, None], "high": [1.5, None]}], "lines": []},
        {"series": [], "lines": [{"label": "fit", "x": [0, 1], "y": [0, 1], "low": [-1, 0], "high": [1, 2]}]},
        {"series": [{"label": "one", "x": [5], "y": [5]}]},
    ],
    "bars": [
        {
            "names": ["<a>", {"en": "b", "zh-Hans": "乙"}],
            "values": [0.5, None],
            "low": [0.4, None],
            "high": [0.6, None],
        },
        {"names": [], "values": []},
        {"names": ["down"], "values": [-2]},
        {"names": ["nought"], "values": [0]},
    ],
    "map": [
        {"x": [1, 2, 3], "y": [1, 2, 3], "value": [1, 1e6, 0.5], "names": ["<caffeine>"]},
        {"x": [1], "y": [1], "value": [0]},
        {"x": [], "y": [], "value": []},
    ],
    "mirror": [
        {
            "upper": {"label": "m", "mz": [100.0, 150.0], "intensity": [100, 40]},
            "lower": {"label": "r", "mz": [100.0], "intensity": [100]},
            "pairs": [[0, 0]],
            "fragments": [[0, "C7H7", 0.3]],
        },
        {
            "upper": {"label": "m", "mz": [], "intensity": []},
            "lower": {"label": "r", "mz": [], "intensity": []},
            "pairs": [],
        },
    ],
}


def drawn(kind: str, data: dict[str, Any], language: str = "en") -> Any:
    plot = {"kind": kind, "title": "one & two", "x_title": {"en": "time <s>"}, "y_title": "signal", "data": data}
    return etree.fromstring(DRAW[kind](plot, language).encode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "case"), [(kind, i) for kind, cases in CASES.items() for i in range(len(cases))])
def test_it_is_well_formed_and_stays_inside(kind: str, case: int, language: str) -> None:
    svg = drawn(kind, CASES[kind][case], language)
    text = etree.tostring(svg).decode()
    assert "nan" not in text
    assert "inf" not in text.replace("info", "")
    width, height = (float(one) for one in svg.get("viewBox").split()[2:])
    for words in svg.iter("{*}text"):
        assert 0 <= float(words.get("x")) <= width
        assert 0 <= float(words.get("y")) <= height


def test_every_kind_that_the_page_draws_is_drawn() -> None:
    assert set(DRAW) == {"mirror", "line", "points", "bars", "map"}


def test_the_named_fragment_stands_at_its_peak_with_low_figures() -> None:
    labels = {one.text: one for one in drawn("mirror", CASES["mirror"][0]).iter("{*}text")}
    assert "C₇H₇ +0.3" in labels
    assert float(labels["C₇H₇ +0.3"].get("y")) < float(labels["150.0000"].get("y"))


def test_series_are_told_apart_without_colour() -> None:
    paths = [one for one in drawn("line", CASES["line"][1]).iter("{*}path") if one.get("fill") == "none"]
    assert len({one.get("stroke-dasharray") for one in paths}) == 2


def test_a_bar_begins_at_zero_and_is_as_long_as_its_value() -> None:
    svg = drawn("bars", {"names": ["a", "b"], "values": [1, 2]})
    first, second = svg.iter("{*}rect")
    assert first.get("x") == second.get("x")
    assert float(second.get("width")) == pytest.approx(2 * float(first.get("width")), abs=0.2)


def test_axes_have_round_steps_and_as_many_decimals_as_they_need() -> None:
    assert [step_of(span, 5) for span in (1, 7, 100, 0.003)] == pytest.approx([0.2, 2, 20, 0.001])
    assert [mark(0.2, 0.2), mark(100, 50), mark(-1.5, 0.5), mark(2e6, 1e6)] == ["0.2", "100", "−1.5", "2e6"]


def test_a_span_of_nothing_or_one_value_still_has_a_width() -> None:
    for values in ([], [0], [5.0], [None], [float("nan")]):
        low, high = span_of(values)
        assert low < high
