"""Releases by the page and the API: a visitor reads what was released, and nothing besides."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liqi.access.models import Commission
from liqi.accounts import organisation
from liqi.accounts.models import Organisation, Person
from liqi.answers import releases
from liqi.answers.models import Release, Run
from tests.web.test_answers import NOW, client, data, example, person  # noqa: F401 (fixtures)
from tests.web.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(client: Client, person: Person) -> Run:  # noqa: F811
    one = example(client)
    one.files.update(person=person)
    Run.objects.filter(pk=one.pk).update(person=person)
    one.refresh_from_db()
    return one


@pytest.fixture
def other() -> Person:
    return Person.objects.create_user("mo@example.org", "long-enough-word", name="Mo")


def whole(response: Any) -> bytes:
    """What was sent; read to its end, a file closes itself."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def of(who: Person) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    made.force_login(who)
    return made


def test_a_visitor_reads_a_released_answer_at_its_address(client: Client, mine: Run) -> None:  # noqa: F811
    visitor = Client(headers={"Accept-Language": "en"})
    assert visitor.get(f"/runs/{mine.key}/").status_code == 404
    sent = client.post(f"/runs/{mine.key}/release/", {"to": "everybody", "licence": "CC-BY-4.0"})
    assert sent["Location"] == f"/runs/{mine.key}/release/"
    page = visitor.get(f"/runs/{mine.key}/").content.decode()
    assert "https://creativecommons.org/licenses/by/4.0/" in page
    assert mine.sentence("en") in page
    for part in ("exports/mztab", "answer.json", "tables/features.csv", "report-en.html"):
        taken = visitor.get(f"/runs/{mine.key}/{part}")
        assert taken.status_code == 200
        assert whole(taken)
    assert visitor.get(f"/api/runs/{mine.key}").json()["state"] == "done"


def test_a_visitor_sees_neither_the_owner_nor_the_files(client: Client, mine: Run) -> None:  # noqa: F811
    client.post(f"/runs/{mine.key}/release/", {"to": "everybody", "licence": "CC0-1.0"})
    visitor = Client(headers={"Accept-Language": "en"})
    page = visitor.get(f"/runs/{mine.key}/").content.decode()
    file = mine.files.get()
    assert not re.search(r"\bLin\b", page)
    assert f"/answers/files/{file.key}/" not in page
    assert visitor.get(f"/answers/files/{file.key}/").status_code == 404
    assert visitor.get(f"/runs/{mine.key}/crate.zip").status_code == 404
    assert f"/runs/{mine.key}/release/" not in page
    assert visitor.get(f"/runs/{mine.key}/release/").status_code == 302


def test_with_the_files_a_visitor_takes_them_too(client: Client, mine: Run) -> None:  # noqa: F811
    client.post(f"/runs/{mine.key}/release/", {"to": "everybody", "licence": "CC0-1.0", "with_files": "on"})
    visitor = Client()
    for address in (f"/answers/files/{mine.files.get().key}/", f"/runs/{mine.key}/crate.zip"):
        taken = visitor.get(address)
        assert taken.status_code == 200
        assert whole(taken)


def test_an_embargo_and_named_organisations_hold(client: Client, mine: Run, other: Person) -> None:  # noqa: F811
    firm = organisation.found(name="厂", kind="company", person=other, now=NOW)
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    given = {"to": "organisations", "organisations": "厂", "licence": "LicenseRef-agreed", "embargo": day}
    client.post(f"/runs/{mine.key}/release/", given)
    one = Release.objects.get()
    assert (one.to_everybody, list(one.organisations.all())) == (False, [firm])
    assert of(other).get(f"/runs/{mine.key}/").status_code == 404
    Release.objects.update(embargo_until=None)
    assert of(other).get(f"/runs/{mine.key}/").status_code == 200
    assert Client().get(f"/runs/{mine.key}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "organisations", "licence": "CC0-1.0"}, "expected everybody or at least one organisation"),
        ({"to": "organisations", "licence": "CC0-1.0", "organisations": "nobody"}, "expected one; write its name"),
        ({"to": "everybody", "licence": "LicenseRef-agreed"}, "needs a public licence"),
        ({"to": "everybody", "licence": "CC0-1.0", "embargo": "2001-01-01"}, "is over already"),
        ({"to": "everybody", "licence": "XXX"}, "Select a valid choice"),
    ],
)
def test_what_is_not_sound_stays_on_the_form_with_a_sentence(
    client: Client,  # noqa: F811
    mine: Run,
    wrong: dict[str, str],
    said: str,
) -> None:
    page = client.post(f"/runs/{mine.key}/release/", wrong)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Release.objects.exists()


def test_a_release_is_withdrawn_with_its_reason_and_stays_in_the_log(client: Client, mine: Run) -> None:  # noqa: F811
    client.post(f"/runs/{mine.key}/release/", {"to": "everybody", "licence": "CC-BY-4.0"})
    refused = client.post(f"/runs/{mine.key}/release/withdraw/", {"reason": " "})
    assert (refused.status_code, "expected one sentence" in refused.content.decode()) == (422, True)
    client.post(f"/runs/{mine.key}/release/withdraw/", {"reason": "mixed up"})
    assert Client().get(f"/runs/{mine.key}/").status_code == 404
    assert "mixed up" in client.get(f"/runs/{mine.key}/release/").content.decode()


def test_others_find_no_page_of_release(mine: Run, other: Person) -> None:
    for address in (f"/runs/{mine.key}/release/", f"/runs/{mine.key}/release/withdraw/"):
        assert of(other).post(address, {"to": "everybody", "licence": "CC0-1.0", "reason": "x"}).status_code == 404
    assert not Release.objects.exists()


def test_the_interface_releases_lists_and_withdraws(client: Client, mine: Run, other: Person) -> None:  # noqa: F811
    firm: Organisation = organisation.found(name="厂", kind="company", person=other, now=NOW)
    address = f"/api/runs/{mine.key}/releases"
    sent = {"licence": "CC-BY-4.0", "organisations": [firm.pk]}
    made = client.post(address, sent, content_type="application/json")
    assert (made.status_code, made.json()["organisations"]) == (201, [firm.pk])
    assert of(other).get(f"/api/runs/{mine.key}").status_code == 200
    again = client.post(address, sent, content_type="application/json")
    assert (again.status_code, "released already" in again.json()["detail"]) == (422, True)
    for wrong, status in (
        ({"organisations": [2**31 - 1]}, 404),
        ({"organisations": [0]}, 422),
        ({"embargo_until": "2999-01-01T00:00:00"}, 422),
    ):
        assert client.post(address, sent | wrong, content_type="application/json").status_code == status
    assert of(other).post(address, sent, content_type="application/json").status_code == 404
    gone = client.post(f"{address}/withdraw", {"reason": "mixed up"}, content_type="application/json")
    assert gone.json()["reason"] == "mixed up"
    assert [one["licence"] for one in client.get(address).json()] == ["CC-BY-4.0"]


def test_what_was_measured_for_a_customer_is_released_by_the_customer_alone() -> None:
    one_of_everything = world()
    place, order = one_of_everything.place, one_of_everything.commissioned
    Run.objects.filter(pk=one_of_everything.run.pk).update(order=order, person=place.manager)
    one = Run.objects.select_related("order").get(pk=one_of_everything.run.pk)
    assert one.order is not None
    Commission.objects.filter(order=order).update(state=Commission.State.IN_WORK)
    assert not releases.may_release(place.member, Run.objects.get(pk=one.pk))
    said = {"state": Commission.State.RELEASED, "released_by": place.manager, "released_at": NOW}
    Commission.objects.filter(order=order).update(**said)
    one = Run.objects.select_related("order").get(pk=one.pk)
    assert [releases.may_release(who, one) for who in (place.member, place.manager, place.other)] == [
        True, False, False,
    ]  # fmt: skip
    assert [releases.may_withdraw(who, one) for who in (place.member, place.manager, place.other)] == [
        True, True, False,
    ]  # fmt: skip
