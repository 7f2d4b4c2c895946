"""A place is said once, in the order of the language."""

from types import SimpleNamespace

import pytest

from liqi.web import places


@pytest.mark.parametrize(
    ("country", "province", "city", "language", "said"),
    [
        ("TW", "710000", "台北", "zh-hans", "中国台湾 台北"),
        ("TW", "710000", "台北", "zh-hant", "台灣 臺北"),
        ("HK", "810000", "", "zh-hant", "中國香港"),
        ("CN", "110000", "北京市", "zh-hans", "北京市"),
        ("CN", "440000", "深圳市", "en", "Shenzhen, Guangdong, China"),
        ("GB", "", "St Andrews", "en", "St Andrews, United Kingdom"),
    ],
)
def test_a_place_is_said_once(country: str, province: str, city: str, language: str, said: str) -> None:
    assert places.of(SimpleNamespace(country=country, province=province, city=city), language) == said
