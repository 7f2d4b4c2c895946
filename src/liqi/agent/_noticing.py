"""Noticing: what the scan found goes into the journal, and what is finished is said to be ready."""

import os
from dataclasses import dataclass, field

from ._journal import CONFIRMED, GONE, READY, SEEN, WAITING, File, Journal
from ._ready import is_marker, is_ready
from ._scan import Entry, Listing, Vanished, listings
from ._settings import Settings

STUCK = ("end", "partial", "closed", "marker")
LOOK_AGAIN_S = 20.0


@dataclass
class Scanned:
    """What a scan saw."""

    is_there: bool = True
    files: int = 0
    changed: list[File] = field(default_factory=list)
    """As they were before they changed, so that what was sent of them can be given up."""
    unreadable: list[str] = field(default_factory=list)


def scan(journal: Journal, settings: Settings, *, now: float) -> Scanned:
    """The journal knows every file as it is now. A folder that cannot be listed changes nothing."""
    scanned, visited, blind = Scanned(), set(), []
    try:
        for listing in listings(settings.folder, settings.left_out, by_identity=not settings.pull):
            if listing.problem:
                blind.append(listing.folder)
                scanned.unreadable.append(f"{os.fsdecode(listing.folder)}: {listing.problem}")
                continue
            visited.add(listing.folder)
            scanned.files += len(listing.entries)
            _folder(journal, settings, listing, scanned, now)
    except Vanished:
        scanned.is_there = False
        return scanned
    if scanned.files or not settings.pull:  # an empty share is likelier not mounted than emptied
        for folder in journal.folders() - visited:
            if not folder.startswith(tuple(blind)):
                _missing(journal, list(journal.in_folder(folder).values()))
    return scanned


def _folder(journal: Journal, settings: Settings, listing: Listing, scanned: Scanned, now: float) -> None:
    known = journal.in_folder(listing.folder)
    names = {os.fsdecode(entry.path).rpartition(os.sep)[2] for entry in listing.entries}
    entries = [entry for entry in listing.entries if not is_marker(entry.path, settings, names)]
    news = [entry for entry in entries if _is_new(known.get(entry.path), entry)]
    looked = [known[entry.path] for entry in entries if entry.path in known and entry not in news]
    missing = [file for path, file in known.items() if path not in {entry.path for entry in entries}]
    if settings.pull and not listing.entries:
        missing = []
    if not news and not missing and all(file.state != SEEN for file in looked):
        return
    with journal.together():
        for entry in news:
            if (before := known.get(entry.path)) is not None and before.state != CONFIRMED:
                scanned.changed.append(before)
            journal.see(
                path=entry.path, folder=entry.folder, is_run=entry.is_run, sign=entry.sign, size=entry.size,
                modified_ns=entry.modified_ns, now=now,
            )  # fmt: skip
        for file in looked:
            if file.state == SEEN:
                journal.change(file.path, looks=file.looks + 1, since=min(file.since, now))
        _missing(journal, missing)


def _is_new(file: File | None, entry: Entry) -> bool:
    return file is None or file.sign != entry.sign or file.is_run != entry.is_run or file.state == GONE


def _missing(journal: Journal, files: list[File]) -> None:
    """Files that went before they were confirmed are gone, which somebody is told; others are forgotten."""
    for file in files:
        if file.state in WAITING:
            journal.change(file.path, state=GONE, reason="gone")
        elif file.state == CONFIRMED:
            journal.database.execute("delete from file where path = ?", (file.path,))


def judge(journal: Journal, settings: Settings, *, now: float) -> int:
    """Every file that is finished is ready; gives how many became so."""
    ready, before = 0, -1
    while ready > before:  # a thousand at a time
        before = ready
        ready += _judge(journal, settings, now)
    return ready


def _judge(journal: Journal, settings: Settings, now: float) -> int:
    ready = 0
    for file in journal.waiting(SEEN, now=now):
        finished, why = is_ready(file, settings, now=now)
        given_up = why in ("end", "partial") and now - file.since >= settings.patience_seconds
        if finished or given_up:
            journal.change(file.path, state=READY, entire=not given_up, reason="", retry_at=0)
            ready += 1
        elif why in STUCK and (file.reason != why or file.retry_at < now):
            late = now - file.since > max(60.0, 3 * settings.quiet_seconds)
            journal.change(file.path, reason=why if late else "", retry_at=now + (LOOK_AGAIN_S if late else 0))
    return ready
