import errno
import hashlib
import shutil
from collections import namedtuple
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from liqi.access.models import Order
from liqi.accounts.models import Organisation, Person
from liqi.answers import quota, storage, store, upload
from liqi.answers.models import StoredFile, Upload

from .conftest import NOW

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(64)) * 2
HASH = hashlib.sha256(CONTENT).hexdigest()


def begin(person: Person, **more: Any) -> Upload:
    return upload.begin(name="run.mzML", size=len(CONTENT), person=person, now=NOW, **more)


def test_a_cut_at_any_byte_loses_nothing(person: Person, data: Any) -> None:
    for cut in range(len(CONTENT) + 1):
        one = begin(person, sha256=HASH)
        upload.append(upload=one, offset=0, piece=CONTENT[:cut], now=NOW)
        again = Upload.objects.get(key=one.key)  # what a new connection sees
        assert again.offset == cut
        upload.append(upload=again, offset=cut, piece=CONTENT[cut:], now=NOW)
        file = upload.finish(upload=again, now=NOW)
        assert storage.path_of(file.sha256).read_bytes() == CONTENT
    assert StoredFile.objects.count() == 1


def test_a_cut_between_disk_and_record_is_mended_by_sending_again(person: Person) -> None:
    for cut in range(0, len(CONTENT), 7):
        one = begin(person, sha256=HASH)
        upload.part_of(one).write_bytes(CONTENT[:cut] + b"torn")  # written, and the power went before the record
        upload.append(upload=one, offset=0, piece=CONTENT, now=NOW)
        assert upload.finish(upload=one, now=NOW).sha256 == HASH


def test_a_wrong_offset_is_refused_and_says_where_to_go_on(person: Person) -> None:
    one = begin(person)
    upload.append(upload=one, offset=0, piece=CONTENT[:10], now=NOW)
    for wrong in (0, 9, 11, 128):
        with pytest.raises(upload.WrongOffset) as refused:
            upload.append(upload=one, offset=wrong, piece=b"x", now=NOW)
        assert refused.value.offset == 10


def test_more_than_announced_is_refused(person: Person) -> None:
    with pytest.raises(upload.TooLong):
        upload.append(upload=begin(person), offset=0, piece=CONTENT + b"!", now=NOW)


def test_a_wrong_hash_keeps_nothing(person: Person) -> None:
    one = begin(person, sha256=HASH)
    upload.append(upload=one, offset=0, piece=CONTENT[::-1], now=NOW)
    with translation.override("en"), pytest.raises(upload.WrongHash, match="send it again"):
        upload.finish(upload=one, now=NOW)
    assert not StoredFile.objects.exists()
    assert not Upload.objects.exists()
    assert not list(store.incoming().iterdir())


def test_finishing_twice_gives_the_same_file(person: Person) -> None:
    one = begin(person)
    upload.append(upload=one, offset=0, piece=CONTENT, now=NOW)
    assert upload.finish(upload=one, now=NOW) == upload.finish(upload=one, now=NOW)


def test_a_cut_between_move_and_record_is_mended_by_finishing_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begin(person)
    upload.append(upload=one, offset=0, piece=CONTENT, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "record", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            upload.finish(upload=one, now=NOW)
    assert upload.finish(upload=Upload.objects.get(key=one.key), now=NOW).sha256 == HASH


def test_an_unfinished_upload_cannot_be_finished(person: Person) -> None:
    with pytest.raises(upload.WrongOffset):
        upload.finish(upload=begin(person), now=NOW)


def test_an_empty_file_is_a_file(person: Person) -> None:
    one = upload.begin(name="empty", size=0, person=person, now=NOW)
    assert upload.finish(upload=one, now=NOW).size == 0


def test_the_quota_counts_what_is_kept_and_what_is_coming(person: Person, settings: Any) -> None:
    settings.LIQI_QUOTA_BYTES = 2 * len(CONTENT)
    begin(person)
    begin(person)
    with translation.override("en"), pytest.raises(upload.NoRoom, match="in use by you"):
        begin(person)


def test_the_quota_of_an_organisation_is_refused_by_its_name(person: Person, settings: Any) -> None:
    settings.LIQI_ORGANISATION_QUOTA_BYTES = len(CONTENT)
    theirs = Organisation.objects.create(name="Grain Institute")
    order = Order.objects.create(person=person, organisation=theirs, title="grain", created_at=NOW)
    upload.begin(name="a", size=len(CONTENT), person=person, order=order, now=NOW)
    assert quota.of_organisation(theirs).free == 0
    refused = pytest.raises(
        upload.NoRoom, match=r"in use by the orders of Grain Institute and 1 more to come; expected"
    )
    with translation.override("en"), refused:
        upload.begin(name="b", size=1, person=person, order=order, now=NOW)


def test_a_full_disk_is_said_before_the_first_byte(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 99, 1))
    with translation.override("en"), pytest.raises(upload.NoRoom, match="free on the disk"):
        begin(person)


def test_a_disk_that_fills_up_on_the_way_keeps_the_offset(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    one = begin(person)
    upload.append(upload=one, offset=0, piece=CONTENT[:50], now=NOW)

    def full(_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(store, "sync", full)
        with translation.override("en"), pytest.raises(upload.NoRoom, match="disk full"):
            upload.append(upload=one, offset=50, piece=CONTENT[50:], now=NOW)
    one.refresh_from_db()
    assert one.offset == 50
    upload.append(upload=one, offset=50, piece=CONTENT[50:], now=NOW)
    assert upload.finish(upload=one, now=NOW).sha256 == HASH


def test_abandoned_uploads_go_and_their_bytes_too(person: Person) -> None:
    one = begin(person)
    upload.append(upload=one, offset=0, piece=CONTENT[:5], now=NOW)
    assert upload.drop_expired(now=NOW + timedelta(days=6)) == 0
    assert upload.drop_expired(now=NOW + timedelta(days=8)) == 1
    assert not list(store.incoming().iterdir())


def test_bytes_that_the_disk_lost_are_asked_for_again_and_never_taken_for_zeros(person: Person) -> None:
    one = begin(person)
    upload.append(upload=one, offset=0, piece=CONTENT[:50], now=NOW)
    upload.part_of(one).unlink()
    with pytest.raises(upload.WrongOffset) as told:
        upload.append(upload=one, offset=50, piece=CONTENT[50:], now=NOW)
    assert told.value.offset == 0
    upload.append(upload=one, offset=0, piece=CONTENT, now=NOW)
    upload.part_of(one).unlink()
    with pytest.raises(upload.WrongOffset):
        upload.finish(upload=one, now=NOW)
    upload.append(upload=one, offset=0, piece=CONTENT, now=NOW)
    assert upload.finish(upload=one, now=NOW).sha256 == HASH
