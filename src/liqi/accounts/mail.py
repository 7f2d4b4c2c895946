"""Notices by mail: each at once or gathered in a digest, in the language and on the clock of the person."""

import logging
import zoneinfo
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liqi.accounts import notice_wishes, sentences
from liqi.accounts.models import Notice, NoticeWishes, Person

KEPT = timedelta(days=9)
"""Older notices go out by no mail; they stand in the inbox of the pages."""
MOST = 2000
"""How many notices one turn looks at."""
MOST_LINES = 100
"""How many sentences one mail has; it says how many more there are."""

log = logging.getLogger(__name__)


def due(*, now: datetime) -> int:
    """Whoever wants mail now has it; how many mails went out. Nothing happens while no mail host is set.

    A notice is claimed before it is sent, so two workers never send it twice; when the mail host refuses, it is
    given back and tried again in the next turn.
    """
    if not settings.LIQI_MAIL:
        return 0
    waiting = Notice.objects.filter(mailed_at=None, read_at=None, at__gt=now - KEPT, person__is_active=True)
    rows = list(waiting.select_related("person__notice_wishes").order_by("at", "pk")[:MOST])
    rows.sort(key=lambda notice: (notice.person_id, notice.at, notice.pk))
    sent = 0
    for _pk, group in groupby(rows, key=lambda notice: notice.person_id):
        sent += _serve(list(group), now)
    return sent


def _serve(notices: list[Notice], now: datetime) -> int:
    person = notices[0].person
    wishes = getattr(person, "notice_wishes", None) or NoticeWishes(person=person)
    never = wishes.rhythm == NoticeWishes.Rhythm.NEVER
    left_out = [one for one in notices if never or sentences.subject_of(one.kind) in wishes.muted]
    _claim(left_out, now)
    wanted = [one for one in notices if one not in left_out]
    if not wanted or not notice_wishes.is_due(wishes, now.astimezone(_clock(person))):
        return 0
    claimed = _claim(wanted, now)
    if not claimed:
        return 0
    try:
        _letter(person, claimed).send()
    except OSError:
        log.exception("the mail host took no mail for person %s; it is tried again", person.pk)
        Notice.objects.filter(pk__in=[one.pk for one in claimed]).update(mailed_at=None)
        return 0
    if wishes.rhythm != NoticeWishes.Rhythm.AT_ONCE:
        NoticeWishes.objects.filter(person=person).update(digest_at=now)
    return 1


def _claim(notices: list[Notice], now: datetime) -> list[Notice]:
    """Those of the notices that nobody else has sent meanwhile; from now on they count as sent."""
    if not notices:
        return []
    with transaction.atomic():
        free = Notice.objects.filter(pk__in=[one.pk for one in notices], mailed_at=None)
        if connection.features.has_select_for_update_skip_locked:
            free = free.select_for_update(skip_locked=True)
        mine = set(free.values_list("pk", flat=True))
        Notice.objects.filter(pk__in=mine).update(mailed_at=now)
    return [one for one in notices if one.pk in mine]


def _letter(person: Person, notices: list[Notice]) -> EmailMessage:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        lines = []
        for notice, words in sentences.sentences(notices[:MOST_LINES], zone=person.time_zone):
            where = f"{settings.LIQI_SITE.rstrip('/')}{notice.link}" if settings.LIQI_SITE and notice.link else ""
            lines.append(f"{words}\n{where}".rstrip())
        if len(notices) > MOST_LINES:
            more = len(notices) - MOST_LINES
            lines.append(ngettext("and %(more)s more.", "and %(more)s more.", more) % {"more": more})
        count = len(notices)
        subject = (
            lines[0].splitlines()[0][:120]
            if count == 1
            else ngettext("%(count)s notice of Liqi", "%(count)s notices of Liqi", count) % {"count": count}
        )
        end = _("You choose when mail comes and about what under Notices. This address reads no answers.")
        return EmailMessage(" ".join(subject.split()), "\n\n".join([*lines, f"-- \n{end}"]), to=[person.email])


def _clock(person: Person) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(person.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
