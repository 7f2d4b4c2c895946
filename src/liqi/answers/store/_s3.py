"""The store in a bucket that speaks S3: one object a content, named by its hash, written where it is new."""

import base64
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from liqi.answers.store._cache import Cache
from liqi.answers.store._protocol import PIECE_BYTES, Gone, Kept, Unreachable, hash_of

PART_BYTES = 64 << 20
MOST_PARTS = 10_000
MOST_COPIED_BYTES = 5 << 30
"""S3 copies an object of at most so many bytes in one request, and takes at most so many parts."""
ABANDONED_AFTER = timedelta(days=7)
NOT_THERE = ("404", "NoSuchKey", "NotFound")
THERE_ALREADY = ("412", "PreconditionFailed", "409", "ConditionalRequestConflict")
HASH_LETTERS = 64


class S3:
    """Objects of one bucket under a prefix, laid out as on a disk: ab/abcd..."""

    def __init__(self, client: Any, *, bucket: str, prefix: str, cache: Cache, part_bytes: int = PART_BYTES) -> None:
        self.client, self.bucket, self.prefix, self.cache = client, bucket, prefix, cache
        self.part_bytes = part_bytes

    def key_of(self, sha256: str) -> str:
        """The name of the object."""
        return f"{self.prefix}{sha256[:2]}/{sha256}"

    def adopt(self, draft: Path, sha256: str) -> None:
        """The draft is an object, its hash checked by the other side too, and stays here as a lent file."""
        kept, size = self.find(sha256), draft.stat().st_size
        with _spoken():
            if kept is not None and kept.size == size and size <= MOST_COPIED_BYTES:
                self._touch(sha256)
            elif size <= self.part_bytes:
                self._put(draft, sha256)
            else:
                self._put_in_parts(draft, sha256, size, only_new=kept is None)
        self.cache.keep(draft, sha256)

    def find(self, sha256: str) -> Kept | None:
        """What the bucket says of the object."""
        with _spoken():
            try:
                facts = self.client.head_object(Bucket=self.bucket, Key=self.key_of(sha256))
            except self.client.exceptions.ClientError as problem:
                if _code(problem) in NOT_THERE:
                    return None
                raise
        return Kept(sha256, facts["ContentLength"], facts["LastModified"])

    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """The object as it comes, from a place on."""
        if length == 0:
            return io.BytesIO()
        more = {}
        if start or length is not None:
            more["Range"] = f"bytes={start}-{start + length - 1 if length is not None else ''}"
        with _spoken():
            try:
                body = self.client.get_object(Bucket=self.bucket, Key=self.key_of(sha256), **more)["Body"]
            except self.client.exceptions.ClientError as problem:
                if _code(problem) in NOT_THERE:
                    raise Gone(sha256) from None
                if _code(problem) == "InvalidRange":  # past the end there is nothing
                    return io.BytesIO()
                raise
        return cast(BinaryIO, body)

    def lend(self, sha256: str) -> Path:
        """A file of the cache, fetched and its hash checked where it is not there yet."""
        if (path := self.cache.find(sha256)) is not None:
            return path
        with self.cache.draft() as draft:
            with self.open(sha256) as source, draft.open("wb") as target, _spoken():
                while piece := source.read(PIECE_BYTES):
                    target.write(piece)
            with draft.open("rb") as stream:
                if hash_of(stream) != sha256:
                    raise Gone(sha256)
            return self.cache.keep(draft, sha256)

    def every(self) -> Iterator[Kept]:
        """Every object whose name is a hash."""
        with _spoken():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for page in pages:
                for one in page.get("Contents", ()):
                    name = one["Key"].rpartition("/")[2]
                    if len(name) == HASH_LETTERS:
                        yield Kept(name, one["Size"], one["LastModified"])

    def remove(self, sha256: str) -> None:
        """The object is deleted."""
        self.cache.drop(sha256)
        with _spoken():
            self.client.delete_object(Bucket=self.bucket, Key=self.key_of(sha256))

    def drop_abandoned(self, *, now: datetime) -> int:
        """Parts of objects that nobody finished for days, which cost their room unseen, are gone; gives how many."""
        gone = 0
        with _spoken():
            pages = self.client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for one in page.get("Uploads", ()):
                    if now - one["Initiated"] > ABANDONED_AFTER:
                        self._abort(one["Key"], one["UploadId"])
                        gone += 1
        return gone

    def _touch(self, sha256: str) -> None:
        """The object is as if it came now: a copy onto itself, which S3 allows where metadata are replaced."""
        key = self.key_of(sha256)
        self.client.copy_object(
            Bucket=self.bucket, Key=key, CopySource={"Bucket": self.bucket, "Key": key}, MetadataDirective="REPLACE"
        )

    def _put(self, draft: Path, sha256: str) -> None:
        checked = base64.b64encode(bytes.fromhex(sha256)).decode()
        with draft.open("rb") as body, self._unless_there():
            self.client.put_object(
                Bucket=self.bucket, Key=self.key_of(sha256), Body=body, ChecksumSHA256=checked, IfNoneMatch="*"
            )

    def _put_in_parts(self, draft: Path, sha256: str, size: int, *, only_new: bool) -> None:
        key, each = self.key_of(sha256), max(self.part_bytes, math.ceil(size / MOST_PARTS))
        upload = self.client.create_multipart_upload(Bucket=self.bucket, Key=key)["UploadId"]
        try:
            parts, number = [], 0
            with draft.open("rb") as source:
                while piece := source.read(each):
                    number += 1
                    made = self.client.upload_part(
                        Bucket=self.bucket, Key=key, UploadId=upload, PartNumber=number, Body=piece
                    )
                    parts.append({"ETag": made["ETag"], "PartNumber": number})
            condition = {"IfNoneMatch": "*"} if only_new else {}
            with self._unless_there(lambda: self._abort(key, upload)):
                self.client.complete_multipart_upload(
                    Bucket=self.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **condition
                )
        except BaseException:
            self._abort(key, upload)
            raise

    @contextmanager
    def _unless_there(self, otherwise: Any = lambda: None) -> Iterator[None]:
        """Somebody else stored the same bytes meanwhile: that is as good."""
        try:
            yield
        except self.client.exceptions.ClientError as problem:
            if _code(problem) not in THERE_ALREADY:
                raise
            otherwise()

    def _abort(self, key: str, upload: str) -> None:
        try:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)
        except self.client.exceptions.ClientError as problem:
            if _code(problem) not in (*NOT_THERE, "NoSuchUpload"):
                raise


def _code(problem: Any) -> str:
    return str(problem.response.get("Error", {}).get("Code", ""))


@contextmanager
def _spoken() -> Iterator[None]:
    """What the bucket or the way to it refuses becomes Unreachable, with its reason in one sentence."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as problem:
        reason = " ".join(str(problem).split())[:200]
        raise Unreachable(
            f"found the store of files not answering as it should ({reason}), expected S3; try again in a while."
        ) from problem


def client(*, endpoint: str, region: str) -> Any:
    """A client of the bucket's side; who it is comes from where all programs of S3 look (AWS_ACCESS_KEY_ID ...)."""
    import boto3
    from botocore.config import Config

    patient = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 5})
    return boto3.client("s3", endpoint_url=endpoint or None, region_name=region or "us-east-1", config=patient)
