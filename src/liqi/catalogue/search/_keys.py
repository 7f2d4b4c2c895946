"""All records that a question finds, for what is done with all of them: export, bulk edit, notices of new hits."""

from collections.abc import Iterator

from liqi.catalogue.search._documents import KINDS
from liqi.catalogue.search._filters import Filters
from liqi.catalogue.search._find import answer

_AT_ONCE = 2_000


def keys(text: str, filters: Filters | None = None, *, any_word: bool = True) -> Iterator[tuple[str, str]]:
    """Kind and key of every record that `find` counts for the same text and filters, kind by kind, oldest first.

    Without `any_word`, none where only some of the words were found: what is done with all hits must mean them all.
    Records that were taken out of the catalogue since the index last looked are left out.
    """
    got = answer(text, filters or Filters())
    if not got.total or (got.how == "any" and not any_word):
        return
    addresses = [address for _score, address in got.at.search(got.matching(), got.total, count=False).hits]
    rows = sorted(int(row) for row in got.at.fast_field_values("row", addresses) if row is not None)
    kinds = list(KINDS)
    for number, kind in enumerate(kinds):
        ids = [row // len(kinds) for row in rows if row % len(kinds) == number]
        for at in range(0, len(ids), _AT_ONCE):
            known = KINDS[kind][0].objects.filter(id__in=ids[at : at + _AT_ONCE]).order_by("id")
            yield from ((kind, key) for key in known.values_list("key", flat=True))
