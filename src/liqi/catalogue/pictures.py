"""Pictures of instruments: kept in the data folder under their hash, added and taken away as changes of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from liqi.accounts.models import Person
from liqi.catalogue import _image, _values, deposit, editing
from liqi.catalogue.models import Instrument, Picture, RecordChange

__all__ = ["MOST_BYTES", "MOST_PICTURES", "Kept", "UnusablePicture", "add", "keep", "path_of", "remove"]

MOST_BYTES = 5_000_000
MOST_PICTURES = 12
MOST_PIXELS = 50_000_000
"""A browser unpacks four bytes a pixel; more than this is a trap or a poster."""


class UnusablePicture(ValueError):
    """The file cannot be kept as a picture; the message says what was found and expected."""


def path_of(sha256: str) -> Path:
    """Where the bytes of the picture with this hash lie."""
    return deposit.path_of("pictures", sha256)


@dataclass(frozen=True)
class Kept:
    """A picture on disk: the hash of its bytes, its type and its size."""

    sha256: str
    media_type: str
    size: int
    width: int
    height: int


def keep(content: bytes) -> Kept:
    """The picture is on disk, without what a camera wrote of place and owner; raises UnusablePicture."""
    content, size = _sound(content)
    return Kept(deposit.keep("pictures", content), size.media_type, len(content), size.width, size.height)


def add(
    instrument: Instrument,
    content: bytes,
    *,
    person: Person | None,
    now: datetime,
    caption: str = "",
    credit: str = "",
    licence: str = "",
) -> RecordChange | None:
    """The picture is on disk and stands with the instrument; None when it stood there already.

    PNG, JPEG and WebP by their first bytes, whatever the name says; a JPEG loses what the camera wrote of place and
    owner. Raises UnusablePicture, NotAllowed, Invalid.
    """
    if person is not None and not editing.may_edit(person, instrument):
        raise editing.NotAllowed(_("Only those who look after the instrument add pictures to it."))
    content, size = _sound(content)
    there = _values.current(instrument, "pictures")
    if len(there) >= MOST_PICTURES:
        raise UnusablePicture(
            _("Found %(most)s pictures already; take one away before you add another.") % {"most": MOST_PICTURES}
        )
    sha256 = deposit.keep("pictures", content)
    if any(one["sha256"] == sha256 for one in there):
        return None
    row = {
        "sha256": sha256,
        "media_type": size.media_type,
        "size": len(content),
        "width": size.width,
        "height": size.height,
        "caption": caption,
        "credit": credit,
        "licence": licence,
        "added_at": now.isoformat(),
    }
    return editing.change(instrument, {"pictures": [*there, row]}, person=person, now=now, cause="picture")


def remove(picture: Picture, *, person: Person | None, now: datetime) -> RecordChange | None:
    """The picture stands with the instrument no longer; its bytes stay, so that it can be undone."""
    instrument = picture.instrument
    rest = [one for one in _values.current(instrument, "pictures") if one["sha256"] != picture.sha256]
    return editing.change(instrument, {"pictures": rest}, person=person, now=now, cause="picture")


def _sound(content: bytes) -> tuple[bytes, _image.Size]:
    """The bytes without place and owner, and what they show; raises UnusablePicture."""
    if not content or len(content) > MOST_BYTES:
        raise UnusablePicture(
            _("Found %(found)s kB; expected a picture of at most %(most)s MB. Make it smaller and send it again.")
            % {"found": len(content) // 1000, "most": MOST_BYTES // 1_000_000}
        )
    try:
        size = _image.read(content)
    except _image.NotAPicture:
        raise UnusablePicture(
            _("Found a file that is no whole PNG, JPEG or WebP picture; save it as one of these and send it again.")
        ) from None
    content = _image.without_place(content)
    if size.width * size.height > MOST_PIXELS:
        raise UnusablePicture(
            _("Found %(width)s × %(height)s pixels; expected at most 50 million in all. Make it smaller.")
            % {"width": size.width, "height": size.height}
        )
    return content, size
