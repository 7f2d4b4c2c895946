"""Rules of a site: kept as drafts, switched on by operators alone, and only when their cases come out."""

from datetime import UTC, datetime
from importlib import resources

import pytest
from django.utils import translation

from liqi import policy
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from liqi.observatory import example, firms, gap, policies, question, scenarios
from liqi.observatory.models import PolicyRule, Trial

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXT = (
    (resources.files("liqi.policy") / "rules" / "loan.2026.toml")
    .read_text(encoding="utf-8")
    .replace('id = "loan.2026"', 'id = "loan.own"')
)
DRAFT = TEXT.partition("[[case]]")[0]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def operator():
    return Person.objects.create_superuser("operator@example.org", "secret")


def test_a_rule_of_the_site_is_a_draft_until_it_is_switched_on(operator):
    policies.keep(TEXT, person=operator, now=NOW)
    assert "loan.own" not in policies.in_use()
    assert policies.on_record()["loan.own"][1] is False
    policies.switch("loan.own", on=True, person=operator, now=NOW)
    assert policies.in_use()["loan.own"].id == "loan.own"
    assert [line.verb for line in JournalEntry.objects.filter(thing="observatory.policyrule").order_by("pk")] == [
        "kept",
        "switched on",
    ]


def test_a_rule_without_cases_cannot_be_switched_on(operator):
    policies.keep(DRAFT, person=operator, now=NOW)
    with pytest.raises(policies.NotPossible, match="no worked case"):
        policies.switch("loan.own", on=True, person=operator, now=NOW)
    assert "loan.own" not in policies.in_use()


def test_a_rule_whose_case_does_not_come_out_cannot_be_switched_on(operator):
    policies.keep(TEXT.replace("amount = 300000", "amount = 300001"), person=operator, now=NOW)
    with pytest.raises(policies.NotPossible, match="expected 300001"):
        policies.switch("loan.own", on=True, person=operator, now=NOW)


def test_a_change_switches_a_rule_off_until_it_is_proven_again(operator):
    policies.keep(TEXT, person=operator, now=NOW)
    policies.switch("loan.own", on=True, person=operator, now=NOW)
    policies.keep(DRAFT, person=operator, now=NOW)
    assert "loan.own" not in policies.in_use()


def test_a_shipped_rule_can_be_switched_off_and_on_again(operator):
    policies.switch("loan.2026", on=False, person=operator, now=NOW)
    assert "loan.2026" not in policies.in_use()
    assert "loan.2026" not in {one.rule.id for one in policy.verdicts({}, on=NOW.date(), known=policies.in_use())}
    policies.switch("loan.2026", on=True, person=operator, now=NOW)
    assert len(policies.in_use()) == len(policy.rules())


def test_nobody_is_asked_a_rule_that_is_switched_off(operator):
    asked = question.understand("质谱 in 青岛")
    cell = {"facility_class": "transformation", "stage": "industrial_technology", "place": "青岛"}

    def answers():
        return (
            {one.rule.id for one in question.read(asked, now=NOW).rules},
            {one.rule.id for one in gap.read(now=NOW, **cell).rules},
            {one.id for found in firms.find(on=NOW.date(), language="en").candidates for one in found.official},
            scenarios.insurance(Trial.objects.get(), on=NOW.date(), language="en") is not None,
        )

    example.load(now=NOW)
    asked_in, gap_in, official, insured = answers()
    off = ("qingdao.park.2020", "rec.single_champion", "first.insurance.2019")
    assert (off[0] in asked_in, off[0] in gap_in, off[1] in official, insured) == (True, True, True, True)
    for name in off:
        policies.switch(name, on=False, person=operator, now=NOW)
    asked_in, gap_in, official, insured = answers()
    assert (off[0] in asked_in, off[0] in gap_in, off[1] in official, insured) == (False, False, False, False)


def test_only_an_operator_keeps_and_switches():
    member = Person.objects.create_user("member@example.org", "secret")
    with pytest.raises(NotAllowed, match="Only an operator"):
        policies.keep(TEXT, person=member, now=NOW)
    with pytest.raises(NotAllowed, match="Only an operator"):
        policies.switch("loan.2026", on=False, person=member, now=NOW)


def test_what_is_no_rule_or_bears_a_shipped_id_is_refused(operator):
    with pytest.raises(policy.BrokenRule):
        policies.keep("id = 5", person=operator, now=NOW)
    with pytest.raises(policies.NotPossible, match="id of a rule that is shipped"):
        policies.keep(TEXT.replace("loan.own", "loan.2026"), person=operator, now=NOW)
    with pytest.raises(policies.NotPossible, match="Found no rule luck"):
        policies.switch("luck", on=True, person=operator, now=NOW)
    with pytest.raises(policies.NotPossible, match="at most 50000"):
        policies.keep("#" * 50_001, person=operator, now=NOW)


def test_a_rule_that_can_no_longer_be_read_is_asked_of_nobody_and_told(operator):
    policies.keep(TEXT, person=operator, now=NOW)
    policies.switch("loan.own", on=True, person=operator, now=NOW)
    assert policies.broken() == {}
    PolicyRule.objects.update(text=TEXT.replace("amount = 300000", "amount = 300001"))
    assert "loan.own" not in policies.in_use()
    assert "expected 300001" in policies.broken()["loan.own"]
    PolicyRule.objects.update(text=TEXT.replace('kind = "money"', 'kind = "gold"'))
    assert "loan.own" not in policies.in_use()
    assert "'gold'" in policies.broken()["loan.own"]
