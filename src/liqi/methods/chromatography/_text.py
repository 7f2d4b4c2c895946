"""Text files of chromatographs: letters decoded, numbers with a decimal point or a decimal comma."""

import re
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._streams import open_bytes

_MOST = 1 << 30
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+\.\d*")


def text_of(path: Path) -> str:
    """Return a file's text, UTF-8 or UTF-16, else GB 18030 or Latin-1; raise `UnreadableFile`."""
    try:
        with open_bytes(path) as stream:
            content = stream.read(_MOST)
    except (OSError, EOFError, UnicodeError) as problem:
        raise UnreadableFile(path, f"damaged text ({problem})", "a whole file", "copy the file again") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def number(cell: str, mark: str = "\t") -> float | None:
    """Return a cell's number, None where it holds none; a comma may stand for the point where it parts no columns.

    >>> number("-0,25"), number("1.5e-1", ","), number("1,234.5"), number("n.a.")
    (-0.25, 0.15, 1234.5, None)
    """
    words = cell.strip().strip('"').strip()
    if mark != "," and "," in words and "." not in words:
        words = words.replace(",", ".")
    elif _THOUSANDS.fullmatch(words):
        words = words.replace(",", "")
    try:
        value = float(words)
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
