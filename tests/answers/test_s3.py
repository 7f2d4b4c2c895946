"""The store in a bucket keeps what the disk keeps: whole or not at all, never twice, lent with a bound."""

import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liqi.accounts.models import Person
from liqi.answers import audit, execution, run, storage, store, upload
from liqi.answers.models import Run
from liqi.answers.store import _choice, _s3
from liqi.answers.store._cache import Cache

from .conftest import NOW

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
BUCKET = "files-of-liqi"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A stand-in for S3 on the loopback."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(address: str) -> Iterator[_s3.S3]:
    client = _s3.client(endpoint=address, region="")
    client.create_bucket(Bucket=BUCKET)
    yield client
    for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=one["Key"])
    client.delete_bucket(Bucket=BUCKET)
    client.close()


@pytest.fixture
def s3(bucket: Any, tmp_path: Path) -> _s3.S3:
    return _s3.S3(bucket, bucket=BUCKET, prefix="liqi/", cache=Cache(tmp_path / "cache", 10_000), part_bytes=5 << 20)


@pytest.fixture
def chosen(bucket: Any, address: str, settings: Any) -> Iterator[store.Store]:
    """The whole product keeps its files there."""
    settings.LIQI_S3_BUCKET, settings.LIQI_S3_ENDPOINT = BUCKET, address
    _choice._bucket.cache_clear()
    yield store.current()
    _choice._bucket.cache_clear()


def draft(folder: Path, content: bytes) -> tuple[Path, str]:
    path = folder / "draft"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def test_bytes_come_back_whole_and_in_part(s3: _s3.S3, tmp_path: Path) -> None:
    content = b"spectrum " * 1000
    path, sha256 = draft(tmp_path, content)
    s3.adopt(path, sha256)
    assert not path.exists()
    with s3.open(sha256) as whole, s3.open(sha256, 10, 20) as part, s3.open(sha256, 8990) as end:
        assert (whole.read(), part.read(), end.read()) == (content, content[10:30], content[8990:])
    assert s3.open(sha256, 5, 0).read() == s3.open(sha256, 9000).read() == b""
    kept = s3.find(sha256)
    assert kept is not None
    assert kept.size == 9000
    assert [one.sha256 for one in s3.every()] == [sha256]
    s3.remove(sha256)
    assert s3.find(sha256) is None
    with pytest.raises(store.Gone):
        s3.open(sha256)
    with pytest.raises(store.Gone):
        s3.lend(sha256)


def test_empty_files_are_kept_too(s3: _s3.S3, tmp_path: Path) -> None:
    path, sha256 = draft(tmp_path, b"")
    s3.adopt(path, sha256)
    s3.cache.drop(sha256)
    assert s3.lend(sha256).read_bytes() == b""


def test_big_files_go_in_parts_and_nothing_is_left_behind(s3: _s3.S3, tmp_path: Path) -> None:
    content = random.Random(1).randbytes(12 << 20)
    for _ in range(2):
        path, sha256 = draft(tmp_path, content)
        s3.adopt(path, sha256)
    s3.cache.drop(sha256)
    assert s3.lend(sha256).read_bytes() == content
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket=BUCKET)


def test_what_another_process_stored_meanwhile_is_as_good(s3: _s3.S3, tmp_path: Path) -> None:
    path, sha256 = draft(tmp_path, b"same")
    s3.client.put_object(Bucket=BUCKET, Key=s3.key_of(sha256), Body=b"same")
    s3._put(path, sha256)
    assert s3.open(sha256).read() == b"same"


def test_the_other_side_refuses_bytes_that_are_not_those_of_their_name(s3: _s3.S3, tmp_path: Path) -> None:
    path, _sha256 = draft(tmp_path, b"other bytes")
    s3.client.put_object(Bucket=BUCKET, Key=s3.key_of("ab" * 32), Body=b"other bytes")
    with pytest.raises(store.Gone):
        s3.lend("ab" * 32)
    assert path.exists()
    assert not list(s3.cache.folder.iterdir()), "bytes that are not whole are not lent"


def test_bytes_brought_again_count_as_new(s3: _s3.S3, tmp_path: Path) -> None:
    path, sha256 = draft(tmp_path, b"again")
    s3.adopt(path, sha256)
    before = s3.find(sha256)
    time.sleep(1.1)
    s3.adopt(draft(tmp_path, b"again")[0], sha256)
    after = s3.find(sha256)
    assert before is not None
    assert after is not None
    assert after.kept_at > before.kept_at


def test_the_cache_keeps_its_bound_but_never_takes_what_was_lent_just_now(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 250)
    for number in range(5):
        with cache.draft() as path:
            path.write_bytes(bytes(100))
            cache.keep(path, f"{number:064}")
    assert len(list(tmp_path.iterdir())) == 5, "all are young"
    for number in (0, 1, 2):
        os.utime(cache.path_of(f"{number:064}"), (number, number))
    assert cache.make_room() == 3
    assert cache.find(f"{0:064}") is None
    assert cache.find(f"{4:064}") is not None


def test_abandoned_parts_are_dropped(s3: _s3.S3) -> None:
    s3.client.create_multipart_upload(Bucket=BUCKET, Key="liqi/ab/x")
    assert s3.drop_abandoned(now=datetime(2010, 11, 12, tzinfo=UTC)) == 0  # the stand-in says it began on the 10th
    assert s3.drop_abandoned(now=datetime(2040, 1, 1, tzinfo=UTC)) == 1


def test_a_store_that_does_not_answer_is_one_sentence(tmp_path: Path, address: str) -> None:
    from botocore.config import Config

    nobody = boto3.client(
        "s3", endpoint_url="http://127.0.0.1:9", region_name="x", config=Config(retries={"max_attempts": 0})
    )
    away = _s3.S3(nobody, bucket=BUCKET, prefix="", cache=Cache(tmp_path, 10))
    with pytest.raises(store.Unreachable, match="try again"):
        away.find("ab" * 32)


@pytest.mark.django_db
def test_uploads_runs_and_the_audit_work_in_a_bucket(chosen: store.Store, person: Person, tmp_path: Path) -> None:
    assert isinstance(chosen, _s3.S3)
    content = b"x" * 1000
    one = upload.begin(name="x", size=len(content), person=person, now=NOW)
    upload.append(upload=one, offset=0, piece=content, now=NOW)
    file = upload.finish(upload=one, now=NOW)
    assert not list((tmp_path / "files").glob("??/*")), "nothing lies on the disk"
    made = run.start(method="test.count", files=[file], person=person, now=NOW)  # type: ignore[list-item]
    execution.perform(key=made.key, clock=lambda: NOW)
    made.refresh_from_db()
    assert made.state == Run.State.DONE
    assert {kept.sha256 for kept in chosen.every()} == {file.sha256, made.answer_sha256}
    chosen.cache.drop(file.sha256)
    assert storage.path_of(file.sha256).read_bytes() == content
    lost = storage.put(io.BytesIO(b"nobody's"))
    found = audit.examine(now=datetime.now(UTC) + timedelta(days=2))
    assert (found.there, found.damaged, found.missing) == (3, [], [])
    assert [kept.sha256 for kept in found.unnamed] == [lost]
    assert audit.sweep(found.unnamed, now=datetime.now(UTC) + timedelta(days=2)) == found.unnamed
    assert chosen.find(lost) is None


KILLED = """
import sys
from pathlib import Path
from liqi.answers.store import _s3
from liqi.answers.store._cache import Cache
import hashlib
bucket, address, folder = sys.argv[1:]
cache = Cache(Path(folder) / "cache", 10**9)
client = _s3.client(endpoint=address, region="")
s3 = _s3.S3(client, bucket=bucket, prefix="", cache=cache, part_bytes=5 << 20)
path = Path(folder) / "big"
sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
print("ready", flush=True)
s3.adopt(path, sha256)
"""


def test_a_process_killed_while_it_stores_leaves_all_or_nothing(bucket: Any, address: str, tmp_path: Path) -> None:
    content, draw = random.Random(3).randbytes(21 << 20), random.Random(4)
    sha256 = hashlib.sha256(content).hexdigest()
    here = _s3.S3(bucket, bucket=BUCKET, prefix="", cache=Cache(tmp_path / "mine", 10**9))
    for _ in range(4):
        (tmp_path / "big").write_bytes(content)
        words = [sys.executable, "-c", KILLED, BUCKET, address, str(tmp_path)]
        one = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert one.stdout is not None
        one.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.8))
        one.send_signal(signal.SIGKILL)
        one.communicate()
        kept = here.find(sha256)
        assert kept is None or kept.size == len(content)
        here.remove(sha256)
    (tmp_path / "big").write_bytes(content)
    here.adopt(tmp_path / "big", sha256)
    with here.open(sha256) as stream:
        assert store.hash_of(stream) == sha256
    assert here.drop_abandoned(now=datetime(2040, 1, 1, tzinfo=UTC)) >= 0
