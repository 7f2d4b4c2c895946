"""Records of the catalogue as files of a standard, with a report of what that standard could not say.

Records are read a thousand at a time and written as they are read, so that a million need no more memory than a
thousand. Private contacts are never written.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

from django.utils.translation import gettext as _

from liqi.catalogue._losses import Losses
from liqi.catalogue._streams import AT_ONCE, KINDS, near, records

__all__ = [
    "FORMATS",
    "KINDS",
    "ONE",
    "Export",
    "Format",
    "NotExportable",
    "export",
    "form",
    "near",
    "of_one",
    "records",
]

FILES_LISTED = 5000
_EXCHANGE = "liqi.catalogue.exchange"
FORMATS: dict[str, str] = {
    "pidinst-json": f"{_EXCHANGE}.pidinst.json_files",
    "pidinst-xml": f"{_EXCHANGE}.pidinst.xml_files",
    "datacite": f"{_EXCHANGE}.datacite",
    "cerif": f"{_EXCHANGE}.cerif",
    "jisc": f"{_EXCHANGE}.jisc",
    "national-forms": f"{_EXCHANGE}.national.form_files",
    "national-json": f"{_EXCHANGE}.national.json_files",
    "jsonld": f"{_EXCHANGE}.linked_data",
    "dcat": f"{_EXCHANGE}.dcat",
    "csv": f"{_EXCHANGE}.dump.csv_files",
    "xlsx": f"{_EXCHANGE}.dump.xlsx_files",
    "parquet": f"{_EXCHANGE}.dump.parquet_files",
}
"""Name of the format and the module that writes it (see Format); a module is read when its format is wanted."""
ONE = ("pidinst-json", "pidinst-xml", "datacite", "cerif", "jisc", "jsonld", "csv")
"""The formats that have a file for one record of its own."""


class NotExportable(ValueError):
    """The format or kind is none that can be written; the message says which can."""


class Format(Protocol):
    """What a module of FORMATS offers.

    `CARRIES` names for each kind that it can write the fields that a reader of the file gets back; all others that
    are not empty are reported as lost, with `REASON`. A module may also have `lost(record)` (pairs of field and
    reason, for single values that do not fit) and `content(record, site)` (the bytes of one record as a file). One
    that says what the catalogue is instead of its records has `describe` in place of `write`, and carries nothing.
    `WITHOUT` names fields that the module never looks at, which then are not read.
    """

    TITLE: str
    SUFFIX: str
    MEDIA_TYPE: str
    REASON: str
    CARRIES: dict[str, frozenset[str]]

    def write(self, records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
        """Write the records, which come kind by kind, into the folder; gives each file's path when it is whole."""
        ...


def form(name: str) -> Format:
    """The module of that format; raises NotExportable."""
    if name not in FORMATS:
        raise NotExportable(
            _("found format %(found)r; expected one of %(known)s.") % {"found": name, "known": ", ".join(FORMATS)}
        )
    return cast(Format, import_module(FORMATS[name]))


class Export:
    """Records on their way into files of one format; `losses` grows while `paths` is read.

    `kinds` narrows to those kinds, `chosen` to those pairs of kind and key (as `search.keys` gives them). Raises
    NotExportable.
    """

    def __init__(
        self,
        format_name: str,
        *,
        site: str,
        now: datetime,
        kinds: Iterable[str] = (),
        chosen: Iterable[tuple[str, str]] | None = None,
    ) -> None:
        self.module = form(format_name)
        known = tuple(self.module.CARRIES) or tuple(KINDS)
        self.kinds = tuple(kinds) or known
        if wrong := next((kind for kind in self.kinds if kind not in known), None):
            raise NotExportable(
                _("found kind %(found)r; expected what %(format_name)s can say: %(known)s.")
                % {"found": wrong, "format_name": format_name, "known": ", ".join(known)}
            )
        self.losses = Losses(self.module.CARRIES, self.module.REASON, getattr(self.module, "lost", None))
        self.written = 0
        self._site, self._now, self._chosen = site, now, chosen

    def paths(self, out: Path) -> Iterator[Path]:
        """The files in the folder, each when it is whole."""
        if describe := getattr(self.module, "describe", None):
            counts = {kind: KINDS[kind].objects.count() for kind in self.kinds}
            self.written = len(counts)
            yield describe(out, site=self._site, counts=counts, now=self._now)
            return
        yield from self.module.write(self.losses.watch(self._records()), out, site=self._site)
        self.written = self.losses.seen

    def _records(self, at_once: int = AT_ONCE) -> Iterator[tuple[str, Any]]:
        without = getattr(self.module, "WITHOUT", ())
        return records(self.kinds, self._chosen, without=without, at_once=at_once)

    def seen(self, count: int) -> Losses:
        """The losses of the first records alone; nothing is written."""
        for _record in islice(self.losses.watch(self._records(min(count, AT_ONCE))), count):
            pass
        return self.losses


def export(
    format_name: str,
    out: Path,
    *,
    site: str,
    now: datetime,
    kinds: Iterable[str] = (),
    chosen: Iterable[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The records are in files in `out`: {"written", "files", "files_total", "losses", "losses_total"}.

    Losses that are the same for many records are counted in losses.csv in `out`; at most some thousands are listed
    one by one. Raises NotExportable; the folder is made.
    """
    wanted = Export(format_name, site=site, now=now, kinds=kinds, chosen=chosen)
    out.mkdir(parents=True, exist_ok=True)
    files: list[str] = []
    total = 0
    for path in wanted.paths(out):
        total += 1
        if len(files) < FILES_LISTED:
            files.append(path.relative_to(out).as_posix())
    wanted.losses.write(out / "losses.csv")
    return {
        "written": wanted.written,
        "files": files,
        "files_total": total,
        "losses": wanted.losses.listed,
        "losses_total": wanted.losses.total,
    }


def of_one(kind: str) -> list[tuple[str, Format]]:
    """The formats in which one record of that kind can be had as a file, by name."""
    return [(name, module) for name in ONE if kind in (module := form(name)).CARRIES]
