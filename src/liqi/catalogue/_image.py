"""What kind of picture some bytes are, and how large, read from their first bytes.

PNG: W3C PNG specification, 11.2.1 (IHDR). JPEG: ITU-T T.81, B.2.2 (frame header). WebP: RFC 9649, 2.4 to 2.7.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_SCAN, _END = 0xDA, 0xD9
_ORIENTATION = 0x0112
_SAYS_WHERE = (0xE1, 0xED)


class NotAPicture(ValueError):
    """The bytes are no picture of a kind that is kept here."""


@dataclass(frozen=True, slots=True)
class Size:
    """The media type of a picture and its size in pixels."""

    media_type: str
    width: int
    height: int


def read(content: bytes) -> Size:
    """The kind and size of the picture; raises NotAPicture where the bytes are another thing or cut off."""
    try:
        found = _png(content) or _jpeg(content) or _webp(content)
    except (struct.error, IndexError):
        found = None
    if found is None or found.width < 1 or found.height < 1:
        raise NotAPicture
    return found


def without_place(content: bytes) -> bytes:
    """A JPEG without what the camera wrote of place and owner; which side is up is all that is kept of it.

    Application segments 1 (Exif, XMP) and 13 (IPTC) go; Exif 2.3, 4.6.4: tag 0x0112 is the orientation.

    >>> without_place(b"\\xff\\xd8\\xff\\xe1\\x00\\x04ab\\xff\\xda\\x00\\x02rest\\xff\\xd9")
    b'\\xff\\xd8\\xff\\xda\\x00\\x02rest\\xff\\xd9'
    """
    if not content.startswith(b"\xff\xd8\xff"):
        return content
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at + 1] not in (_SCAN, _END):
        if content[at + 1] == 0xFF:
            at += 1
            continue
        end = at + 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
        if content[at + 1] not in _SAYS_WHERE:
            kept.append(content[at:end])
        elif up := _orientation(content[at + 4 : end]):
            kept.append(_upright(up))
        at = end
    return b"".join([*kept, content[at:]])


def _orientation(segment: bytes) -> int:
    """The side that is up by an Exif segment, 2 to 8; 0 where it is the usual one or not said."""
    if not segment.startswith(b"Exif\0\0"):
        return 0
    tiff = segment[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    try:
        at = struct.unpack(f"{order}I", tiff[4:8])[0]
        for entry in range(struct.unpack(f"{order}H", tiff[at : at + 2])[0] if order else 0):
            tag, _kind, _count, value = struct.unpack(f"{order}HHIH", tiff[at + 2 + 12 * entry :][:10])
            if tag == _ORIENTATION:
                return value if 2 <= value <= 8 else 0
    except struct.error:
        pass
    return 0


def _upright(side: int) -> bytes:
    """An Exif segment that says nothing but which side is up."""
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + struct.pack(">HHIHH", _ORIENTATION, 3, 1, side, 0) + b"\0" * 4
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _png(content: bytes) -> Size | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:
        return None
    return Size("image/png", *struct.unpack(">II", content[16:24]))


def _jpeg(content: bytes) -> Size | None:
    """The size in the first frame header (SOF0 to SOF15 without DHT, JPG and DAC)."""
    if not content.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in content[-4096:]:
        return None
    at = 2
    while content[at] == 0xFF:
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Size("image/jpeg", width, height)
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None


def _webp(content: bytes) -> Size | None:
    if (
        content[:4] != b"RIFF"
        or content[8:12] != b"WEBP"
        or struct.unpack("<I", content[4:8])[0] + 8 > len(content) + 1
    ):
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return Size(
            "image/webp", int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
        )
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack("<I", content[21:25])[0]
        return Size("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return Size("image/webp", width & 0x3FFF, height & 0x3FFF)
    return None
