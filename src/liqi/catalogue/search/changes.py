"""What the index has to take in: noted in the transaction of the change, applied by the indexer."""

from collections.abc import Iterable

from liqi.catalogue.models import IndexChange


def note(kind: str, keys: Iterable[str]) -> None:
    """The index will take in these records anew, or drop those that are gone."""
    IndexChange.objects.bulk_create([IndexChange(kind=kind, key=key) for key in keys], batch_size=2000)
