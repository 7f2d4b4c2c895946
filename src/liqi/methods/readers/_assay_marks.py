"""By what files of PCR machines, capillary sequencers and isotope-ratio instruments are told apart from all others."""

import re
import zipfile
from pathlib import Path

from liqi.methods.readers._members import TROUBLE

_ISODAT = b"\xff\xff\x06\x00\x0b\x00CFileHeader"
_BLANKS = re.compile(r"[\s_.\"']+")
_HEAD_LINES = 60
_SHEETS = ("results", "amplification data", "sample setup", "melt curve raw data", "raw data")
_PROJECT = (
    *("apldbio/sds/plate_setup.xml", "apldbio/sds/experiment.xml", "apldbio/sds/analysis_result.txt"),
    *("setup/plate_setup.json", "primary/multicomponent_data.json", "primary/analysis_result.json"),
)
"""Members of a project of a QuantStudio, 7500 or StepOne (.eds), any of them."""
CQ_HEADS = ("cq", "ct", "crt", "cp", "ct dr", "ct drn", "cq dr", "cq drn", "ct 值", "ct值", "cq值")
"""Heads of a column of quantification cycles, as `cq_head` is given them."""
_CQ_NAMES = frozenset(
    ("well", "well position", "pos", "position", "no", "sample", "sample name", "name", "well name", "target")
) | {"孔", "孔位", "孔位置", "样本", "样品", "样本名称", "样品名称", "樣本", "樣品", "基因"}
_PARTITIONS = (
    ("positives", "negatives"),
    ("partitions (positive)", "partitions (valid)"),
    ("positives", "accepted droplets"),
    ("positives", "total"),
)


def binary_kind(start: bytes) -> str | None:
    """Return the short name of a sequencer's or isotope instrument's binary format, None for anything else."""
    if start[:4] == b"ABIF" or start[128:132] == b"ABIF":  # behind a header of MacBinary
        return "abif"
    if start[:4] == b".scf":
        return "scf"
    return "isodat" if start.startswith(_ISODAT) else None


def text_kind(lines: list[str]) -> str | None:
    """Return the short name of a text by its lower-cased lines, None where nothing is sure."""
    first = lines[0].lstrip("\ufeff")
    if first.startswith("<") and any("<rdml" in line or ":rdml" in line for line in lines[:5]):
        return "rdml"
    if "clumped co2" in first and "data file version" in first:
        return "nu"
    if first.startswith((">", ";")) and len(lines) > 1 and re.fullmatch(r"[a-z*\-. ]+", lines[1]):
        return "fasta"
    heads = [_BLANKS.sub(" ", line).strip() for line in lines[:_HEAD_LINES]]
    if any(line in ("[sample setup]", "[amplification data]", "[results]") for line in heads) or _is_quantstudio(lines):
        return "quantstudio"
    for line in lines[:_HEAD_LINES]:
        cells = [cell.strip(' "') for cell in re.split(r"[,;\t]", line)]
        if any(set(names) <= set(cells) for names in _PARTITIONS):
            return "partitions"
        if cells[:3] == ["well", "sample", "sample type"] and "target" in cells:
            return "rdes"
        if {"well", "fluor", "cq"} <= set(cells) or (cells[0] == "" and cells[1:2] in (["cycle"], ["temperature"])):
            return "cfx"
        plain = [" ".join(re.sub(r"[^\w/]+", " ", cell.replace("т", "t")).split()) for cell in cells]
        if cq_head(plain) or {"samplepos", "cycle"} <= set(plain) or {"cycle number", "rn"} <= set(plain):
            return "cqtable"
        if cells[0].startswith("excel raw data export"):
            return "cqtable"  # of a Rotor-Gene
        if cells[0] in ("cycle", "temperature") and {"a1", "a2"} <= set(cells) | {_unpadded(one) for one in cells}:
            return "cfx"
    return None


def cq_head(cells: list[str]) -> bool:
    """Whether these words head a table of quantification cycles: one of its names, and that of what each is of.

    >>> cq_head(["well", "sample", "ct"]), cq_head(["pos", "name", "cp"]), cq_head(["name", "cp"]), cq_head(["ct"])
    (True, True, False, False)
    """
    some = set(cells)
    names = {"pos", "well", "well position"} if not some & set(CQ_HEADS) - {"cp"} else _CQ_NAMES
    return bool(some & set(CQ_HEADS)) and bool(some & names)


def _unpadded(cell: str) -> str:
    return re.sub(r"^([a-p])0(\d)$", r"\1\2", cell)


def _is_quantstudio(lines: list[str]) -> bool:
    starred = [line for line in lines[:_HEAD_LINES] if line.startswith(("* ", "# "))]
    return len(starred) > 3 and any("instrument type" in line or "block type" in line for line in starred)


def kind_of_members(path: Path) -> str | None:
    """Return the short name of a ZIP file by its members: RDML, a project or the workbook of a PCR machine."""
    try:
        with zipfile.ZipFile(path) as whole:
            found = {one.lower().replace("\\", "/"): one for one in whole.namelist()}
            if any(name in found for name in _PROJECT):
                return "eds"
            if "xl/workbook.xml" in found:
                with whole.open(found["xl/workbook.xml"]) as stream:
                    text = stream.read(65_536).decode("utf-8", "replace").lower()
                sheets = re.findall(r'<sheet\b[^>]*\bname="([^"]*)"', text)
                return (
                    "quantstudio"
                    if {"results", "amplification data"} & set(sheets) and set(_SHEETS) & set(sheets)
                    else None
                )
            documents = [one for one in found if one.endswith(".xml")]
            named = [one for one in documents if one.rpartition("/")[2] == "rdml_data.xml"]
            if named or len(documents) == 1:
                with whole.open(found[(named or documents)[0]]) as stream:
                    start = stream.read(4096)
                return "rdml" if re.search(rb"<(\w+:)?rdml[\s>]", start) else None
    except TROUBLE:
        return None
    return None
