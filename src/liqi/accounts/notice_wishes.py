"""How a person wants to be told: how often by mail, when not, of what not."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from liqi.accounts.models import NoticeWishes, Person
from liqi.accounts.sentences import SUBJECTS

LONGEST_REMINDER = timedelta(days=7)


class WrongWish(ValueError):
    """The wish cannot be kept; the message says what was expected."""


def of(person: Person) -> NoticeWishes:
    """The wishes of the person; those of everybody else where the person said nothing."""
    return NoticeWishes.objects.filter(person=person).first() or NoticeWishes(person=person)


def change(
    person: Person,
    *,
    rhythm: str,
    hour: int,
    quiet_from: time | None,
    quiet_until: time | None,
    muted: Iterable[str],
    remind_minutes: int,
) -> NoticeWishes:
    """The person is told so from now on."""
    if rhythm not in NoticeWishes.Rhythm.values or not 0 <= hour < 24:
        raise WrongWish(_("Found the rhythm %(rhythm)s at %(hour)s; choose one of the list and an hour from 0 to 23.")
                        % {"rhythm": rhythm, "hour": hour})  # fmt: skip
    if (quiet_from is None) != (quiet_until is None):
        raise WrongWish(_("Found one end of the quiet hours; give both, or neither."))
    most = LONGEST_REMINDER // timedelta(minutes=1)
    if not 0 <= remind_minutes <= most:
        raise WrongWish(_("Found %(found)s min before a booking; expected 0 to %(most)s.")
                        % {"found": remind_minutes, "most": most})  # fmt: skip
    wishes, _made = NoticeWishes.objects.update_or_create(
        person=person,
        defaults={
            "rhythm": rhythm, "hour": hour, "quiet_from": quiet_from, "quiet_until": quiet_until,
            "muted": sorted(set(muted) & SUBJECTS.keys()), "remind_minutes": remind_minutes,
        },
    )  # fmt: skip
    return wishes


def is_quiet(wishes: NoticeWishes, here: datetime) -> bool:
    """Whether the person is not to be disturbed at this moment of their own clock."""
    start, end, at = wishes.quiet_from, wishes.quiet_until, here.time()
    if start is None or end is None or start == end:
        return False
    return start <= at < end if start < end else at >= start or at < end


def is_due(wishes: NoticeWishes, here: datetime) -> bool:
    """Whether mail goes out at this moment of the person's own clock: at once, or when the digest's hour has come."""
    if is_quiet(wishes, here):
        return False
    if wishes.rhythm == NoticeWishes.Rhythm.AT_ONCE:
        return True
    last = here.replace(hour=wishes.hour, minute=0, second=0, microsecond=0)
    if last > here:
        last -= timedelta(days=1)
    if wishes.rhythm == NoticeWishes.Rhythm.WEEKLY:
        last -= timedelta(days=last.weekday())
    return wishes.digest_at is None or wishes.digest_at < last
