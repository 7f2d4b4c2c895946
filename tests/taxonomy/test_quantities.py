"""Quantities, units and the numbers of texts."""

from decimal import Decimal
from typing import Any

import pytest

from liqi.taxonomy import (
    UnknownUnit,
    canonical,
    convert,
    find_measures,
    find_quantity,
    find_unit,
    parse_quantity,
    quantities,
    read_capability,
    read_number,
    units,
    written,
)


def test_every_quantity_has_names_and_a_unit_of_its_dimension() -> None:
    assert len(quantities()) >= 60
    for one in quantities().values():
        assert one.label("en")
        assert one.label("zh-hant")
        assert one.better in ("smaller", "larger", "within")
        if one.unit:
            assert find_unit(one.unit, one.dimension).dimension == one.dimension


def test_no_name_means_two_quantities_by_its_label() -> None:
    for one in quantities().values():
        assert find_quantity(one.key) is one
        assert find_quantity(one.label_en) is one
        assert find_quantity(one.label_zh) is one
        assert find_quantity(one.label("zh-hant")) is one


def test_a_unit_there_and_back_is_the_same_value() -> None:
    for unit in units():
        assert unit.from_base(unit.to_base(Decimal(7))) == pytest.approx(Decimal(7))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,000", 3000),
        ("1 400 000", 1400000),
        ("140,000", 140000),
        ("2.5", 2.5),
        ("1e-6", 1e-6),
        ("2×10^-6", 2e-6),
        ("10^10", 1e10),
        ("3×10⁻⁹", 3e-9),
        ("5万", 50000),
        ("1.5亿", 1.5e8),
        ("两", 2),
        ("十五", 15),
        ("三百二十", 320),
        ("一万二千", 12000),
        ("三点五", 3.5),
        ("two", 2),
        ("half a", 0.5),
        ("10", 10),
        ("1012", 1012),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    found = read_number(text)
    assert found is not None
    assert float(found) == pytest.approx(value)


def test_no_number_is_none() -> None:
    assert read_number("很多") is None
    assert read_number("") is None


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("5 mm", 5, 5, "mm"),
        ("2um", 2, 2, "µm"),
        ("2 μm", 2, 2, "µm"),
        ("2 微米", 2, 2, "µm"),
        ("２ 奈米", 2, 2, "nm"),
        ("两微米", 2, 2, "µm"),
        ("2.5 - 17 keV", 2.5, 17, "keV"),
        ("300~1500℃", 300, 1500, "°C"),
        ("-40 to 150 °C", -40, 150, "°C"),
        ("≤0.1 ppb", None, 0.1, "ppb"),
        ("不超过 3 天", None, 3, "d"),
        ("3 天以内", None, 3, "d"),
        ("at least 600 MHz", 600, None, "MHz"),
        ("5 x 5 μm", 5, 5, "µm"),
        ("20 mm × 30 mm × 5 mm", 30, 30, "mm"),
        ("4 K", 4, 4, "K"),
        ("two minutes", 2, 2, "min"),
        ("10 mPa", 10, 10, "mPa"),
        ("10 MPa", 10, 10, "MPa"),
        ("50 µg/L", 50, 50, "µg/L"),
        ("0.35 cm-1", 0.35, 0.35, "1/cm"),
        ("10000 events/s", 10000, 10000, "1/s"),
        ("2 小時", 2, 2, "h"),
        ("1,000 m2/g", 1000, 1000, "m²/g"),
        ("300-kV", 300, 300, "kV"),
    ],
)
def test_a_value_or_range_is_read_with_its_unit(text: str, low: float | None, high: float | None, unit: str) -> None:
    found = parse_quantity(text)
    assert (found.low if found.low is None else float(found.low)) == low
    assert (found.high if found.high is None else float(found.high)) == high
    assert found.unit == unit


@pytest.mark.parametrize("text", ["", "mm", "about a hand wide", "5 mm and more words"])
def test_what_is_no_quantity_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UnknownUnit, match="expected"):
        parse_quantity(text)


def test_every_measure_of_a_sentence_is_found_where_it_stands() -> None:
    text = "打印 5 mm 的零件，最小特征 2 微米，三天內"
    found = list(find_measures(text))
    assert [(float(one.high or 0), one.unit) for one in found] == [(5, "mm"), (2, "µm"), (3, "d")]
    assert [text[one.start : one.end] for one in found] == ["5 mm", "2 微米", "三天"] or found[2].words.startswith(
        "三天"
    )


def test_a_model_number_is_no_measure() -> None:
    assert [one.words for one in find_measures("JEM-2100F and QE123 s")] == []


@pytest.mark.parametrize(
    ("quantity", "low", "high", "unit", "wanted"),
    [
        ("smallest_feature", 500, 500, "nm", (0.5, 0.5)),
        ("temperature_range", 4, 300, "K", (-269.15, 26.85)),
        ("mass_resolution", 140000, None, "", (140000.0, None)),
        ("detection_limit", None, 0.1, "ppb", (None, 0.0001)),
        ("detection_limit", None, 0.1, "µg/L", (None, 0.0001)),
        ("pressure_range", None, 1, "bar", (None, 0.1)),
    ],
)
def test_values_are_compared_in_the_unit_of_their_quantity(
    quantity: str, low: Any, high: Any, unit: str, wanted: tuple[float | None, float | None]
) -> None:
    assert canonical(quantity, low, high, unit) == pytest.approx(wanted)


def test_a_unit_of_another_dimension_is_refused() -> None:
    with pytest.raises(UnknownUnit, match="of length"):
        canonical("part_size", 5, 5, "kV")


@pytest.mark.parametrize(
    ("capability", "key", "low", "high"),
    [
        ({"quantity": "resolving power", "value": 120000, "unit": ""}, "mass_resolution", 120000, 120000),
        ({"quantity": "upper mass", "value": 2000, "unit": "m/z"}, "mass_range", None, 2000),
        ({"quantity": "photon energy", "value": "2.5 - 17", "unit": "keV"}, "energy_range", 2.5, 17),
        ({"quantity": "flux", "value": "10^12", "unit": "photons/s"}, "flux", 1e12, 1e12),
        ({"quantity": "resolution at 15 kV", "value": 0.8, "unit": "nm"}, "spatial_resolution", 0.8, 0.8),
        ({"quantity": "force_range", "low": 1, "high": 50, "unit": "kN"}, "force_range", 1000, 50000),
        ({"quantity": "加速電壓", "value": "200", "unit": "kV"}, "accelerating_voltage", 200, 200),
        ({"quantity": "minimum line width", "value": 8, "unit": "nm"}, "smallest_feature", 0.008, 0.008),
    ],
)
def test_a_capability_of_a_record_is_understood(
    capability: dict[str, Any], key: str, low: float | None, high: float | None
) -> None:
    found = read_capability(capability)
    assert found is not None
    assert found.quantity.key == key
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    "capability",
    [
        {},
        {"quantity": "magic", "value": 3},
        {"quantity": "mass range", "value": ""},
        {"quantity": "mass range", "value": "3", "unit": "kV"},
    ],
)
def test_a_capability_that_is_not_understood_is_none(capability: dict[str, Any]) -> None:
    assert read_capability(capability) is None


def test_conversion_is_exact() -> None:
    assert convert(Decimal("0.1"), "mm", "µm") == Decimal(100)
    assert convert(Decimal(1), "ppb", "ppm") == Decimal("0.001")
    with pytest.raises(UnknownUnit):
        convert(Decimal(1), "mm", "kV")


def test_a_range_is_written_with_its_unit() -> None:
    assert written(1000000.0, None, "V") == "≥ 1000000 V"
    assert written(2.50, 2.5, "") == "2.5"
