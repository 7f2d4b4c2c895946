"""A whole index written from the database, by two processes where there is much to write.

Each process writes the segments of its own share of the records into a folder of its own; segments have names that
never meet, so the shares become one index by standing in one folder with one list of segments.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import tantivy

from liqi.catalogue.search._schema import SCHEMA

SHARED_FROM = 50_000
"""From so many instruments on, a second process helps."""
WRITER_BYTES = 400_000_000
"""Memory for the segments that are being written; more of it means fewer and larger segments."""
TIERS_HOLD = (5_000, 25_000, 100_000, 300_000)
"""How many of the best records stand in the first tier, in the first two, and so on; the last tier has the others."""
SAMPLED = 2_000
TIERS = "tiers.json"


def build(at: Path, *, today: date) -> int:
    """The folder holds an index of all records of the database; the number of records."""
    from liqi.catalogue.models import Instrument
    from liqi.catalogue.search._documents import Documents

    at.mkdir(parents=True)
    count = Instrument.objects.count()
    tiers = _tiers(Documents(today=today, every=False), count)
    (at / TIERS).write_text(json.dumps(tiers))
    last = Instrument.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if count < SHARED_FROM or (os.cpu_count() or 1) < 2:
        return _write(at, range(last + 1), tiers, today, others=True)
    middle = Instrument.objects.order_by("id").values_list("id", flat=True)[count // 2]
    half = at / "half"
    helper = _helper(half, range(middle, last + 1), tiers, today)
    try:
        written = _write(at, range(middle), tiers, today, others=True)
        said, _nothing = helper.communicate()
    finally:
        if helper.poll() is None:
            helper.kill()
            helper.wait()
    if helper.returncode:  # it was ended, or had no memory: its share is written here
        shutil.rmtree(half, ignore_errors=True)
        return written + _write(at, range(middle, last + 1), tiers, today, others=False)
    _take_in(half, at)
    return written + int(said)


def tiers_of(at: Path) -> list[float]:
    """The limits of quality that divide the records of this index into tiers."""
    limits: list[float] = json.loads((at / TIERS).read_text())
    return limits


def _tiers(documents: Any, count: int) -> list[float]:
    """The limits of quality, told from a sample; one tier for all while there are few records."""
    if count < SHARED_FROM:
        return []
    sample = sorted(documents.qualities("instrument", max(1, count // SAMPLED)), reverse=True)
    return [sample[len(sample) * tier // count] for tier in TIERS_HOLD if tier < count]


def _write(at: Path, ids: range, tiers: list[float], today: date, *, others: bool) -> int:
    """The instruments of these ids, and all records of other kinds where asked for."""
    from liqi.catalogue.search._documents import KINDS, Documents

    at.mkdir(parents=True, exist_ok=True)
    writer = tantivy.Index(SCHEMA, path=str(at)).writer(WRITER_BYTES, 1)
    documents = Documents(today=today, tiers=tiers)
    count = 0
    for kind in KINDS if others else ("instrument",):
        for document in documents.of(kind, ids=ids if kind == "instrument" else None):
            writer.add_document(document)
            count += 1
    writer.commit()
    writer.wait_merging_threads()
    return count


def _helper(at: Path, ids: range, tiers: list[float], today: date) -> "subprocess.Popen[str]":
    from django.conf import settings

    share = [str(at), str(ids.start), str(ids.stop), json.dumps(tiers), str(today)]
    command = [sys.executable, "-c", f"import django; django.setup(); from {__name__} import main; main()", *share]
    surroundings = {
        **os.environ,
        "LIQI_DATA": str(settings.LIQI_DATA),
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
    }
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True)


def _take_in(half: Path, at: Path) -> None:
    """The segments of the half belong to the index, and the half is gone."""
    mine, other = (json.loads((folder / "meta.json").read_text()) for folder in (at, half))
    managed = [json.loads((folder / ".managed.json").read_text()) for folder in (at, half)]
    for path in _files(half):
        path.rename(at / path.name)
    mine["segments"] += other["segments"]
    mine["opstamp"] = max(mine["opstamp"], other["opstamp"])
    (at / ".managed.json").write_text(json.dumps(sorted({name for names in managed for name in names})))
    (at / "meta.json").write_text(json.dumps(mine))
    for path in half.iterdir():
        path.unlink()
    half.rmdir()


def _files(half: Path) -> Iterator[Path]:
    for path in half.iterdir():
        if path.name not in ("meta.json", ".managed.json") and not path.name.endswith(".lock"):
            yield path


def main() -> None:
    """Write one share of an index; the number of its records is on stdout."""
    at, first, last, tiers, today = sys.argv[1:]
    ids = range(int(first), int(last))
    print(_write(Path(at), ids, json.loads(tiers), date.fromisoformat(today), others=False))


def today() -> date:
    """The day by the clock of this machine, for a build that was given none."""
    return datetime.now(UTC).date()


if __name__ == "__main__":
    main()
