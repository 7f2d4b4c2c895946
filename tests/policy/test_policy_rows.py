"""Rules of the published documents, each held against the figure that it is known by."""

from datetime import date
from decimal import Decimal

import pytest

from liqi import policy

DAY = date(2026, 6, 1)


def amount(rule, **subject):
    return policy.judge(policy.rules()[rule], subject, on=DAY).amount


def test_row_002_09_one_document_may_have_five_issuers_and_names_its_industry():
    rule = policy.rules()["beijing.instrument.centre"]
    assert rule.industry.zh == "科学仪器和传感器"
    assert len(rule.issuers) == 1


def test_row_002_10_two_hundred_million_at_thirty_percent_are_capped_at_thirty_million():
    assert amount("beijing.instrument.jiebang", invest=200_000_000, rate=Decimal("0.3")) == 30_000_000


def test_row_002_12_the_threshold_is_reached_only_once():
    rule = policy.rules()["beijing.instrument.threshold"]
    revenue = [Decimal(one) for one in ("0.8", "1.2", "0.9", "1.3")]
    results = [policy.judge(rule, {"history": revenue[: n + 1]}, on=DAY).result for n in range(4)]
    assert results == ["no", "yes", "no", "no"]


@pytest.mark.parametrize(
    ("volume", "old", "new", "reward"),
    [(100_000_000, "0.02", "0.01", 500_000), (100_000_000, "0.02", "0.02", 0), (100_000_000, "0.01", "0.02", 0)],
)
def test_row_002_13_a_guarantor_is_rewarded_for_volume_and_a_lower_rate(volume, old, new, reward):
    subject = {"volume": volume, "old_rate": Decimal(old), "new_rate": Decimal(new), "reward_share": Decimal("0.5")}
    assert amount("beijing.instrument.guarantee", **subject) == reward


def test_row_002_14_a_centre_gets_a_share_of_what_was_invested():
    subject = {"invest": 80_000_000, "centre_rate": Decimal("0.25"), "huairou": True}
    assert amount("beijing.instrument.centre", **subject) == 20_000_000


@pytest.mark.parametrize(("premium", "paid"), [(200_000, 160_000), (300_000, 240_000), (500_000, 240_000)])
def test_row_004_13_first_use_is_insured_with_four_fifths_of_a_premium_of_at_most_three_percent(premium, paid):
    assert amount("first.insurance.2019", insured=10_000_000, premium=premium, years=1) == paid


@pytest.mark.parametrize("name", ["rec.littlegiant", "rec.littlegiant.rnd", "rec.single_champion"])
def test_row_000_39_the_rules_of_champions_answer_their_cases(name):
    rule = policy.rules()[name]
    assert rule.cases
    policy.prove(rule, day=DAY)
