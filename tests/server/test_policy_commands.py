import json
import subprocess
import sys

import pytest


def liqi(*words):
    done = subprocess.run(
        [sys.executable, "-m", "liqi.server", "policy", *map(str, words)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def firms(tmp_path):
    path = tmp_path / "firms.csv"
    path.write_text("id,contract,used,team\nA,300000,0,no\nB,2000000,0,no\n", encoding="utf-8")
    return path


def written(tmp_path, subject):
    path = tmp_path / "subject.json"
    path.write_text(json.dumps(subject), encoding="utf-8")
    return path


def test_simulate_prints_cost_winners_losers_and_three_years(firms):
    path = "amount.cap.difference.0.else"
    found = [one["path"] for one in json.loads(liqi("levers", "voucher.shanghai.2020", "--json")[1])]
    assert path in found
    words = ["simulate", "voucher.shanghai.2020", "--firms", firms, "--set", f"{path}=800000", "--on", "2026-06-01"]
    code, out, err = liqi(*words, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert set(answer) == {
        *("rule", "title", "unit", "changes", "firms", "cost", "winners", "losers", "cannot_tell", "years", "problems")
    }
    assert answer["cost"] == {"before": 650_000, "after": 950_000, "difference": 300_000}
    assert [year["year"] for year in answer["years"]] == [2026, 2025, 2024]
    assert "winners: B" in liqi(*words)[1]


def test_ask_says_what_the_rule_answers_in_its_own_unit(tmp_path):
    code, out, _err = liqi("ask", "voucher.nl.2004", written(tmp_path, {"cost": 7500}), "--json")
    answer = json.loads(out)
    assert (code, answer["amount"], answer["unit"], answer["amount_cny"]) == (0, 3750, "EUR", None)
    assert "3,750 EUR" in liqi("ask", "voucher.nl.2004", written(tmp_path, {"cost": 7500}))[1]


def test_stack_pays_no_more_than_is_needed(tmp_path):
    subject = {"national": True, "match_need": 100, "city_rate": 0.7, "district_rate": 0.7}
    code, out, _err = liqi("stack", "beijing.match", written(tmp_path, subject), "--json")
    answer = json.loads(out)
    assert (code, answer["total"], [one["paid"] for one in answer["claims"]]) == (0, 100, [70, 30])


def test_prove_says_that_the_cases_of_an_own_rule_come_out(tmp_path):
    from importlib import resources

    text = (resources.files("liqi.policy") / "rules" / "loan.2026.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    code, out, _err = liqi("prove", own, "--json")
    assert (code, json.loads(out)[0]["cases"]) == (0, 3)
    own.write_text(text.partition("[[case]]")[0], encoding="utf-8")
    code, out, err = liqi("prove", own)
    assert (code, out) == (2, "")
    assert "no worked case" in err


@pytest.mark.parametrize(
    "words",
    [
        ["levers", "luck"],
        ["simulate", "loan.2026", "--firms", "FIRMS", "--set", "amount.cap"],
        ["simulate", "loan.2026", "--firms", "FIRMS", "--set", "amount.cap=1"],
        ["simulate", "voucher.shanghai.2020", "--firms", "none.csv", "--set", "amount.cap=1"],
        ["stack", "luck", "FIRMS"],
        ["ask", "loan.2026", "FIRMS"],
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_sentence(firms, words):
    code, out, err = liqi(*(firms if word == "FIRMS" else word for word in words))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
