"""Digital PCR: partitions counted, and the concentration that Poisson's law gives for the share that is positive.

Interval of the share: Wilson (1927), as -ln(1 - p) grows with p its ends give those of the concentration; u by the
law's derivative, sqrt(p / (n (1 - p))). dMIQE: Clin. Chem. 66:1012 (2020); ISO 20395:2019.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr._exports import plain_task, to_number, well_name
from liqi.methods.pcr._rdml import rdml_root
from liqi.methods.pcr._sheets import Row, plain, read_text, records, rows_of
from liqi.methods.readers import sniff

FORMATS = "a table of QuantaSoft, QX Manager, Qiacuity or AbsoluteQ, or RDML with partitions"
KINDS = ("partitions", "rdml")
DROPLET_NL = 0.85
"""The droplet of QX100 and QX200 that QuantaSoft counts with."""
_TOTALS = ("accepted droplets", "accepted partitions", "partitions valid", "total", "valid partitions")
_POSITIVES = ("positives", "partitions positive", "positive partitions")
_NEGATIVES = ("negatives", "partitions negative", "negative partitions")
_CONCENTRATIONS = (
    "conc copies/ul", "concentration copies/ul", "conc cp/ul", "conc cp/ul dpcr reaction", "concentration",
)  # fmt: skip
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Count:
    """Partitions of one well and target: how many were accepted and how many of them are positive."""

    well: str
    sample: str
    target: str
    kind: str
    positive: int
    total: int
    machine: float | None = None

    @property
    def copies_per_partition(self) -> float:
        """The mean number of copies, -ln(1 - p); infinite where no partition is negative."""
        return lambda_of(self.positive, self.total)


@dataclass(frozen=True, slots=True)
class Partitions:
    """Every count of a file, and the volume of a partition in nL where the file or its maker tells it."""

    format: str
    counts: Sequence[Count]
    volume_nl: float | None
    volume_from: str


def lambda_of(positive: float, total: float) -> float:
    """Return copies per partition by Poisson's law.

    >>> round(lambda_of(2143, 19953), 5)
    0.11362
    """
    if not positive:
        return 0.0
    return -math.log1p(-positive / total) if positive < total else math.inf


def u_lambda(positive: float, total: float) -> float:
    """Return the standard uncertainty of copies per partition; of no positive that of one is taken."""
    share = max(positive, 1.0) / total
    return math.sqrt(share / (total * (1 - share))) if share < 1 else math.inf


def interval_of(positive: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of copies per partition."""
    share, square = positive / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = max(0.0, middle - half) if positive else 0.0, min(1.0, middle + half)
    return -math.log1p(-low), (-math.log1p(-high) if high < 1 else math.inf)


def read_partitions(path: str | Path) -> Partitions:
    """Return the counts of a file; one without partitions raises `UnreadableFile`."""
    path = Path(path)
    kind = sniff(path)
    if kind == "rdml":
        return _of_rdml(path)
    if kind != "partitions":
        raise UnreadableFile(path, f"a {kind} file", FORMATS, "export the results by well")
    table = [row for row in rows_of(read_text(path, FORMATS)) if any(row)]
    start = next((i for i, row in enumerate(table[:60]) if _has_counts(row)), None)
    if start is None:
        raise UnreadableFile(
            path, "no column of positive and of accepted partitions", FORMATS, "export the results by well"
        )
    heads = {plain(one) for one in table[start]}
    counts = [one for one in map(_count, _filled(records(table[start:]))) if one is not None]
    if not counts:
        raise UnreadableFile(path, "no well with counted partitions", FORMATS, "export the results by well")
    is_droplets = "accepted droplets" in heads
    volume, source = _volume(counts, is_droplets)
    return Partitions("QuantaSoft" if is_droplets else "partitions", counts, volume, source)


def _has_counts(row: Sequence[str]) -> bool:
    heads = {plain(one) for one in row}
    return bool(heads & set(_POSITIVES)) and bool(heads & {*_TOTALS, *_NEGATIVES})


def _filled(rows: Sequence[Row]) -> list[Row]:
    """Return rows whose well and sample are written once for several targets, filled in below."""
    found: list[Row] = []
    for row in rows:
        one = dict(row)
        if found and not any(one.get(name) for name in ("well", "well name")):
            for name in ("well", "well name", "sample", "sample/ntc/control", "sample name"):
                if name in one and not one[name]:
                    one[name] = found[-1].get(name, "")
        found.append(one)
    return found


def _first(row: Mapping[str, str], names: Sequence[str]) -> float | None:
    return next((value for name in names if (value := to_number(row.get(name, ""))) is not None), None)


def _count(row: Row) -> Count | None:
    positive, total, negative = _first(row, _POSITIVES), _first(row, _TOTALS), _first(row, _NEGATIVES)
    if positive is None or (total is None and negative is None):
        return None
    whole = total if total is not None else positive + (negative or 0)
    if not 0 <= positive <= whole or whole < 1 or whole > 1e9:
        return None
    sample = (
        row.get("sample")
        or row.get("sample name")
        or row.get("sample/ntc/control")
        or row.get("sample description 1")
        or ""
    )
    task = plain_task(row.get("sampletype") or row.get("sample type") or row.get("type") or "")
    names = f"{task} {plain_task(sample)}"
    kind = "ntc" if any(word in names.split() for word in ("ntc", "nc", "blank")) or "non template" in names else "unkn"
    well = well_name(row.get("well") or row.get("well name") or "")
    target = row.get("target") or row.get("target name") or row.get("dye") or row.get("dyename s") or "-"
    return Count(well, sample or well, target, kind, round(positive), round(whole), _first(row, _CONCENTRATIONS))


def _volume(counts: Sequence[Count], is_droplets: bool) -> tuple[float | None, str]:
    """Return the volume of a partition that the file's own concentrations were computed with."""
    told = sorted(
        1000 * one.copies_per_partition / one.machine
        for one in counts
        if one.machine and one.machine > 0 and 20 <= one.positive < one.total
    )
    if told:
        return told[len(told) // 2], "file"
    return (DROPLET_NL, "QX200") if is_droplets else (None, "")


def _of_rdml(path: Path) -> Partitions:
    root = rdml_root(path)
    counts: list[Count] = []
    volumes: list[float] = []
    kinds = {one.get("id", ""): one.findtext("{*}type", "unkn") for one in root.iterfind("{*}sample")}
    for run in root.iterfind("{*}experiment/{*}run"):
        for react in run.iterfind("{*}react"):
            counts += _of_react(react, kinds, volumes)
    if not counts:
        raise UnreadableFile(path, "RDML without partitions", FORMATS, "ask `qpcr.quantify` of amplification curves")
    volume = sorted(volumes)[len(volumes) // 2] if volumes else None
    return Partitions("RDML", counts, volume, "file" if volume else "")


def _of_react(react: etree._Element, kinds: Mapping[str, str], volumes: list[float]) -> list[Count]:
    found = []
    sample = next((one.get("id", "") for one in react.iterfind("{*}sample")), "")
    for partitions in react.iterfind("{*}partitions"):
        volume = to_number(partitions.findtext("{*}volume", ""))
        if volume and volume > 0:
            volumes.append(volume)
        for data in partitions.iterfind("{*}data"):
            target = next((one.get("id", "") for one in data.iterfind("{*}tar")), "")
            positive, negative = (to_number(data.findtext(f"{{*}}{name}", "")) for name in ("pos", "neg"))
            if positive is not None and negative is not None and positive + negative > 0:
                kind = kinds.get(sample, "unkn")
                total = round(positive + negative)
                machine = to_number(data.findtext("{*}conc", ""))
                found.append(Count(react.get("id", ""), sample, target, kind, round(positive), total, machine))
    return found
