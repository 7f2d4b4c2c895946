"""Centres, infrastructures and instruments as the JSON payloads of the national interface (types 1, 2 and 4).

Customs records, service records and the results of a year (types 5, 6, 7) hold what is not for everybody; they are
written with all the others by `liqi national export`, for the institution that reports.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange.national import dictionary, records
from liqi.catalogue.exchange.national.form_files import CARRIES, lost
from liqi.catalogue.models import Facility, Register

__all__ = ["CARRIES", "MEDIA_TYPE", "REASON", "SUFFIX", "TITLE", "Envelopes", "content", "envelope", "lost", "write"]

TITLE = "National platform: payloads of the interface (JSON)"
SUFFIX, MEDIA_TYPE = ".json", "application/json"
REASON = gettext_lazy("the national interface has no key for it")


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """One file for each kind of record is in the folder: a JSON list of envelopes in the order of sending."""
    made = Envelopes(out)
    for one in records:
        if record := record_of(one):
            made.add(record, envelope(record, one))
    yield from made.close()


def content(one: Any, site: str) -> bytes:
    """The envelope of one record; an empty document for one that the interface does not take."""
    record = record_of(one)
    return json.dumps(envelope(record, one) if record else {}, ensure_ascii=False, indent=1).encode()


def record_of(one: Any) -> str:
    """As which record of the interface ours is reported, blank where it is none."""
    if isinstance(one, Facility):
        return {Register.CENTRE: "center", Register.INFRASTRUCTURE: "facility"}.get(one.register, "")  # type: ignore[call-overload, no-any-return]
    return "instrument"


def envelope(record: str, one: Any) -> dict[str, Any]:
    """The record as it is sent: the institution's code, the type of record, the payload."""
    ins_code = one.institution.national_code if one.institution else ""
    return {"insCode": ins_code, "type": dictionary.RECORDS[record], "data": records.payload(record, one)}


class Envelopes:
    """JSON lists in a folder, one for each kind of record, written as they grow."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._open: dict[str, TextIO] = {}

    def add(self, record: str, made: dict[str, Any]) -> None:
        """One more envelope of this kind."""
        first = record not in self._open
        if first:
            path = self._out / f"national_{dictionary.RECORDS[record]}_{record}.json"
            self._open[record] = path.open("w", encoding="utf-8")
        self._open[record].write(("[\n" if first else ",\n") + json.dumps(made, ensure_ascii=False))

    def close(self) -> list[Path]:
        """Every list is ended; gives the paths in the order of sending."""
        for file in self._open.values():
            file.write("\n]\n")
            file.close()
        return sorted(Path(file.name) for file in self._open.values())
