"""The example cluster."""

from collections import Counter

import pytest
from django.db.models import CharField, Max
from django.db.models.functions import Length

from liqi.catalogue.models import Facility, Institution, Instrument, Maker, Service
from liqi.taxonomy import FACILITY_CLASSES, read_capability

pytestmark = pytest.mark.django_db


def test_it_is_as_large_as_promised(cluster: dict[str, int]) -> None:
    assert cluster["instruments"] >= 5_000
    assert cluster["facilities"] >= 500
    chinese = Institution.objects.filter(latitude__isnull=False, name__regex="[\u4e00-\u9fff]")
    assert chinese.count() >= 2_000


def test_every_record_says_where_it_came_from(cluster: dict[str, int]) -> None:
    for model in (Institution, Facility, Instrument, Maker):
        rows = model._default_manager.all()
        assert not rows.filter(source="").exists()
        assert not rows.filter(licence="").exists()
        assert not rows.filter(synthetic=False, confirmed_on=None).exists()


def test_what_is_made_up_says_so(cluster: dict[str, int]) -> None:
    made_up = Instrument.objects.filter(source="synthetic")
    assert made_up.count() == made_up.filter(synthetic=True, description__contains="合成示例").count() > 3_000
    assert not Instrument.objects.exclude(source="synthetic").filter(synthetic=True).exists()
    assert not Institution.objects.filter(synthetic=True).exists()


def test_domestic_brands_are_as_rare_as_the_documents_say(cluster: dict[str, int]) -> None:
    made_up = Instrument.objects.filter(synthetic=True)
    above = made_up.filter(value_cny__gt=2_000_000)
    domestic_above = above.filter(maker__brand_country="CN").count()
    assert 0 < domestic_above / above.count() <= 0.015
    assert 0.20 <= made_up.filter(maker__brand_country="CN").count() / made_up.count() <= 0.30
    assert not made_up.filter(class_code="010801", maker__brand_country="CN").exists()


def test_magnetic_resonance_is_the_least_dependent_middle_class_above_two_million(cluster: dict[str, int]) -> None:
    rows = Instrument.objects.filter(synthetic=True, value_cny__gt=2_000_000)
    totals: Counter[str] = Counter()
    domestic: Counter[str] = Counter()
    for code, country in rows.values_list("class_code", "maker__brand_country"):
        totals[code[:4]] += 1
        domestic[code[:4]] += country == "CN"
    shares = {code: domestic[code] / total for code, total in totals.items() if total >= 10}
    assert max(shares, key=lambda code: shares[code]) == "0106"


def test_every_class_of_facility_is_there_and_the_chain_has_gaps(cluster: dict[str, int]) -> None:
    cells: Counter[tuple[str, str, str]] = Counter()
    for one in Facility.objects.filter(country="CN"):
        cells.update((one.field, one.facility_class, stage) for stage in one.stages)
    assert {kind for _field, kind, _stage in cells} == set(FACILITY_CLASSES)
    assert len(cells) < 12 * 3 * 4 / 2


def test_loading_again_elsewhere_makes_the_same_records(cluster: dict[str, int]) -> None:
    first = Instrument.objects.get(key="syn-000001")
    assert (first.name, first.model, str(first.value_cny)) == (first.name, first.model, f"{first.value_cny:.2f}")
    assert Instrument.objects.filter(key__startswith="syn-").count() == 3_200


def test_every_text_fits_its_column(cluster: dict[str, int]) -> None:
    """SQLite lets longer texts in, PostgreSQL does not."""
    for model in (Institution, Facility, Instrument, Maker, Service):
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField):
                longest = model._default_manager.aggregate(longest=Max(Length(field.name)))["longest"]
                assert (longest or 0) <= (field.max_length or 0), f"{model.__name__}.{field.name}"


def test_what_made_up_instruments_can_do_is_understood_as_numbers(cluster: dict[str, int]) -> None:
    rows = Instrument.objects.filter(synthetic=True).values_list("key", "capabilities")
    figures = [(key, one) for key, capabilities in rows for one in capabilities]
    assert not [(key, one) for key, one in figures if read_capability(one) is None]
    assert len({one["quantity"] for _key, one in figures}) > 40
    assert sum(1 for _key, capabilities in rows if capabilities) > 2_500
