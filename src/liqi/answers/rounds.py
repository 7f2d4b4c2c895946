"""The nightly rounds: what is stored is compared with the records, and a share of it is read again, all in a month."""

import math
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from liqi.accounts import notices
from liqi.accounts.models import Person
from liqi.answers import audit, store
from liqi.answers.models import Audit, Content, StoredFile

__all__ = ["ALL_WITHIN", "begin", "due", "overdue", "read_on"]

ALL_WITHIN = timedelta(days=30)
NIGHTS = 28
"""A share each night, so that two nights a month may be missed."""
HOURS = range(1, 6)
"""When few people are at work, by the platform's clock."""
AT_ONCE_S = 5.0
AT_ONCE = 1000


def due(*, now: datetime) -> int:
    """Tonight's look and a piece of tonight's reading are done; gives how many contents were read."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.hour not in HOURS:
        return 0
    tonight = Audit.objects.filter(day=here.date()).first() or begin(now=now)
    return read_on(tonight=tonight, now=now) if tonight is not None else 0


def begin(*, now: datetime) -> Audit | None:
    """Tonight is on record: bytes without a record for a day are gone, missing ones are known and told.

    None where another worker was quicker.
    """
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    try:
        with transaction.atomic():
            tonight = Audit.objects.create(day=day, at=now)
    except IntegrityError:
        return None
    found = audit.examine(now=now, read=False)
    swept = audit.sweep(found.unnamed, now=now)
    _enlist(now)
    missing = Content.objects.filter(sha256__in=found.missing[:AT_ONCE]).exclude(state=Content.State.MISSING)
    with transaction.atomic():
        _tell([content.sha256 for content in _turned(missing, Content.State.MISSING)], now)
    tonight.there, tonight.bytes = found.there - len(swept), found.bytes - sum(one.size for one in swept)
    tonight.missing, tonight.swept, tonight.swept_bytes = len(found.missing), len(swept), sum(o.size for o in swept)
    tonight.save()
    return tonight


def read_on(*, tonight: Audit, now: datetime, seconds: float = AT_ONCE_S) -> int:
    """So many seconds long the contents that were not read for longest were hashed again, up to tonight's share."""
    share = math.ceil(Content.objects.count() / NIGHTS)
    end, done = time.monotonic() + seconds, 0
    longest = Content.objects.filter(checked_at__lt=tonight.at).order_by("checked_at")
    for content in list(longest[: max(0, min(share - tonight.read, AT_ONCE))]):
        if time.monotonic() > end:
            break
        done += _read(content, tonight, now)
    return done


def overdue(*, now: datetime) -> int:
    """How many contents were not read for longer than promised."""
    return Content.objects.filter(checked_at__lt=now - ALL_WITHIN).count()


def _read(content: Content, tonight: Audit, now: datetime) -> bool:
    kept = store.current().find(content.sha256)
    if kept is None:
        if not audit.is_named(content.sha256):
            content.delete()
            return False
        state = Content.State.MISSING
    else:
        state = Content.State.WHOLE if audit.is_whole(content.sha256) else Content.State.DAMAGED
    size = kept.size if kept is not None else content.size
    with transaction.atomic():
        mine = Content.objects.filter(pk=content.pk, checked_at=content.checked_at)
        if not mine.update(checked_at=now, state=state, size=size):
            return False  # another worker read it
        Audit.objects.filter(pk=tonight.pk).update(
            at=now, read=F("read") + 1, read_bytes=F("read_bytes") + size,
            damaged=F("damaged") + int(state == Content.State.DAMAGED),
            missing=F("missing") + int(state == Content.State.MISSING != content.state),
        )  # fmt: skip
        if state not in (Content.State.WHOLE, content.state):
            _tell([content.sha256], now)
    return True


def _enlist(now: datetime) -> None:
    """Every content that a record names is on the list; those that none names any more are not."""
    known = {bytes.fromhex(one) for one in Content.objects.values_list("sha256", flat=True).iterator()}
    wanted = {bytes.fromhex(sha256) for sha256 in audit.named()}
    for pieces in _pieces(sorted(wanted - known)):
        rows = [Content(sha256=one.hex(), checked_at=now) for one in pieces]
        Content.objects.bulk_create(rows, ignore_conflicts=True)
    for pieces in _pieces(sorted(known - wanted)):
        Content.objects.filter(sha256__in=[one.hex() for one in pieces]).delete()


def _pieces(rows: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]


def _turned(contents: QuerySet[Content], state: str) -> list[Content]:
    rows = list(contents)
    Content.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
    return rows


def _tell(hashes: Sequence[str], now: datetime) -> None:
    """The operators hear of it once, with the name under which people know the file."""
    if not hashes:
        return
    name = StoredFile.objects.filter(sha256=hashes[0]).values_list("name", flat=True).first() or hashes[0][:12]
    operators = Person.objects.filter(is_operator=True, is_active=True)
    notices.tell(operators, kind="files.damaged", now=now, link="/desk/files/", count=len(hashes), name=name)
