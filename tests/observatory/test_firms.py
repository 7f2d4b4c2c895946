"""Firms on record: hidden champions beside the official rule, and the makers that the papers name."""

import pytest

from liqi.observatory import firms
from liqi.observatory.models import Firm
from tests.observatory.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_000_22_champions_of_the_example_are_found_and_the_official_rule_answers_apart(loaded):
    found = firms.find(on=TODAY, language="en")
    names = {one.firm.name_en or one.firm.name: one for one in found.candidates}
    assert {"Elementar", "Metrohm", "JULABO"} <= {n for n, one in names.items() if one.verdict.result == "found"}
    assert names["Thermo Fisher Scientific"].verdict.result == "not found"
    official = {one.id: one for one in names["Elementar"].official}
    assert official["rec.single_champion"].result == "no"
    assert found.spread.unknown > 20


def test_row_000_24_the_three_domestic_examples_are_on_record(loaded):
    founded = dict(Firm.objects.filter(country="CN", founded__isnull=False).values_list("name", "founded"))
    assert founded["青岛盛瀚色谱技术有限公司"] == 2002
    assert founded["杭州谱育科技发展有限公司"] == 2015
    assert founded["国仪量子(合肥)技术有限公司"] == 2016
