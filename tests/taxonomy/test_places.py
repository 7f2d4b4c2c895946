"""Places."""

import pytest

from liqi.taxonomy import cities, countries, distance_km, divisions, find_place, nearest_division, place_label


@pytest.mark.parametrize(
    ("words", "code"),
    [
        *(("安徽", "340000"), ("安徽省", "340000"), ("Anhui", "340000"), ("合肥", "340100"), ("Hefei", "340100")),
        *(("CN", "CN"), ("德國", "DE"), ("Germany", "DE"), ("UK", "GB"), ("340104", "340104"), ("香港", "810000")),
    ],
)
def test_places_are_found_by_code_and_name(words: str, code: str) -> None:
    assert find_place(words) == code


def test_nowhere_is_none() -> None:
    assert find_place("Atlantis") is None
    assert find_place("999999") is None


def test_every_country_and_division_has_a_name_in_every_language() -> None:
    for code in (*countries(), *divisions()):
        assert all(place_label(code, language) for language in ("zh-hans", "zh-hant", "en"))


def test_every_division_lies_on_earth() -> None:
    assert all(-90 <= (p.latitude or 0) <= 90 and 70 <= (p.longitude or 0) <= 140 for p in divisions().values())
    assert len(cities()) > 10_000


def test_hefei_is_nearest_to_a_point_in_hefei() -> None:
    assert nearest_division(31.84, 117.26)[:4] == "3401"


def test_waltham_is_14_6_km_from_boston() -> None:
    assert distance_km((42.3765, -71.2356), (42.3584, -71.0598)) == pytest.approx(14.59, abs=0.1)
