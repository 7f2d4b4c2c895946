"""Every kind of plot comes as rows of numbers, and only small ones with their page."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from liqi.answers.report._figures import DRAW
from liqi.web import figures
from tests.web import test_answers

client, data, person = test_answers.client, test_answers.data, test_answers.person
WORDS = {"en": "first", "zh-Hans": "甲", "zh-Hant": "甲"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def plot(kind: str, **data: Any) -> dict[str, Any]:
    return {"name": "one", "kind": kind, "x_title": {"en": "time (s)"}, "y_title": "signal", "data": data}


def test_lines_are_rows_of_series_and_values() -> None:
    rows = figures.rows_of(plot("line", series=[{"label": WORDS, "x": [1, 2], "y": [3, None]}]))
    assert rows == [("series", "time (s)", "signal"), ("first", 1, 3), ("first", 2, None)]


def test_points_bring_names_and_intervals_where_there_are_any() -> None:
    series = [{"label": "c", "x": [1], "y": [2], "low": [1.5], "high": [2.5], "names": ["C1"]}]
    rows = figures.rows_of(plot("points", series=series, lines=[{"label": "fit", "x": [0], "y": [0]}]))
    assert rows[1:] == [("c", "C1", 1, 2, 1.5, 2.5), ("fit", "", 0, 0, None, None)]


def test_bars_are_rows_of_names() -> None:
    assert figures.rows_of(plot("bars", names=[WORDS, "b"], values=[1, 2], low=[0, 1]))[1:] == [
        ("first", 1, 0, None),
        ("b", 2, 1, None),
    ]


def test_names_of_a_map_belong_to_its_first_points() -> None:
    rows = figures.rows_of(plot("map", x=[1, 2], y=[3, 4], value=[5, 6], names=["a"]))
    assert rows[1:] == [(1, 3, 5, "a"), (2, 4, 6, "")]


def test_an_unknown_kind_has_no_rows() -> None:
    assert figures.rows_of(plot("hologram")) == []


def test_a_large_plot_is_fetched_by_its_figure() -> None:
    many = list(range(figures.SMALL + 1))
    assert not figures.is_small(plot("map", x=many, y=many, value=many))
    assert figures.is_small(plot("map", x=[1], y=[1], value=[1]))


@pytest.mark.django_db
def test_the_page_shows_chromatogram_and_map_and_their_numbers(client: Client) -> None:
    run = test_answers.example(client)
    page = client.get(f"/runs/{run.key}/").content.decode()
    assert 'data-kind="line"' in page
    assert 'data-kind="map"' in page
    rows = client.get(f"/runs/{run.key}/plots/map-0.csv").content.decode().splitlines()
    assert rows[0].lstrip("\ufeff") == "retention time (s),m/z,value,name"
    whole = json.loads(client.get(f"/runs/{run.key}/plots/map-0.json").content)
    assert len(whole["data"]["x"]) == len(rows) - 1
    assert client.get(f"/runs/{run.key}/plots/no-such.json").status_code == 404


def test_a_report_draws_counted_cells_gates_and_the_marks_of_an_uneven_axis() -> None:
    ticks = [{"at": 0.5, "label": "-100"}, {"at": 7, "label": "out of sight"}]
    lines = [{"label": "CD4<", "x": [0, 1, 0], "y": [0, 1, 0]}]
    data = {"x": [0, 1], "y": [0, 1], "value": [3, 9], "cell": [0.1, 0.2], "lines": lines, "x_ticks": ticks}
    drawn = DRAW["map"](plot("map", **data) | {"title": "gate"}, "en")
    assert "CD4&lt;" in drawn
    assert "stroke-dasharray" in drawn
    assert "−100" in drawn
    assert "out of sight" not in drawn
    assert len(set(re.findall(r'fill="(#[0-9a-f]{6})"/>', drawn))) == 2
