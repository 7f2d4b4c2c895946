"""Candidates of a screening ranked by several criteria at once."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from liqi.observatory import preference
from liqi.observatory.boards import NotPossible
from liqi.observatory.projects import Screened


def line(number, score, fit, level, cost):
    project = SimpleNamespace(pk=number, level=level, cost_cny=Decimal(cost))
    return Screened(project, score, 1, (), fit, False)


PHONES = [line(1, 16, 12, 5, 250), line(2, 16, 8, 3, 200), line(3, 32, 16, 4, 300), line(4, 32, 8, 4, 275),
          line(5, 16, 16, 2, 225)]  # fmt: skip


def test_row_003_07_the_published_ranking_comes_out(monkeypatch):
    monkeypatch.setattr(preference.sites, "rank_order_centroid", lambda count: [1 / count] * count)
    found = preference.rank(PHONES, ("score", "fit", "cost", "level"))
    scores = [round(found.places[number].score, 6) for number in range(1, 6)]
    assert scores == [0.534277, 0.308368, 0.691632, 0.534737, 0.401046]
    assert found.places[3].rank == 1
    assert found.places[1].rank == found.places[4].rank


def test_what_is_named_first_weighs_most():
    dear = preference.rank(PHONES, ("cost", "score"))
    assert dear.weights == {"cost": 0.75, "score": 0.25}
    assert min(dear.places, key=lambda number: dear.places[number].rank) == 2


def test_who_is_not_judged_is_not_ranked():
    found = preference.rank([*PHONES, line(6, None, 1.0, 9, 1)], ("score", "cost"))
    assert 6 not in found.places
    assert preference.rank(PHONES[:1], ("score",)) is None


@pytest.mark.parametrize("text", ["score>luck", "score>score", "fit>fit>cost", "score,cost"])
def test_an_order_of_other_words_is_refused(text):
    with translation.override("en"), pytest.raises(NotPossible, match="expected criteria among score"):
        preference.order_of(text, focus=True)


def test_without_a_focus_there_is_no_fit():
    assert preference.order_of("", focus=False) == ("score", "level", "cost")
    assert preference.order_of("cost>fit>score", focus=False) == ("cost", "score")
