import pytest

from liqi.observatory import gap, spots
from liqi.observatory.models import Firm, Project
from tests.observatory.conftest import NOW
from tests.observatory.test_clusters import BEIJING, facility

pytestmark = pytest.mark.django_db
CELL = {"facility_class": "transformation", "stage": "industrial_technology"}


@pytest.fixture
def around_hefei(db):
    """A pilot base 11 km off, one 100 km off of another field, one in Beijing, one closed, one nowhere."""
    base = {"of": "transformation", "kind": "pilot_base"}
    facility("near", "industrial_technology", latitude=31.92, longitude=117.23, **base)
    facility("wide", "industrial_technology", latitude=32.72, longitude=117.23, **base)
    facility("far", "industrial_technology", province="110000", **BEIJING, **base)
    facility("shut", "industrial_technology", status="closed", latitude=31.82, longitude=117.23, **base)
    facility("nowhere", "industrial_technology", **base)


def test_what_fills_a_cell_is_found_by_distance(around_hefei):
    found = gap.read(now=NOW, place="Hefei", field="materials", **CELL)
    assert found.spot.code == "340100"
    assert [(km, [one.id for one in ring], n) for km, ring, n in found.rings] == [
        (50.0, ["near"], 1), (150.0, ["wide"], 1),
    ]  # fmt: skip
    assert [one.id for one in found.farther] == ["far", "nowhere"]
    assert found.here == 5


def test_a_cell_that_nobody_fills_here_is_a_gap_with_neighbours(around_hefei):
    found = gap.read(now=NOW, province="110000", facility_class="support", stage="industrialisation")
    assert (found.here, [n for _, _, n in found.rings]) == (0, [0, 0])
    assert found.kinds == ("large_facility", "service_platform")


def test_rules_that_pay_are_those_in_force_at_the_place(around_hefei):
    at = {"Beijing": "pilot.beijing.2026", "青岛": "qingdao.park.2020"}
    for place, rule in at.items():
        ids = {one.rule.id for one in gap.read(now=NOW, place=place, **CELL).rules}
        others = set(at.values()) - {rule}
        assert rule in ids
        assert not ids & others


def test_without_a_place_there_are_no_distances_and_only_the_nations_rules(around_hefei):
    found = gap.read(now=NOW, **CELL)
    assert found.spot is None
    assert all(one.km is None for one in found.farther)
    assert "pilot.beijing.2026" not in {one.rule.id for one in found.rules}


@pytest.mark.parametrize(
    ("words", "code"), [("合肥", "340100"), ("Hefei", "340100"), ("340000", "340000"), ("Nowhereville", None)]
)
def test_a_spot_is_found_by_name_or_code(words, code):
    found = spots.find(words)
    assert (found.code if found else None) == code


def test_a_city_of_the_world_is_a_spot_too():
    assert spots.find("Munich", "DE").point[0] == pytest.approx(48.1, abs=0.2)
    assert spots.find("") is None


def test_firms_near_by_and_projects_at_the_stage_are_named(around_hefei):
    moments = {"created_at": NOW, "updated_at": NOW}
    for name, city in (("quantum", "合肥"), ("printer", "重庆"), ("homeless", "")):
        Firm.objects.create(name=name, city=city, country="CN", **moments)
    for name, level in (("idea", 3), ("sample", 5), ("goods", 9)):
        Project.objects.create(name=name, level=level, begun_on=NOW.date(), **moments)
    found = gap.read(now=NOW, place="合肥", **CELL)
    assert [one.firm.name for one in found.firms] == ["quantum"]
    assert [one.name for one in found.projects] == ["sample"]
