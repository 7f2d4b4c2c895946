"""A park: alliance, funds, projects, milestones, tenants and the mix of help."""

import pytest

from liqi.observatory import parks
from liqi.observatory.models import Park
from tests.observatory.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_003_01_a_park_has_alliance_fund_projects_and_milestones_on_one_page(loaded):
    found = parks.read(Park.objects.get(place="青岛"), on=TODAY)
    assert list(found.alliance) == ["research", "coordination", "transfer", "industry", "talent"]
    assert all(found.alliance.values())
    assert found.funds
    assert found.projects
    assert found.milestones[-1].since_first.days == 258
    assert sorted(int(one.amount) for one in found.assets) == [11, 26, 33]
    zone = parks.read(Park.objects.get(place="重庆"), on=TODAY)
    assert zone.tenants_per_km2 == pytest.approx(35 / 30)
    assert sum(zone.help_mix.values()) == pytest.approx(1)


def test_row_003_03_the_assets_of_a_city_are_counted_with_their_year(loaded):
    assets = parks.read(Park.objects.get(place="青岛"), on=TODAY).assets
    assert {one.title: (int(one.amount), one.unit, one.on.year) for one in assets} == {
        "高校": (11, "所", 2021),
        "市级以上研究机构": (26, "家", 2021),
        "市南区省部级重点实验室": (33, "个", 2021),
    }


def test_row_003_06_an_alliance_has_five_columns_one_a_function(loaded):
    alliance = parks.read(Park.objects.get(place="青岛"), on=TODAY).alliance
    assert {name: [one.title for one in entries] for name, entries in alliance.items()} == {
        "research": ["技术攻关"], "coordination": ["协同创新"], "transfer": ["成果转化"], "industry": ["产业推进"],
        "talent": ["人才培养"],
    }  # fmt: skip


def test_row_003_10_the_services_of_a_park_are_listed(loaded):
    services = parks.read(Park.objects.get(place="青岛"), on=TODAY).services
    assert sorted(one.title for one in services) == ["孵化服务", "科技服务", "资本服务"]


def test_row_004_11_the_alliance_of_the_second_park_stands_in_its_column(loaded):
    alliance = parks.read(Park.objects.get(place="重庆"), on=TODAY).alliance
    assert [one.title for one in alliance["coordination"]] == ["生物医药创新服务联盟"]
    assert [name for name, entries in alliance.items() if not entries] == ["research", "transfer", "industry", "talent"]
