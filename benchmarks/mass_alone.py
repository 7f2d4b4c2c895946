"""How often is a best candidate right that no peak of the spectrum speaks for, and what confidence is it given?

    ./run bench mass_alone DATA

DATA holds `massbank/` (see docs/how-to/use-the-large-library.md). The questions are those that the confidence of 10 ppm
is trained by, judged out of fold; every compound counts the same, unknowns as the share of the line.
"""

import sys
from pathlib import Path

import numpy as np

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry import _training as training
from liqi.methods.mass_spectrometry._boosting import softmax
from liqi.methods.mass_spectrometry._confidence import UNKNOWN_SHARE, logit
from liqi.methods.mass_spectrometry._evidence import NAMES
from liqi.methods.mass_spectrometry._index import ION_MODES
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY

AT = (10.0, "ppm"), 0.02
SHARES = (UNKNOWN_SHARE, 0.5, 0.8, 0.9)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    library = SpectralLibrary.load(Path(sys.argv[1]) / "massbank/library_ms2.parquet")
    taught = [training.teach(library.index(mode), library.references, *AT, 0) for mode in ION_MODES]
    lessons = training.fewer(training.joined(taught), 0)
    known = lessons.truth != NOT_IN_LIBRARY
    weight = training.weights(lessons.asked, known)
    fold = np.random.default_rng(0).permutation(int(lessons.asked.max()) + 1)[lessons.asked] % training.FOLDS
    scores = training.out_of_fold(lessons, weight, fold)
    scale, none = training.calibrated(lessons, weight, scores)
    rivals = np.bincount(lessons.query, minlength=known.size)
    order = np.lexsort((-scores, lessons.query))
    first = order[np.unique(lessons.query[order], return_index=True)[1]]
    query, right = lessons.query[first], lessons.right[first] > 0
    matched = lessons.table[first, NAMES.index("matched_peaks")]
    groups = {"no peak": matched == 0, "no peak, alone of its mass": (matched == 0) & (rivals[query] == 1),
              "no peak, with rivals": (matched == 0) & (rivals[query] > 1), "one peak": matched == 1,
              "two and more": matched > 1}  # fmt: skip
    for share in SHARES:
        chance = softmax(scores * scale, lessons.query, known.size, none + logit(share) - logit(UNKNOWN_SHARE))[first]
        counts = weight * np.where(known, (1 - share) / (1 - UNKNOWN_SHARE), share / UNKNOWN_SHARE)
        print(f"{share:.0%} of the compounds unknown:")
        for name, own in groups.items():
            told, true = (np.average(one[own], weights=counts[query[own]]) for one in (chance, right))
            print(f"  {name:28} {own.sum():5} questions, confidence {told:.3f}, right {true:.3f}")


if __name__ == "__main__":
    main()
