import pytest

from liqi.insight import NONE_RECORDED
from liqi.observatory import dependence
from tests.observatory.conftest import NOW

pytestmark = pytest.mark.django_db


def read(**asked):
    return dependence.read(now=NOW, **asked)


def test_the_share_is_that_of_the_known_and_moves_with_the_lens(catalogue):
    found = read()
    assert found.heat.total.value == pytest.approx(1 / 3)
    assert found.heat.total.missing == 0.25
    assert {lens: figure.value for lens, figure in found.by_lens.items()} == {
        "made_in": pytest.approx(1 / 3),
        "brand": 0.5,
        "owner": 1.0,
    }
    assert found.overlap["either"].value == 1


def test_a_cell_without_rows_is_none_recorded(catalogue):
    heat = read().heat
    assert heat.cells["040000", "under 0.5 M"].note == NONE_RECORDED
    assert heat.cells["040000", "2 M to 5 M"].value == 0.0


def test_a_class_is_split_into_those_below_it(catalogue):
    found = read(class_code="030000")
    assert found.heat.rows == ("030100",)
    assert found.heat.total.rows == 3


def test_home_is_where_the_instruments_stand(catalogue):
    assert read(country="GB").heat.total.value == 1.0
    assert read(country="all").heat.total.rows == 5


def test_a_province_narrows_and_an_unknown_place_does_not(catalogue):
    assert read(province="110000").heat.total.rows == 1
    assert read(country="XX", province="999999").heat.total.rows == 4


def test_every_figure_has_its_rows(catalogue):
    heat = read().heat
    for (row, column), figure in heat.cells.items():
        band = "none" if column is None else str(dependence.BANDS.index(column))
        lazily, _ = dependence.rows(now=NOW, lens="made_in", class_code=row, band=band)
        frame = lazily.collect()
        assert frame.height == figure.rows
        assert (frame["from_abroad"] == False).sum() == figure.counts["domestic"]  # noqa: E712


@pytest.mark.parametrize(
    ("origins", "ids"), [("domestic", ["ms-1"]), ("foreign", ["ms-2", "nmr-1"]), ("not_said", ["ms-3"])]
)
def test_rows_may_be_narrowed_to_an_origin(catalogue, origins, ids):
    frame, _ = dependence.rows(now=NOW, lens="made_in", origins=origins)
    assert frame.collect()["id"].to_list() == ids


def test_the_share_of_generated_records_is_known(catalogue):
    assert read().population.synthetic == 0.25


def test_an_empty_catalogue_has_no_figure():
    found = read()
    assert found.heat.total.note == NONE_RECORDED
    assert found.population.synthetic is None
