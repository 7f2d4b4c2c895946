"""Which format a file is, judged by its content; the name counts only where the content says nothing."""

import codecs
import csv
import re
import zipfile
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers import _assay_marks, _cryo_marks, _grid_marks, _magnetic_marks, _optical_marks
from liqi.methods.readers._damage import reason_of
from liqi.methods.readers._lone import files_in, lone_member
from liqi.methods.readers._members import kind_of_zip, names_of
from liqi.methods.readers._raw_marks import raw_file
from liqi.methods.readers._streams import open_bytes
from liqi.methods.readers._unwrapped import unwrapped

FORMATS = "a file of an instrument in a format that a method reads (`liqi methods` lists them)"
_HEAD = 65_536
_XML_HEAD = 1024
_FCS = re.compile(rb"FCS[23]\.[0-9] {4}")
_MAGIC = {
    "chemstation": re.compile(rb"\x03(130|131|179|181)\0|\x02(30|31|81)\0|\x018\0"),
    "nmrpipe": re.compile(rb"\0{4}.{4}(\x7b\x14\x16\x40|\x40\x16\x14\x7b)", re.DOTALL),
    "mat": re.compile(rb"MATLAB [567]\.\d MAT-file"),
    "jeol": re.compile(rb"JEOL\.NMR|RMN\.LEOJ"),
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "tiff": re.compile(rb"II\*\0|MM\0\*"),
}
_TIMES = re.compile(
    r'"?(time|ret(ention)?\.? ?time|rt|r\.time|zeit|retentionszeit|(保留|滞留)?时间|(滯留|保留)?時間) ?'
    r'[(\[_ (]?(min\.?|minutes|s|sec|seconds|ms|分|分钟|分鐘|秒)?[)\])]?"?[\t,;]+ ?"?'
    r"(step|signal|intensity|value|absorbance|response|voltage|abs|y|信号|信號|訊號|强度|強度|电压|電壓|吸光|响应"
    r"|.*(mau|au|mv|uv|µv|pa|counts))(\b|(?<=[一-鿿]))"
)
_VOLUMES = re.compile(r'"?ml"?[\t,;]"?m?au\b')
"""The units over the columns of UNICORN's curves, which it exports over volume."""
_NUM_PEAKS = re.compile(r"num[ _]?peaks?\s*[:=]\s*\d")
_JSON = re.compile(r"\s*[\[{]\s*[\"\[{\]}\d-]")
_MZML = re.compile(rb"<(?:\w+:)?(?:indexed)?mzML[\s>]")
_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\10")
_EXPORT = {
    ".ngs": ("a spectrum of LabSpec 5", "save it from LabSpec as text (.txt)"),
    ".l6m": ("a map of LabSpec 6", "save its spectra from LabSpec as text (.txt)"),
    ".l6v": ("a video picture of LabSpec 6", "save the spectrum from LabSpec as text (.txt)"),
    ".srs": ("a series of OMNIC", "split it into spectra (.spa) in OMNIC"),
    ".sds": ("a run of SDS 2", "export it from SDS as text"),
}
"""Endings of formats that are not public, with what they are and the way out; asked after everything else."""


def head(path: str | Path, size: int = _HEAD) -> bytes:
    """Return the first 64 kB of what a file says, unpacked where it came packed, in UTF-8 where it came as UTF-16."""
    path = Path(path)
    try:
        with open_bytes(path) as stream:
            return stream.read(size)
    except (OSError, EOFError) as problem:
        raise unpacked_badly(path, problem) from None


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def unpacked_badly(path: Path, problem: Exception) -> UnreadableFile:
    """Return the error for a gzip file that does not unpack."""
    return UnreadableFile(path, f"a damaged gzip file ({reason_of(problem)})", "a whole one", "copy the file again")


def sniff(path: str | Path, expected: str = FORMATS) -> str:
    """Return the format's short name: that of its reader, parquet, or table; `expected` is told where it has none."""
    path = Path(path)
    start = head(path)
    if not start.strip():
        raise UnreadableFile(path, "an empty file", expected, "copy the file again")
    kind = _kind_of_bytes(path, start, expected) or _kind_of_xml(path, start, expected)
    if kind is not None:
        return kind
    words = _words(start)
    lines = [line.strip().lower() for line in words.splitlines() if line.strip()]
    if not lines:
        raise UnreadableFile(path, "a file of blanks", expected, "copy the file again")
    kind = _assay_marks.text_kind(lines) or ("star" if _cryo_marks.is_star(words) else None)
    kind = kind or _magnetic_marks.magnetic_kind(start, lines)
    if kind is None and _JSON.match(words):
        return _kind_of_json(path, words, expected)
    kind = kind or _kind_of_names(lines) or _kind_of_columns(path, start, lines)
    if kind is None:
        raise UnreadableFile(path, *_unread(path, start, lines, expected))
    return kind


def sniff_among(path: Path, expected: str, do: str) -> str:
    """Return the format's short name; where nobody reads it the refusal says what is read here, and what to do."""
    try:
        return sniff(path)
    except UnreadableFile as problem:
        if problem.expected != FORMATS:
            raise
        raise UnreadableFile(path, problem.found, expected, do) from None


def _kind_of_bytes(path: Path, start: bytes, expected: str) -> str | None:
    """Return the short name of a binary format, by the bytes that it begins with."""
    if start[:4] == b"PAR1":
        return "parquet"
    if _FCS.match(start):
        return "fcs"
    if start[:3] == b"CDF":
        return "andichrom" if b"ordinate_values" in start and b"mass_values" not in start else "andi"
    kind = next((kind for kind, test in _MAGIC.items() if test.match(start)), None) or _assay_marks.binary_kind(start)
    if kind is not None:
        return kind
    if _magnetic_marks.is_old_spe(start):
        return "eprspe"
    optical = _optical_marks.binary_kind(start)
    if optical is not None:
        return optical
    if start[:4] in _ZIP:
        return _kind_of_packed(path, expected)
    if _cryo_marks.is_mrc(start):
        return "mrc"
    beside = _magnetic_marks.kind_beside(path) if b"\0" in start else None
    if beside is None and start[:8] == b"\x89HDF\r\n\x1a\n":
        raise UnreadableFile(path, "an HDF5 or netCDF-4 file", expected, "convert it to one of these")
    return beside


def _kind_of_packed(path: Path, expected: str) -> str:
    """Return the short name of what a ZIP file holds; one that was packed once more is unpacked first."""
    if (not zipfile.is_zipfile(path) and _is_gzip(path)) or lone_member(path):
        with unwrapped([path]) as plain:
            if lone_member(plain[0]):
                raise UnreadableFile(path, "a ZIP file inside a ZIP file", expected, "unpack it")
            return sniff(plain[0], expected)
    kind = _assay_marks.kind_of_members(path) or kind_of_zip(path)
    if kind is None:
        raise UnreadableFile(path, *_unread_zip(path, expected))
    return kind


def _kind_of_xml(path: Path, start: bytes, expected: str) -> str | None:
    """Return the short name of an XML format, by its first elements."""
    if _MZML.search(start):
        return "imzml" if b'"IMS"' in start or b"IMS:10000" in start else "mzml"
    if b"<mzXML" in start:
        return "mzxml"
    if b"<FTSensor" in start[:_XML_HEAD]:
        found = "the maker's matrix of a force sensor (.cal)"
        raise UnreadableFile(path, found, expected, "give a table of loads and outputs: it makes a matrix of them")
    if b"<Workspace" in start and b"flowJoVersion" in start:
        return "flowjo"
    return "gatingml" if b"isac-net.org/std/Gating-ML" in start else None


def _kind_of_names(lines: list[str]) -> str | None:
    """Return the short name of a text that names its format, or its columns' quantities, in words of its own."""
    if lines[0] == "[header]" and any(line.startswith("application name") for line in lines[:6]):
        return "labsolutions"  # LabSolutions, and GCsolution and LCsolution before it
    if any("area percent report" in line for line in lines[:80]):
        return "chemreport"
    if lines[0].startswith("<mzspeclib"):
        return "mzspeclib"
    if any(line == "begin ions" for line in lines):
        return "mgf"
    if lines[0].startswith("##"):
        return "jcamp"
    if lines[0].startswith("accession:"):
        return "massbank"
    if any(map(_NUM_PEAKS.match, lines)):
        return "msp"
    if _optical_marks.is_named_text(lines) or _optical_marks.is_under_wave(lines):
        return "spectrum"
    if any(_TIMES.match(line) for line in lines[:80]) and any(_grid_marks.is_row(line) for line in lines[-20:-1]):
        return "trace"
    of_unicorn = {"sampling rate", "total data points"} <= {line.partition(":")[0] for line in lines[:20]}
    return "trace" if of_unicorn or any(map(_VOLUMES.match, lines[:5])) else None


def _kind_of_columns(path: Path, start: bytes, lines: list[str]) -> str | None:
    """Return the short name of a text that names nothing, by the shape of its columns."""
    headed = "table" if _grid_marks.is_matrix(lines) else _grid_marks.kind_of_head(lines)
    if headed is not None:
        return headed
    if _grid_marks.two_numbers(lines[1] if len(lines) > 1 else lines[0]):
        return "peaks"
    if path.suffix.lower() in (".mgf", ".msp"):
        return path.suffix.lower()[1:]
    if _columns(lines):
        return "table"
    if _grid_marks.goes_forward(lines[-20:-1]) and not _optical_marks.begins_far(lines):
        return "trace"
    if _optical_marks.is_columns(lines):
        return "spectrum"
    return "table" if b"\0" not in start and _grid_marks.is_table(lines) else None


def _words(start: bytes) -> str:
    """Return the text of these first bytes: UTF-8, whose last letter may be cut, else the Chinese of GB 18030."""
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError:
        return start.decode("gb18030" if b"\0" not in start else "utf-8", "replace")


def _unread(path: Path, start: bytes, lines: list[str], expected: str) -> tuple[str, str, str]:
    """Return found, expected and what to do for a file that nothing else tells."""
    if path.suffix.lower() in _EXPORT:
        found, do = _EXPORT[path.suffix.lower()]
        return f"{found} ({path.suffix})", expected, do
    raw = raw_file(path, start)
    if raw is not None:
        return raw[0], expected, raw[1]
    found = "binary data of no known kind" if b"\0" in start else f"a file that begins {lines[0][:40]!r}"
    return found, expected, "convert it to one of these"


def _unread_zip(path: Path, expected: str) -> tuple[str, str, str]:
    """Return found, expected and what to do for a ZIP file that nobody here reads."""
    names = names_of(path)
    if path.suffix.lower() == ".eds" or any("apldbio/" in one for one in names):
        return "a project of a QuantStudio (.eds) without a plate", expected, "export it as RDML, text or xlsx"
    if path.suffix.lower() == ".lc96p" or any("lc96" in one for one in names):
        return "a project of a LightCycler 96 (.lc96p) without rdml_data.xml", expected, "export it as RDML"
    if path.suffix.lower() == ".pcrd":
        return "a locked project of Bio-Rad CFX (.pcrd)", expected, "export it as RDML or CSV"
    count = len(files_in(path))
    if count > 1:
        return f"a ZIP file with {count} files", expected, "unpack it and give the files, several of a kind as a batch"
    return "a ZIP file of no known kind", expected, "unpack it"


def _kind_of_json(path: Path, words: str, expected: str) -> str:
    """Return the short name of a JSON document that no instrument of magnetic resonance wrote."""
    if '"$asm.manifest"' in words:
        return "asm"
    if '"chrom"' in words and '"channels"' in words:
        return "empower"
    raise UnreadableFile(path, "a JSON document of no known kind", expected, "convert it to one of these")


def _columns(lines: list[str]) -> bool:
    """Whether this is a table: a head of at least two columns, the first of words, as many cells in its first row."""
    for mark in (",", ";", "\t"):
        heads = lines[0].split(mark)
        if len(heads) > 1 and heads[0].strip('" ').replace(" ", "_").isidentifier():
            return len(lines) == 1 or len(next(csv.reader(lines[1:2], delimiter=mark))) == len(heads)
    return False
