"""Prices are computed line by line, and every line can be checked with a calculator."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.access.money.pricing import Rate, Table, Use, bands, price

SHANGHAI = "Asia/Shanghai"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 by the clock of Shanghai; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def table(*rates: Rate, **facts: object) -> Table:
    return Table("t", rates, zone=SHANGHAI, **facts)  # type: ignore[arg-type]


def test_a_day_into_the_evening_is_cut_at_eight() -> None:
    found = price(
        table(Rate("hour", Decimal(100)), Rate("hour", Decimal(60), when="night")),
        Use("internal", at(20, 18), at(20, 22, 30)),
    )
    assert [(line.when, line.quantity, line.amount) for line in found.lines] == [
        ("", Decimal("2.0000"), Decimal("200.00")),
        ("night", Decimal("2.5000"), Decimal("150.00")),
    ]
    assert found.net == Decimal("350.00")


def test_friday_night_turns_into_the_weekend_at_midnight() -> None:
    assert [(when, length) for when, length in bands(at(20, 23), at(21, 9), SHANGHAI)] == [
        ("night", timedelta(hours=1)),
        ("weekend", timedelta(hours=8)),
        ("weekend", timedelta(hours=1)),
    ]


def test_an_hour_that_the_clocks_skip_is_not_charged() -> None:
    """Berlin, Sunday 2026-03-29: 01:00 to 04:00 by the wall are two hours."""
    start, end = datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)
    found = price(Table("t", (Rate("hour", Decimal(90)),), zone="Europe/Berlin"), Use("industry", start, end))
    assert found.net == Decimal("180.00")


def test_the_class_of_user_comes_before_the_hours_of_the_week() -> None:
    rates = (
        Rate("hour", Decimal(100)), Rate("hour", Decimal(50), when="weekend"),
        Rate("hour", Decimal(400), user_class="industry"),
    )  # fmt: skip
    saturday = (at(21, 10), at(21, 12))
    assert price(table(*rates), Use("industry", *saturday)).net == Decimal("800.00")
    assert price(table(*rates), Use("internal", *saturday)).net == Decimal("100.00")


def test_a_begun_step_is_charged_whole() -> None:
    found = price(table(Rate("hour", Decimal(120)), step_minutes=30), Use("", at(20, 9), at(20, 9, 31)))
    assert (found.lines[0].quantity, found.net) == (Decimal("1.0000"), Decimal("120.00"))


def test_what_stands_on_the_line_multiplied_gives_its_amount() -> None:
    found = price(table(Rate("hour", Decimal(100))), Use("", at(20, 9), at(20, 9, 20)))
    (line,) = found.lines
    assert (line.quantity, line.amount) == (Decimal("0.3333"), Decimal("33.33"))


def test_volume_tiers_count_what_was_had_this_year() -> None:
    rates = (Rate("sample", Decimal(80)), Rate("sample", Decimal(60), above=Decimal(10)))
    found = price(table(*rates), Use("", pieces={("sample", ""): Decimal(8)}, already={"sample": Decimal(6)}))
    assert [(line.quantity, line.price) for line in found.lines] == [
        (Decimal(4), Decimal(80)),
        (Decimal(4), Decimal(60)),
    ]
    assert found.net == Decimal("560.00")


def test_the_minimum_is_a_line_of_its_own() -> None:
    found = price(table(Rate("hour", Decimal(100)), minimum=Decimal(150)), Use("", at(20, 9), at(20, 10)))
    assert [(line.unit, line.amount) for line in found.lines][-1] == ("minimum", Decimal("50.00"))
    assert found.net == Decimal("150.00")


def test_staff_consumables_and_a_fee_per_use_are_added() -> None:
    rates = (
        Rate("hour", Decimal(100)), Rate("staff hour", Decimal(150)), Rate("item", Decimal("12.5"), item="column"),
        Rate("use", Decimal(30)),
    )  # fmt: skip
    pieces = {("staff hour", ""): Decimal("0.5"), ("item", "column"): Decimal(2)}
    found = price(table(*rates, tax_percent=Decimal(6)), Use("", at(20, 9), at(20, 10), pieces))
    assert found.net == Decimal("230.00")
    assert (found.tax, found.gross) == (Decimal("13.80"), Decimal("243.80"))


def test_tax_is_rounded_half_up_once() -> None:
    found = price(
        table(Rate("sample", Decimal("0.75")), tax_percent=Decimal(6)), Use("", pieces={("sample", ""): Decimal(1)})
    )
    assert found.tax == Decimal("0.05")  # 0.045


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    minutes=st.integers(1, 20_000), start=st.integers(0, 60 * 24 * 30), step=st.sampled_from([1, 15, 30, 60]),
    hourly=st.integers(0, 100_000), night=st.integers(0, 100_000),
)  # fmt: skip
def test_hours_of_the_lines_are_the_hours_that_are_charged(
    minutes: int, start: int, step: int, hourly: int, night: int
) -> None:
    begin = at(1, 0) + timedelta(minutes=start)
    rates = (Rate("hour", Decimal(hourly) / 100), Rate("hour", Decimal(night) / 100, when="night"))
    found = price(table(*rates, step_minutes=step), Use("", begin, begin + timedelta(minutes=minutes)))
    charged = Decimal(-(-minutes // step) * step) / 60
    assert abs(sum(line.quantity for line in found.lines) - charged) <= Decimal("0.0003")
    assert found.net == sum(line.amount for line in found.lines)


@pytest.mark.parametrize("unit", ["run", "sample", "hour"])
def test_what_has_no_price_has_no_line(unit: str) -> None:
    assert price(table(Rate("item", Decimal(1), item="x")), Use("", pieces={(unit, ""): Decimal(1)})).lines == ()
