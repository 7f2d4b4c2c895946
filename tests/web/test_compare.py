"""Instruments side by side."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.web import comparison

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


@pytest.fixture
def three() -> list[Instrument]:
    capabilities: list[list[dict[str, Any]]] = [
        [
            {"quantity": "mass_resolution", "value": 140000, "unit": ""},
            {"quantity": "smallest_feature", "value": 2, "unit": "µm"},
            {"quantity": "mass_range", "low": 50, "high": 6000, "unit": "Da"},
        ],
        [
            {"quantity": "质量分辨率", "value": "120 000", "unit": ""},
            {"quantity": "smallest_feature", "value": 900, "unit": "nm"},
            {"quantity": "mass_range", "low": 50, "high": 2000, "unit": "Da"},
        ],
        [{"quantity": "detector", "value": "EMCCD", "unit": ""}],
    ]
    prices = [None, 300, 120]
    return [
        Instrument.objects.create(
            key=f"c{n}", name=f"仪器 {n}", name_en=f"Instrument {n}", capabilities=row, price_cny_per_hour=price,
            shared=True, **RECORD,
        )
        for n, (row, price) in enumerate(zip(capabilities, prices, strict=True))
    ]  # fmt: skip


def rows_of(shown: list[Instrument]) -> dict[str, comparison.Row]:
    found = comparison.sections(shown, language="en", now=NOW)
    return {row.label: row for section in found for row in section.rows}


def test_one_quantity_stands_in_one_row_and_one_unit(three: list[Instrument]) -> None:
    rows = rows_of(three)
    assert [cell.text for cell in rows["smallest feature (µm)"].cells] == ["2", "0.9", ""]
    assert [cell.text for cell in rows["mass resolution"].cells] == ["140\u202f000", "120\u202f000", ""]
    assert [cell.text for cell in rows["detector"].cells] == ["", "", "EMCCD"]


def test_the_best_value_is_marked_with_a_word_and_ranges_are_not(three: list[Instrument]) -> None:
    rows = rows_of(three)
    assert [cell.best for cell in rows["smallest feature (µm)"].cells] == ["", "best: smallest", ""]
    assert [cell.best for cell in rows["mass resolution"].cells] == ["best: largest", "", ""]
    assert not any(cell.best for cell in rows["mass range (Da)"].cells)
    assert [cell.best for cell in rows["Price of an hour"].cells] == ["", "", "lowest"], "unknown is not free"


def test_equal_values_are_neither_marked_nor_different(three: list[Instrument]) -> None:
    Instrument.objects.update(price_cny_per_hour=5)
    rows = rows_of(list(Instrument.objects.order_by("key")))
    assert not any(cell.best for cell in rows["Price of an hour"].cells)
    assert not rows["Price of an hour"].differs
    assert rows["smallest feature (µm)"].differs


def test_the_address_holds_which_are_compared(three: list[Instrument]) -> None:
    page = Client(headers={"Accept-Language": "en"}).get("/compare/?key=c2&key=c0&key=c2&key=zzz").content.decode()
    assert page.index("Instrument 2</a>") < page.index("Instrument 0</a>")
    assert page.count('scope="col"') == 2
    assert "zzz" in page
    assert 'href="/compare/?key=c0"' in page, "the address without the first"


def test_only_what_differs_is_left_when_asked(three: list[Instrument]) -> None:
    page = Client(headers={"Accept-Language": "en"}).get("/compare/?key=c0&key=c1&only=differences").content.decode()
    assert "smallest feature" in page
    assert "Open to other institutions" not in page


def test_more_than_five_are_told_and_left_out(three: list[Instrument]) -> None:
    for n in range(3, 8):
        Instrument.objects.create(key=f"c{n}", name=f"n{n}", **RECORD)
    address = "/compare/?" + "&".join(f"key=c{n}" for n in range(8))
    page = Client(headers={"Accept-Language": "en"}).get(address).content.decode()
    assert "Five fit side by side; 3 more were left out" in page
    assert page.count('scope="col"') == 5


def test_an_instrument_is_added_by_what_it_is_called(three: list[Instrument]) -> None:
    search.rebuild()
    page = Client(headers={"Accept-Language": "en"}).get("/compare/?key=c0&add=Instrument 1").content.decode()
    assert "/compare/?key=c0&amp;key=c1" in page
    assert "/compare/?key=c0&amp;key=c0" not in page


def test_the_table_is_exported_and_runs_no_formula(three: list[Instrument]) -> None:
    Instrument.objects.filter(key="c0").update(model="=1+1")
    answer = Client(headers={"Accept-Language": "en"}).get("/compare/?key=c0&key=c1&format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0] == ["", "仪器 0 [c0]", "仪器 1 [c1]"]
    assert ["Model", "'=1+1", ""] in rows


def test_nothing_to_compare_teaches() -> None:
    assert "Tick instruments in a list" in Client(headers={"Accept-Language": "en"}).get("/compare/").content.decode()
