import polars as pl
import pytest

from liqi.insight import Question, UnusableTable, compute
from liqi.insight.chain import CLASSES, STAGES


def ask(name, frame, **question):
    return compute(name, pl.DataFrame(frame), Question(**question))


def test_the_mid_gap_of_facilities_and_of_three_sums():
    rows = {"class": ["research"] * 4, "stage": [STAGES[0], STAGES[0], STAGES[2], STAGES[3]]}
    assert ask("mid_gap", rows)[0].value == 1.5
    assert ask("mid_gap", {"front": ["50"], "middle": ["5"], "end": ["50"]})[0].value == 10
    assert ask("mid_gap", {"front": ["1"], "middle": ["0"], "end": ["1"]})[0].note == "the middle is empty"


def test_an_ideal_cluster_of_a_table_is_one_with_its_parts():
    ids = [f"{c}/{s}" for c in CLASSES for s in STAGES]
    frame = {"id": ids, "class": [i.split("/")[0] for i in ids], "stage": [i.split("/")[1] for i in ids],
             "latitude": ["31.8"] * 12, "longitude": ["117.2"] * 12, "links": [";".join(ids)] * 12}  # fmt: skip
    found = {f.group["part"]: f.value for f in ask("innovation_cluster", frame)}
    assert found == {"index": 1, "proximity": 1, "links": 1, "completeness": 1, "division": 1, "synergy": 1}


def test_faults_say_themselves_and_take_thresholds():
    frame = {"class": ["research"] * 9, "stage": [STAGES[0]] * 4 + [STAGES[2]] + [STAGES[3]] * 4}
    found = {f.group["fault"]: f.note for f in ask("chain_diagnosis", frame)}
    assert found == {"weak_links": "fault", "unclear_orientation": "no fault", "loose_cluster": "cannot tell"}
    assert ask("chain_diagnosis", frame, settings={"weak_links": "5"})[0].note == "no fault"


def test_the_missing_class_completes_the_chain():
    frame = {"class": ["research", "support"], "stage": [STAGES[0], STAGES[0]]}
    (gain,) = ask("pair_gain", frame)
    assert (gain.group, gain.value, gain.counts["before"]) == ({"adding": "transformation"}, 1, pytest.approx(2 / 3))


def test_the_smallest_consortium_of_a_table():
    frame = {
        "name": ["university", "institute", "firm", "park"],
        "stage": [f"{STAGES[0]};{STAGES[1]}", f"{STAGES[1]};{STAGES[2]}", f"{STAGES[2]};{STAGES[3]}", STAGES[3]],
    }
    assert {f.group["member"] for f in ask("consortium", frame)} == {"university", "firm"}
    only = ask("consortium", frame, settings={"wanted": f"{STAGES[3]};luck"})
    assert only[0].note == "nobody offers: luck"
    skills = {"id": ["a", "b"], "offers": ["x;y", "y"], "km": ["3", "1"]}
    assert [(f.group["member"], f.counts["cost"]) for f in ask("consortium", skills)] == [("a", 3)]


def test_talent_by_stage_shows_the_red_cell():
    frame = {"talent": ["manager", "entrepreneur"], "stage": [STAGES[2], STAGES[2]], "people": ["3", "2"]}
    cells = {(f.group["talent"], f.group["stage"]): f for f in ask("talent_coverage", frame)[1:]}
    assert cells["engineer", STAGES[2]].note == "gap"
    assert cells["manager", STAGES[2]].value == 3


def test_the_most_joined_leads():
    found = ask("degree_centrality", {"from": ["hub", "hub", "a"], "to": ["a", "b", "hub"]})
    assert [(f.group["name"], f.value) for f in found] == [("hub", 1), ("a", 0.5), ("b", 0.5)]


def test_peers_of_a_named_city():
    frame = {"city": ["a", "b", "c"], "x": ["1", "2", "9"]}
    assert [f.group["city"] for f in ask("peer_distance", frame, settings={"of": "a", "k": "1"})] == ["b"]


def test_readiness_names_what_is_missing():
    frame = {
        "element": ["technology", "demand", "policy", "business", "organisation"],
        "there": ["yes"] * 3 + ["no"] * 2,
    }
    (found,) = ask("readiness", frame)
    assert (found.value, found.note) == (0.6, "missing: business, organisation")


def test_advice_for_every_project_of_a_table():
    found = ask("stage_advice", {"id": ["p", "q", "r"], "trl": ["3", "6", ""]})
    assert [f.group.get("kind") for f in found] == ["proof_of_concept", "pilot_base", None]


@pytest.mark.parametrize(
    ("name", "frame", "says"),
    [
        (
            "innovation_cluster",
            {"class": ["research"], "stage": ["x"], "latitude": ["91"], "longitude": ["0"]},
            "from -90 to 90",
        ),
        ("mid_gap", {"front": ["-1"], "middle": ["1"], "end": ["1"]}, "expected numbers from 0 up"),
        ("consortium", {"id": ["a", "a"], "stage": ["x", "y"]}, "found a candidate twice"),
        ("consortium", {"id": ["a"], "offers": [";".join(map(str, range(17)))]}, "found 17 things"),
        ("peer_distance", {"city": ["a"], "x": ["1"]}, "found no --set of=NAME"),
        ("talent_coverage", {"talent": ["manager"], "stage": ["x"], "people": ["-2"]}, "found -2 people"),
        ("stage_advice", {"trl": ["12"]}, "expected a whole number from 1 to 9"),
        ("readiness", {"element": ["policy"]}, "expected there too"),
        ("degree_centrality", {"from": ["a"]}, "expected to too"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_one_sentence(name, frame, says):
    with pytest.raises(UnusableTable, match=says):
        ask(name, frame)
