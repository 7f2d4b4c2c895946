"""Needs in words find techniques; the bars are those that the product promises for unseen questions."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liqi.planning import matching
from liqi.planning.matching import _concepts, _encoder, _match, _passages, _words
from liqi.taxonomy import techniques

NEEDS = [json.loads(line) for line in Path("benchmarks/needs.jsonl").read_text(encoding="utf-8").splitlines()]


def hit(needs: list[dict[str, Any]], depth: int) -> float:
    """The share of the questions of which a right technique is among the first so many."""
    found = 0
    for need in needs:
        best = [one.technique for one in matching.match(need["text"], limit=depth).found]
        found += bool(set(best) & set(need["accept"]))
    return found / len(needs)


def test_every_right_answer_of_the_questions_is_a_technique() -> None:
    assert {key for need in NEEDS for key in need["accept"]} <= techniques().keys()
    assert len({need["text"] for need in NEEDS}) == len(NEEDS) >= 260


@pytest.mark.parametrize("split", sorted({need["split"] for need in NEEDS}))
def test_questions_find_their_technique(split: str) -> None:
    asked = [need for need in NEEDS if need["split"] == split][::3]
    assert hit(asked, 5) >= 0.9
    assert hit(asked, 1) >= 0.75


@pytest.mark.parametrize(
    ("need", "technique"),
    [
        ("what drugs are in this white powder", "ambientms"),
        ("测定牛奶中四环素残留", "lcms"),
        ("print a 5 mm part with 2 um features", "tpp"),
        ("大米里镉有没有超标", "icpms"),
        ("frozen samples of a membrane protein, 3D structure", "cryoem"),
        ("蛋白質二級結構", "cd"),
        ("SEM of a fracture", "sem"),
    ],
)
def test_a_plain_need_finds_its_technique_first(need: str, technique: str) -> None:
    first = matching.match(need).found[0]
    assert first.technique == technique
    assert first.why
    assert all(why.asked and why.text for why in first.why)


def test_why_names_the_words_that_met_and_the_field() -> None:
    first = matching.match("牛奶中四环素").found[0]
    assert ("四环素", "analyte", "四环素") in [(why.asked, why.field, why.text) for why in first.why]


@pytest.mark.parametrize("need", ["asdf qwer zxcv", "buy red shoes", "", "???", "买一双鞋", "\x00 \u202e"])
def test_what_is_no_need_is_not_called_good(need: str) -> None:
    assert not matching.match(need).good


def test_scores_fall_and_stay_between_nothing_and_one() -> None:
    scores = [one.score for one in matching.match("铅 cadmium in soil", limit=20).found]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1


def test_words_given_to_a_technique_count_at_once() -> None:
    need = "blixtgrob vornapel"
    assert not matching.match(need).good
    found = matching.match(need, added={"sem": ["blixtgrob vornapel of a beetle"]})
    assert found.good
    assert found.found[0].technique == "sem"
    assert not matching.match(need).good


def test_without_an_encoder_words_alone_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_encoder, "encoder", lambda: None)
    _encoder.of_question.cache_clear()
    found = matching.match("测定牛奶中四环素残留")
    _encoder.of_question.cache_clear()
    assert not found.by_meaning
    assert found.found[0].technique == "lcms"
    assert found.found[0].score == 1.0


def test_the_vectors_of_every_passage_come_with_the_package() -> None:
    several = [passage for one in techniques().values() for passage in _passages.passages(one)]
    missing = [passage.text for passage in several if _passages.digest(passage.text) not in _passages.shipped()]
    assert not missing, f"{len(missing)} uses were changed: run ./run bench match --pack"


def test_a_shipped_vector_is_that_of_its_passage() -> None:
    if _encoder.encoder() is None:
        pytest.skip("the encoder does not load on this machine")
    passage = next(_passages.passages(techniques()["lcms"]))
    made = _encoder.of_passages([passage.text])[0]
    assert float(made @ _passages.shipped()[_passages.digest(passage.text)]) > 0.999
    assert float(np.linalg.norm(made)) == pytest.approx(1, abs=1e-3)


def test_words_and_meaning_are_joined_as_shares_of_the_best_lead() -> None:
    fused = _match.fuse({"sem": 8.0, "tem": 4.0}, {}, [])
    assert fused == {"sem": 1.0, "tem": 0.5}
    both = _match.fuse({"sem": 8.0, "tem": 4.0}, {"sem": 0.80, "tem": 0.90, "xrdp": 0.82}, ["xrdp"])
    assert both["tem"] == pytest.approx(0.5 + 1.0)
    assert both["xrdp"] == pytest.approx(1 - 1 / 3)
    assert both["sem"] < both["tem"]


def test_everyday_words_stand_for_what_techniques_are_described_by() -> None:
    assert any("seafood" in one for one in _concepts.meant("norovirus in oysters"))
    assert any("重金属" in one for one in _concepts.meant("cadmium and lead"))
    assert _concepts.meant("qwertz") == ()


def test_taiwan_words_and_traditional_script_are_the_same_question() -> None:
    assert list(_words.tokens("層析質譜", asked=True)) == list(_words.tokens("色谱质谱", asked=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("JEM-2100F", True),
        ("Q Exactive", True),
        ("orbitrap", True),
        ("冷冻电镜", True),
        ("核磁共振波譜儀", True),
        ("Bruker", True),
        ("安徽大学", True),
        ("cadmium in rice", False),
        ("大米里镉有没有超标", False),
        ("does my cable emit too much", False),
        ("print a titanium implant", False),
        ("我想测水分", False),
    ],
)
def test_a_name_is_told_from_a_need(text: str, wanted: bool) -> None:
    assert matching.is_name(text) is wanted
