"""Reads of one template joined: aligned by dynamic programming, each column voted by phred, variants to a reference.

The score of a base in a column is the sum of the phred values of the reads that say so; the quality of the consensus is
that of the winner less those of all others, as of independent errors.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.sequencing._quality import quality_of
from liqi.methods.sequencing._trace import Trace, Whole, reverse_complement

HIGHEST = 90
LEAST_OVERLAP = 30


@dataclass(frozen=True, slots=True)
class Read:
    """The kept part of a trace as it lies in the consensus; `reversed` where it is of the other strand."""

    trace: Trace
    bases: str
    quality: Whole
    keep: tuple[int, int]
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A column where reads differ: the consensus' place from 1, what each read says, and the quality of the choice."""

    place: int
    said: tuple[str, ...]
    chosen: str
    quality: int


@dataclass(frozen=True, slots=True)
class Consensus:
    """The joined sequence with its qualities, how much of it two reads or more cover, and where they differ."""

    bases: str
    quality: Whole
    reads: Sequence[Read]
    overlap: int
    same: int
    conflicts: Sequence[Conflict]
    depth: Whole

    @property
    def identity(self) -> float:
        """The share of the columns that two reads or more cover in which all say the same."""
        return self.same / self.overlap if self.overlap else math.nan

    @property
    def expected_errors(self) -> float:
        """The sum of the chances of error of all bases."""
        return float((10.0 ** (-self.quality / 10.0)).sum())


@dataclass(frozen=True, slots=True)
class Variant:
    """Where the consensus differs from the reference: place in the reference from 1, as HGVS writes genomic changes."""

    place: int
    reference: str
    found: str
    quality: int

    @property
    def name(self) -> str:
        """The change in the manner of HGVS: 76A>C, 83_85del, 86_87insT."""
        if self.reference and self.found:
            return f"{self.place}{self.reference}>{self.found}"
        if self.found:
            return f"{self.place}_{self.place + 1}ins{self.found}"
        last = self.place + len(self.reference) - 1
        return f"{self.place}{f'_{last}' if last > self.place else ''}del"


def aligner() -> Any:
    """Return the aligner: match 2, mismatch -3, gap -6 and -2 for each more, ends free."""
    from Bio.Align import PairwiseAligner

    make: Any = PairwiseAligner
    made = make(mode="global", match_score=2, mismatch_score=-3, open_gap_score=-6, extend_gap_score=-2)
    made.end_gap_score = 0.0
    return made


def kept(trace: Trace, cutoff: float) -> Read:
    """Return the part of a trace that is kept by Mott's rule, in its own direction."""
    keep = quality_of(trace.quality, cutoff).keep
    return Read(trace, trace.bases[keep[0] : keep[1]], trace.quality[keep[0] : keep[1]], keep)


def turned(read: Read) -> Read:
    """Return the read on the other strand."""
    return Read(read.trace, reverse_complement(read.bases), read.quality[::-1].copy(), read.keep, not read.is_reversed)


def join(reads: Sequence[Read], reference: str = "") -> Consensus:
    """Return the consensus of reads of one template, each turned as it fits best; the first (or reference) directs.

    Raises UnreadableFile for a read that overlaps the others by fewer than thirty bases that agree.
    """
    if not reads:
        raise BadParameter("reads", reads, "at least one read of the template")
    tool = aligner()
    first = _fitted(tool, reads[0], reference) if reference else reads[0]
    columns = [[(base, int(q))] for base, q in zip(first.bases, first.quality, strict=True)]
    placed = [first]
    for read in reads[1:]:
        so_far = "".join(_winner(column)[0].replace("-", "N") for column in columns)
        fitted = _fitted(tool, read, so_far)
        alignment = tool.align(so_far, fitted.bases)[0]
        agree = _agreeing(alignment, so_far, fitted.bases)
        if agree < LEAST_OVERLAP:
            found = f"{agree} bases in common with {reads[0].trace.path.name}"
            raise UnreadableFile(
                read.trace.path, found, f"at least {LEAST_OVERLAP}", "leave out reads of another template"
            )
        columns = _merged(columns, alignment, fitted, len(placed))
        placed.append(fitted)
    return _voted(columns, placed)


def _fitted(tool: Any, read: Read, onto: str) -> Read:
    other = turned(read)
    return read if tool.score(onto, read.bases) >= tool.score(onto, other.bases) else other


def _agreeing(alignment: Any, first: str, second: str) -> int:
    pairs = zip(*alignment.aligned, strict=True)
    return sum(a == b for (s, e), (u, v) in pairs for a, b in zip(first[s:e], second[u:v], strict=True))


def _merged(columns: list[Any], alignment: Any, read: Read, depth: int) -> list[Any]:
    """Return columns with one more read; a gap carries the lower quality of its neighbours, ends carry nothing."""
    upper, lower = alignment.indices
    inside = np.flatnonzero(lower >= 0)
    begin, end = int(inside[0]), int(inside[-1])
    covered = np.flatnonzero(upper >= 0)
    merged = []
    for at in range(upper.size):
        i, j = int(upper[at]), int(lower[at])
        if i >= 0:
            column = list(columns[i])
        else:
            blank = covered[0] < at < covered[-1]
            column = [("-", _gap(columns, upper, at, n)) if blank else ("", 0) for n in range(depth)]
        if j >= 0:
            column.append((read.bases[j], int(read.quality[j])))
        elif begin < at < end:
            before, after = lower[:at].max(), lower[at:][lower[at:] >= 0][0]
            column.append(("-", int(min(read.quality[before], read.quality[after]))))
        else:
            column.append(("", 0))
        merged.append(column)
    return merged


def _gap(columns: list[Any], upper: Any, at: int, read: int) -> int:
    before, after = int(upper[:at].max()), int(upper[at:][upper[at:] >= 0][0])
    return int(min(columns[before][read][1], columns[after][read][1]))


def _winner(column: Sequence[tuple[str, int]]) -> tuple[str, int]:
    votes: dict[str, int] = {}
    for base, quality in column:
        if base:
            votes[base] = votes.get(base, 0) + (0 if base == "N" else quality)
    best = max(votes, key=lambda base: votes[base])
    return best, max(0, min(HIGHEST, 2 * votes[best] - sum(votes.values())))


def _voted(columns: Sequence[Sequence[tuple[str, int]]], reads: Sequence[Read]) -> Consensus:
    bases, quality, depth, conflicts = [], [], [], []
    overlap = same = 0
    for column in columns:
        best, q = _winner(column)
        said = [base for base, _ in column if base]
        if len(said) > 1:
            overlap += 1
            same += len(set(said)) == 1
        if best != "-":
            bases.append(best)
            quality.append(q)
            depth.append(sum(base not in ("", "-") for base, _ in column))
        if len(set(said)) > 1:
            conflicts.append(Conflict(max(1, len(bases)), tuple(base or " " for base, _ in column), best, q))
    return Consensus(
        "".join(bases), np.array(quality, np.int64), reads, overlap, same, conflicts, np.array(depth, np.int64)
    )


def variants(consensus: Consensus, reference: str) -> tuple[list[Variant], tuple[int, int]]:
    """Return what differs from the reference within the part that is covered, and that part, from 1 and closed."""
    tool = aligner()
    alignment = tool.align(reference, consensus.bases)[0]
    upper, lower = alignment.indices
    both = np.flatnonzero((upper >= 0) & (lower >= 0))
    if not both.size:
        return [], (0, 0)
    found: list[Variant] = []
    place = int(upper[both[0]])
    for at in range(int(both[0]), int(both[-1]) + 1):
        i, j = int(upper[at]), int(lower[at])
        quality = int(consensus.quality[j]) if j >= 0 else int(consensus.quality[max(0, lower[:at].max())])
        if i >= 0:
            place = i + 1
        was, now = (reference[i] if i >= 0 else ""), (consensus.bases[j] if j >= 0 else "")
        if was == now:
            continue
        last = found[-1] if found else None
        if last and not was and not last.reference and last.place == place:
            found[-1] = Variant(place, "", last.found + now, min(last.quality, quality))
        elif last and not now and not last.found and last.place + len(last.reference) == place:
            found[-1] = Variant(last.place, last.reference + was, "", min(last.quality, quality))
        else:
            found.append(Variant(place, was, now, quality))
    return [_shifted(one, reference) for one in found], (int(upper[both[0]]) + 1, int(upper[both[-1]]) + 1)


def _shifted(one: Variant, reference: str) -> Variant:
    """Return a deletion or an insertion as far to the right as the same change can be told (HGVS, 3' rule)."""
    place, was, now = one.place, one.reference, one.found
    if was and not now:
        while place - 1 + len(was) < len(reference) and reference[place - 1] == reference[place - 1 + len(was)]:
            place += 1
        was = reference[place - 1 : place - 1 + len(was)]
    elif now and not was:
        while place < len(reference) and now[0] == reference[place]:
            now = now[1:] + now[0]
            place += 1
    return Variant(place, was, now, one.quality)
