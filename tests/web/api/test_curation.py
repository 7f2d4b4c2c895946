"""Saved searches and the curation of records by program: the same rules as on the pages, and each deed undone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from liqi.accounts import tokens
from liqi.accounts.models import Person
from liqi.catalogue import duplicates, search
from liqi.catalogue.models import Instrument, SavedSearch
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
JSON = "application/json"
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def home(settings: Any, tmp_path: Any) -> Place:
    settings.LIQI_DATA = tmp_path
    return place()


def program(person: Person, *scopes: str) -> Client:
    made = tokens.issue(person=person, name="p", scopes=list(scopes), days=7, now=datetime.now(UTC))
    return Client(headers={"Authorization": f"Bearer {made.secret}", "Accept-Language": "en"})


def send(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = client.generic(method, f"/api/{path}", data="" if body is None else json.dumps(body), content_type=JSON)
    return answer.status_code, answer.json() if answer.content else None


def made(home: Place, key: str, **fields: Any) -> Instrument:
    own = {"institution": home.facility.institution, "facility": home.facility, "name": key, "source": "test"}
    return Instrument.objects.create(key=key, created_at=NOW, updated_at=NOW, **own | fields)


def test_a_search_is_kept_once_and_tells_what_is_new_until_it_was_seen(home: Place) -> None:
    made(home, "old", name="Glovebox")
    search.rebuild()
    mine, theirs = program(home.member, "read"), program(home.manager, "read")
    status, saved = send(mine, "POST", "search/saved", {"address": "?q=Glovebox&page=3"})
    assert (status, saved["address"], saved["title"], saved["total"], saved["new"]) == (
        201, "q=Glovebox", "Glovebox", 1, 0,
    )  # fmt: skip
    assert send(mine, "POST", "search/saved", {"address": "q=Glovebox"})[0] == 200
    SavedSearch.objects.update(seen_at=NOW - timedelta(days=1))
    assert [one["new"] for one in send(mine, "GET", "search/saved")[1]["items"]] == [1]
    assert send(mine, "POST", f"search/saved/{saved['id']}/seen")[1]["new"] == 0
    status, changed = send(mine, "PATCH", f"search/saved/{saved['id']}", {"title": "Boxes", "notify": False})
    assert (status, changed["title"], changed["notify"]) == (200, "Boxes", False)
    assert send(mine, "PATCH", f"search/saved/{saved['id']}", {"title": " "})[0] == 422
    status, refused = send(mine, "POST", "search/saved", {"address": "q=x&near=nowhere"})
    assert status == 422
    assert "nowhere" in refused["detail"]
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/seen"), ("DELETE", "")):
        assert send(theirs, method, f"search/saved/{saved['id']}{path}", {})[0] == 404
    assert send(mine, "DELETE", f"search/saved/{saved['id']}")[0] == 204
    assert send(mine, "GET", "search/saved")[1]["items"] == []


def test_a_pair_is_kept_apart_looked_at_again_merged_and_parted(home: Place) -> None:
    for key in ("a", "b"):
        made(home, key, handle="20.1/x", model="QE" if key == "b" else "")
    duplicates.propose(now=NOW)
    mine, stranger = program(home.manager, "read", "manage"), program(home.member, "read", "manage")
    (pair,) = send(mine, "GET", "curation/duplicates?reason=handle")[1]["items"]
    assert ({pair["first"], pair["second"]}, pair["state"]) == ({"a", "b"}, "proposed")
    assert {"name", "model"} <= set(pair["differs"])
    at = f"curation/duplicates/{pair['id']}"
    assert send(stranger, "GET", "curation/duplicates")[1]["items"] == []
    assert send(stranger, "POST", f"{at}/different")[0] == 403
    assert send(program(home.manager, "read"), "POST", f"{at}/different")[0] == 403
    assert send(mine, "POST", f"{at}/different")[1]["state"] == "different"
    assert send(mine, "POST", f"{at}/reconsider")[1]["state"] == "proposed"
    assert send(mine, "POST", f"{at}/merge", {"keep": "c"})[0] == 422
    assert send(mine, "POST", f"{at}/merge", {"keep": "a", "take": ["colour"]})[0] == 422
    status, done = send(mine, "POST", f"{at}/merge", {"keep": "a", "take": ["model"]})
    assert (status, done["kept"], done["merged"]) == (201, "a", "b")
    assert Instrument.objects.get(key="a").model == "QE"
    assert not Instrument.objects.filter(key="b").exists()
    assert send(stranger, "POST", f"curation/merges/{done['id']}/undo")[0] == 403
    assert send(mine, "POST", f"curation/merges/{done['id']}/undo")[1]["undone_at"] is not None
    assert [one["id"] for one in send(mine, "GET", "curation/merges")[1]["items"]] == [done["id"]]
    assert Instrument.objects.get(key="a").model == ""
    assert Instrument.objects.filter(key="b").exists()
    assert send(mine, "POST", f"curation/merges/{done['id']}/undo")[0] == 422


def test_classes_are_chosen_all_or_none_and_taken_back(home: Place) -> None:
    for key in ("gc", "lc"):
        made(home, key, name="Gas chromatograph")
    mine, stranger = program(home.manager, "read", "manage"), program(home.member, "read", "manage")
    found = {one["key"]: one["suggestions"] for one in send(mine, "GET", "curation/unclassed")[1]["items"]}
    best = found["gc"][0]["code"]
    assert {"gc", "lc"} <= set(found)
    assert send(mine, "POST", "curation/classes", {"classes": {"gc": best, "lc": "nonsense"}})[0] == 422
    assert Instrument.objects.get(key="gc").class_code == ""
    assert send(stranger, "POST", "curation/classes", {"classes": {"gc": best}})[0] >= 400
    status, (edit,) = send(mine, "POST", "curation/classes", {"classes": {"gc": best, "lc": best}})
    assert (status, edit["count"], edit["values"]) == (201, 2, {"class_code": best})
    Instrument.objects.filter(key="lc").update(class_code="")  # somebody was there since
    assert send(stranger, "POST", f"curation/edits/{edit['id']}/undo")[0] == 403
    assert send(mine, "POST", f"curation/edits/{edit['id']}/undo")[1] == {"restored": 1, "changed_since": ["lc"]}
    assert Instrument.objects.get(key="gc").class_code == ""


def test_words_of_techniques_are_for_operators_and_taken_back(home: Place) -> None:
    Person.objects.filter(pk=home.manager.pk).update(is_operator=True)
    mine, stranger = program(home.manager, "read", "manage"), program(home.member, "read", "manage")
    given = {"technique": "lcms", "words": ["tea in rain"]}
    assert send(stranger, "GET", "curation/technique-words")[0] == 403
    assert send(stranger, "POST", "curation/technique-words", given)[0] == 403
    assert send(mine, "POST", "curation/technique-words", given) == (200, given)
    assert send(mine, "GET", "curation/technique-words")[1]["items"] == [given]
    assert send(mine, "POST", "curation/technique-words", {"technique": "no", "words": ["x"]})[0] == 422
    for _time in range(2):
        assert send(mine, "POST", "curation/technique-words/back", given)[1]["words"] == []
    assert send(mine, "GET", "curation/technique-words")[1]["items"] == []
