"""Does the confidence hold for laboratories it never saw, and what does each piece of evidence add?

    ./run bench laboratories DATA

DATA holds `massbank/library_ms2.parquet`. The laboratories are parted into five groups; the spectra of a group are
asked by trees that were fitted to those of the other groups alone, a query's own laboratory hidden in the library as
in training. Then the same with pieces of evidence left out: the loss tells what they are worth.
"""

import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry import _training as training
from liqi.methods.mass_spectrometry._boosting import softmax
from liqi.methods.mass_spectrometry._evidence import NAMES
from liqi.methods.mass_spectrometry._index import ION_MODES
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY

PIECES = {
    "all": (),
    "without collision energy": ("energy_difference_log", "likeness_at_energy"),
    "without degree of fragmentation": ("degree_difference", "likeness_at_degree"),
    "without averages and telling peaks": (
        *("consensus_similarity", "gap_consensus", "peak_likelihood", "gap_likelihood", "telling_peaks"),
        *("explained_by_any", "explained_by_it_alone", "gap_explained"),
    ),
    "without exact fragment masses": ("similarity_narrow", "fragment_error", "gap_narrow"),
}
SEVERAL = 100


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    library = SpectralLibrary.load(Path(sys.argv[1]) / "massbank/library_ms2.parquet")
    names = library.references.words["laboratory"].all()
    lab_names = {int(number): name for number, name in zip(library.references.lab.tolist(), names, strict=False)}
    for kind, half_width, width in (("10 ppm", (10.0, "ppm"), 0.02), ("unit mass", (0.5, "Da"), 0.5)):
        indexes = [library.index(mode, width) for mode in ION_MODES]
        taught = [training.teach(index, library.references, half_width, width, 0) for index in indexes]
        lessons = training.fewer(training.joined(taught), 0)
        fold = parted(lessons.lab)
        for name, left_out in PIECES.items():
            chance = asked(lessons, fold, left_out)
            known = lessons.truth != NOT_IN_LIBRARY
            print(f"{kind}, {name}: {figures(lessons, chance)}", training.told(lessons, chance, known), flush=True)
            if not left_out:
                for lab in np.flatnonzero(np.bincount(lessons.lab[known]) >= SEVERAL).tolist():
                    own = training.only(lessons, lessons.lab == lab)
                    print(f"    {lab_names.get(lab, lab)}: {figures(own, chance[(lessons.lab == lab)[lessons.query]])}")


def parted(lab: np.ndarray) -> np.ndarray:
    """Return the group of each query: the largest laboratory goes to the group that has fewest so far."""
    sizes = np.bincount(lab)
    group, filled = np.zeros(sizes.size, dtype=np.int64), np.zeros(training.FOLDS)
    for one in np.argsort(-sizes).tolist():
        group[one] = filled.argmin()
        filled[group[one]] += sizes[one]
    return group[lab]


def asked(lessons: training.Lessons, fold: np.ndarray, left_out: Collection[str]) -> np.ndarray:
    """Return every candidate's probability without some pieces of evidence; only scale and "none" see all groups."""
    columns = [i for i, name in enumerate(NAMES) if name not in left_out]
    known = lessons.truth != NOT_IN_LIBRARY
    weight = training.weights(lessons.asked, known)
    fewer = replace(lessons, table=lessons.table[:, columns])
    scores = training.out_of_fold(fewer, weight, fold)
    scale, none = training.calibrated(fewer, weight, scores)
    return softmax(scores * scale, lessons.query, known.size, none)


def figures(lessons: training.Lessons, chance: np.ndarray) -> str:
    """Tell the share of known first, the calibration error and the log-likelihood, every compound counting the same."""
    known = lessons.truth != NOT_IN_LIBRARY
    weight = training.weights(lessons.asked, known)
    order = np.lexsort((-chance, lessons.query))
    query, first = np.unique(lessons.query[order], return_index=True)
    top = order[first]
    sure, right = np.zeros(known.size), np.zeros(known.size)
    sure[query], right[query] = chance[top], lessons.right[top]
    steps = np.minimum((sure * 10).astype(int), 9)
    off = np.abs(np.bincount(steps, weight * sure, 10) - np.bincount(steps, weight * right, 10)).sum() / weight.sum()
    of_truth = np.bincount(lessons.query, chance * lessons.right, known.size)
    none = 1 - np.bincount(lessons.query, chance, known.size)
    likelihood = np.average(np.log(np.maximum(np.where(known, of_truth, none), 1e-12)), weights=weight)
    first_right = np.average(right[known], weights=weight[known]) if known.any() else 0.0
    told = f"first {first_right:.3f}, error {off:.3f}, log-likelihood {likelihood:.4f}"
    return f"{known.sum()} known, {(~known).sum()} unknown, {told}"


if __name__ == "__main__":
    main()
