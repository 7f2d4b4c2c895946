"""`liqi configure`: the fields of the contract, words without --json, and one sentence for what cannot be read."""

import json
from pathlib import Path

from click.testing import CliRunner

from liqi.server.commands.configure import configure

MODELS = Path(__file__).parents[1] / "planning" / "configuration"


def test_a_configuration_is_one_document_with_the_fields_of_the_contract():
    asked = [str(MODELS / "miband2.uvl"), "--choose", "BT40, Pedometer", "--refuse", "OLED", "--json"]
    found = CliRunner().invoke(configure, asked)
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    assert {"satisfiable", "selection", "price", "conflict", "count"} <= set(answer)
    assert answer["satisfiable"]
    assert {"BT40", "Pedometer"} <= set(answer["selection"])
    assert "OLED" not in answer["selection"]


def test_a_clash_is_told_in_words():
    asked = [str(MODELS / "NamasteRincon_Pizza.uvl"), "--choose", "Medium,Half & Half"]
    found = CliRunner().invoke(configure, asked)
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        "clash: Medium, Half & Half", '  because: Medium => !"Half & Half"', "give up: Medium", "give up: Half & Half",
    ]  # fmt: skip


def test_the_cheapest_is_told_in_words():
    found = CliRunner().invoke(configure, [str(MODELS / "modinst-8x6-s1.json"), "--minimise", "price"])
    assert "price: 57,236" in found.stdout
