"""The records of the observatory, one module a noun."""

from liqi.observatory.models.snapshot import Snapshot

__all__ = ["Snapshot"]
