"""Needs and makers: stable pairs, and the wishes that they are made of."""

import pytest

from liqi.accounts.membership import NotAllowed
from liqi.observatory import needs
from liqi.observatory.boards import NotPossible
from tests.observatory.conftest import NOW, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_000_05_the_needs_of_the_example_are_paired_as_in_the_worked_case(loaded):
    pairs = {one.need.who[4]: one.firm.name if one.firm else None for one in needs.pair()}
    assert pairs["L"] == pairs["S"] == "瑞士万通"
    assert pairs["D"] == pairs["A"] != pairs["J"]


def test_wishes_are_kept_and_refused(operator, member):
    need = put("needs", member, title="x", who="y")
    firm, other = put("firms", operator, name="F"), put("firms", operator, name="G")
    needs.wish(need, firm, person=member, now=NOW, rank_by_need=1)
    with pytest.raises(NotPossible, match="rank already"):
        needs.wish(need, other, person=member, now=NOW, rank_by_need=1)
    with pytest.raises(NotAllowed):
        needs.wish(need, firm, person=member, now=NOW, rank_by_firm=1)
    with pytest.raises(NotPossible, match="rank 0"):
        needs.wish(need, firm, person=member, now=NOW, rank_by_need=0)
    assert needs.pair()[0].firm is None
    needs.wish(need, firm, person=operator, now=NOW, rank_by_need=1, rank_by_firm=1)
    assert needs.pair()[0].firm == firm
    needs.wish(need, firm, person=operator, now=NOW)
    assert not need.wishes.exists()
