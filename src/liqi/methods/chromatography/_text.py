"""Text files of chromatographs: letters decoded, numbers with a decimal point or a decimal comma."""

from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._streams import open_bytes

_MOST = 1 << 30


def text_of(path: Path) -> str:
    """Return a file's text, UTF-8 or UTF-16 or else Latin-1; raise `UnreadableFile`."""
    try:
        with open_bytes(path) as stream:
            content = stream.read(_MOST)
    except (OSError, EOFError, UnicodeError) as problem:
        raise UnreadableFile(path, f"damaged text ({problem})", "a whole file", "copy the file again") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def number(cell: str, mark: str = "\t") -> float | None:
    """Return a cell's number, None where it holds none; a comma may stand for the point where it parts no columns.

    >>> number("-0,25"), number("1.5e-1", ","), number("n.a.")
    (-0.25, 0.15, None)
    """
    words = cell.strip().strip('"').strip()
    if mark != "," and "," in words and "." not in words:
        words = words.replace(",", ".")
    try:
        value = float(words)
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
