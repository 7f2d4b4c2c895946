"""Whose records an import may touch."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.models import (
    Institution,
)


@dataclass(frozen=True)
class Scope:
    """Whose records may be taken in: of `allowed` (primary keys; None is all); `home` owns those that name nobody."""

    home: Institution | None = None
    allowed: frozenset[int] | None = None
    home_name: str = ""
    """The same by name, for an institution that the catalogue may not have yet."""

    def objection(self, kind: str, owner: Any, row: Any) -> str:
        """Why this record may not be taken in, empty where it may."""
        if self.allowed is None:
            return ""
        if kind == "institution":
            return _("found an institution; only operators take institutions in; leave it out, or ask one.")
        if owner is None or owner.pk not in self.allowed:
            found = owner.name if owner else _("no institution")
            return _("found %(found)s; expected an institution that you look after.") % {"found": found}
        if row is not None and getattr(row, "institution_id", owner.pk) not in self.allowed:
            return _("found a record of another institution; leave it out, or import under another source name.")
        return ""
