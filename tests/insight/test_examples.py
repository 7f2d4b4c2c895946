"""Every indicator has an example that runs, and the reference says what comes out of it."""

import io
import re
from pathlib import Path

import polars as pl
import pytest

from liqi import insight
from liqi.insight import examples

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "indicators.md"
SAID = dict(re.findall(r"^liqi indicator (\w+) --example +# (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_indicator_has_an_example_in_the_reference_and_a_line_of_what_it_needs():
    assert set(SAID) == set(examples.names()) == set(insight.INDICATORS)
    described = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(insight.INDICATORS) <= described


def test_every_example_gives_what_the_reference_says():
    wrong = []
    for name, said in SAID.items():
        asked = examples.asked(name)
        question = insight.Question(by=asked.by, settings=asked.settings, as_of=asked.as_of)
        frame = pl.read_csv(io.StringIO(examples.text(name)), infer_schema=False)
        known = [one["value"] for one in insight.answer(name, frame, question)["values"] if one["value"] is not None]
        if not known or known[0] != pytest.approx(float(said), rel=1e-4):
            wrong.append((name, said, known[:1]))
    assert not wrong


def test_the_examples_with_published_answers_give_them():
    assert float(SAID["dependence"]) == pytest.approx(46_127 / 61_251, abs=1e-6)
    assert float(SAID["trade_deficit"]) == 311.5
    assert float(SAID["location_quotient"]) == 0.384762
    assert float(SAID["cluster_index"]) == 21.8749
    assert [float(SAID[name]) for name in ("hhi", "hhi_normalised", "equivalent_number")] == [0.34, 0.12, 2.94118]
    assert [float(SAID[name]) for name in ("gini", "gini_corrected")] == [0.3, 0.4]
