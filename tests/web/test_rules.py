import csv
import io
import json

import pytest

from liqi import policy
from liqi.web.pages.rules import CONFIDENCE, TOPICS

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    return client


def page(client, **asked):
    return client.get("/rules/", asked).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_there_in_every_language(client, topic, language, django_assert_max_num_queries):
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(1):
        answer = client.get("/rules/", {"topic": topic})
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


def test_every_rule_is_found_under_one_topic_and_has_its_confidence_in_words():
    kinds = [kind for _label, kinds in TOPICS.values() for kind in kinds]
    assert len(kinds) == len(set(kinds))
    assert {rule.kind for rule in policy.rules().values()} <= set(kinds)
    assert set(policy.CONFIDENCES) == set(CONFIDENCE)


def test_an_answer_moves_a_rule_from_cannot_tell_to_yes_with_its_amount(english):
    asked = {"topic": "vouchers", "place": "310000", "on": "2020-06-01"}
    before = page(english, **asked)
    assert "Missing:" in before
    after = page(english, **asked, contract="300000", used="0", team="no")
    assert "Missing:" not in after
    assert "150\u202f000 CNY" in after
    assert "沪科委 2020 抗疫通知" in after


def test_a_blank_is_not_a_no(english):
    found = json.loads(english.get("/rules/", {"topic": "recognition", "format": "json"}).content)
    assert {rule["result"] for rule in found["rules"]} == {"cannot tell"}


def test_what_cannot_be_read_is_said_beside_its_field_and_kept(english):
    found = page(english, topic="vouchers", place="310000", on="2020-06-01", contract="plenty")
    assert "Found “plenty”; expected a number from 0 up; correct it or leave it blank." in found
    assert 'value="plenty"' in found


def test_rules_of_other_places_and_times_are_counted_and_not_shown(english):
    found = page(english, topic="vouchers", place="310000", on="2020-06-01")
    assert 'id="voucher.shanghai.2020"' in found
    assert 'id="voucher.beijing.2015"' not in found
    assert "belong to other places or times" in found


def test_the_verdicts_are_files_too(english):
    asked = {"topic": "loans", "on": "2026-06-01", "principal": "10000000", "years": "2"}
    found = json.loads(english.get("/rules/", {**asked, "format": "json"}).content)
    assert {rule["id"]: rule["amount_cny"] for rule in found["rules"]}["loan.2026"] == 300_000
    lines = english.get("/rules/", {**asked, "format": "csv"}).getvalue().decode("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(lines))}
    assert rows["loan.2026"]["result"] == "yes"
    assert rows["loan.2026"]["amount"] == "300000.00"


@pytest.mark.parametrize("asked", [{"topic": "luck"}, {"place": "Atlantis"}])
def test_an_address_that_means_nothing_is_not_found(client, asked):
    assert client.get("/rules/", asked).status_code == 404
