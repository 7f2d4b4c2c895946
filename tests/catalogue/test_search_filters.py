"""Filters as people write them, orders, distance, sounds and spellings, over the example cluster."""

from decimal import Decimal
from typing import Any

import pytest

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.catalogue.search import Ability, Filters, _find
from liqi.taxonomy import distance_km

pytestmark = pytest.mark.django_db
HEFEI = (31.82, 117.23)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"class": ["质谱仪器"], "kind": ["instrument"]}, Filters(kinds=("instrument",), classes=("010200",))),
        ({"origin": ["德国", "DE"], "made-in": ["Japan"]}, Filters(origins=("DE",), made_in=("JP",))),
        ({"technique": ["XRD"]}, Filters(techniques=("xrdp",))),
        ({"min-value": ["500000"], "to-year": ["2019"]}, Filters(min_value_cny=Decimal(500_000), to_year=2019)),
        ({"shared": ["1"], "bookable": ["0"]}, Filters(shared=True, bookable=False)),
        ({"cap": ["mass resolution >= 140,000"]}, Filters(abilities=(Ability("mass_resolution", 140_000.0),))),
        ({"cap": ["最小特征尺寸:..2 微米"]}, Filters(abilities=(Ability("smallest_feature", None, 2.0),))),
        ({"cap": ["smallest feature <= 500 nm"]}, Filters(abilities=(Ability("smallest_feature", None, 0.5),))),
        ({"km": ["20"]}, Filters()),
    ],
)
def test_filters_are_read_as_people_write_them(given: dict[str, list[str]], expected: Filters) -> None:
    assert search.filters(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        *({"class": ["nonsense"]}, {"place": ["Nowhere at all"]}, {"kind": ["robot"]}, {"value": ["7-8"]}),
        *({"min-value": ["much"]}, {"min-value": ["-1"]}, {"min-value": ["1e400"]}, {"year": ["20"]}),
        *({"cap": ["big"]}, {"cap": ["mass_resolution>=many"]}, {"cap": ["mass_resolution>=2 kg"]}),
        *({"cap": ["nosuch>=2"]}, {"near": ["Nowhere at all"]}, {"near": ["合肥"], "km": ["far"]}, {"shared": ["2"]}),
        *({"near": ["合肥"], "km": ["0"]}, {"near": ["99,200"]}, {"technique": ["nosuch"]}, {"stage": ["late"]}),
    ],
)
def test_a_filter_that_cannot_be_read_says_what_was_expected(given: dict[str, list[str]]) -> None:
    with pytest.raises(search.UnknownFilter, match=r"found .*expected"):
        search.filters(given)


def test_instruments_are_found_by_what_they_can_do(cluster: dict[str, int]) -> None:
    wanted = search.filters({"cap": ["mass_resolution>=200000"]})
    found = search.find("", wanted, limit=100)
    assert 0 < found.total < search.find("", search.filters({"cap": ["mass_resolution>=60000"]})).total
    for hit in found.hits:
        values = [
            float(one["value"])
            for one in Instrument.objects.get(key=hit.key).capabilities
            if one["quantity"] in ("resolving power", "mass_resolution", "mass resolution")
        ]
        assert max(values) >= 200_000


def test_near_a_place_the_nearest_come_first(cluster: dict[str, int]) -> None:
    wanted = search.filters({"near": ["合肥"], "km": ["300"], "kind": ["instrument"]})
    first = search.find("显微镜", wanted, limit=15, sort="nearest")
    second = search.find("显微镜", wanted, limit=45, offset=15, sort="nearest")
    distances = [hit.km for hit in (*first.hits, *second.hits)]
    assert distances == sorted(distances, key=float)
    assert len({hit.key for hit in (*first.hits, *second.hits)}) == min(first.total, 60) > 20
    assert all(hit.point and abs(distance_km(HEFEI, hit.point) - (hit.km or 0)) < 15 for hit in first.hits)


@pytest.mark.parametrize("sort", ["newest", "value", "name"])
def test_every_order_lists_each_record_once(sort: Any, cluster: dict[str, int]) -> None:
    wanted = Filters(kinds=("instrument",))
    pages = [search.find("显微镜", wanted, limit=50, offset=at, sort=sort).hits for at in (0, 50)]
    keys = [hit.key for page in pages for hit in page]
    assert len(set(keys)) == 100
    rows = {row.key: row for row in Instrument.objects.filter(key__in=keys)}
    if sort == "value":
        values = [rows[key].value_cny or Decimal(-1) for key in keys]
        assert values == sorted(values, reverse=True)
    if sort == "newest":
        times = [rows[key].created_at for key in keys]
        assert times == sorted(times, reverse=True)


def test_tier_by_tier_no_hit_is_lost_or_doubled(cluster: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_find, "BROAD", 10)
    for text in ("质谱", "浙江大学", "上海 质谱"):
        total = search.find(text, limit=0).total
        keys: list[str] = []
        for at in range(0, total, 50):
            keys += [f"{hit.kind}:{hit.key}" for hit in search.find(text, limit=50, offset=at, facets=()).hits]
        assert len(keys) == len(set(keys)) == total
    assert search.find("浙江大学", limit=1).hits[0].name == "浙江大学"


@pytest.mark.parametrize(("typed", "meant"), [("qxsp", "气相色谱"), ("qixiangsepu", "气相色谱")])
def test_letters_are_read_as_sounds_when_nothing_else_hits(typed: str, meant: str, cluster: dict[str, int]) -> None:
    found = search.find(typed)
    assert found.loosely
    assert found.total == search.find(meant).total > 0
    assert found.hits[0].why[0].how == "sound"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("气象色谱", "气相色谱"), ("orbitrp", "orbitrap"), ("micrscope", "microscope"), ("brukr", "bruker")],
)
def test_what_was_perhaps_meant_is_named_with_its_count(typed: str, meant: str, cluster: dict[str, int]) -> None:
    found = search.find(typed)
    assert found.loosely
    assert meant in dict(found.meant)
    assert dict(found.meant)[meant] == search.find(meant).total


def test_a_question_that_finds_enough_has_no_other_meaning(cluster: dict[str, int]) -> None:
    assert search.find("质谱").meant == ()


def test_a_hit_says_by_what_it_was_found(cluster: dict[str, int]) -> None:
    assert search.find("质谱").hits[0].why[0].how == ""
    assert {why.how for hit in search.find("氣相層析").hits for why in hit.why} & {"synonym"}
    fuzzy = search.find("orbitrp").hits[0].why[0]
    assert fuzzy.how == "spelling"
    assert "orbitr" in fuzzy.text.lower()


def test_filters_agree_with_the_database(cluster: dict[str, int]) -> None:
    rows = Instrument.objects.all()
    for filters, expected in (
        (search.Filters(kinds=("instrument",)), rows),
        (search.Filters(classes=("010000",)), rows.filter(class_code__startswith="01")),
        (search.Filters(kinds=("instrument",), places=("340000",)), rows.filter(province="340000")),
        (search.Filters(kinds=("instrument",), places=("CN",)), rows.filter(country="CN")),
        (search.Filters(makers=("bruker",)), rows.filter(maker__key="bruker")),
        (search.Filters(origins=("CN",)), rows.filter(maker__brand_country="CN")),
        (search.Filters(shared=True), rows.filter(shared=True)),
        (search.Filters(bookable=True), rows.filter(bookable=True)),
        (search.Filters(min_value_cny=Decimal(2_000_000)), rows.filter(value_cny__gte=2_000_000)),
    ):
        assert search.find("", filters, limit=0).total == expected.count()
