import json

import pytest

from tests.server.calling import call


def liqi(tmp_path, *words):
    return call(*words, LIQI_DATA=str(tmp_path / "data"))


@pytest.fixture
def stock(tmp_path):
    path = tmp_path / "stock.csv"
    rows = ["id,class,made_in"] + [f"{i},MS,{'CN' if i < 14 else 'US'}" for i in range(1000)] + ["x,NMR,"]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_indicator_answers_as_in_the_contract(tmp_path, stock):
    code, out, err = liqi(tmp_path, "indicator", "domestic_share", "--table", stock, "--by", "class", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert set(answer) == {"name", "lens", "unit", "as_of", "rows", "missing", "formula", "values"}
    assert (answer["lens"], answer["unit"], answer["rows"]) == ("made_in", "share", 1001)
    assert answer["missing"] == pytest.approx(1 / 1001)
    ms, nmr = answer["values"]
    assert (ms["class"], ms["value"]) == ("MS", 0.014)
    assert (nmr["class"], nmr["value"], nmr["note"]) == ("NMR", None, "not known")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["luck"], "found indicator 'luck'; expected one of dependence"),
        (["dependence", "--by", "year"], "expected year too"),
        (["dependence", "--lens", "owner"], "the owner lens expects one of owner_country"),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_2_and_one_sentence(tmp_path, stock, words, says):
    code, out, err = liqi(tmp_path, "indicator", *words, "--table", stock, "--json")
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_policy_check_answers_as_in_the_contract(tmp_path):
    subject = tmp_path / "firm.json"
    subject.write_text('{"contract": 300000, "used": 0, "team": false}', encoding="utf-8")
    words = ["policy", "check", subject, "--on", "2020-06-01", "--place", "310000", "--json"]
    code, out, err = liqi(tmp_path, *words)
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["on"] == "2020-06-01"
    voucher = next(rule for rule in answer["rules"] if rule["id"] == "voucher.shanghai.2020")
    assert (voucher["result"], voucher["amount_cny"], voucher["missing"]) == ("yes", 150000, [])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[1]",
        "[" * 100_000,
        '{"contract": "much", "used": 0, "team": false}',
        '{"fee": 1e999999}',
        '{"fee": NaN}',
        '{"fee": ' + "9" * 5000 + "}",
    ],
)
def test_a_subject_that_cannot_be_read_ends_with_2_and_one_sentence(tmp_path, content):
    subject = tmp_path / "firm.json"
    subject.write_text(content, encoding="utf-8")
    code, out, err = liqi(tmp_path, "policy", "check", subject, "--on", "2020-06-01", "--json")
    assert (code, out) == (2, "")
    assert "found" in err
    assert "expected" in err


def test_money_of_forty_digits_goes_through_the_command_whole(tmp_path):
    subject = tmp_path / "firm.json"
    subject.write_text('{"fee": 1234567890123456789012345678901234567890.25}', encoding="utf-8")
    words = ["policy", "check", subject, "--on", "2026-06-01"]
    code, out, err = liqi(tmp_path, *words, "--json")
    assert (code, err) == (0, "")
    amounts = {rule["id"]: rule["amount_cny"] for rule in json.loads(out)["rules"]}
    assert amounts["voucher.shandong.2014"] == "493827156049382715604938271560493827156.10"
    code, out, err = liqi(tmp_path, *words)
    assert (code, err) == (0, "")
    assert "493,827,156,049,382,715,604,938,271,560,493,827,156.10 CNY" in out


def test_a_file_that_is_not_there_ends_with_2(tmp_path):
    assert liqi(tmp_path, "policy", "check", tmp_path / "none.json")[0] == 2
