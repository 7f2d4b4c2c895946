"""What of a file could not be read while the rest was, said in one sentence."""

import gzip
import zlib
from pathlib import Path

from isal import isal_zlib

from liqi.methods._errors import UnreadableFile

BADLY_PACKED = "packed data that cannot be unpacked"
_DO = "copy or convert the file again"


class Damage:
    """Collects what is wrong with a file while it is read; true as soon as there is anything.

    With `strict` the first damage is raised as `UnreadableFile` instead.
    """

    def __init__(self, path: Path, strict: bool = False) -> None:
        self.path, self.strict = path, strict
        self.left_out = 0
        self.first = ""
        self.dropped_peaks = 0
        self.short = 0
        self.stopped: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.left_out or self.dropped_peaks or self.short or self.stopped)

    def leave_out(self, which: str, why: object) -> None:
        """Count one spectrum that was left out; the first is told by name and reason."""
        self.left_out += 1
        if not self.first:
            reason = _plain(reason_of(why), 120) or type(why).__name__
            self.first = f"{_plain(which, 60)}: {reason}" if which else reason
        self._raise()

    def drop_peaks(self, number: int) -> None:
        """Count peaks whose m/z or intensity is no number, or whose m/z is not above 0; they are left out."""
        if number:
            self.dropped_peaks += number
            self._raise()

    def miss_peaks(self) -> None:
        """Count one spectrum that has fewer peaks than it announces; those that there are stay."""
        self.short += 1
        self._raise()

    def stop(self, why: str) -> None:
        """Note why nothing could be read from some place on."""
        why = _plain(why, 200)
        if len(self.stopped) < 3 and why not in self.stopped:
            self.stopped.append(why)
        self._raise()

    def _raise(self) -> None:
        if self.strict:
            raise self.as_error(0, 0)

    def as_error(self, count: int, expected: int) -> UnreadableFile:
        """Return the whole damage as the error whose sentence tells it."""
        parts = list(self.stopped)
        if self.left_out:
            noun = "a damaged spectrum" if self.left_out == 1 else f"{self.left_out} damaged spectra, the first"
            parts.append(f"{noun} ({self.first})")
        if self.dropped_peaks:
            plural = "s" if self.dropped_peaks > 1 else ""
            parts.append(f"{self.dropped_peaks} peak{plural} without a positive m/z or a finite intensity")
        if self.short:
            one, more = (
                "a spectrum with fewer peaks than it should have",
                f"{self.short} spectra with fewer peaks than they",
            )
            parts.append(one if self.short == 1 else f"{more} should have")
        found = " and ".join(parts) or "nothing that can be read"
        if count:
            of = f" of {expected}" if expected > count else ""
            read = "spectrum was" if count == 1 and not of else "spectra were"
            lost = "left out; " if self.left_out or self.dropped_peaks or self.stopped else ""
            found += f" ({lost}{count}{of} {read} read)"
        return UnreadableFile(self.path, found, "a whole file", _DO)


def reason_of(why: object) -> str:
    """Return what an error says: of XML that is none, where; of packed data, that it does not unpack.

    What parsers and unpackers say beyond that is in words of their own, which no reader of ours is told in three
    languages.
    """
    if isinstance(why, SyntaxError) and why.lineno:
        return f"broken XML at letter {why.offset or 0} of its line {why.lineno}"
    if isinstance(why, zlib.error | isal_zlib.error | EOFError | gzip.BadGzipFile):
        return BADLY_PACKED
    if isinstance(why, OSError) and why.strerror:
        return why.strerror.lower()
    return str(why)


def _plain(words: str, length: int) -> str:
    """Return the words in one line of letters that can be printed."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:length]
