import pytest

from liqi.catalogue.models import Facility, Institution
from liqi.observatory import clusters
from tests.observatory.conftest import NOW, made

pytestmark = pytest.mark.django_db
HEFEI, BEIJING = {"latitude": 31.82, "longitude": 117.23}, {"latitude": 39.9, "longitude": 116.4}


def facility(key, *stages, of="research", kind="laboratory", province="340000", **facts):
    return made(Facility, key, facility_class=of, kind=kind, field="materials", country="CN", province=province,
                **dict.fromkeys(stages, True), **facts)  # fmt: skip


@pytest.fixture
def two_provinces(db):
    """Two linked laboratories in Hefei; a pilot base and a park in Beijing."""
    house = made(Institution, "house")
    facility("lab", "frontier_research", institution=house, **HEFEI)
    facility("institute", "applied_research", institution=house, kind="research_institute", **HEFEI)
    facility("pilot", "industrial_technology", of="transformation", kind="pilot_base", province="110000", **BEIJING)
    facility("park", "industrial_technology", "industrialisation", of="transformation", kind="industrial_park",
             province="110000", **BEIJING)  # fmt: skip


def test_the_index_of_a_province_has_its_parts(two_provinces):
    found = clusters.read(now=NOW, province="340000")
    assert {name: figure.value for name, figure in found.cluster.parts.items()} == {
        "proximity": 1.0, "links": 1.0, "completeness": pytest.approx(2 / 12), "division": 1.0,
        "synergy": pytest.approx(1 / 3),
    }  # fmt: skip


def test_row_001_02_on_record_what_ails_it_and_row_001_05_who_could_help(two_provinces):
    found = clusters.read(now=NOW, province="340000")
    assert [(one.code, one.result) for one in found.diagnoses] == [
        ("weak_links", "fault"), ("unclear_orientation", "fault"), ("loose_cluster", "no fault"),
    ]  # fmt: skip
    assert [(gain.of, gain.cells_gained) for gain in found.partners] == [("park", 2), ("pilot", 1)]
    assert [gain.of for gain in found.missing_classes] == ["transformation", "support"]
    assert found.names["park"] == ("park", "", "110000")


def test_row_001_03_on_record_both_divisions_have_the_same_total(two_provinces):
    found = clusters.read(now=NOW)
    assert sum(found.official.values()) == 4
    assert found.official["transformation", "industrial"] == 2


def test_peers_are_other_provinces(two_provinces):
    assert [peer.name for peer in clusters.read(now=NOW, province="340000").peers] == ["110000"]
    assert clusters.read(now=NOW).peers == ()


def test_row_001_19_on_record_the_fewest_facilities_over_four_stages(two_provinces):
    stages = ["frontier_research", "applied_research", "industrial_technology", "industrialisation"]
    found, rows, _, _ = clusters.consortium(now=NOW, wanted=stages)
    assert set(found.members) == {"lab", "institute", "park"}
    assert rows["park"]["km"] is None
    near, rows, _, _ = clusters.consortium(now=NOW, wanted=stages[2:3], near=(39.9, 116.4))
    assert (near.members, rows["park"]["km"]) == (("park",), 0.0)
    assert near.instead["park"] == ("pilot",)


def test_an_empty_catalogue_has_no_cluster_and_covers_nothing():
    found = clusters.read(now=NOW)
    assert (found.cluster.index.value, found.partners) == (None, ())
    cover, _, _, _ = clusters.consortium(now=NOW, wanted=["industrialisation"])
    assert cover.uncovered == ("industrialisation",)
