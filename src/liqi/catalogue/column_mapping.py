"""Saved mappings of other people's columns to our fields, found again by the columns themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.exchange import UnreadableFile, plain, table
from liqi.catalogue.models import ColumnMapping

__all__ = ["LEFT_OUT", "check", "find", "guess", "keep", "named"]

LEFT_OUT = ""
"""What a column is mapped to that is not to be read."""


def find(header: Sequence[str]) -> ColumnMapping | None:
    """The mapping that was made for a table with these columns, in any order; the newest of several."""
    wanted = _titles(header)
    if not wanted:
        return None
    for one in ColumnMapping.objects.order_by("-updated_at"):
        if _titles(one.headers) == wanted:
            return one
    return None


def named(name: str) -> ColumnMapping | None:
    """The mapping of this name."""
    return ColumnMapping.objects.filter(name=name).first()


def guess(header: Sequence[str]) -> dict[str, str]:
    """For each column the field of ours that it most likely means, each field once; surest first."""
    guesses = sorted(((*table.guess(title), n, title) for n, title in enumerate(header)), key=lambda g: (-g[1], g[2]))
    taken: set[str] = set()
    found: dict[str, str] = {}
    for field, _sure, _place, title in guesses:
        found.setdefault(title, field if field and field not in taken else LEFT_OUT)
        taken.add(found[title])
    return {title: found[title] for title in header}


def check(fields: Mapping[str, str]) -> dict[str, str]:
    """The mapping when every column is mapped to one of our fields, and none twice; raises UnreadableFile."""
    seen: dict[str, str] = {}
    for theirs, ours in fields.items():
        if ours and ours not in table.FIELDS:
            raise UnreadableFile(
                _("found %(found)r mapped to %(ours)r; expected one of %(known)s.")
                % {"found": theirs, "ours": ours, "known": ", ".join(table.FIELDS)}
            )
        if ours and (other := seen.setdefault(ours, theirs)) != theirs:
            raise UnreadableFile(
                _("found %(found)r and %(theirs)r both mapped to %(ours)r; expected each field once.")
                % {"found": other, "theirs": theirs, "ours": ours}
            )
    return dict(fields)


def keep(
    name: str, header: Sequence[str], fields: Mapping[str, str], *, person: Person | None, now: datetime
) -> ColumnMapping:
    """The mapping is saved under this name; one of the same name is replaced."""
    checked = check(fields)
    with transaction.atomic():
        kept, _made = ColumnMapping.objects.update_or_create(
            name=name[:120],
            defaults={"headers": list(header), "fields": checked, "updated_at": now},
            create_defaults={
                "name": name[:120],
                "headers": list(header),
                "fields": checked,
                "person": person,
                "created_at": now,
                "updated_at": now,
            },
        )
        journal.write(person=person, verb="saved", thing=kept, at=now, name=kept.name, fields=checked)
    return kept


def _titles(header: Sequence[str]) -> list[str]:
    return sorted(plain(title) for title in header if title.strip())
