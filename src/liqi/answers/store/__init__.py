"""The store: bytes under their SHA-256, on this machine's disk or in a bucket; nothing else knows which."""

from liqi.answers.store._cache import Cache
from liqi.answers.store._choice import current, incoming
from liqi.answers.store._disk import Disk, sync, sync_folder
from liqi.answers.store._protocol import Gone, Kept, Store, Unreachable, hash_of

__all__ = [
    "Cache",
    "Disk",
    "Gone",
    "Kept",
    "Store",
    "Unreachable",
    "current",
    "hash_of",
    "incoming",
    "sync",
    "sync_folder",
]
