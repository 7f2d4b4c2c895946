"""Chromatograms of two runs lie over each other, the first line of each under the name of its run."""

from typing import Any

from liqi.answers import comparison


def answer(kind: str = "line", name: str = "chromatogram-0", **data: Any) -> dict[str, Any]:
    return {"plots": [{"name": name, "kind": kind, "title": "t", "data": data}]}


def line(*values: float) -> dict[str, Any]:
    return {"label": "total", "x": list(range(len(values))), "y": list(values)}


def test_the_first_line_of_each_lies_over_the_other() -> None:
    before, after = answer(series=[line(1, 2), line(0)], marks=[{"x": 1}]), answer(series=[line(3, 4)])
    (made,) = comparison.overlaid(before, after, ("one", "two"))
    assert [(one["label"], one["y"]) for one in made["data"]["series"]] == [("one", [1, 2]), ("two", [3, 4])]
    assert made["data"]["marks"] == []
    assert before["plots"][0]["data"]["series"][0]["label"] == "total"


def test_what_only_one_draws_or_belongs_to_a_row_is_left_out() -> None:
    both = answer(series=[line(1)])
    for other in (
        {"plots": []},
        answer(name="another", series=[line(1)]),
        answer(kind="bars", names=["a"], values=[1]),
        answer(series=[]),
    ):
        assert comparison.overlaid(both, other, ("one", "two")) == []
    row = answer(feature=3, series=[line(1)])
    assert comparison.overlaid(row, row, ("one", "two")) == []
