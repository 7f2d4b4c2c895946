"""A file read into drafts that wait to be kept: what was counted, noticed, rejected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from liqi.catalogue import column_mapping
from liqi.catalogue._outliers import Watch
from liqi.catalogue._spool import Spool
from liqi.catalogue.exchange import FORMATS, Draft, Incoming, Problem, UnreadableFile, known_headers, look_at, recognise

Progress = Callable[[int, int, str], None]
MOST_PROBLEMS = 100_000
MOST_REJECTED = 5_000
_EVERY = 500


@dataclass
class Reading:
    """What a file holds: its format, counts, the first drafts, the rejected ones, and every problem up to a limit."""

    format: str
    source: str
    first: int = 0
    read: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    unsaid: int = 0
    drafts: list[Draft] = field(default_factory=list)
    given_back: list[Draft] = field(default_factory=list)

    def take(self, draft: Draft) -> None:
        """The draft is counted, with its problems."""
        self.read += 1
        self.say(draft.problems)
        if len(self.drafts) < self.first:
            self.drafts.append(draft)
        if draft.rejected:
            self.reject(draft)

    def twin(self, draft: Draft) -> None:
        """The draft has the id of an earlier one: counted as rejected now, and shown so among the first ones."""
        said = draft.problems[-1]
        self.say([said])
        for one in self.drafts:
            if one.row == said.row and said not in one.problems:
                one.problems.append(said)
        if all(not problem.fatal for problem in draft.problems[:-1]):
            self.reject(draft)

    def reject(self, draft: Draft) -> None:
        """The draft is given back."""
        self.rejected += 1
        if len(self.given_back) < MOST_REJECTED:
            self.given_back.append(draft)

    def say(self, problems: list[Problem]) -> None:
        """The problems are listed, or counted where there are too many; what rejects a row goes first."""
        for one in problems:
            if len(self.problems) < MOST_PROBLEMS or one.fatal:
                self.problems.append(one)
            else:
                self.unsaid += 1

    def listed(self) -> list[dict[str, object]]:
        """The problems as `liqi import` prints them: what rejects a row first."""
        said: list[dict[str, object]] = [
            {"row": one.row, "field": one.field, "code": one.code, "message": one.message}
            for one in sorted(self.problems, key=lambda one: not one.fatal)
        ]
        if self.unsaid:
            message = _("found %(found)s more remarks of the same kinds; they are not listed.") % {
                "found": f"{self.unsaid:,}"
            }
            said.append({"row": 0, "field": "", "code": "more_remarks", "message": message})
        return said


def format_of(file: Incoming, as_format: str | None, mapping: Mapping[str, str] | None) -> str:
    """The name of the file's format: as given, else a table where there is a mapping, else told from the content."""
    if as_format and as_format not in FORMATS:
        raise UnreadableFile(
            _("found format %(found)r; expected one of %(known)s.") % {"found": as_format, "known": ", ".join(FORMATS)}
        )
    return as_format or ("csv" if mapping else recognise(file))


def read(
    file: Incoming,
    spool: Spool,
    *,
    as_format: str | None = None,
    source: str = "",
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    first: int = 0,
) -> Reading:
    """Every record of the file waits in the spool; a table that a saved mapping was made for is read with it."""
    if mapping is None and as_format in (None, "csv"):
        look = look_at(file, known_headers())
        saved = column_mapping.find(look.header) if look.shape == "table" else None
        mapping = saved.fields if saved else None
        if saved:
            file.note(
                "mapping_used",
                _("found the columns that the mapping %(name)r was made for; read with it.") % {"name": saved.name},
            )
    name = format_of(file, as_format, mapping)
    module = FORMATS[name]
    stem = file.name.rsplit(".", 1)[0]
    reading = Reading(name, (source or module.SOURCE or stem)[:120], first=first)
    watch = Watch()
    for draft in module.read(file, mapping):
        spool.add(draft)
        watch.see(draft)
        reading.take(draft)
        if progress and reading.read % _EVERY == 0:
            progress(*_far(file, reading.read), "reading")
    for twin in spool.twins():
        reading.twin(twin)
    if not reading.read:
        raise UnreadableFile(_("found no record in the file; expected a header and rows below it, or a record."))
    reading.problems[:0] = file.notes
    reading.say(list(watch.remarks()))
    return reading


def _far(file: Incoming, read: int) -> tuple[int, int]:
    """Rows read and, as far as the bytes tell, rows in all."""
    share = file.share_read()
    return read, round(read / share) if share > 0 else 0
