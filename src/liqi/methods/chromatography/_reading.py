"""Which reader a chromatogram needs, by its content."""

from importlib import import_module
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._trace import FORMATS, Chromatogram
from liqi.methods.readers._sniff import sniff_among

READERS = {
    "andichrom": "_andi",
    "labsolutions": "_labsolutions",
    "chemstation": "_chemstation",
    "empower": "_empower",
    "unicorn": "_unicorn",
    "asm": "_allotrope",
    "trace": "_columns",
    "peaks": "_columns",
    "table": "_columns",
}
REPORT = "chemreport"
ACCEPTED = (*READERS, REPORT)


def kind_of(path: Path) -> str:
    """Return the file's format by its content; one that nobody knows raises `UnreadableFile` with what is read here."""
    return sniff_among(path, FORMATS, "export the chromatogram as AIA or as text")


def read_chromatogram(path: str | Path) -> Chromatogram:
    """Return the traces of a chromatogram file, judged by content; raise `UnreadableFile`."""
    path = Path(path)
    kind = kind_of(path)
    if kind == "spectrum":
        kind = "table"  # columns under a head that says nothing of time
    if kind not in READERS:
        do = "export the chromatogram as AIA or as text"
        if kind == REPORT:
            do = "read it with read_report; for a chromatogram give the signal's file"
        raise UnreadableFile(path, f"a {kind} file", FORMATS, do)
    found = import_module(f"liqi.methods.chromatography.{READERS[kind]}").read(path)
    assert isinstance(found, Chromatogram)
    return found
