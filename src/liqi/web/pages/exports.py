"""Exports: one record as a file of a standard, and what a search found, with a report of what is lost."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.catalogue import exporter, search
from liqi.catalogue.exchange import dump
from liqi.web import fieldnames, questions

SAMPLE = 100
"""So many records are looked at for the losses that the page shows before the download."""
FORMATS = {
    "csv": gettext_lazy("Table (CSV), all fields, read again by the import"),
    "xlsx": gettext_lazy("Workbook (XLSX), all fields"),
    "parquet": gettext_lazy("Columns (Parquet), all fields, for analysis"),
    "pidinst-json": gettext_lazy("PIDINST 1.0, JSON, one file an instrument"),
    "pidinst-xml": gettext_lazy("PIDINST 1.0, XML, one file an instrument"),
    "datacite": gettext_lazy("DataCite 4.5, JSON, one file a record"),
    "cerif": gettext_lazy("CERIF (OpenAIRE 1.2), XML, one file a record"),
    "jisc": gettext_lazy("Jisc equipment data 2025, one table"),
    "jsonld": gettext_lazy("schema.org, JSON-LD, one file a record"),
    "dcat": gettext_lazy("DCAT 3, the catalogue as a whole"),
}
"""The formats of the page, in its order."""
KINDS = {
    "instrument": gettext_lazy("Instruments"),
    "facility": gettext_lazy("Facilities"),
    "institution": gettext_lazy("Institutions"),
    "service": gettext_lazy("Services"),
    "maker": gettext_lazy("Makers"),
}


def one(request: HttpRequest, kind: str, key: str, name: str) -> HttpResponse:
    """The record as a file of that format."""
    known = dict(exporter.of_one(kind))
    if name not in known:
        raise exporter.NotExportable(
            _("Found format “%(found)s”; expected one of %(known)s.") % {"found": name[:40], "known": ", ".join(known)}
        )
    module: Any = known[name]
    record = get_object_or_404(exporter.near(kind), key=key)
    answer = HttpResponse(module.content(record, _site(request)), content_type=module.MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{key}{module.SUFFIX}"'
    return answer


def index(request: HttpRequest) -> HttpResponse:
    """Choose a format for what the address asks, see what it will lose, and take the files."""
    asked = questions.read(request.GET)
    name = request.GET.get("format", "csv")
    name = name if name in FORMATS else "csv"
    kinds = _kinds(name, asked)
    narrowed = _narrowed(asked)
    counts = _counts(asked, kinds) if narrowed else {kind: exporter.KINDS[kind].objects.count() for kind in kinds}
    losses = _losses(request, name, asked, kinds)
    facts = {
        "format": name,
        "formats": list(FORMATS.items()),
        "counts": [(kind, KINDS[kind], counts[kind]) for kind in kinds if counts.get(kind)],
        "total": sum(counts.get(kind, 0) for kind in kinds),
        "others": sorted(str(KINDS[kind]) for kind in asked.filters.kinds if kind in KINDS and kind not in kinds),
        "text": asked.text,
        "wrong": asked.wrong,
        "narrowed": narrowed,
        "losses": _said(losses, str(exporter.form(name).REASON)) if losses else [],
        "seen": losses.seen if losses else 0,
        "question": _without_format(request),
        "kept": [(field, value) for field in request.GET for value in request.GET.getlist(field) if field != "format"],
        "file": f"{reverse('export_file')}?{_with_format(request, name)}",
        "command": _command(name, asked),
        "crumbs": [(_("Catalogue"), reverse("search")), (_("Export"), "")],
    }
    return render(request, "exports/index.html", facts)


def _command(name: str, asked: questions.Question) -> str:
    """The command that writes the same, as far as the command line knows the filters of the page."""
    filters = asked.filters
    given: list[tuple[str, tuple[Any, ...]]] = [
        ("--text", (asked.text,) if asked.text else ()),
        ("--kind", filters.kinds),
        ("--class", filters.classes),
        ("--place", filters.places),
        ("--maker", filters.makers),
        ("--origin", filters.origins),
        ("--min-value", () if filters.min_value_cny is None else (filters.min_value_cny,)),
    ]
    words = [word for option, values in given for value in values for word in (option, str(value))]
    shared = [] if filters.shared is None else ["--shared" if filters.shared else "--not-shared"]
    return shlex.join(["liqi", "export", name, "--out", "liqi-export", *words, *shared])


def file(request: HttpRequest) -> HttpResponseBase:
    """What the address asks as files of its format, sent as they are made: one table as it is, else an archive."""
    asked = questions.read(request.GET)
    name = request.GET.get("format", "csv")
    exporter.form(name)
    if asked.wrong:
        raise exporter.NotExportable(asked.wrong)
    kinds = _kinds(name, asked)
    if not kinds:
        raise exporter.NotExportable(
            _("Found no kind of record that %(format)s can say; take the filter away or choose a table.")
            % {"format": name}
        )
    chosen = search.keys(asked.text, asked.filters) if _narrowed(asked) else None
    if name == "csv" and len(kinds) == 1:
        rows = (record for _kind, record in exporter.records(kinds, chosen))
        lines = chain(["\ufeff"], dump.lines(kinds[0], rows))
        return _sent(lines, f"{dump.NAMES[kinds[0]]}.csv", "text/csv; charset=utf-8")
    wanted = exporter.Export(name, site=_site(request), now=timezone.now(), kinds=kinds, chosen=chosen)
    return _sent(_archive(wanted), f"liqi-{name}.zip", "application/zip")


def _sent(pieces: Iterable[str | bytes], file_name: str, media_type: str) -> HttpResponseBase:
    answer = StreamingHttpResponse(pieces, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


class _Pipe:
    """What a ZipFile writes, to be taken piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep the piece until it is taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What has come since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _archive(wanted: exporter.Export) -> Iterator[bytes]:
    """The archive as it grows: each file leaves the disk once it is in."""
    pipe: Any = _Pipe()
    with TemporaryDirectory() as folder:
        out = Path(folder)
        with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
            for path in wanted.paths(out):
                archive.write(path, path.relative_to(out))
                path.unlink()
                yield pipe.take()
            wanted.losses.write(out / "losses.csv")
            if (out / "losses.csv").exists():
                archive.write(out / "losses.csv", "losses.csv")
    yield pipe.take()


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _kinds(name: str, asked: questions.Question) -> list[str]:
    """The kinds that are asked for and that the format can say."""
    known = tuple(exporter.form(name).CARRIES) or tuple(exporter.KINDS)
    wanted = asked.filters.kinds or known
    return [kind for kind in exporter.KINDS if kind in known and kind in wanted]


def _narrowed(asked: questions.Question) -> bool:
    """Whether anything but the kind narrows."""
    return bool(asked.text) or asked.filters != search.Filters(kinds=asked.filters.kinds)


def _counts(asked: questions.Question, kinds: list[str]) -> dict[str, int]:
    found = search.find(asked.text, asked.filters, limit=0, facets=("kind",))
    return {one.code: one.count for one in found.facets["kind"] if one.code in kinds}


def _losses(request: HttpRequest, name: str, asked: questions.Question, kinds: list[str]) -> Any:
    if name == "dcat" or not kinds:
        return None
    chosen = None
    if _narrowed(asked):
        found = search.find(asked.text, asked.filters, limit=SAMPLE, facets=())
        chosen = [(hit.kind, hit.key) for hit in islice(found.hits, SAMPLE)]
    wanted = exporter.Export(name, site=_site(request), now=timezone.now(), kinds=kinds, chosen=chosen)
    return wanted.seen(SAMPLE)


def _said(losses: Any, usual: str) -> list[tuple[str, str, int, str]]:
    """Field, kind, number of records, and the reason where it is not the usual one: that there is no place for it."""
    return [
        (fieldnames.label(field), kind, count, "" if reason == usual else reason)
        for kind, field, reason, count in losses.summary()
    ]


def _with_format(request: HttpRequest, name: str) -> str:
    asked = request.GET.copy()
    asked["format"] = name
    return asked.urlencode()


def _without_format(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("format", None)
    return asked.urlencode()
