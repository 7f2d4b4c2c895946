"""Search without a precursor window: fragments, neutral losses, or both, over every reference of an ion mode.

The peaks of all references stand in one list sorted by m/z (or by loss), so that a query's peak finds its
partners side by side (Li & Fiehn, Nat. Methods 20:1475, 2023). Fragments are compared with the precursor's
peaks, losses without them: each is best so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, Peaks, Singles, add_up
from liqi.methods.mass_spectrometry._index import ModeIndex

LOSS_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Sorted:
    """Peaks of all references by position (m/z or loss): weight, place of the spectrum, place of the peak.

    `weight_log` is weight x log2(weight), which every search needs.
    """

    position: Singles
    weight: Singles
    weight_log: Singles
    owner: NDArray[np.int32]
    peak: Integers
    number: int

    @classmethod
    def of(cls, position: Floats, weight: Singles, owner: NDArray[np.int32], number: int) -> "Sorted":
        """Return the peaks that have weight, sorted."""
        order = np.argsort(position, kind="stable")
        order = order[weight[order] > 0]
        heavy = weight[order]
        return cls(position[order].astype(np.float32), heavy, heavy * np.log2(heavy), owner[order], order, number)

    def hits(self, position: Floats, width: float) -> tuple[Integers, Integers]:
        """Return query peak and place here of every two peaks within `width` Da."""
        low = np.searchsorted(self.position, (position - width).astype(np.float32), side="left")
        high = np.searchsorted(self.position, (position + width).astype(np.float32), side="right")
        counts = high - low
        ends = np.cumsum(counts)
        place = np.arange(ends[-1] if ends.size else 0) + np.repeat(low - ends + counts, counts)
        return np.repeat(np.arange(position.size), counts), place

    def similarity(self, position: Floats, weight: Floats, width: float) -> Floats:
        """Return the entropy similarity of a query's peaks to every reference.

        The partners of one peak lie side by side: slices are joined, nothing is looked up one by one.
        """
        heavy = weight > 0
        position, own = position[heavy], weight[heavy].astype(np.float32)
        low = np.searchsorted(self.position, (position - width).astype(np.float32), side="left").tolist()
        high = np.searchsorted(self.position, (position + width).astype(np.float32), side="right").tolist()
        if not low:
            return np.zeros(self.number)
        spans = [slice(a, b) for a, b in zip(low, high, strict=True)]
        counts = np.subtract(high, low)
        theirs = np.concatenate([self.weight[span] for span in spans])
        both = theirs + np.repeat(own, counts)
        both *= np.log2(both)
        both -= np.repeat(own * np.log2(own), counts)
        both -= np.concatenate([self.weight_log[span] for span in spans])
        owner = np.concatenate([self.owner[span] for span in spans])
        return np.asarray(add_up(owner, both, self.number) / 2)


def entropy_gain(q: Floats, r: Singles | Floats) -> Floats:
    """Return what two matched peaks add to the entropy similarity; 0 where either weighs nothing."""
    r = r.astype(np.float64)
    both = q + r
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = both * np.log2(both) - q * np.log2(q) - r * np.log2(r)
    return np.asarray(np.where((q > 0) & (r > 0), gain, 0.0) / 2)


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """The references of one ion mode, by fragment and by neutral loss."""

    index: ModeIndex
    fragments: Sorted
    losses: Sorted

    @classmethod
    def of(cls, index: ModeIndex) -> "OpenIndex":
        """Return the lists of an index."""
        peaks, number = index.peaks, len(index.peaks)
        mz = peaks.mz.astype(np.float64)
        losses = index.precursor_mz[peaks.owner] - mz if number else mz
        return cls(
            index,
            Sorted.of(mz, peaks.kept, peaks.owner, number),
            Sorted.of(losses, peaks.without, peaks.owner, number),
        )

    def open(self, query: Peaks, width: float) -> Floats:
        """Return the similarity of one query's fragments to every reference."""
        return self.fragments.similarity(query.mz.astype(float), query.kept.astype(float), width)

    def neutral_loss(self, query: Peaks, precursor_mz: float, width: float) -> Floats:
        """Return the similarity of one query's neutral losses to every reference."""
        return self.losses.similarity(precursor_mz - query.mz.astype(float), query.without.astype(float), width)

    def fused(self, query: Peaks, precursor_mz: float | None, width: float) -> Floats:
        """Return the mean of both similarities; without a precursor m/z that of fragments."""
        by_fragments = self.open(query, width)
        if not precursor_mz:
            return by_fragments
        by_losses = self.neutral_loss(query, precursor_mz, width)
        return np.asarray((1 - LOSS_WEIGHT) * by_fragments + LOSS_WEIGHT * by_losses)

    def hybrid(self, query: Peaks, precursor_mz: float, width: float) -> Floats:
        """Return the similarity where each peak may match as fragment or, else, as loss (Li & Fiehn 2023)."""
        return self.hybrid_matches(query, precursor_mz, width)[0]

    def hybrid_matches(
        self, query: Peaks, precursor_mz: float, width: float, least: int = 1
    ) -> tuple[Floats, Integers]:
        """Return the hybrid similarity to every reference, and how many of the query's peaks have a partner there.

        References where fewer than `least` peaks can have a partner are not looked at: both are 0 there. A cleaned
        spectrum has no two peaks within twice the width, so a peak has one partner of a kind at most.
        """
        told = query.without > 0
        mz, weight = query.mz[told].astype(float), query.without[told]
        peaks, number = self.index.peaks, len(self.index.peaks)
        peak, place = self.fragments.hits(mz, width)
        loss_peak, loss_place = self.losses.hits(precursor_mz - mz, width)
        owner, loss_owner = self.fragments.owner[place], self.losses.owner[loss_place]
        rich = np.bincount(owner, minlength=number) + np.bincount(loss_owner, minlength=number) >= least
        partner = self.fragments.peak[place]
        seen = np.flatnonzero(rich[owner] & (peaks.without[partner] > 0))
        peak, partner, owner = peak[seen], partner[seen], owner[seen]
        matched, used = np.zeros(mz.size * number, dtype=bool), np.zeros(peaks.mz.size, dtype=bool)
        matched[peak * number + owner] = used[partner] = True
        fresh = rich[loss_owner] & ~(matched[loss_peak * number + loss_owner] | used[self.losses.peak[loss_place]])
        seen = np.flatnonzero(fresh)
        owner = np.concatenate([owner, loss_owner[seen]])
        theirs = np.concatenate([peaks.without[partner], self.losses.weight[loss_place[seen]]])
        gain = _gain(weight, np.concatenate([peak, loss_peak[seen]]), theirs)
        return add_up(owner, gain, number), np.bincount(owner, minlength=number)


def _gain(weight: Singles, peak: Integers, theirs: Singles) -> Singles:
    """Return what matched peaks add to the entropy similarity, all of them having weight."""
    own = weight[peak]
    both = own + theirs
    both *= np.log2(both)
    both -= (weight * np.log2(weight))[peak]
    both -= theirs * np.log2(theirs)
    both /= 2
    return np.asarray(both)
