"""Limits in words: money, distance, place, time, qualification, quantities; and offers judged against them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from liqi.planning.matching import Candidate, Need, corrected, fits, judge, parse_need, worth
from liqi.taxonomy import read_capability

TODAY = date(2026, 11, 22)  # a Sunday


def read(text: str) -> Need:
    return parse_need(text, today=TODAY)


def test_the_example_of_the_brief_is_understood_whole() -> None:
    need = read("print a 5 mm part with 2 um features under 3,000 CNY within 200 km")
    assert need.text == "print a 5 mm part with 2 um features"
    assert (need.budget_cny, need.within_km) == (Decimal(3000), 200.0)
    assert [(one.quantity, one.high, one.words) for one in need.asked] == [
        ("part_size", 5.0, "5 mm"),
        ("smallest_feature", 2.0, "2 um"),
    ]
    assert need.words == {"budget": "under 3,000 CNY", "distance": "within 200 km"}


@pytest.mark.parametrize(
    ("text", "cny"),
    [
        ("预算5000元", 5000),
        ("預算三萬元以內", 30000),
        ("不超过 2 万元", 20000),
        ("500块以内", 500),
        ("¥300 per sample", 300),
        ("budget 2k yuan", 2000),
        ("for at most 1,500 RMB", 1500),
        ("费用 800 元左右", 800),
    ],
)
def test_money_is_read(text: str, cny: int) -> None:
    need = read(f"测铅 {text}")
    assert need.budget_cny == cny
    assert need.text.strip() == "测铅"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("三天内", date(2026, 11, 25)),
        ("within 3 days", date(2026, 11, 25)),
        ("一周内拿到结果", date(2026, 11, 29)),
        ("before Friday", date(2026, 11, 27)),
        ("下周五前", date(2026, 11, 27)),
        ("2026-12-01前", date(2026, 12, 1)),
        ("by 2026-12-01", date(2026, 12, 1)),
        ("12月1日前", date(2026, 12, 1)),
        ("月底前", date(2026, 11, 30)),
        ("tomorrow", date(2026, 11, 23)),
        ("within two weeks", date(2026, 12, 6)),
        ("5 个工作日内", date(2026, 11, 29)),
    ],
)
def test_a_deadline_is_read(text: str, day: date) -> None:
    need = read(f"XPS {text}")
    assert need.before == day
    assert need.text == "XPS"


@pytest.mark.parametrize(
    ("text", "place", "km"),
    [
        ("合肥200公里以内测水样", "340100", 200.0),
        ("水样检测，上海附近", "310000", 50.0),
        ("SEM near Hefei", "340100", 50.0),
        ("XRD within 80 km of Nanjing", "320100", 80.0),
        ("新竹附近的電鏡", "Hsinchu", 50.0),
    ],
)
def test_a_place_and_a_distance_are_read(text: str, place: str, km: float) -> None:
    need = read(text)
    assert (need.from_place, need.within_km) == (place, km)
    assert need.near is not None


@pytest.mark.parametrize("text", ["rice from Thailand", "heavy metals in Rice", "中药里的铅", "carbon in steel"])
def test_where_a_sample_comes_from_is_no_limit(text: str) -> None:
    need = read(text)
    assert (need.from_place, need.within_km) == ("", None)
    assert need.text == text


@pytest.mark.parametrize(
    ("text", "quantity", "low", "high"),
    [
        ("检出限 0.1 ppb", "detection_limit", 0.0001, 0.0001),
        ("resolution 0.8 nm", "spatial_resolution", 0.8, 0.8),
        ("解析度 0.8 nm 的電鏡", "spatial_resolution", 0.8, 0.8),
        ("600 MHz NMR", "proton_frequency", 600.0, 600.0),
        ("mass resolution 140,000", "mass_resolution", 140000.0, 140000.0),
        ("tensile at 50 kN", "force_range", 50000.0, 50000.0),
        ("stable at -40 to 150 °C", "temperature_range", -40.0, 150.0),
        ("within two minutes", "measuring_time", None, 2.0),
        ("做10纳米线宽的图形", "smallest_feature", 0.01, 0.01),
        ("grow yeast in a 100 L tank", "chamber_volume", 100.0, 100.0),
        ("field of at least 7 T", "magnetic_field", 7.0, None),
    ],
)
def test_a_quantity_is_read_with_its_unit(text: str, quantity: str, low: float | None, high: float | None) -> None:
    found = {one.quantity: (one.low, one.high) for one in read(text).asked}
    assert found.get(quantity) == pytest.approx((low, high))


def test_a_qualification_is_read() -> None:
    assert read("食品重金属检测，要有CMA和CNAS资质").qualifications == ("CMA", "CNAS")


@pytest.mark.parametrize("text", ["锂电池循环500次", "count CD4 and CD8", "16S sequencing", "5 个样品", "", "  "])
def test_a_number_without_a_unit_is_no_limit(text: str) -> None:
    need = read(text)
    assert (need.budget_cny, need.asked, need.before) == (None, (), None)


def offer(**facts: Any) -> Candidate:
    return Candidate(**({"key": "a", "kind": "instrument", "technique": "tpp", "open": True} | facts))


def results(need: Need, candidate: Candidate) -> dict[str, str]:
    return {one.limit: one.result for one in judge(need, candidate, today=TODAY)}


def test_what_is_not_on_record_is_unknown_and_never_passes() -> None:
    need = read("print with 2 um features under 300 CNY within 100 km of Hefei before Friday with CMA")
    assert results(need, offer(open=None)) == dict.fromkeys(
        ["open", "price", "distance", "time", "CMA", "smallest_feature"], "unknown"
    )


def test_every_limit_passes_or_fails_by_what_is_on_record() -> None:
    need = read("print with 2 um features under 300 CNY within 100 km of Hefei before Friday with CMA")
    feature = read_capability({"quantity": "smallest feature", "value": 0.5, "unit": "µm"})
    rough = read_capability({"quantity": "smallest feature", "value": 50, "unit": "µm"})
    assert feature is not None
    assert rough is not None
    soon = datetime(2026, 11, 24, tzinfo=UTC)
    good = offer(price_cny=Decimal(300), km=99.0, earliest=soon, qualified={"CMA": True}, readings=(feature,))
    assert set(results(need, good).values()) == {"pass"}
    assert fits(judge(need, good, today=TODAY)) == "pass"
    bad = offer(
        open=False, price_cny=Decimal("300.01"), km=100.1, earliest=soon + timedelta(days=9),
        qualified={"CMA": False}, readings=(rough,),
    )  # fmt: skip
    assert set(results(need, bad).values()) == {"fail"}
    assert fits(judge(need, bad, today=TODAY)) == "fail"


@pytest.mark.parametrize(
    ("text", "capability", "result"),
    [
        ("60 kN tensile", {"quantity": "maximum force", "value": 50, "unit": "kN"}, "fail"),
        ("40 kN tensile", {"quantity": "maximum force", "value": 50, "unit": "kN"}, "pass"),
        ("at 900 °C", {"quantity": "temperature range", "low": 20, "high": 1000, "unit": "°C"}, "pass"),
        ("at 1100 °C", {"quantity": "upper temperature", "value": 1000, "unit": "°C"}, "fail"),
        ("at 4 K", {"quantity": "temperature range", "low": 2, "high": 300, "unit": "K"}, "pass"),
        ("detection limit 1 ppb", {"quantity": "LOD", "value": 0.5, "unit": "µg/L"}, "pass"),
        ("detection limit 0.1 ppb", {"quantity": "LOD", "value": 0.5, "unit": "µg/L"}, "fail"),
    ],
)
def test_a_capability_is_compared_in_one_unit(text: str, capability: dict[str, Any], result: str) -> None:
    reading = read_capability(capability)
    assert reading is not None
    verdicts = judge(read(text), offer(readings=(reading,)), today=TODAY)
    assert [one.result for one in verdicts if one.limit == reading.quantity.key] == [result]


def test_a_service_is_in_time_by_its_turnaround() -> None:
    need = read("within 3 days")
    assert results(need, offer(kind="service", days=3))["time"] == "pass"
    assert results(need, offer(kind="service", days=4))["time"] == "fail"


def test_a_person_can_correct_a_limit() -> None:
    need = corrected(read("XRD under 100 CNY"), budget_cny=Decimal(500))
    assert results(need, offer(price_cny=Decimal(300)))["price"] == "pass"


def test_cheaper_nearer_and_sooner_is_worth_more() -> None:
    def value(**facts: Any) -> float:
        return worth(1.0, offer(**facts), cheapest=Decimal(100), today=TODAY)

    soon = datetime(2026, 11, 23, tzinfo=UTC)
    assert value(price_cny=Decimal(100)) > value(price_cny=Decimal(900))
    assert value(km=5.0) > value(km=800.0)
    assert value(earliest=soon) > value(earliest=soon + timedelta(days=30))
    assert value(confirmed_on=TODAY) > value()
    assert worth(0.5, offer(), cheapest=None, today=TODAY) < worth(1.0, offer(), cheapest=None, today=TODAY)
