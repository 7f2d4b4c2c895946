"""The register of demand: pieces, how many are made to order, and which short boards are covered."""

import pytest

from liqi.observatory import demand, example
from liqi.observatory.models import DemandLine
from tests.observatory.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_000_37_the_light_source_needs_50_000_pieces_most_of_them_to_order(loaded):
    found = demand.register(on=TODAY, programme=example.PROGRAMME)
    assert found.quantity == 50_000
    assert found.custom_share > 0.5
    assert found.custom + found.not_custom + found.not_said == 50_000
    listed = DemandLine.objects.there().filter(programme=example.PROGRAMME, firm=None)
    assert listed.count() == found.unmatched_lines > 0


def test_row_000_38_each_short_board_is_covered_or_a_gap(loaded):
    found = demand.register(on=TODAY)
    assert (found.short_board, found.short_board_covered) == (4, 1)
