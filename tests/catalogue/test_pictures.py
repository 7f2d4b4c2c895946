"""Pictures of instruments."""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from liqi.accounts.models import Person
from liqi.catalogue import _image, editing, pictures
from liqi.catalogue.models import Instrument, Picture

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def png(width: int = 3, height: int = 2) -> bytes:
    """A whole grey picture of that size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xff\xc2\x00\x0b\x08"
    + struct.pack(">HH", 480, 640)
    + b"\x01\x01\x11\x00\xff\xd9"
)


def webp(kind: bytes, rest: bytes) -> bytes:
    inside = b"WEBP" + kind + struct.pack("<I", len(rest)) + rest
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


WEBPS = [
    webp(b"VP8X", b"\0\0\0\0" + (640 - 1).to_bytes(3, "little") + (480 - 1).to_bytes(3, "little")),
    webp(b"VP8L", b"\x2f" + struct.pack("<I", (640 - 1) | (480 - 1) << 14)),
    webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480)),
]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def instrument(settings: Any, tmp_path: Path) -> Instrument:
    settings.LIQI_DATA = tmp_path
    return Instrument.objects.create(key="ms", name="质谱仪", source="test", created_at=NOW, updated_at=NOW)


@pytest.mark.parametrize(("content", "media_type"), [(JPEG, "image/jpeg"), *[(one, "image/webp") for one in WEBPS]])
def test_the_size_is_read_from_the_first_bytes(content: bytes, media_type: str) -> None:
    assert _image.read(content) == _image.Size(media_type, 640, 480)


def test_a_picture_is_kept_and_can_be_taken_away_and_put_back(instrument: Instrument) -> None:
    added = pictures.add(instrument, png(), person=None, now=NOW, credit="Wei", licence="CC BY 4.0")
    kept = Picture.objects.get()
    assert (kept.media_type, kept.width, kept.height, kept.credit) == ("image/png", 3, 2, "Wei")
    assert pictures.path_of(kept.sha256).read_bytes() == png()
    assert pictures.add(instrument, png(), person=None, now=NOW) is None
    gone = pictures.remove(kept, person=None, now=NOW)
    assert added is not None
    assert gone is not None
    assert not Picture.objects.exists()
    editing.undo(gone, person=None, now=NOW)
    assert Picture.objects.get().licence == "CC BY 4.0"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00",
        png()[:30],
        JPEG[:12],
        b"\xff\xd8\xff",
        b"RIFF\x10\0\0\0WEBPVP8X",
        png(0, 5),
        b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_001,
    ],
)
def test_what_is_no_whole_picture_is_refused(instrument: Instrument, content: bytes) -> None:
    with pytest.raises(pictures.UnusablePicture, match=r"Found .*(again|smaller)"):
        pictures.add(instrument, content, person=None, now=NOW)
    assert not (pictures.path_of("ab").parent.parent).exists()


def test_a_picture_that_would_fill_the_reader_s_memory_is_refused(instrument: Instrument) -> None:
    huge = bytearray(png())
    huge[16:24] = struct.pack(">II", 60_000, 60_000)
    with pytest.raises(pictures.UnusablePicture, match="50 million"):
        pictures.add(instrument, bytes(huge), person=None, now=NOW)


def test_a_stranger_adds_no_picture(instrument: Instrument) -> None:
    stranger = Person.objects.create_user("a@example.org", "x", name="A")
    with pytest.raises(editing.NotAllowed):
        pictures.add(instrument, png(), person=stranger, now=NOW)


def test_a_photo_loses_its_place_and_keeps_its_upright_side() -> None:
    tiff = b"II*\0" + struct.pack("<IH", 8, 2)
    tiff += struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    tiff += b"\0" * 4 + b"31.8N117.2E"
    exif = b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff
    photo = JPEG[:2] + exif + JPEG[2:]
    kept = _image.without_place(photo)
    assert b"117.2E" in photo
    assert b"117.2E" not in kept
    assert _image.without_place(kept) == kept
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in kept
    assert _image.read(kept) == _image.read(JPEG)
    assert len(_image.without_place(JPEG)) == len(JPEG) - 1  # a byte that only fills goes
