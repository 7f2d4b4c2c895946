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
