"""Raw data of makers of mass spectrometers, which their own software opens: told by name, with the way out."""

import re
from pathlib import Path

_TO_MZML = "convert it to mzML, in the maker's software or with msConvert, and give that"
_THERMO = b"\x01\xa1F\0i\0n\0n\0i\0g\0a\0n\0"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMED = {
    ".wiff": "a SCIEX run",
    ".wiff2": "a SCIEX run",
    ".lcd": "a Shimadzu LabSolutions run",
    ".qgd": "a Shimadzu GCMSsolution run",
    ".yep": "a Bruker run",
    ".baf": "a Bruker run",
    ".tdf": "a Bruker timsTOF run",
    ".tsf": "a Bruker timsTOF run",
}
_MASS = re.compile(r"analysis\.(baf|tdf|tsf|yep)|AcqData|_FUNC\d{3}\.DAT|MSD\w*\.MS|DATA\.MS", re.IGNORECASE)
_NMR = re.compile(r"fid|ser|acqus?|procpar", re.IGNORECASE)


def raw_file(path: Path, start: bytes) -> tuple[str, str] | None:
    """Return what a binary file of a maker is and what to do with it, None where it is none that is known."""
    if start.startswith(_THERMO):
        return "a Thermo Xcalibur run (.raw)", _TO_MZML
    named = _NAMED.get(path.suffix.lower())
    if named and (b"\0" in start or start.startswith(_OLE)):
        return f"{named} ({path.suffix.lower()})", _TO_MZML
    return None


def folder(path: Path) -> tuple[str, str]:
    """Return what a folder is and what to do: makers keep a run in one.

    >>> folder(Path("no such place"))
    ('a folder', 'give the files in it')
    """
    try:
        names = [one.name for one in path.iterdir()]
    except OSError:
        names = []
    if any(_MASS.fullmatch(name) for name in names):
        return "a folder of a mass spectrometer's raw data", _TO_MZML
    if any(_NMR.fullmatch(name) for name in names):
        return "a folder of NMR data", "pack it as a ZIP file and give that"
    return "a folder", "give the files in it"
