"""The rows of the mission about the chain, each proved by its known answer."""

import pytest

from liqi.insight import chain, leaders, readiness
from liqi.insight.chain import CLASSES, STAGES, Place
from liqi.taxonomy import FACILITY_KINDS

FRONT, APPLIED, MIDDLE, END = STAGES


def place(key, *stages, of="research", at=None, links=()):
    latitude, longitude = at or (None, None)
    return Place(key, of, frozenset(stages), latitude=latitude, longitude=longitude, links=frozenset(links))


def many(n, *stages, prefix="", at=(31.8, 117.2), linked=True):
    names = [f"{prefix}{stages[0]}{i}" for i in range(n)]
    return [place(name, *stages, at=at, links=names if linked else ()) for name in names]


def ideal():
    """Twelve neighbours, one in each cell, all linked."""
    names = [f"{c}-{s}" for c in CLASSES for s in STAGES]
    return [
        place(name, name.split("-")[1], of=name.split("-")[0], at=(31.8, 117.2), links=set(names) - {name})
        for name in names
    ]


def linked(places):
    """The same places, every one linked with every other."""
    names = frozenset(place.id for place in places)
    return [Place(p.id, p.facility_class, p.stages, p.field, "", p.latitude, p.longitude, names) for p in places]


def test_row_001_01_a_cell_of_field_and_stage_that_nobody_fills_is_a_gap():
    grid = chain.matrix([place("a", FRONT)], "")
    assert len(grid.cells) == 3 * 4
    assert len(grid.gaps) == 11


def test_row_001_02_three_made_up_clusters_have_one_fault_each():
    weak = linked([*many(4, FRONT), *many(1, MIDDLE), *many(4, END)])
    unclear = linked([*many(9, FRONT), *many(4, MIDDLE), *many(0, END)][:13])
    far = [
        place("a", FRONT, at=(31.8, 117.2)),
        place("b", MIDDLE, at=(39.9, 116.4)),
        place("c", END, at=(22.5, 114.1)),
    ]
    found = {
        name: [one.code for one in chain.diagnose(places) if one.result == "fault"]
        for name, places in (("weak", weak), ("unclear", unclear), ("far", far))
    }
    assert found == {"weak": ["weak_links"], "unclear": ["unclear_orientation"], "far": ["loose_cluster"]}


def test_a_middle_that_is_empty_is_the_fault_itself_and_nothing_known_cannot_be_told():
    weak, _, _ = chain.diagnose([place("a", FRONT), place("b", END)])
    assert (weak.result, weak.figure.value, weak.figure.note) == ("fault", None, "the middle is empty")
    assert [one.result for one in chain.diagnose([])] == ["cannot tell"] * 3
    assert [one.result for one in chain.diagnose([place("a")])] == ["cannot tell"] * 3


def test_thresholds_are_those_of_who_asks():
    places = linked([*many(4, FRONT), *many(1, MIDDLE), *many(4, END)])
    assert chain.diagnose(places, thresholds={"weak_links": 5})[0].result == "no fault"


def test_row_001_03_every_kind_is_in_one_cell_of_both_official_divisions_and_the_totals_agree():
    table = chain.crosswalk(FACILITY_KINDS)
    assert sum(table.values()) == len(FACILITY_KINDS) == len(chain.GROUP_OF) == 8
    assert set(chain.GROUP_OF.values()) == set(chain.OFFICIAL_GROUPS)
    assert table["support", "major"] == 1


def test_row_001_04_an_ideal_cluster_is_one_and_a_scattered_one_a_sixtieth():
    found = chain.cluster(ideal())
    assert found.index.value == pytest.approx(1.0)
    assert {name: figure.value for name, figure in found.parts.items()} == dict.fromkeys(chain.PARTS, 1.0)
    scattered = chain.cluster([place("a", FRONT, at=(31.8, 117.2)), place("b", FRONT, at=(39.9, 116.4))])
    assert {name: figure.value for name, figure in scattered.parts.items()} == {
        "proximity": 0.0,
        "links": 0.0,
        "completeness": pytest.approx(1 / 12),
        "division": 0.0,
        "synergy": 0.0,
    }
    assert scattered.index.value == pytest.approx(1 / 60)


def test_a_part_that_is_not_known_leaves_the_index_untold():
    found = chain.cluster([place("a", FRONT), place("b", MIDDLE)])
    assert (found.parts["proximity"].value, found.index.value, found.index.note) == (None, None, "not known")
    assert found.parts["division"].value == 1.0
    assert chain.cluster([place("a", FRONT, at=(31.8, 117.2))]).index.value is None


def test_half_of_the_pairs_near_and_a_link_that_crosses_one_step_of_three():
    places = [
        place("a", FRONT, at=(31.8, 117.2), links={"b"}),
        place("b", APPLIED, at=(31.8, 117.3)),
        place("c", APPLIED, at=(39.9, 116.4)),
    ]
    parts = chain.cluster(places).parts
    assert parts["proximity"].value == pytest.approx(1 / 3)
    assert parts["links"].value == pytest.approx(1 / 3)
    assert parts["synergy"].value == pytest.approx(1 / 3)
    assert parts["division"].value == pytest.approx(2 / 3)
    assert chain.cluster(places, radius_km=2000).parts["proximity"].value == 1.0


def test_row_001_05_the_missing_class_completes_two_thirds_to_the_whole():
    own = [place("a", FRONT), place("b", FRONT, of="support")]
    (gain,) = chain.class_gains(own)
    assert (gain.of, gain.classes_before, gain.classes_after) == ("transformation", pytest.approx(2 / 3), 1.0)


def test_the_best_partner_fills_most_gaps_and_one_that_fills_none_is_left_out():
    own = [place("a", FRONT)]
    gains = chain.partner_gains(own, [place("same", FRONT), place("two", MIDDLE, END), place("one", END), own[0]])
    assert [(gain.of, gain.cells_gained) for gain in gains] == [("two", 2), ("one", 1)]
    assert gains[0].cells_after == pytest.approx(3 / 12)


def test_row_001_06_every_kind_has_one_class():
    assert sum(sum(kind.facility_class == c for kind in FACILITY_KINDS.values()) for c in CLASSES) == 8


def test_row_001_08_heavy_ends_of_fifty_around_a_middle_of_five_are_ten():
    assert chain.mid_gap([50, 50], 5) == 10
    found = chain.balance([*many(50, FRONT), *many(5, MIDDLE), *many(50, END)])
    assert (found.value, found.counts) == (10, {"front": 50, "middle": 5, "end": 50})


def test_a_facility_of_two_research_stages_is_one_at_the_front():
    assert chain.balance([place("a", FRONT, APPLIED), place("b", MIDDLE)]).counts["front"] == 1


@pytest.mark.parametrize(
    ("level", "kind", "stage"),
    [
        (1, "laboratory", FRONT),
        (3, "proof_of_concept", APPLIED),
        (6, "pilot_base", MIDDLE),
        (9, "industrial_park", END),
    ],
)
def test_row_001_09_the_right_help_at_the_right_stage(level, kind, stage):
    advice = chain.advise(level)
    assert (advice.kinds[0], advice.stage) == (kind, stage)


@pytest.mark.parametrize("level", [0, 10, -1, 2.5, True])
def test_a_readiness_that_there_is_not_is_refused(level):
    with pytest.raises(chain.NoSuchReadiness, match="expected a whole number from 1 to 9"):
        chain.advise(level)


KITE = ("AB", "AC", "AD", "AF", "BD", "BE", "BG", "CD", "CF", "DE", "DF", "DG", "EG", "FG", "FH", "GH", "HI", "IJ")
"""Krackhardt's kite (1990): Diane (D) has the highest degree, 6 of 9."""


def test_row_001_10_diane_leads_the_kite_by_degree():
    found = leaders.leaders((a, b) for a, b in KITE)
    assert (found[0].name, found[0].degree, found[0].centrality) == ("D", 6, pytest.approx(6 / 9))
    assert {one.name: one.degree for one in found} == {
        "D": 6, "F": 5, "G": 5, "A": 4, "B": 4, "C": 3, "E": 3, "H": 3, "I": 2, "J": 1,
    }  # fmt: skip


def test_links_count_once_and_a_link_to_oneself_never():
    found = leaders.leaders([("a", "b"), ("b", "a"), ("a", "a")], members=["c"])
    assert [(one.name, one.degree, one.centrality) for one in found] == [("a", 1, 0.5), ("b", 1, 0.5), ("c", 0, 0.0)]


def test_row_001_11_engineers_missing_between_sample_and_product_make_that_cell_red():
    people = [(who, stage, 5) for stage, wanted in chain.EXPECTED.items() for who in wanted]
    short = [(who, stage, n) for who, stage, n in people if (who, stage) != ("engineer", MIDDLE)]
    assert chain.talent(people).gaps == ()
    found = chain.talent(short)
    assert found.gaps == (("engineer", MIDDLE),)
    assert found.cells["engineer", MIDDLE].note == "gap"
    assert found.cells["strategic_scientist", END].note == "none recorded"
    assert found.covered.value == pytest.approx(10 / 11)


def test_row_001_12_three_of_five_elements_are_sixty_percent_and_the_missing_are_named():
    found = readiness.sheet(
        {"technology": True, "demand": True, "policy": True, "business": False, "organisation": False}
    )
    assert (found.figure.value, found.missing, found.not_said) == (0.6, ("business", "organisation"), ())


def test_an_element_that_nobody_has_spoken_of_is_told_apart_from_one_that_is_missing():
    found = readiness.sheet({"innovation_chain": True, "talent_chain": False}, readiness.CHAINS)
    assert (found.figure.value, found.missing) == (0.25, ("talent_chain",))
    assert found.not_said == ("industry_chain", "funding_chain")
    assert readiness.sheet({}).figure.value is None


def test_row_001_19_the_minimum_cover_of_four_stages_is_known():
    offers = {
        "university": frozenset({FRONT, APPLIED}),
        "institute": frozenset({APPLIED, MIDDLE}),
        "firm": frozenset({MIDDLE, END}),
        "park": frozenset({END}),
    }
    found = chain.cover(STAGES, offers)
    assert set(found.members) == {"university", "firm"}
    assert found.brings["university"] == (FRONT, APPLIED)
    assert found.uncovered == ()


def test_the_cover_beats_the_greedy_choice_and_takes_the_cheaper_of_equals():
    things = "abcdef"
    offers = {"greedy": "bcde", "left": "abc", "right": "def", "right too": "def"}
    sets = {name: frozenset(offer) for name, offer in offers.items()}
    found = chain.cover(things, sets, {"right": 300.0, "right too": 20.0, "left": 10.0, "greedy": 0.0})
    assert set(found.members) == {"left", "right too"}
    assert found.cost == 30.0
    assert found.instead["right too"] == ("right",)


def test_the_cover_agrees_with_every_subset_tried():
    from itertools import combinations
    from random import Random

    random = Random(7)
    for _ in range(60):
        things = "abcdefg"
        offers = {str(i): frozenset(random.sample(things, random.randint(1, 4))) for i in range(8)}
        reach = frozenset().union(*offers.values())
        fewest = next(
            n for n in range(9) if any(frozenset().union(*(offers[c] for c in chosen)) == reach
                                       for chosen in combinations(offers, n))
        )  # fmt: skip
        found = chain.cover(things, offers)
        assert len(found.members) == fewest
        assert frozenset().union(*(offers[name] for name in found.members)) == reach
        assert set(found.uncovered) == set(things) - reach


def test_what_nobody_offers_is_uncovered_and_too_much_is_refused():
    assert chain.cover(STAGES, {}).uncovered == tuple(STAGES)
    with pytest.raises(chain.TooMuchWanted, match="found 17 things"):
        chain.cover([str(i) for i in range(17)], {})
