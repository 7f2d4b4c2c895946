"""What a worker does with a file that was brought in: look at it, check it, import it, and tell how far it is."""

import csv
import json
import logging
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django_tasks import task

from liqi.catalogue import column_mapping, importer
from liqi.catalogue._scope import Scope
from liqi.catalogue.editors import institutions_of
from liqi.catalogue.exchange import (
    FORMATS,
    Draft,
    Incoming,
    UnreadableFile,
    known_headers,
    look_at,
    sheet_names,
    table_of,
)
from liqi.catalogue.models import ImportJob, ImportState

FIRST = 50
INTERNAL = "internal"
_BEAT_S = 0.3
_EXAMPLES = 3
_SHOWN = (
    "name",
    "name_en",
    "model",
    "serial",
    "maker",
    "class_code",
    "institution",
    "value_cny",
    "acquired_on",
    "city",
)

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The person gave the job up."""


@task
def work(key: str) -> None:
    """The job with this key is checked or imported, or says why not."""
    perform(key, now=datetime.now(UTC))


def perform(key: str, *, now: datetime) -> None:
    """The same at a given time; a job that does not wait for work stays as it is."""
    if not ImportJob.objects.filter(key=key, state__in=ImportJob.AT_WORK).update(attempts=F("attempts") + 1):
        return
    job = ImportJob.objects.select_related("person", "institution").get(key=key)
    folder = Path(settings.LIQI_DATA) / "imports" / key
    with translation.override(job.language or settings.LANGUAGE_CODE):
        _attempt(job, folder, now)


def _attempt(job: ImportJob, folder: Path, now: datetime) -> None:
    try:
        (_import if job.state == ImportState.IMPORTING else _check)(job, folder, Beat(folder), now)
    except Cancelled:
        _over(job, ImportState.CANCELLED, "", now)
    except UnreadableFile as problem:
        _over(job, ImportState.FAILED, str(problem), now)
    except Exception:
        log.exception("import %s failed", job.key)
        _over(job, ImportState.FAILED, INTERNAL, now)


class Beat:
    """Tells in a file how far the work is, and stops it when the job was given up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = float("-inf")
        self(0, 0, "reading")

    def __call__(self, done: int, total: int, step: str) -> None:
        """Called with how far it is; raises Cancelled."""
        if time.monotonic() - self._last < _BEAT_S:
            return
        self._last = time.monotonic()
        if (self._folder / "cancel").exists():
            raise Cancelled
        part = self._folder / "progress.part"
        part.write_text(json.dumps({"done": done, "total": total, "step": step}))
        part.replace(self._folder / "progress.json")


def _check(job: ImportJob, folder: Path, beat: Beat, now: datetime) -> None:
    with Incoming(folder / "file", job.name, sheet=job.sheet) as file:
        look = look_at(file, known_headers())
        sheets = sheet_names(file)
        if look.shape == "table":
            job.header = [title for title in look.header if title]
            job.examples = _examples(file)
    told = next((name for name, module in FORMATS.items() if module.recognises(look)), "")
    saved = column_mapping.find(job.header) if look.shape == "table" else None
    if look.shape == "table" and told in ("", "csv") and not job.fields:
        job.fields = dict(saved.fields) if saved else column_mapping.guess(job.header)
        if saved is None and (not told or not all(job.fields.values())):
            job.state, job.found = ImportState.MAPPING, {"sheets": sheets}
            _save(job, ("state", "found", "fields", "header", "examples"))
            return
    found = importer.examine(folder / "file", now=now, first=FIRST, progress=beat, **_how(job, told))
    _write(folder / "preview.json", [_shown(draft) for draft in found.reading.drafts])
    _write_rejected(folder / "rejected.csv", found.reading.given_back)
    job.found = {**found.counts, "sheets": sheets, "kinds": _by_code(found), "mapping": saved.name if saved else ""}
    job.format, job.state = found.reading.format, ImportState.CHECKED
    job.source = job.source or found.reading.source
    _save(job, ("state", "found", "format", "source", "fields", "header", "examples"))


def _import(job: ImportJob, folder: Path, beat: Beat, now: datetime) -> None:
    found = importer.take_in(folder / "file", now=now, progress=beat, person=job.person, **_how(job, job.format))
    job.found |= {**found.counts, "kinds": _by_code(found)}
    job.imported = found.kept
    job.state = ImportState.DONE if found.kept else ImportState.CHECKED
    if found.kept:
        job.ended_at = now
    else:
        _write_rejected(folder / "rejected.csv", found.reading.given_back)
    _save(job, ("state", "found", "imported", "ended_at"))


def _how(job: ImportJob, told: str) -> dict[str, Any]:
    """How the file is to be read, and whose records it may touch."""
    scope = Scope(job.institution)
    if not job.person.is_operator:
        allowed = frozenset(institutions_of(job.person).values_list("pk", flat=True))
        scope = Scope(job.institution, allowed)
    mapping = dict(job.fields) if told in ("", "csv") and job.fields else None
    source = job.source or (f"{job.institution.name}"[:120] if job.institution else "")
    return {
        "name": job.name,
        "sheet": job.sheet,
        "as_format": told or "csv",
        "mapping": mapping,
        "scope": scope,
        "source": source,
    }


def _examples(file: Incoming) -> dict[str, list[str]]:
    """A few different cells of each column."""
    table = table_of(file, known_headers())
    found: dict[str, list[str]] = {title: [] for title in table.header if title}
    for row, _number in zip(table.rows, range(FIRST), strict=False):
        for title, cell in zip(table.header, row, strict=False):
            if cell and title in found and len(found[title]) < _EXAMPLES and cell[:80] not in found[title]:
                found[title].append(cell[:80])
    return found


def _shown(draft: Draft) -> dict[str, Any]:
    """A row of the preview: what would be kept, and what was noticed."""
    fields = dict(draft.fields)
    if isinstance(fields.get("institution"), Mapping):
        fields["institution"] = fields["institution"]["name"]
    shown = {name: str(fields[name]) for name in _SHOWN if fields.get(name) not in (None, "")}
    problems = [
        {"field": one.field, "code": one.code, "message": one.message, "fatal": one.fatal} for one in draft.problems
    ]
    return {"row": draft.row, "kind": draft.kind, "fields": shown, "problems": problems, "rejected": draft.rejected}


def _by_code(found: importer.Found) -> list[dict[str, Any]]:
    """The problems by their code, with how many, one example, and the first rows; what rejects rows first."""
    kinds: dict[str, dict[str, Any]] = {}
    for one in found.reading.problems:
        kind = kinds.setdefault(
            one.code, {"code": one.code, "fatal": one.fatal, "count": 0, "example": one.message, "rows": []}
        )
        kind["count"] += 1
        if len(kind["rows"]) < 5:
            kind["rows"].append(one.row)
    return sorted(
        kinds.values(), key=lambda kind: (not kind["fatal"], kind["code"].startswith("repaired_"), kind["code"])
    )


def _write(path: Path, what: Any) -> None:
    path.write_text(json.dumps(what, ensure_ascii=False, default=str), "utf-8")


def _write_rejected(path: Path, drafts: list[Draft]) -> None:
    """The rows as they came, with what is wrong in the last column; private columns were never kept."""
    if not drafts:
        path.unlink(missing_ok=True)
        return
    titles = list(dict.fromkeys(title for draft in drafts for title in draft.raw))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", *titles, "reason"])
        for draft in drafts:
            reasons = " ".join(f"{one.field}: {one.message}" for one in draft.problems if one.fatal)
            writer.writerow([draft.row, *(_cell(draft.raw.get(title, "")) for title in titles), reasons])


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text[:1] in ("=", "+", "@") and not text[1:].replace(".", "").isdigit() else text


def _save(job: ImportJob, fields: tuple[str, ...]) -> None:
    """The outcome is on record, unless the job was given up meanwhile."""
    values = {name: getattr(job, name) for name in fields}
    if ImportJob.objects.filter(pk=job.pk, state__in=ImportJob.AT_WORK).update(**values):
        os.utime(Path(settings.LIQI_DATA) / "imports" / job.key)


def _over(job: ImportJob, state: ImportState, message: str, now: datetime) -> None:
    ImportJob.objects.filter(pk=job.pk, state__in=ImportJob.AT_WORK).update(state=state, message=message, ended_at=now)
