"""Which encoding a file is in, told by evidence: what decodes without error, and into characters that people write.

GB 18030 and Big5 share most of their byte pairs, so that a file of one often decodes as the other. What tells them
apart is the rank of the characters: both standards put their common characters first (GB/T 2312 level 1, 3,755
characters by pinyin in rows 16 to 55; Big5 level 1, 5,401 characters in lead bytes A4 to C6), and text read in the
wrong one of the two falls on rare characters and symbols.
"""

import codecs
import unicodedata
from functools import cache

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._incoming import Incoming

FEW_BAD = 0.002
"""Up to this share of stray bytes, the file is taken as UTF-8 and the rows that hold them say so."""
STRAY = "\ufffd"
_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {"gb18030": "GB 18030", "big5hkscs": "Big5", "cp1252": "Windows-1252"}


def encoding_of(file: Incoming) -> str:
    """The encoding of the file, found out once; see `_find`."""
    file.encoding = file.encoding or _find(file)
    return file.encoding


def _find(file: Incoming) -> str:
    """The encoding's Python name; raises UnreadableFile for binary data and for bytes that no encoding explains."""
    marked = next((name for mark, name in _MARKS if file.head.startswith(mark)), "")
    if marked == "utf-16":
        if file.size < 4 or file.size % 2:
            raise UnreadableFile(
                _(
                    "found the mark of UTF-16 and %(size)s bytes, which is no whole text; it may be cut "
                    "short: save the file as UTF-8 and import it again."
                )
                % {"size": f"{file.size:,}"}
            )
        return marked
    if wide := _unmarked_utf16(file.head):
        file.note("repaired_encoding", _("found UTF-16 without its mark; read as %(wide)s.") % {"wide": wide.upper()})
        return wide
    stray, nul, sample = _survey(file)
    if nul >= 0:
        raise UnreadableFile(
            _(
                "found binary data (a NUL byte at byte %(nul)s); expected text (CSV, JSON or XML) or "
                "a workbook; export the table as CSV in UTF-8."
            )
            % {"nul": f"{nul:,}"}
        )
    if not stray or marked or (stray <= max(1, file.size * FEW_BAD) and _best(file, sample, 0.9) is None):
        return "utf-8-sig"
    found = _best(file, sample, 0.5)
    if found is None:
        raise UnreadableFile(
            _(
                "found bytes that are neither UTF-8, UTF-16, GB 18030 nor Big5; save the file as "
                "UTF-8 and import it again."
            )
        )
    file.note("repaired_encoding", _("found text in %(found)s, not UTF-8; read as that.") % {"found": _NAMES[found]})
    return found


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 without a mark has every other byte 0 in ASCII text; separators and digits show it in Chinese text."""
    if b"\x00" not in head[:4096]:
        return ""
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = head[: min(4096, len(head) // 2 * 2)].decode(name)
        except UnicodeDecodeError:
            continue
        odd = sum(
            unicodedata.category(letter) in ("Cc", "Cn", "Co", "Cs") and letter not in "\t\r\n" for letter in text
        )
        if len(head) % 2 == 0 and len(text) > 3 and odd == 0 and any(letter in ",;\t\n" for letter in text):
            return name
    return ""


def _survey(file: Incoming) -> tuple[int, int, bytes]:
    """Stray bytes when read as UTF-8, the place of the first NUL byte (-1), and lines with bytes beyond ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    stray, at, sample, size = 0, 0, [], 0
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            if (nul := chunk.find(0)) >= 0:
                return stray, at + nul, b""
            at += len(chunk)
            if chunk.isascii():
                stray += decoder.decode(chunk).count(STRAY)
                continue
            stray += decoder.decode(chunk).count(STRAY)
            if size < _SAMPLE:
                lines = [line for line in chunk.split(b"\n")[1 if at > _CHUNK else 0 :] if not line.isascii()]
                sample.append(b"\n".join(lines)[:_SAMPLE])
                size += len(sample[-1])
    return stray + decoder.decode(b"", final=True).count(STRAY), -1, b"\n".join(sample)


def _best(file: Incoming, sample: bytes, least: float) -> str | None:
    """The encoding under which the sample reads most like text, if any does by at least that share."""
    shares = {name: share for name in _NAMES if (share := plausible(sample, name)) >= least}
    for name in sorted(shares, key=lambda name: -shares[name]):
        if _decodes(file, name):
            return name
    return None


def _decodes(file: Incoming, encoding: str) -> bool:
    """Whether the whole file is without an error in that encoding, but for a character cut off at its end."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open() as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def plausible(sample: bytes, encoding: str) -> float:
    """The share of the sample's characters beyond ASCII that are common ones of that encoding, from 0 to 1."""
    if encoding == "cp1252":
        return _western(sample)
    text = sample.decode(encoding, errors="ignore")
    beyond = [letter for letter in text if letter > "\x7f" and letter not in _PUNCTUATION]
    if not beyond:
        return 0.0
    common = _common_simplified() | _common_traditional() if encoding == "gb18030" else _common_traditional()
    return sum(letter in common for letter in beyond) / len(beyond)


def _western(sample: bytes) -> float:
    """The share of bytes beyond ASCII that stand alone between letters, as accented letters do."""
    high = [n for n, byte in enumerate(sample) if byte > 0x7F]
    alone = [n for n in high if (n == 0 or sample[n - 1] < 0x80) and (n + 1 == len(sample) or sample[n + 1] < 0x80)]
    letters = [n for n in alone if sample[n] >= 0xC0 or sample[n] in b"\xb0\xb5\x92\x93\x94\x96\x97\x80\xa3\xae\x99"]
    return len(letters) / len(high) if high else 0.0


_PUNCTUATION = frozenset(
    "\uff0c\u3002\uff1b\uff1a\uff08\uff09\u3001\u300a\u300b\u201c\u201d\u2018\u2019\u00b7\u2014\u3000"
)


@cache
def _common_simplified() -> frozenset[str]:
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    return frozenset("".join(pair.decode("gb2312", errors="ignore") for pair in pairs))


@cache
def _common_traditional() -> frozenset[str]:
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = (bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails)
    return frozenset("".join(pair.decode("big5", errors="ignore") for pair in pairs))
