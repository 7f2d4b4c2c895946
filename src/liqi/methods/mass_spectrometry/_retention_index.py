"""Retention indices (Kovats, on a scale of 100 a carbon of the n-alkanes) as libraries and files write them.

Where both a spectrum and a reference tell one, their difference d moves the odds of the candidate by

    ((1 - e) N(d; 0, r) + e N(d; 0, w)) / N(d; 0, w)

r being the spread between laboratories on phases of one kind, w that of compounds whose spectra are alike, and e the
share of right references with an index that is wrong or of another phase.
"""

import math
import re
from collections.abc import Mapping

NAME = "retention_index_difference"
_KEYS = ("retentionindex", "ri", "kovatsrti", "kovatsindex", "kovats", "kovatsri", "retentionindexkovats")
_PHASES = ("semistdnp", "stdnp")
_NUMBER = r"(\d+(?:\.\d+)?)"
_LOWEST, _HIGHEST = 50.0, 10_000.0
BETWEEN_LABORATORIES, BETWEEN_COMPOUNDS, WRONG = 15.0, 200.0, 0.05
"""Index units, and a share: cautious, for the open EI library tells no index to measure them on."""


def index_in(facts: Mapping[str, str] | None) -> float:
    """Return the retention index among a record's facts, NaN where there is none."""
    for name, value in (facts or {}).items():
        if re.sub(r"[^a-z]", "", name.lower()) in _KEYS:
            return index_of(value)
    return math.nan


def index_of(text: str) -> float:
    """Return the index that a text tells: NIST's on a semi-standard or standard non-polar phase before any other.

    >>> index_of("SemiStdNP=1185/4/29 StdPolar=1755/6/40"), index_of("1234.5"), index_of("n/a")
    (1185.0, 1234.5, nan)
    """
    words = text.lower()
    patterns = [rf"\b{phase}\s*=\s*{_NUMBER}" for phase in _PHASES]
    for pattern in (*patterns, _NUMBER):
        found = re.search(pattern, words)
        if found and _LOWEST <= float(found.group(1)) <= _HIGHEST:
            return float(found.group(1))
    return math.nan


def push_of_difference(away: float) -> float:
    """Return how far a difference of retention indices moves the log-odds of a candidate.

    >>> round(push_of_difference(0.0), 1), round(push_of_difference(60.0), 1)
    (2.5, -2.9)
    """
    narrow = -0.5 * (away / BETWEEN_LABORATORIES) ** 2 - math.log(BETWEEN_LABORATORIES)
    wide = -0.5 * (away / BETWEEN_COMPOUNDS) ** 2 - math.log(BETWEEN_COMPOUNDS)
    return math.log((1 - WRONG) * math.exp(min(narrow - wide, 50.0)) + WRONG)
