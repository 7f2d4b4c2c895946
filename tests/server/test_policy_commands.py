import json
from datetime import UTC, datetime
from importlib import resources

import pytest
from click.testing import CliRunner
from django.db import OperationalError

from liqi.observatory.models import PolicyRule
from liqi.server.command import liqi as whole
from tests.server.calling import call

NOTHING_KEPT = "/nothing/is/kept/here"


def liqi(*words):
    return call("policy", *words, LIQI_DATA=NOTHING_KEPT)


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


OWN = (
    (resources.files("liqi.policy") / "rules" / "loan.2026.toml")
    .read_text(encoding="utf-8")
    .replace('id = "loan.2026"', 'id = "loan.own"')
)


@pytest.fixture
def own_rules(db, monkeypatch):
    """One rule of the site that is on, one that is a draft, and one of those shipped that is off."""
    monkeypatch.setattr("liqi.server.commands.policy.prepare", lambda _data: None)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    PolicyRule.objects.create(rule_id="loan.own", text=OWN, on=True, changed_at=now)
    draft = OWN.replace('id = "loan.own"', 'id = "loan.draft"')
    PolicyRule.objects.create(rule_id="loan.draft", text=draft, on=False, changed_at=now)
    PolicyRule.objects.create(rule_id="loan.2022", on=False, changed_at=now)


def here(tmp_path, *words):
    return CliRunner().invoke(whole, ["policy", *map(str, words), "--data", str(tmp_path)])


def test_check_asks_the_rules_in_use_where_the_data_is(tmp_path, own_rules):
    subject = written(tmp_path, {"loan": 10_000_000, "years": 2})
    answer = json.loads(here(tmp_path, "check", subject, "--json").stdout)
    asked = {rule["id"]: rule["result"] for rule in answer["rules"]}
    assert asked["loan.own"] == asked["loan.2026"]
    assert not {"loan.draft", "loan.2022"} & set(asked)


def test_a_database_that_does_not_answer_is_told_and_not_taken_for_one_without_rules(tmp_path, own_rules, monkeypatch):
    def fail():
        raise OperationalError("connection refused")

    monkeypatch.setattr("liqi.observatory.policies.in_use", fail)
    told = here(tmp_path, "levers", "loan.2026")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "connection refused" in told.stderr


@pytest.mark.parametrize("names", [[], ["other"]])
def test_a_database_without_rules_of_its_own_has_those_that_ship(tmp_path, own_rules, monkeypatch, names):
    monkeypatch.setattr("django.db.connection.introspection.table_names", lambda: names)
    assert here(tmp_path, "levers", "loan.2022").exit_code == 0


def test_ask_and_stack_know_a_rule_that_is_on_and_no_draft(tmp_path, own_rules):
    subject = written(tmp_path, {"loan": 10_000_000, "years": 2})
    assert here(tmp_path, "ask", "loan.own", subject).exit_code == 0
    stack = tmp_path / "loans.toml"
    text = """id = "loans"
title = { zh = "贷款", en = "loans" }
clause = { zh = "取高者", en = "the highest of them" }
how = "highest"
members = ["loan.2026", "MEMBER"]
[[case]]
subject = {}
"""
    stack.write_text(text.replace("MEMBER", "loan.own"), encoding="utf-8")
    found = json.loads(here(tmp_path, "stack", stack, subject, "--json").stdout)
    assert [claim["id"] for claim in found["claims"]] == ["loan.2026", "loan.own"]
    stack.write_text(text.replace("MEMBER", "loan.draft"), encoding="utf-8")
    refused = here(tmp_path, "stack", stack, subject)
    assert "'loan.draft'; expected a rule that is known and switched on" in str(refused.exception)
    refused = here(tmp_path, "ask", "loan.draft", subject)
    assert refused.exit_code == 2
    assert "switched on" in refused.stderr


def test_a_stack_leaves_out_a_member_that_is_switched_off(tmp_path, own_rules):
    PolicyRule.objects.create(rule_id="beijing.match.city", on=False, changed_at=datetime(2026, 6, 1, tzinfo=UTC))
    subject = written(tmp_path, {"national": True, "match_need": 100, "city_rate": 0.7, "district_rate": 0.4})
    found = json.loads(here(tmp_path, "stack", "beijing.match", subject, "--json").stdout)
    assert ([claim["id"] for claim in found["claims"]], found["total"]) == (["beijing.match.district"], 40)


def test_a_name_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "subject.json"
    path.write_text('{"fee": 1, "fee": 2}', encoding="utf-8")
    code, out, err = liqi("check", path)
    assert (code, out) == (2, "")
    assert "'fee' twice" in err


def test_a_day_before_all_rules_is_answered_with_a_remark(tmp_path):
    code, out, err = liqi("check", written(tmp_path, {}), "--on", "1900-01-01", "--json")
    assert code == 0
    assert json.loads(out)["on"] == "1900-01-01"
    assert "none of those was in force" in err


def test_a_name_that_no_rule_asks_for_is_told_where_it_is_nearly_one_that_some_do(tmp_path):
    code, out, err = liqi("check", written(tmp_path, {"fe": 100, "firm": "A", "team": False}), "--json")
    assert code == 0
    assert json.loads(out)["rules"]
    assert err.strip() == "found the name 'fe', for which no rule asks; expected perhaps 'fee'; correct the name."


def test_what_may_be_had_stands_first_and_rules_of_one_stack_are_not_added_up(tmp_path):
    subject = {"national": True, "match_need": 10_000_000, "city_rate": 1, "district_rate": 0.5}
    code, out, _err = liqi("check", written(tmp_path, subject), "--place", "110000", "--on", "2026-07-01")
    assert code == 0
    lines = out.splitlines()
    assert lines[:3] == [
        "yes         beijing.match.city: Matching funds of the city for a national project (Beijing), 10,000,000 CNY",
        "yes         beijing.match.district: Matching funds of the district for a national project (Beijing), "
        "5,000,000 CNY",
        "beijing.match.city + beijing.match.district: City and district together pay no more than what is needed, the "
        "city first. (liqi policy stack beijing.match SUBJECT)",
    ]
    kinds = [line.split(" ")[0] for line in lines[3:]]
    assert kinds == sorted(kinds)


def test_the_lines_are_in_the_words_of_the_language(tmp_path):
    code, out, _err = liqi(
        *("check", written(tmp_path, {"fee": 100000}), "--place", "370200", "--on", "2026-07-01", "--language", "zh")
    )
    assert code == 0
    said = {line.split()[0] for line in out.splitlines()}
    assert said == {"是", "否", "无法判断"}
    assert next(line for line in out.splitlines() if "share.qingdao.user" in line).endswith("缺: hightech_or_qianfan")
