"""The protocol tus 1.0.0 as a client speaks it."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.accounts.models import Person
from liqi.answers import storage, store
from liqi.answers.models import StoredFile, Upload

pytestmark = pytest.mark.django_db
CONTENT = b"BEGIN IONS\nPEPMASS=195.0877\n138.066 100\nEND IONS\n"
HASH = hashlib.sha256(CONTENT).hexdigest()
SPEAKS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


@pytest.fixture
def client() -> Client:
    person = Person.objects.create_user("lin@example.org", "long-enough-word", name="Lin")
    client = Client()
    client.force_login(person)
    return client


def metadata(**facts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())


def create(client: Client, size: int = len(CONTENT), **facts: str) -> Any:
    more = {"Upload-Length": str(size), "Upload-Metadata": metadata(filename="tea.mgf", **facts)}
    return client.post("/uploads/", headers=SPEAKS | more)


def send(client: Client, address: str, offset: int, piece: bytes) -> Any:
    headers = SPEAKS | {"Upload-Offset": str(offset)}
    return client.patch(address, piece, content_type=PIECE, headers=headers)


def test_options_say_what_is_spoken(client: Client) -> None:
    said = client.options("/uploads/")
    assert said.status_code == 204
    assert said["Tus-Version"] == "1.0.0"
    assert "creation" in said["Tus-Extension"]


def test_a_file_cut_at_any_byte_goes_on_where_it_was(client: Client) -> None:
    for cut in range(len(CONTENT) + 1):
        address = create(client, sha256=HASH)["Location"]
        if cut:
            assert send(client, address, 0, CONTENT[:cut]).status_code == 204
        far = client.head(address, headers=SPEAKS)
        assert (far["Upload-Offset"], far["Upload-Length"]) == (str(cut), str(len(CONTENT)))
        last = send(client, address, cut, CONTENT[cut:]) if cut < len(CONTENT) else far
        assert last["Liqi-Sha256"] == HASH
    file = StoredFile.objects.get()
    assert (file.name, file.format) == ("tea.mgf", "mgf")
    assert storage.path_of(file.sha256).read_bytes() == CONTENT


def test_a_wrong_offset_is_a_conflict(client: Client) -> None:
    address = create(client)["Location"]
    assert send(client, address, 5, CONTENT[5:]).status_code == 409


def test_a_wrong_hash_is_said_and_nothing_is_kept(client: Client) -> None:
    address = create(client, sha256="0" * 64)["Location"]
    refused = send(client, address, 0, CONTENT)
    assert refused.status_code == 460
    assert "请重新发送" in refused.content.decode()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "found|expected"), ("zh-Hans", "应为|需要|请"), ("zh-Hant", "應為|需要|請")],
)
def test_every_refusal_is_said_in_the_senders_language(client: Client, language: str, words: str) -> None:
    """A program that asks for English, as the agent does, keeps English."""
    asks = {"Accept-Language": language}
    address = create(client)["Location"]
    piece = SPEAKS | asks | {"Upload-Offset": "0"}
    refused = [
        client.post("/uploads/", headers=asks),
        Client().post("/uploads/", headers=SPEAKS | asks),
        client.post("/uploads/", headers=SPEAKS | asks | {"Upload-Length": "ten"}),
        client.patch(address, CONTENT, content_type="text/plain", headers=piece),
        client.patch(address, CONTENT[3:], content_type=PIECE, headers=piece | {"Upload-Offset": "3"}),
        client.patch(address, CONTENT * 2, content_type=PIECE, headers=piece),
        client.patch(address, CONTENT, content_type=PIECE, headers=piece | {"Upload-Checksum": "md5 AAAA"}),
        client.patch(address, CONTENT, content_type=PIECE, headers=piece | {"Upload-Checksum": "sha1 !"}),
    ]
    said = [one.content.decode() for one in refused]
    assert [one.status_code for one in refused] == [412, 401, 400, 415, 409, 413, 400, 400]
    assert [one for one in said if not re.search(words, one, re.IGNORECASE)] == []
    han = [bool(re.search("[\u4e00-\u9fff]", one)) for one in said]
    assert set(han) == {language != "en"}


def test_an_upload_can_be_given_up(client: Client) -> None:
    address = create(client)["Location"]
    send(client, address, 0, CONTENT[:9])
    assert client.delete(address, headers=SPEAKS).status_code == 204
    assert not Upload.objects.exists()
    assert not list(store.incoming().iterdir())
    assert client.head(address, headers=SPEAKS).status_code == 404


def test_more_than_the_quota_is_refused_before_the_first_byte(client: Client, settings: Any) -> None:
    settings.LIQI_QUOTA_BYTES = 10
    assert create(client).status_code == 413


def test_a_visitor_is_asked_to_sign_in() -> None:
    assert create(Client()).status_code == 401


def test_nobody_goes_on_with_somebody_elses_upload(client: Client) -> None:
    address = create(client)["Location"]
    stranger = Client()
    stranger.force_login(Person.objects.create_user("mo@example.org", "long-enough-word", name="Mo"))
    assert send(stranger, address, 0, CONTENT).status_code == 404


@pytest.mark.parametrize(
    ("headers", "kind", "status"),
    [
        ({"Tus-Resumable": "0.9"}, PIECE, 412),
        (SPEAKS, "text/plain", 415),
        (SPEAKS | {"Upload-Offset": "x"}, PIECE, 400),
    ],
)
def test_what_is_not_tus_is_refused(client: Client, headers: dict[str, str], kind: str, status: int) -> None:
    address = create(client)["Location"]
    assert client.patch(address, CONTENT, content_type=kind, headers=headers).status_code == status


def test_a_missing_length_is_refused(client: Client) -> None:
    assert client.post("/uploads/", headers=SPEAKS).status_code == 400
