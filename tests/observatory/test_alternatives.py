import pytest

from liqi.catalogue.models import Instrument, Maker
from liqi.observatory import alternatives
from tests.observatory.conftest import instrument, made

pytestmark = pytest.mark.django_db


def numbers(power):
    return [{"quantity": "mass resolution", "value": str(power), "unit": ""}]


@pytest.fixture
def wanted(db):
    """A foreign instrument, two of one domestic model (one to be tried near by, one far), and one of the same model."""
    far, near = made(Maker, "far", brand_country="US"), made(Maker, "near", brand_country="CN")
    own = instrument("mine", code="030101", maker=far, model="X", made_in="US", latitude=31.8, longitude=117.2,
                     capabilities=numbers(100_000))  # fmt: skip
    instrument("far-off", code="030101", maker=near, model="N1", made_in="CN", latitude=39.9, longitude=116.4,
               bookable=True, capabilities=numbers(120_000))  # fmt: skip
    instrument(
        "near-by", code="030101", maker=near, model="N1", made_in="CN", latitude=31.9, longitude=117.2, shared=True
    )
    instrument("closed", code="030101", maker=near, model="N2", made_in="")
    instrument("twin", code="030101", maker=far, model="X", made_in="CN")
    instrument("foreign", code="030101", maker=far, model="Y", made_in="DE")
    return own


def test_domestic_models_of_the_class_are_found_with_where_to_try_them(wanted):
    found = alternatives.read(wanted)
    assert [(one.match.model.name, len(one.match.model.instruments)) for one in found.found] == [("N1", 2), ("N2", 1)]
    first, second = found.found
    assert [place.instrument.key for place in first.places] == ["near-by", "far-off"]
    assert first.places[0].km == pytest.approx(11.1, abs=0.1)
    assert second.places == ()
    assert (second.made_here, second.own_brand) == (None, True)
    assert found.home == "CN"


def test_its_own_model_is_no_alternative_and_a_foreign_one_neither(wanted):
    keys = {key for one in alternatives.read(wanted).found for key in one.match.model.instruments}
    assert keys == {"near-by", "far-off", "closed"}


def test_a_class_without_any_is_sought_one_class_wider(wanted):
    lonely = instrument("lonely", code="030102", maker=None, made_in="US")
    found = alternatives.read(lonely)
    assert (found.wider, found.class_code) == (True, "030100")
    assert len(found.found) == 3


def test_an_instrument_without_a_class_has_none():
    bare = instrument("bare", code="")
    Instrument.objects.filter(pk=bare.pk).update(class_scheme="", class_edition="")
    assert alternatives.read(bare).found == ()
