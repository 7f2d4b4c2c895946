"""Readers: `read(path)` gives a `Run` of spectra; the format is judged by content, never by name alone."""

from importlib import import_module
from pathlib import Path

from liqi.arguments import explain_face
from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Run, Spectrum
from liqi.methods.readers._sniff import head, sniff

__all__ = ["COMPANIONS", "FORMAT_NAMES", "OTHER_FORMATS", "Run", "Spectrum", "head", "read", "sniff"]

FORMAT_NAMES = ("mzml", "mzxml", "imzml", "mgf", "msp", "mzspeclib", "massbank", "jcamp", "andi", "peaks")
"""The short names of what `read` reads, each that of its module."""
OTHER_FORMATS = (
    *("table", "asm", "fcs", "gatingml", "flowjo"),
    *("andichrom", "labsolutions", "chemstation", "chemreport", "empower", "unicorn", "trace"),
    *("bruker", "varian", "jeol", "nmrpipe"),
    *("png", "tiff", "slices"),
    *("mrc", "star"),
    *("rdml", "rdes", "eds", "quantstudio", "cfx", "cqtable", "partitions", "abif", "scf", "fasta", "nu", "isodat"),
    *("spc", "opus", "wdf", "spa", "labspec", "spectrum", "xlsx"),
    *("bes3t", "esp", "eprjson", "eprxml", "eprspe", "odmr", "npz", "mat"),
)
"""Those that `sniff` tells and that readers of other methods read."""
_EXPECTED = (
    "mzML, mzXML, imzML, MGF, MSP, mzSpecLib, JCAMP-DX, ANDI netCDF, MassBank text, CSV peak list or library Parquet"
)
COMPANIONS = ("ibd", "dta")
"""Endings of files that are read through another one of the same name beside them."""


def read(path: str | Path) -> Run:
    """Return the spectra of a file; a broken or unknown one raises `UnreadableFile` here or later."""
    path = Path(path)
    kind = sniff(path, _EXPECTED)
    if kind not in FORMAT_NAMES:
        library = "use it with --library, not as a sample"
        do = library if kind == "parquet" else "ask a method that reads it (`liqi methods` lists them)"
        raise UnreadableFile(path, f"a {kind} file", _EXPECTED, do)
    run = import_module(f"liqi.methods.readers.{kind}").read(path)
    assert isinstance(run, Run)
    return run


explain_face(__name__)
