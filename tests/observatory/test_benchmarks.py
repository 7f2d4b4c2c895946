"""Cards of named clusters: what follows from what was published."""

import pytest

from liqi.observatory import benchmarks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_001_13_and_14_benchmark_cards_say_what_follows():
    cards = {card.key: card for card in benchmarks.cards()}
    facts = {fact.en: fact for card in cards.values() for fact in card.facts}
    assert facts["share of core firms"].value == pytest.approx(0.431, abs=5e-4)
    assert facts["Shanghai's share of the nation"].value == pytest.approx(0.4167, abs=5e-5)
    assert all(card.source for card in cards.values())


def test_row_001_15_the_works_of_songshan_lake_are_counted_by_status():
    (card,) = [one for one in benchmarks.cards() if one.key == "songshan-lake"]
    assert card.by_status == {"built": 1, "building": 2, "planned": 0}
    assert sum(card.by_status.values()) == len(card.works)
