"""/api/money: price tables, budgets, vouchers and the customs ledger, by the same rules as the pages."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from liqi.access.models import PriceTable, Voucher
from liqi.access.money import budgets
from liqi.accounts import membership
from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue.models import CustomsRecord
from liqi.observatory.models import PolicyRule
from tests.web.access import Place, place
from tests.web.money import Money, money

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
PRICES: dict[str, Any] = {
    "title": "2027", "instrument": "triple", "valid_from": "2027-01-01", "tax_percent": "6",
    "rows": [{"unit": "hour", "price": "120"}, {"unit": "hour", "user_class": "industry", "price": "300.50"}],
}  # fmt: skip


@pytest.fixture
def home() -> Place:
    return place()


@pytest.fixture
def books(home: Place) -> Money:
    return money(home, NOW)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ask(person: Person, method: str, path: str, body: Any = None, key: str = "") -> Any:
    given = {"headers": {"Idempotency-Key": key}} if key else {}
    return browser(person).generic(
        method, f"/api/money/{path}", "" if body is None else json.dumps(body), "application/json", **given
    )


def operator() -> Person:
    return Person.objects.create_user("op@example.org", name="Op", is_operator=True)


def test_a_price_table_is_written_published_and_copied(home: Place, books: Money) -> None:
    body = PRICES | {"seller": "host"}
    made = ask(home.manager, "POST", "price-tables", body, key="p")
    again = ask(home.manager, "POST", "price-tables", body, key="p")
    assert (made.status_code, again.json(), again["Idempotency-Replayed"]) == (201, made.json(), "true")
    number = made.json()["id"]
    assert [row["price"] for row in made.json()["rows"]] == ["120.00", "300.50"]
    changed = ask(home.manager, "PUT", f"price-tables/{number}", PRICES | {"rows": PRICES["rows"][:1]})
    assert (changed.status_code, len(changed.json()["rows"])) == (200, 1)
    assert ask(home.manager, "POST", f"price-tables/{number}/publish").json()["published"] is True
    refused = ask(home.manager, "PUT", f"price-tables/{number}", PRICES)
    assert (refused.status_code, "copy it" in refused.json()["detail"]) == (422, True)
    copied = ask(home.manager, "POST", f"price-tables/{number}/copy", {"valid_from": "2027-06-01"})
    assert (copied.status_code, copied.json()["published"], copied.json()["valid_from"]) == (201, False, "2027-06-01")
    assert ask(home.manager, "POST", f"price-tables/{number}/take-back").json()["published"] is False


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_code": "999", "instrument": ""}, "no class 999"),
        ({"instrument": "nowhere"}, "nowhere"),
        ({"valid_until": "2026-01-01"}, "end before the start"),
        ({"class_code": "030102"}, "several things"),
        ({"rows": [{"unit": "hour", "price": "1", "above": "5"}]}, "starts at 0"),
        ({"rows": [{"unit": "day", "price": "1"}]}, "hour"),
    ],
)
def test_a_price_table_that_cannot_be_is_refused_whole(
    home: Place, books: Money, change: dict[str, Any], words: str
) -> None:
    before = PriceTable.objects.count()
    refused = ask(home.manager, "POST", "price-tables", PRICES | {"seller": "host"} | change)
    assert (refused.status_code, words in refused.json()["detail"]) == (422, True), refused.json()
    assert PriceTable.objects.count() == before


def test_prices_are_for_who_looks_after_the_money(home: Place, books: Money) -> None:
    number = books.table.pk
    assert ask(home.member, "GET", "price-tables").json()["items"] == []
    for method, path, body in (
        ("POST", "price-tables", PRICES | {"seller": "host"}), ("GET", f"price-tables/{number}", None),
        ("PUT", f"price-tables/{number}", PRICES), ("POST", f"price-tables/{number}/publish", None),
    ):  # fmt: skip
        assert ask(home.member, method, path, body).status_code == 403, path


def test_a_budget_is_begun_filled_and_never_overdrawn(home: Place, books: Money) -> None:
    group = home.project.organisation
    body = {"seller": "host", "group": group.pk, "title": "Water", "amount": "500"}
    made = ask(home.manager, "POST", "budgets", body).json()
    assert (made["left"], made["held"], made["group"]) == ("500.00", "0.00", group.pk)
    path = f"budgets/{made['id']}"
    first = ask(home.manager, "POST", f"{path}/money", {"amount": "100", "text": "gift"}, key="k")
    again = ask(home.manager, "POST", f"{path}/money", {"amount": "100", "text": "gift"}, key="k")
    assert (first.status_code, first.json()["left"], again.json()["left"]) == (201, "600.00", "600.00")
    assert ask(home.manager, "POST", f"{path}/money", {"amount": "-601"}).status_code == 422
    assert ask(home.manager, "POST", f"{path}/money", {"amount": "0"}).status_code == 422
    rows = ask(home.member, "GET", f"{path}/movements").json()["items"]
    assert [(row["left_change"], row["left"], row["text"]) for row in rows] == [
        ("500.00", "500.00", "Water"), ("100.00", "600.00", "gift")
    ]  # fmt: skip
    assert ask(home.manager, "POST", f"{path}/close").json()["closed"] is True
    assert ask(home.manager, "POST", f"{path}/money", {"amount": "1"}).status_code == 422
    assert ask(home.manager, "POST", f"{path}/open").json()["closed"] is False


def test_a_budget_is_seen_by_its_group_and_set_by_who_keeps_the_books(home: Place, books: Money) -> None:
    path, body = f"budgets/{books.budget.pk}", {"seller": "host", "group": 1, "title": "X"}
    assert [ask(one, "GET", path).status_code for one in (home.member, home.manager, home.other)] == [200, 200, 403]
    assert ask(home.member, "POST", f"{path}/money", {"amount": "5"}).status_code == 403
    assert ask(home.member, "POST", "budgets", body).status_code == 403
    assert budgets.statement(books.budget)[-1].left == Decimal(1000)


def firm_of(person: Person) -> Organisation:
    firm = Organisation.objects.create(name="Tea Ltd", kind=Organisation.Kind.FIRM)
    membership.join(person=person, organisation=firm, by=None, now=NOW, role=Membership.Role.LEAD)
    return firm


def test_a_voucher_is_applied_for_issued_and_seen(home: Place, books: Money) -> None:
    firm, boss = firm_of(home.member), operator()
    asks = ask(home.member, "GET", "voucher-programmes?open=true").json()["items"][0]["asks"]
    assert asks
    assert (
        ask(home.member, "POST", "voucher-programmes/voucher/check", {"answers": {}}).json()["result"] == "cannot tell"
    )
    strange = ask(home.member, "POST", "voucher-programmes/voucher/check", {"answers": {"moon": 1}})
    assert (strange.status_code, asks[0]["name"] in strange.json()["detail"]) == (422, True)
    body = {"firm": firm.pk, "asked": "2000"}
    path = "voucher-programmes/voucher/applications"
    made = ask(home.member, "POST", path, body, key="a")
    assert ask(home.member, "POST", path, body, key="a").json() == made.json()
    assert (made.status_code, Voucher.objects.count(), made.json()["state"]) == (201, 1, "applied")
    number = made.json()["number"]
    assert ask(home.other, "POST", path, body).status_code == 403, "not a firm of theirs"
    assert ask(home.member, "POST", f"vouchers/{number}/issue", {}).status_code == 403
    assert [one["number"] for one in ask(boss, "GET", "voucher-applications").json()["items"]] == [number]
    issued = ask(boss, "POST", f"vouchers/{number}/issue", {"amount": "1500"}).json()
    assert (issued["state"], issued["amount"], issued["left"]) == ("issued", "1500.00", "1500.00")
    assert [ask(one, "GET", f"vouchers/{number}").status_code for one in (home.member, boss, home.other)] == [
        200, 200, 403
    ]  # fmt: skip
    late = ask(boss, "POST", f"vouchers/{number}/refuse", {"reason": "late"})
    assert late.status_code == 422, "decided once"


def test_the_terms_of_a_programme_are_an_operators(home: Place, books: Money) -> None:
    body = {"title": "T", "authority": "A", "rate": "0.3", "cap_year": "1000", "valid_from": "2026-01-01"}
    assert ask(home.manager, "PUT", "voucher-programmes/tea", body).status_code == 403
    made = ask(operator(), "PUT", "voucher-programmes/tea", body)
    assert (made.status_code, Decimal(made.json()["rate"]), made.json()["asks"]) == (200, Decimal("0.3"), [])
    assert ask(operator_again(), "PUT", "voucher-programmes/tea", body | {"rule": "no.such"}).status_code == 422
    assert ask(operator_again(), "PUT", "voucher-programmes/tea", body | {"rate": "1.5"}).status_code == 422


def test_a_programme_whose_rule_is_switched_off_stands_in_the_list_and_takes_no_application(
    home: Place, books: Money
) -> None:
    firm = firm_of(home.member)
    first = ask(home.member, "GET", "voucher-programmes").json()["items"][0]
    PolicyRule.objects.create(rule_id=first["rule"], on=False, changed_at=NOW)
    listed = ask(home.member, "GET", "voucher-programmes")
    assert listed.status_code == 200
    assert [(one["rule"], one["asks"]) for one in listed.json()["items"]] == [(first["rule"], [])]
    body = {"firm": firm.pk, "asked": "2000"}
    refused = ask(home.member, "POST", f"voucher-programmes/{first['key']}/applications", body)
    assert (refused.status_code, first["rule"] in refused.json()["detail"]) == (422, True)


def test_a_programme_asks_in_the_language_of_its_reader(home: Place, books: Money) -> None:
    asked = []
    for language in ("zh-hans", "en"):
        Person.objects.filter(pk=home.member.pk).update(language=language)
        asked.append(ask(home.member, "GET", "voucher-programmes").json()["items"][0]["asks"])
    chinese, english = asked
    assert [one["name"] for one in chinese] == [one["name"] for one in english]
    assert all(one["question"].isascii() for one in english)
    assert not any(one["question"].isascii() for one in chinese)


def test_a_number_that_no_record_can_have_is_refused(home: Place, books: Money) -> None:
    assert ask(home.manager, "POST", "voucher-batches", {"uses": [1, 10**30]}).status_code == 422


def operator_again() -> Person:
    return Person.objects.get(email="op@example.org")


def test_the_customs_ledger_is_kept_by_stewards_and_only_grows(home: Place, books: Money) -> None:
    record = CustomsRecord.objects.create(
        instrument=home.triple, declaration_number="0101", source="test", source_ref="1", created_at=NOW, updated_at=NOW
    )
    path = f"customs/{record.pk}"
    assert ask(home.manager, "GET", path).json()["others_may"] == "cannot tell"
    today = NOW.date()
    terms = {"supervised_from": str(today - timedelta(days=30)), "sharing": True, "permit": "K-1"}
    said = ask(home.manager, "PUT", path, terms).json()
    assert (said["sharing"], said["permit"]) == (True, "K-1")
    assert said["supervised_until"] > str(today)
    for day in (3, 9, 5):
        sent = {"kind": "inspection", "on": str(today - timedelta(days=day)), "text": "seen"}
        assert ask(home.manager, "POST", f"{path}/events", sent, key=str(day)).status_code == 201
        assert ask(home.manager, "POST", f"{path}/events", sent, key=str(day)).status_code == 201
    first = ask(home.manager, "GET", f"{path}/lines?limit=2").json()
    rest = ask(home.manager, "GET", f"{path}/lines?limit=2&cursor={first['next']}").json()
    days = [line["on"] for line in first["items"] + rest["items"]]
    assert (days, rest["next"]) == ([str(today - timedelta(days=day)) for day in (9, 5, 3)], None)
    assert ask(home.manager, "POST", f"{path}/events", {"kind": "x", "on": str(today), "text": "y"}).status_code == 422
    assert JournalEntry.objects.filter(verb="noted for customs").count() == 3
    for method, where, body in (("GET", path, None), ("PUT", path, terms), ("GET", f"{path}/lines", None)):
        assert ask(home.member, method, where, body).status_code == 403
    assert ask(home.member, "GET", "customs").json()["items"] == []
