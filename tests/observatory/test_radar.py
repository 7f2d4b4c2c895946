"""The demand radar: what was asked for in vain, the most asked first."""

from datetime import timedelta

import pytest

from liqi.catalogue.models import Miss
from liqi.observatory import radar
from tests.observatory.conftest import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_000_06_ten_misses_for_a_class_stand_first(db):
    for text, count in (("质谱仪", 6), ("mass spectrometer", 4), ("原子力显微镜", 3), ("zzz", 20)):
        Miss.objects.create(where="search", text=text, day=TODAY, count=count)
    Miss.objects.create(where="search", text="质谱仪", day=TODAY - timedelta(400), count=99)
    found = radar.read(now=NOW)
    assert (found.echoes[0].class_code[:4], found.echoes[0].count) == ("0102", 10)
    assert found.echoes[0].words == ("质谱仪", "mass spectrometer")
    assert (found.echoes[-1].class_code, found.echoes[-1].searches) == ("", 20)


def test_row_000_06_a_check_before_buying_that_found_none_or_only_full_ones_is_demand(db):
    for verdict in ("none near", "all are full", "time to spare", "cannot tell", "none near"):
        radar.note_check("010201", place="安徽", verdict=verdict, now=NOW)
    radar.note_check("010201", place="安徽", verdict="none near", now=NOW - timedelta(400))
    (echo,) = radar.read(now=NOW).echoes
    assert (echo.class_code, echo.checks, echo.count) == ("010201", 3, 3)
