"""Questions that people keep: saved once, renamed, muted, forgotten and taken back, with what is new in them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import SavedSearch

MOST = 100
TITLE, ADDRESS = 120, 1000


class NotSaved(ValueError):
    """The question cannot be kept; the message says why and what to do."""


def save(address: str, title: str, *, person: Person, now: datetime) -> SavedSearch:
    """The question of this query string is among those the person keeps; it stands there once."""
    if len(address) > ADDRESS:
        raise NotSaved(
            _("found a question of %(found)s signs; expected at most %(most)s: take a filter away.")
            % {"found": len(address), "most": ADDRESS}
        )
    with transaction.atomic():
        mine = SavedSearch.objects.select_for_update().filter(person=person)
        if (known := mine.filter(address=address).first()) is not None:
            return known
        if mine.count() >= MOST:
            raise NotSaved(_("found %(found)s saved searches; forget one before you save another.") % {"found": MOST})
        made = SavedSearch.objects.create(
            person=person, address=address, title=_title(title) or address[:TITLE], created_at=now, seen_at=now
        )
        journal.write(person=person, verb="saved a search", thing=made, at=now)
    return made


def rename(saved: SavedSearch, title: str, *, person: Person, now: datetime) -> None:
    """The saved search is called so; a blank title is refused."""
    if not _title(title):
        raise NotSaved(_("found a blank title; expected a few words that say what the search is for."))
    saved.title = _title(title)
    _keep(saved, "renamed a saved search", ["title"], person=person, now=now)


def notify(saved: SavedSearch, wanted: bool, *, person: Person, now: datetime) -> None:
    """New hits are announced on the person's bench, or no longer."""
    saved.notify = wanted
    _keep(saved, "unmuted a saved search" if wanted else "muted a saved search", ["notify"], person=person, now=now)


def see(saved: SavedSearch, *, now: datetime) -> None:
    """The person looked at the hits: what comes later is new."""
    SavedSearch.objects.filter(pk=saved.pk).update(seen_at=now)


def forget(saved: SavedSearch, *, person: Person, now: datetime) -> dict[str, str | bool]:
    """The search is no longer kept; what `take_back` needs to have it again."""
    facts: dict[str, str | bool] = {
        "address": saved.address,
        "title": saved.title,
        "notify": saved.notify,
        "created_at": saved.created_at.isoformat(),
        "seen_at": saved.seen_at.isoformat(),
    }
    with transaction.atomic():
        journal.write(person=person, verb="forgot a saved search", thing=saved, at=now, **facts)
        saved.delete()
    return facts


def take_back(facts: dict[str, str | bool], *, person: Person, now: datetime) -> SavedSearch:
    """The forgotten search is there again as it was."""
    with transaction.atomic():
        back, _made = SavedSearch.objects.get_or_create(
            person=person,
            address=str(facts["address"]),
            defaults={
                "title": str(facts["title"]),
                "notify": bool(facts["notify"]),
                "created_at": datetime.fromisoformat(str(facts["created_at"])),
                "seen_at": datetime.fromisoformat(str(facts["seen_at"])),
            },
        )
        journal.write(person=person, verb="took a saved search back", thing=back, at=now)
    return back


def of(person: Person) -> Iterable[SavedSearch]:
    """The searches that the person keeps, the newest first."""
    return SavedSearch.objects.filter(person=person)


def _keep(saved: SavedSearch, verb: str, fields: list[str], *, person: Person, now: datetime) -> None:
    with transaction.atomic():
        saved.save(update_fields=fields)
        journal.write(person=person, verb=verb, thing=saved, at=now)


def _title(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())[:TITLE]
