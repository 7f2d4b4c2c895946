"""Findings that are called by where they are get one name in all answers, written with like precision."""

from liqi.answers.finding_places import matched


def test_names_of_places_have_the_decimals_of_the_finest() -> None:
    found = [
        [("2.100 min", "mAU·s"), ("5.000 min", "mAU·s")],
        [("2.102 min", "mAU·s"), ("5.000 min", "mAU·s")],
        [("2.098 min", "mAU·s"), ("5.001 min", "mAU·s")],
    ]
    assert [[name for name, _ in one] for one in matched(found)] == [["2.100 min", "5.000 min"]] * 3


def test_places_far_apart_keep_their_names_and_other_names_are_left() -> None:
    found = [[("2.1 min", "a"), ("caffeine", "a")], [("2.5 min", "a"), ("caffeine", "a")]]
    assert matched(found) == found
