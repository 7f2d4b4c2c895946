"""Rows 002-03, 002-04 and 002-08 of the mission: the generated national set keeps its margins."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from liqi.catalogue import national_set
from liqi.catalogue.generate import SeedUsed
from liqi.catalogue.models import Instrument

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SCALE = 0.005

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db):
    return national_set.make(scale=SCALE, seed=7, now=NOW)


def test_row_002_04_the_set_keeps_every_margin_and_marks_every_record(made):
    rows = Instrument.objects.filter(key__startswith="nat7-")
    assert made["instruments"] == rows.count() == 800
    assert rows.filter(class_code__startswith="0102").count() == 106
    assert rows.filter(value_cny__gte=500_000).count() == 500
    high = rows.filter(value_cny__gt=2_000_000, acquired_on__year__gte=2016, acquired_on__year__lt=2020)
    home = high.filter(made_in="CN").count() + high.exclude(made_in="CN").filter(maker__brand_country="CN").count()
    assert home / high.count() < 0.015
    assert not rows.filter(class_code="010801", maker__brand_country="CN").exists()
    assert not rows.filter(synthetic=False).exists()
    with pytest.raises(SeedUsed, match="choose another"):
        national_set.make(scale=SCALE, seed=7, now=NOW)


def test_a_value_of_half_a_million_is_above_the_threshold_and_one_less_is_not():
    quota = national_set._Quota(above=1, below=1)
    below = Instrument(class_code="010101", value_cny=Decimal("499999.99"))
    assert quota.takes(below, {})
    assert (quota.above, quota.below) == (1, 0)
    assert not quota.takes(below, {})
    assert quota.takes(Instrument(class_code="010101", value_cny=Decimal(500_000)), {})
    assert (quota.above, quota.below) == (0, 0)
