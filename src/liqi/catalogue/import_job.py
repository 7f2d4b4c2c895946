"""A file brought in through the pages: kept, looked at, mapped, checked, confirmed, imported, cancelled.

The file lies in the data folder under the job's key. Long work is done by a worker; a person's choices are kept in the
job, so that nothing chosen is lost however long it takes.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue import column_mapping
from liqi.catalogue._import_work import work
from liqi.catalogue.editors import institutions_of
from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.models import ImportJob, ImportState, Institution

__all__ = [
    "MOST_BYTES",
    "NotAllowed",
    "UnreadableFile",
    "begin",
    "cancel",
    "choose",
    "confirm",
    "drop_old",
    "may_import",
    "preview",
    "progress",
    "rejected_path",
    "requeue_silent",
    "visible_to",
]

MOST_BYTES = 100 * 10**6
KEPT_DAYS = 30
SILENT_AFTER_S = 60
MOST_ATTEMPTS = 3


def may_import(person: Person | None) -> bool:
    """Whether the person leads an institution of the catalogue or is an operator."""
    return bool(person and person.is_active and (person.is_operator or institutions_of(person).exists()))


def visible_to(person: Person) -> Any:
    """The person's imports, newest first; an operator sees all."""
    jobs = ImportJob.objects.select_related("imported", "person", "institution")
    return jobs if person.is_operator else jobs.filter(person=person)


def begin(
    *,
    name: str,
    pieces: Iterable[bytes],
    person: Person,
    institution: Institution | None,
    now: datetime,
    source: str = "",
) -> ImportJob:
    """The file is kept, and a worker will look at it; raises NotAllowed, or UnreadableFile where it is too large."""
    if not may_import(person):
        raise NotAllowed(_("Only leads of an institution and operators import lists; ask one of them."))
    if not person.is_operator and (institution is None or not institutions_of(person).filter(pk=institution.pk)):
        raise NotAllowed(_("found an institution that you do not lead; choose one of yours."))
    job = ImportJob(name=name[-255:] or "list", size=0, person=person, institution=institution)
    job.state, job.begun_at, job.source = ImportState.CHECKING, now, source.strip()[:120]
    job.language = get_language() or ""
    folder = folder_of(job)
    folder.mkdir(parents=True)
    try:
        job.size = _write(folder / "file", pieces)
        with transaction.atomic():
            job.save()
            journal.write(person=person, verb="brought", thing=job, at=now, name=job.name, size=job.size)
            work.enqueue(job.key)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return job


def choose(
    job: ImportJob,
    *,
    fields: Mapping[str, str] | None,
    sheet: str,
    source: str,
    save_as: str,
    person: Person,
    now: datetime,
) -> ImportJob:
    """What the columns mean is on record, saved under a name where one is given, and the file is checked with it."""
    _mine(job, person)
    if job.state not in (ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED):
        raise UnreadableFile(_("found the file at work; wait until it is read, or cancel it."))
    with transaction.atomic():
        if fields is not None:
            job.fields = {title: fields.get(title, "") for title in job.header}
            column_mapping.check(job.fields)
            if "name" not in job.fields.values() and sheet == job.sheet:
                raise UnreadableFile(_("found no column for name; expected one; choose which column names the thing."))
            if save_as.strip():
                column_mapping.keep(save_as.strip(), job.header, job.fields, person=person, now=now)
        if sheet != job.sheet:
            job.fields, job.header = {}, []
        job.sheet, job.source = sheet[:120], source.strip()[:120]
        _queue(job, ImportState.CHECKING)
    return job


def confirm(job: ImportJob, *, person: Person, now: datetime) -> ImportJob:
    """The checked file is to be imported; raises UnreadableFile where rows were rejected."""
    _mine(job, person)
    if job.state != ImportState.CHECKED:
        raise UnreadableFile(_("found a file that is not checked yet, or imported already; look at its page."))
    if job.found.get("rejected"):
        raise UnreadableFile(_("found rejected rows; expected none; mend them in the file and bring it again."))
    with transaction.atomic():
        _queue(job, ImportState.IMPORTING)
        journal.write(person=person, verb="confirmed", thing=job, at=now)
    return job


def cancel(job: ImportJob, *, person: Person, now: datetime) -> ImportJob:
    """The job is given up; a worker that has it stops within a moment and leaves the catalogue as it was."""
    _mine(job, person)
    if job.state in (ImportState.DONE, ImportState.CANCELLED):
        return job
    (folder_of(job) / "cancel").touch()
    with transaction.atomic():
        journal.write(person=person, verb="cancelled", thing=job, at=now)
        if job.state != ImportState.IMPORTING:
            ImportJob.objects.filter(pk=job.pk).update(state=ImportState.CANCELLED, ended_at=now)
    job.refresh_from_db()
    return job


def progress(job: ImportJob) -> dict[str, Any]:
    """How far the work is: done, total, step."""
    return _json(job, "progress.json") or {"done": 0, "total": 0, "step": ""}


def preview(job: ImportJob) -> list[dict[str, Any]]:
    """The first rows as they would be kept, with the problems of each."""
    return _json(job, "preview.json") or []


def rejected_path(job: ImportJob) -> Path:
    """The rejected rows as CSV, with the reason in a column of its own."""
    return folder_of(job) / "rejected.csv"


def folder_of(job: ImportJob) -> Path:
    """Where the file and what was found in it lie."""
    return Path(settings.LIQI_DATA) / "imports" / job.key


def requeue_silent(*, now: datetime) -> int:
    """Jobs whose worker died are in the queue again; after three attempts they have failed."""
    count = 0
    for job in ImportJob.objects.filter(state__in=ImportJob.AT_WORK):
        mark = folder_of(job) / "progress.json"
        alive = mark.stat().st_mtime if mark.exists() else job.begun_at.timestamp()
        if now.timestamp() - alive < SILENT_AFTER_S or not job.attempts:
            continue
        count += 1
        if job.attempts >= MOST_ATTEMPTS:
            ImportJob.objects.filter(pk=job.pk).update(state=ImportState.FAILED, message="stopped", ended_at=now)
        else:
            mark.touch()
            work.enqueue(job.key)
    return count


def drop_old(*, now: datetime) -> int:
    """Files of jobs begun over 30 days ago are gone; what was imported stays, and the journal knows of it."""
    old = [job for job in ImportJob.objects.all() if (now - job.begun_at).days > KEPT_DAYS and folder_of(job).is_dir()]
    for job in old:
        shutil.rmtree(folder_of(job), ignore_errors=True)
    return len(old)


def _queue(job: ImportJob, state: ImportState) -> None:
    (folder_of(job) / "progress.json").unlink(missing_ok=True)
    job.state, job.message, job.attempts = state, "", 0
    job.language = get_language() or job.language
    job.save()
    work.enqueue(job.key)


def _mine(job: ImportJob, person: Person) -> None:
    if job.person_id != person.pk and not person.is_operator:
        raise NotAllowed(_("found an import of somebody else; expected your own."))


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    size = 0
    with path.open("wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise UnreadableFile(
                    _(
                        "found more than %(most)s MB; expected at most that through the page; import larger "
                        "files with `liqi import`, which takes them of any size."
                    )
                    % {"most": MOST_BYTES // 10**6}
                )
            file.write(piece)
    return size


def _json(job: ImportJob, name: str) -> Any:
    try:
        return json.loads((folder_of(job) / name).read_text("utf-8"))
    except (OSError, ValueError):
        return None
