"""On the page and by the interface: identifications are edited with a reason, answers signed by two people."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person
from liqi.answers.models import Amendment, Run, Signing
from liqi.methods.mass_spectrometry._evidence import NAMES
from liqi.web import evidence
from tests.web import test_answers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
client, data, person = test_answers.client, test_answers.data, test_answers.person


@pytest.fixture
def colleague(person: Person) -> Person:
    other = Person.objects.create_user("mo@example.org", "long-enough-word", name="Mo")
    firm = Organisation.objects.create(name="Lab", kind=Organisation.Kind.FIRM)
    for one in (person, other):
        membership.join(person=one, organisation=firm, by=None, now=NOW)
    return other


def of(who: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(who)
    return client


def read(client: Client, run: Run, query: str = "") -> str:
    return client.get(f"/runs/{run.key}/{query}").content.decode()


def test_a_row_is_renamed_shown_and_undone(client: Client) -> None:
    run = test_answers.example(client)
    form = {"feature": first(run), "row": "0", "kind": "rename", "name": "Theobromine", "reason": "standard agrees"}
    sent = client.post(f"/runs/{run.key}/amend/", form)
    assert sent["Location"] == f"/runs/{run.key}/?row=0#found"
    page = read(client, run, "?row=0")
    assert "standard agrees" in page
    assert "renamed: Theobromine" in " ".join(page.split())
    table = client.get(f"/runs/{run.key}/tables/features.csv").content.decode()
    assert "Theobromine,standard agrees,Lin" in table
    client.post(f"/runs/{run.key}/amend/", {**form, "kind": "undo"})
    assert not Amendment.objects.standing().exists()
    assert "taken back by Lin" in read(client, run, "?row=0")


def first(run: Run) -> int:
    from liqi.answers import answer

    return int(answer.read(run)["tables"][0]["rows"][0]["index"])


def test_an_edit_without_a_reason_is_refused_and_a_visitor_signs_in_first(client: Client) -> None:
    run = test_answers.example(client)
    refused = client.post(f"/runs/{run.key}/amend/", {"feature": first(run), "kind": "confirm", "reason": ""})
    assert refused.status_code == 422
    assert b"say in a sentence why" in refused.content
    assert Client().post(f"/runs/{run.key}/amend/", {})["Location"].startswith("/accounts/login/")


def test_two_people_sign_and_the_page_says_so(client: Client, person: Person, colleague: Person) -> None:
    run = test_answers.example(client)
    assert "Who countersigns" in read(client, run)
    client.post(f"/runs/{run.key}/sign/", {"step": "sign", "asked": colleague.pk})
    assert "signed, waits for a second pair of eyes" in read(client, run)
    assert "Withdraw my signature" in read(client, run)
    theirs = of(colleague)
    assert "Send it back" in read(theirs, run)
    assert theirs.post(f"/runs/{run.key}/sign/", {"step": "withdraw"}).status_code == 403
    theirs.post(f"/runs/{run.key}/sign/", {"step": "countersign"})
    page = read(client, run)
    assert "signed and countersigned" in page
    assert "Confirm, reject or rename" not in page
    whole = json.loads(client.get(f"/runs/{run.key}/answer.json").content)
    assert whole["people"]["signature"]["countersigner"] == "Mo"
    packed = zipfile.ZipFile(io.BytesIO(test_answers.taken(client.get(f"/runs/{run.key}/crate.zip"))))
    inside = next(json.loads(packed.read(name)) for name in packed.namelist() if name.endswith("answer.json"))
    assert inside["people"] == whole["people"]


def test_a_colleague_sends_it_back(client: Client, colleague: Person) -> None:
    run = test_answers.example(client)
    client.post(f"/runs/{run.key}/sign/", {"step": "sign", "asked": colleague.pk})
    of(colleague).post(f"/runs/{run.key}/sign/", {"step": "send_back", "reason": "row 3"})
    assert not Signing.objects.standing().exists()
    assert "Confirm, reject or rename" in read(client, run)


def asked(client: Client, method: str, address: str, **body: Any) -> Any:
    return client.generic(method, f"/api/runs/{address}", json.dumps(body), "application/json")


def test_programs_edit_and_sign(client: Client, colleague: Person) -> None:
    run = test_answers.example(client)
    key, feature = run.key, first(run)
    made = asked(client, "POST", f"{key}/amendments", feature=feature, kind="reject", reason="blank has it")
    assert made.json()["people"]["amendments"][0]["reason"] == "blank has it"
    assert asked(client, "POST", f"{key}/amendments", feature=feature, kind="no", reason="x").status_code == 422
    assert asked(client, "DELETE", f"{key}/amendments/{feature}").json()["people"]["amendments"] == []
    assert asked(client, "POST", f"{key}/signature", countersigner="nobody@example.org").status_code == 422
    signed = asked(client, "POST", f"{key}/signature", countersigner="mo@example.org").json()
    assert signed["people"]["signature"]["asked"] == "Mo"
    assert asked(client, "POST", f"{key}/amendments", feature=feature, kind="reject", reason="x").status_code == 422
    assert asked(client, "POST", f"{key}/countersignature").status_code == 403
    back = asked(of(colleague), "POST", f"{key}/signature/send-back", reason="look again")
    assert back.json()["people"]["signature"] is None
    asked(client, "POST", f"{key}/signature", countersigner="mo@example.org")
    assert asked(client, "DELETE", f"{key}/signature").json()["people"]["signature"] is None
    asked(client, "POST", f"{key}/signature", countersigner="mo@example.org")
    final = asked(of(colleague), "POST", f"{key}/countersignature").json()
    assert final["people"]["signature"]["countersigner"] == "Mo"


def test_every_piece_of_evidence_has_words() -> None:
    known = {name for _words, figures in evidence.GROUPS.values() for name in figures}
    assert set(NAMES) | {"score", "lead"} <= known


def test_evidence_is_grouped_and_says_what_would_raise_it() -> None:
    told = evidence.why({"evidence": {
        "likeness": {"value": 0.9, "push": 1.5}, "sqrt_cosine": {"value": 0.8, "push": 0.25},
        "query_peaks": {"value": 2.0, "push": -0.75}, "brand_new": {"value": 1.0, "push": 0.01},
    }})  # fmt: skip
    assert [(group.key, group.push) for group in told.groups] == [("alike", 1.75), ("quality", -0.75), ("other", 0.01)]
    assert [figure.name for figure in told.groups[0].figures] == ["likeness", "sqrt_cosine"]
    assert told.ways == [evidence.WAYS["quality"], evidence.STANDARD]
    assert evidence.why({"evidence": {}}).ways == []


def test_the_panel_tells_why_of_the_candidate_that_is_asked_for(client: Client) -> None:
    run = test_answers.example(client)
    page = read(client, run, "?row=0&candidate=0")
    assert "Why this confidence" in page
    assert "How far ahead of other compounds" in page
    assert 'class="push push-up"' in page
    assert 'id="inchikey"' in page
