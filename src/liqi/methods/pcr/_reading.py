"""Runs of real-time PCR from any file that holds them, judged by content."""

from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr._cycler_texts import read_cyclers
from liqi.methods.pcr._exports import NoSections, read_cfx, read_quantstudio, read_rdes
from liqi.methods.pcr._measurements import read_measurements
from liqi.methods.pcr._plate import Plates
from liqi.methods.pcr._project import read_project
from liqi.methods.pcr._rdml import read_rdml
from liqi.methods.readers import sniff

FORMATS = (
    "RDML (.rdml, .lc96p), RDES, a project (.eds) or export (text, xlsx) of QuantStudio, an export of CFX (CSV), "
    "of a LightCycler 480 or Rotor-Gene, a table of Cq values, ASM"
)
KINDS = ("rdml", "rdes", "eds", "quantstudio", "cfx", "cqtable", "asm")


def read_plates(path: str | Path, melting: bool = False) -> Plates:
    """Return the runs of a file with their amplification curves, and with melting curves where asked."""
    path = Path(path)
    kind = sniff(path)
    readers = {
        "rdml": read_rdml, "rdes": read_rdes, "eds": read_project, "quantstudio": read_quantstudio, "cfx": read_cfx,
        "cqtable": read_cyclers, "asm": read_measurements,
    }  # fmt: skip
    if kind not in readers:
        raise UnreadableFile(path, f"a {kind} file", FORMATS, "export the run as RDML")
    try:
        return readers[kind](path, melting)
    except NoSections:
        return read_cyclers(path, melting)  # Design and Analysis writes each table as a file of its own
