import pytest

from liqi.observatory import chain
from tests.observatory.conftest import NOW

pytestmark = pytest.mark.django_db


def test_the_grid_of_a_field_has_its_gaps(catalogue):
    found = chain.read(now=NOW, field="materials")
    assert found.matrix.count("research", "frontier_research") == 1
    assert len(found.matrix.gaps) == 10
    assert found.fields["energy"].cells["transformation", "industrialisation"].row_ids == ("park",)


def test_all_fields_together_fill_the_grid_of_no_field(catalogue):
    assert chain.read(now=NOW).matrix.coverage.counts["filled"] == 3


def test_a_cell_opens_its_facilities(catalogue):
    frame, _ = chain.rows(now=NOW, facility_class="research", stage="applied_research")
    assert frame["id"].to_list() == ["lab"]


def test_an_empty_catalogue_covers_nothing_and_says_none_recorded():
    assert chain.read(now=NOW).matrix.coverage.value is None
