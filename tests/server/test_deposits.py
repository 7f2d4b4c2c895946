"""Evidence, certificates and pictures that no record names are found, and nothing else is."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.answers.models import StoredFile
from liqi.catalogue import deposit
from liqi.server import deposits

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def kept(settings: Any, content: bytes, at: datetime) -> str:
    sha256 = deposit.keep("pictures", content)
    os.utime(deposit.path_of("pictures", sha256), (at.timestamp(), at.timestamp()))
    return sha256


def test_only_what_no_record_names_is_nobodys(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    person = Person.objects.create_user(email="a@example.org", password="x", name="A")
    old = datetime(2026, 11, 1, tzinfo=UTC)
    by_field, by_journal = kept(settings, b"a field names it", old), kept(settings, b"the journal names it", old)
    nobodys, young = kept(settings, b"nobody names it", old), kept(settings, b"it came just now", NOW)
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / ("ab" * 32)).write_bytes(b"stored files are looked at elsewhere")
    file = StoredFile.objects.create(sha256=by_field, name="a", size=1, format="", person=person, uploaded_at=NOW)
    journal.write(person=person, verb="edited", thing=file, at=NOW, was=by_journal)

    found = deposits.orphans(tmp_path, now=NOW)
    assert [path.name for path in found] == [nobodys]
    assert deposits.sweep(found, now=NOW) == 1
    assert {path.name for path in deposits.every(tmp_path)} == {by_field, by_journal, young}


def test_what_is_kept_anew_while_the_records_are_read_is_not_swept(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    now = datetime.now(UTC)
    kept(settings, b"nobody names it yet", now - 2 * deposits.LEFT_FOR)
    found = deposits.orphans(tmp_path, now=now)
    assert len(found) == 1
    deposit.keep("pictures", b"nobody names it yet")
    assert deposits.sweep(found, now=now) == 0
    assert list(deposits.every(tmp_path)) == found


def test_a_deposit_whose_bytes_changed_is_damaged(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    sha256 = kept(settings, b"whole", NOW)
    assert hashlib.sha256(b"whole").hexdigest() == sha256
    assert deposits.damaged(tmp_path) == []
    deposit.path_of("pictures", sha256).write_bytes(b"other")
    assert deposits.damaged(tmp_path) == [sha256]
