"""`liqi tissue` trains a model that `liqi answer ms.tissue` uses, and refuses what is no table in one sentence."""

import json
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from benchmarks.make_quantity_examples import synthetic_profiles
from liqi.methods.mass_spectrometry._profiles import write_profiles
from liqi.server.command import liqi


def call(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(liqi, list(words), prog_name="liqi")
    return result.exit_code, result.stdout


def test_a_model_is_trained_shown_and_used(tmp_path: Path) -> None:
    table, model = tmp_path / "synthetic.csv", tmp_path / "model.json"
    write_profiles(table, synthetic_profiles(np.random.default_rng(3), patients=5, spectra=1, bins=30))
    code, told = call("tissue", "train", str(table), "--out", str(model), "--name", "mine", "--synthetic", "--json")
    assert code == 0
    card = json.loads(told)
    assert (card["name"], card["patients"], card["synthetic"]) == ("mine", 15, True)
    assert json.loads(call("tissue", "card", str(model), "--json")[1]) == card
    assert "sensitivity of synthetic normal" in call("tissue", "card", str(model))[1]
    code, told = call("answer", "ms.tissue", str(table), "--set", f"model={model}", "--json")
    assert code == 0
    assert json.loads(told)["detail"]["card"]["name"] == "mine"


def test_a_model_that_cannot_be_written_is_told_so(tmp_path: Path) -> None:
    table = tmp_path / "synthetic.csv"
    write_profiles(table, synthetic_profiles(np.random.default_rng(3), patients=5, spectra=1, bins=30))
    code, _ = call("tissue", "train", str(table), "--out", str(tmp_path / "no" / "model.json"), "--name", "x")
    assert code == 2
