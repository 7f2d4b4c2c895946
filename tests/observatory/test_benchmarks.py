"""Cards of named clusters: what follows from what was published."""

import pytest

from liqi.observatory import benchmarks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_001_13_to_15_benchmark_cards_say_what_follows():
    cards = {card.key: card for card in benchmarks.cards()}
    facts = {fact.en: fact for card in cards.values() for fact in card.facts}
    assert facts["share of core firms"].value == pytest.approx(0.431, abs=5e-4)
    assert facts["Shanghai's share of the nation"].value == pytest.approx(0.4167, abs=5e-5)
    assert cards["songshan-lake"].by_status == {"built": 1, "building": 2, "planned": 0}
    assert all(card.source for card in cards.values())
