"""The pages of stored files: one's own, one file with its preview, and the operators' desk."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.access.models import Order
from liqi.accounts.models import Membership, Organisation, Person
from liqi.answers import retention, rounds, storage, store
from liqi.answers.models import RetentionRule, StoredFile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
MGF = b"BEGIN IONS\nTITLE=caffeine\nPEPMASS=195.0877\n138.066 100\n110.0713 40\nEND IONS\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


def signed_in(name: str, **facts: Any) -> tuple[Client, Person]:
    person = Person.objects.create_user(f"{name}@example.org", "long-enough-word", name=name.title(), **facts)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client, person


def keep(person: Person | None, content: bytes = MGF, name: str = "tea.mgf") -> StoredFile:
    return storage.keep(io.BytesIO(content), name=name, person=person, now=NOW)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("tea.mgf", MGF, ("caffeine", "138.0660", "2 peaks")),
        ("plate.csv", b"well,signal\nA1,0.5\nA2,0.7\n", ("<th scope=\"col\">well</th>", "<td>0.7</td>")),
        ("notes.txt", b"<script>alert(1)</script>\n", ("&lt;script&gt;",)),
        ("run.raw", bytes(range(256)), ("0000 00 01 02",)),
        ("gel.png", PNG, ("/image/",)),
        ("empty", b"", ("Preview",)),
    ],
)  # fmt: skip
def test_the_beginning_of_a_known_format_is_shown_and_nothing_runs(
    name: str, content: bytes, shown: tuple[str, ...]
) -> None:
    client, person = signed_in("lin")
    said = page(client, f"/files/{keep(person, content, name).key}/")
    for words in shown:
        assert words in said
    assert "<script>alert" not in said


def test_a_broken_file_of_a_known_format_says_what_is_wrong() -> None:
    client, person = signed_in("lin")
    broken = keep(person, b"BEGIN IONS\nPEPMASS=x\n", "broken.mgf")
    said = page(client, f"/files/{broken.key}/")
    assert "expected" in said


def test_pictures_come_with_their_type_in_a_sandbox_and_other_files_never_do() -> None:
    client, person = signed_in("lin")
    picture, text = keep(person, PNG, "gel.png"), keep(person, b"<script>", "gel2.png")
    answer = client.get(f"/files/{picture.key}/image/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()
    assert client.get(f"/files/{text.key}/image/").status_code == 404


def test_a_file_of_somebody_else_is_not_there() -> None:
    client, _person = signed_in("lin")
    _other, mo = signed_in("mo")
    file = keep(mo)
    for address in (f"/files/{file.key}/", f"/files/{file.key}/image/", f"/answers/files/{file.key}/"):
        page(client, address, 404)
    assert client.post(f"/files/{file.key}/hold/", {"why": "mine"}).status_code == 404


def test_a_part_of_a_file_is_sent_where_a_part_is_asked_for() -> None:
    client, person = signed_in("lin")
    address = f"/answers/files/{keep(person).key}/"
    size = len(MGF)
    for asked, start, end in (("bytes=0-9", 0, 10), ("bytes=10-", 10, size), ("bytes=-5", size - 5, size)):
        answer = client.get(address, headers={"Range": asked})
        assert answer.status_code == 206
        assert b"".join(answer.streaming_content) == MGF[start:end]
        assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    whole = client.get(address)
    assert (whole.status_code, b"".join(whole.streaming_content), whole["Accept-Ranges"]) == (200, MGF, "bytes")
    assert client.get(address, headers={"Range": f"bytes={size}-"}).status_code == 416
    other = client.get(address, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (other.status_code, b"".join(other.streaming_content)) == (200, MGF)
    assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304


def test_my_files_are_listed_held_and_saved(settings: Any) -> None:
    settings.LIQI_QUOTA_BYTES = 1000
    client, person = signed_in("lin")
    file = keep(person)
    said = page(client, "/files/")
    assert "tea.mgf" in said
    assert "of at most 1 kB" in said
    client.post(f"/files/{file.key}/hold/", {"why": "an inquiry"})
    file.refresh_from_db()
    assert file.held_why == "an inquiry"
    assert "an inquiry" in page(client, "/files/?state=held")
    assert "tea.mgf" not in page(client, "/files/?state=removed")
    listed = b"".join(client.get("/files/?format=csv").streaming_content).decode()
    assert f"{file.key},tea.mgf,mgf" in listed
    client.post(f"/files/{file.key}/hold/", {"go": "1"})
    file.refresh_from_db()
    assert file.held_at is None


def test_operators_set_rules_see_what_would_go_and_others_may_not() -> None:
    client, operator = signed_in("op", is_operator=True)
    member, person = signed_in("lin")
    file = keep(person)
    retention.hold(file=keep(person, b"held", "held.txt"), person=person, why="an inquiry", now=NOW)
    page(member, "/desk/files/", 403)
    assert "files are kept without end" in page(client, "/desk/files/")
    client.post("/desk/files/", {"days_kept": "31"})
    rule = RetentionRule.objects.get()
    assert (rule.everybody, rule.days_kept, rule.notice_days, rule.person) == (True, 31, 30, operator)
    said = page(client, "/desk/files/?days=3650")
    assert "1 file goes" in said
    assert "on hold: an inquiry" in said
    assert b"tea.mgf" in b"".join(client.get("/desk/files/?days=3650&format=csv").streaming_content)
    for wrong in ({"days_kept": "soon"}, {"days_kept": "0"}, {"days_kept": "3", "organisation": "Nobody"}):
        assert client.post("/desk/files/", wrong).status_code == 422
    client.post("/desk/files/", {"drop": str(rule.pk)})
    assert not RetentionRule.objects.exists()
    assert file.removed_at is None


def test_the_rounds_stand_on_the_desk_with_what_they_found() -> None:
    client, _operator = signed_in("op", is_operator=True)
    sha256 = keep(None).sha256
    rounds.due(now=NOW)
    disk = store.current()
    assert isinstance(disk, store.Disk)
    disk.path_of(sha256).write_bytes(b"other")
    rounds.due(now=NOW + timedelta(days=1))
    said = page(client, "/desk/files/")
    assert sha256 in said
    assert "2026-11-23" in said


def test_a_removed_file_keeps_its_page_and_its_hash() -> None:
    client, person = signed_in("lin")
    file = keep(person)
    StoredFile.objects.filter(pk=file.pk).update(removed_at=NOW)
    store.current().remove(file.sha256)
    said = page(client, f"/files/{file.key}/")
    assert file.sha256 in said
    assert "rule of retention" in said
    page(client, f"/answers/files/{file.key}/", 404)


def test_the_quota_of_ones_organisation_stands_beside_ones_own(settings: Any) -> None:
    settings.LIQI_ORGANISATION_QUOTA_BYTES = 10**9
    client, person = signed_in("lin")
    theirs = Organisation.objects.create(name="Grain Institute")
    Membership.objects.create(person=person, organisation=theirs, role=Membership.Role.LEAD)
    order = Order.objects.create(person=person, organisation=theirs, title="grain", created_at=NOW)
    storage.keep(io.BytesIO(b"x" * 2048), name="a.bin", person=person, order=order, now=NOW)
    for address in ("/files/", f"/organisations/{theirs.pk}/"):
        shown = " ".join(page(client, address).split())
        assert "2.05 kB kept, 0 B on their way, of at most 1 GB" in shown
    assert "Orders of Grain Institute" in page(client, "/files/")


def test_a_zip_of_several_files_is_told_the_way_out() -> None:
    client, person = signed_in("lin")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        for name in ("a.csv", "b.csv"):
            whole.writestr(name, "mz,intensity\n138.066,100\n")
    file = storage.keep(io.BytesIO(packed.getvalue()), name="two.zip", person=person, now=NOW)
    said = "Unpack it and bring its files here together: several of a kind become a batch."
    assert said in page(client, f"/answers/new/?file={file.key}")
