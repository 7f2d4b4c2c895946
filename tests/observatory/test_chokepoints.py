import pytest

from liqi.catalogue.models import Maker
from liqi.observatory import chokepoints
from tests.observatory.conftest import NOW, instrument, made

pytestmark = pytest.mark.django_db


def test_row_000_13_on_record_the_wholly_foreign_single_source_class_is_first(db):
    far, near, third = (made(Maker, key) for key in ("far", "near", "third"))
    for key, code, maker, where in (("a", "030101", far, "US"), ("b", "030101", far, "US"), ("c", "040101", near, "CN"),
                                    ("d", "040101", third, "DE"), ("e", "050101", far, "")):  # fmt: skip
        instrument(key, code=code, maker=maker, made_in=where)
    found = chokepoints.read(now=NOW)
    assert [(one.item.name, one.rank, one.is_choke_point) for one in found.points] == [
        ("030100", 1, True), ("040100", 2, False), ("050100", 0, None),
    ]  # fmt: skip
    assert found.points[0].score == 1.0
    assert found.points[1].score == pytest.approx(0.5 * 1 * 0.5 * 1)
    assert found.points[2].unknown == ("dependence", "fewness", "absence")
    assert found.use == "instruments"
    assert [one.item.name for one in chokepoints.read(now=NOW, class_code="030000").points] == ["030101"]


def test_an_empty_catalogue_has_no_choke_point():
    assert chokepoints.read(now=NOW).points == ()
