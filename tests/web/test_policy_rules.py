import csv
import io
import json
from importlib import resources

import pytest
from django.test import Client

from liqi import policy
from liqi.accounts.models import Person
from liqi.observatory.models import PolicyRule

pytestmark = pytest.mark.django_db
FIRMS = "id,contract,used,team\nA,300000,0,no\nB,2000000,0,no\n"
LEVER = "set:amount.cap.difference.0.else"


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    return client


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("rule", ["loan.2026", "eval.national.2026", "beijing.match.city", "dup.central"])
def test_a_rule_has_a_page_in_every_language(client, rule, language, django_assert_max_num_queries):
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(1):
        page = client.get(f"/rules/one/{rule}/").content.decode()
    assert page.count("<mark>") == 0
    assert "style=" not in page


@pytest.mark.parametrize("rule", policy.rules())
def test_the_page_of_every_rule_says_that_its_cases_come_out(english, rule):
    page = english.get(f"/rules/one/{rule}/").content.decode()
    assert "state-bad" not in page
    found = json.loads(english.get(f"/rules/one/{rule}/", {"format": "json"}).content)
    assert found["id"] == rule
    assert found["tree"]
    assert found["cases"]


def test_the_tree_is_told_in_words_before_anybody_is_asked(english):
    page = english.get("/rules/one/voucher.beijing.2025.eligible/").content.decode()
    assert "staff ≤ 500" in page
    assert "all hold" in page


def test_all_rules_are_listed_filtered_and_a_file(english):
    assert f"{len(policy.rules())} of {len(policy.rules())} rules" in english.get("/rules/all/").content.decode()
    page = english.get("/rules/all/", {"topic": "loans", "place": "CN"}).content.decode()
    assert "loan.2026" in page
    assert "voucher.beijing.2015" not in page
    assert "Take a filter away" in english.get("/rules/all/", {"q": "no such word"}).content.decode()
    answer = english.get("/rules/all/", {"format": "csv"}).getvalue().decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(answer)))) == len(policy.rules())


def test_a_word_in_traditional_characters_finds_a_rule(english):
    assert "voucher.yuhuan.2023" in english.get("/rules/all/", {"q": "創新券"}).content.decode()


def test_what_began_and_what_ended_since_a_day_is_listed_the_latest_first(english):
    answer = english.get("/rules/changes/", {"since": "2025-12-01", "format": "csv"}).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)
    said = {(row["id"], row["change"], row["day"]) for row in rows}
    assert ("tax.import.exempt.145", "ended", "2026-01-01") in said
    assert ("loan.2026", "began", "2026-01-20") in said
    assert "choose an earlier one" in english.get("/rules/changes/", {"since": "2999-01-01"}).content.decode()


@pytest.mark.parametrize("address", ["/rules/one/luck/", "/rules/one/luck/simulate/", "/rules/all/?topic=luck"])
def test_what_is_not_on_record_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_higher_cap_is_tried_and_its_winner_named(english):
    before = english.get("/rules/one/voucher.shanghai.2020/simulate/").content.decode()
    assert LEVER in before
    sent = {LEVER: "800000", "firms": FIRMS}
    after = english.post("/rules/one/voucher.shanghai.2020/simulate/", sent).content.decode()
    assert "wins" in after
    assert "300\u202f000" in after
    found = json.loads(english.post("/rules/one/voucher.shanghai.2020/simulate/", {**sent, "format": "json"}).content)
    assert [one["id"] for one in found["winners"]] == ["B"]
    lines = english.post("/rules/one/voucher.shanghai.2020/simulate/", {**sent, "format": "csv"}).getvalue()
    assert len(lines.decode("utf-8-sig").splitlines()) == 1 + 2 * 3


@pytest.mark.parametrize("rule", policy.rules())
def test_every_rule_can_be_tried_on_its_own_cases(english, rule):
    answer = english.post(f"/rules/one/{rule}/simulate/", {})
    assert answer.status_code == 200
    assert "No firm wins or loses" in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({LEVER: "much", "firms": FIRMS}, "expected a number from 0 up"),
        ({"set:luck": "1", "firms": FIRMS}, "expected one of"),
        ({LEVER: "1", "firms": "a,b\n1,2"}, "expected some of contract"),
    ],
)
def test_what_cannot_be_tried_is_said_and_what_was_typed_is_kept(english, sent, says):
    answer = english.post("/rules/one/voucher.shanghai.2020/simulate/", sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()


@pytest.fixture
def operator(english):
    person = Person.objects.create_user("operator@example.org", "secret", name="Operator", is_operator=True)
    english.force_login(person)
    return english


def test_an_operator_keeps_a_rule_and_switches_it_on_and_off_again(operator):
    text = (resources.files("liqi.policy") / "rules" / "loan.2026.toml").read_text(encoding="utf-8")
    own = text.replace('id = "loan.2026"', 'id = "loan.own"')
    kept = operator.post("/rules/own/", {"text": own}, follow=True)
    assert "switched off" in kept.content.decode()
    assert "loan.own" not in operator.get("/rules/", {"topic": "loans"}).content.decode()
    operator.post("/rules/one/loan.own/switch/", {"on": "yes"})
    assert 'id="loan.own"' in operator.get("/rules/", {"topic": "loans"}).content.decode()
    operator.post("/rules/one/loan.own/switch/", {"on": "no"})
    assert 'id="loan.own"' not in operator.get("/rules/", {"topic": "loans"}).content.decode()
    assert own.splitlines()[0] in operator.get("/rules/own/", {"rule": "loan.own"}).content.decode().replace(
        "&quot;", '"'
    )


def test_an_edition_of_ones_own_stands_on_the_page_of_the_shipped_one(operator):
    text = (resources.files("liqi.policy") / "rules" / "loan.2026.toml").read_text(encoding="utf-8")
    operator.post("/rules/own/", {"text": text.replace('id = "loan.2026"', 'id = "loan.2026.own"')})
    assert '"/rules/one/loan.2026.own/"' in operator.get("/rules/one/loan.2026/").content.decode()
    assert '"/rules/one/loan.2026/"' in operator.get("/rules/one/loan.2026.own/").content.decode()


def test_a_rule_without_cases_is_kept_and_cannot_be_switched_on(operator):
    text = (resources.files("liqi.policy") / "rules" / "loan.2026.toml").read_text(encoding="utf-8")
    draft = text.replace('id = "loan.2026"', 'id = "loan.own"').partition("[[case]]")[0]
    assert operator.post("/rules/own/", {"text": draft}).status_code == 302
    answer = operator.post("/rules/one/loan.own/switch/", {"on": "yes"})
    assert answer.status_code == 422
    assert "no worked case" in answer.content.decode()


def test_what_is_no_rule_is_said_and_kept_in_the_form(operator):
    answer = operator.post("/rules/own/", {"text": "id = 5"})
    assert answer.status_code == 422
    assert "id = 5" in answer.content.decode()


def test_nobody_but_an_operator_keeps_or_switches(english):
    english.force_login(Person.objects.create_user("member@example.org", "secret", name="Member"))
    assert english.get("/rules/own/").status_code == 403
    assert english.post("/rules/one/loan.2026/switch/", {"on": "no"}).status_code == 403
    assert "Switch it off" not in english.get("/rules/one/loan.2026/").content.decode()


@pytest.mark.parametrize("address", ["/rules/own/", "/rules/one/loan.2026/switch/"])
def test_a_visitor_is_asked_to_sign_in_before_a_rule_is_kept_or_switched(client, address):
    assert client.post(address)["Location"].startswith("/accounts/login/")


def test_a_rule_that_no_longer_passes_its_cases_waits_on_the_desk_with_what_is_wrong(operator):
    own = (
        (resources.files("liqi.policy") / "rules" / "loan.2026.toml")
        .read_text(encoding="utf-8")
        .replace('id = "loan.2026"', 'id = "loan.own"')
    )
    operator.post("/rules/own/", {"text": own})
    operator.post("/rules/one/loan.own/switch/", {"on": "yes"})
    assert "asked of nobody" not in operator.get("/rules/all/").content.decode()
    PolicyRule.objects.update(text=own.replace("amount = 300000", "amount = 300001"))
    page = operator.get("/rules/all/").content.decode()
    assert "1 rule of this site is asked of nobody" in page
    assert "expected 300001" in page
    assert "/rules/own/?rule=loan.own" in page
    operator.cookies.load({"django_language": "zh-hans"})
    assert "应为 300001；这条规则不能启用；请改规则或算例。" in operator.get("/rules/all/").content.decode()
    assert "expected 300001" not in Client().get("/rules/all/").content.decode()


def test_the_fault_of_a_rules_shape_is_told_in_chinese(operator):
    operator.cookies.load({"django_language": "zh-hant"})
    refused = operator.post("/rules/own/", {"text": 'id = "x"\nkind = 3\n'})
    assert refused.status_code == 422
    assert "kind：現為3；應為一段文字" in refused.content.decode()
