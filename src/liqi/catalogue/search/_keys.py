"""All records that a question finds, for what is done with all of them: export, bulk edit, notices of new hits."""

from collections.abc import Iterator

from liqi.catalogue.search._find import answer
from liqi.catalogue.search._query import Filters, matching
from liqi.catalogue.search._question import read
from liqi.catalogue.search._store import searcher


def keys(text: str, filters: Filters | None = None) -> Iterator[tuple[str, str]]:
    """Kind and key of every record that `find` counts for the same text and filters, in no particular order."""
    filters = filters or Filters()
    at = searcher()
    units, result, loosely = answer(at, read(text), filters, 1, 0)
    if not result.count:
        return
    wanted = matching(units, filters, every=loosely != "any")
    for _score, address in at.search(wanted, result.count, count=False).hits:
        document = at.doc(address)
        kind, key = document["key"][0].split(":", 1)
        yield kind, key
