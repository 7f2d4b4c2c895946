"""Which store this installation has, by its settings."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from liqi.answers.store._disk import Disk
from liqi.answers.store._protocol import Store


def current() -> Store:
    """The bucket of the settings, else the disk."""
    if settings.LIQI_S3_BUCKET:
        return _bucket(
            settings.LIQI_S3_BUCKET, settings.LIQI_S3_PREFIX, settings.LIQI_S3_ENDPOINT, settings.LIQI_S3_REGION,
            settings.LIQI_S3_CACHE_BYTES, str(settings.LIQI_DATA),
        )  # fmt: skip
    return Disk(Path(settings.LIQI_DATA) / "files")


def incoming() -> Path:
    """The folder of bytes not whole yet, on the disk of the stored ones; it exists after the call."""
    path = Path(settings.LIQI_DATA) / "files" / "incoming"
    path.mkdir(parents=True, exist_ok=True)
    return path


@lru_cache(maxsize=4)
def _bucket(bucket: str, prefix: str, endpoint: str, region: str, cache_bytes: int, data: str) -> Store:
    from liqi.answers.store import _s3
    from liqi.answers.store._cache import Cache

    cache = Cache(Path(data) / "cache" / "files", cache_bytes)
    return _s3.S3(_s3.client(endpoint=endpoint, region=region), bucket=bucket, prefix=prefix, cache=cache)
