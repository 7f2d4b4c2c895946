"""Retention indices (Kovats, on a scale of 100 a carbon of the n-alkanes) as libraries and files write them.

The difference between a spectrum's and a reference's is shown beside the evidence and moves no confidence: the open
EI library has no indices to prove how far it should.
"""

import math
import re
from collections.abc import Mapping

NAME = "retention_index_difference"
_KEYS = ("retentionindex", "ri", "kovatsrti", "kovatsindex", "kovats", "kovatsri", "retentionindexkovats")
_PHASES = ("semistdnp", "stdnp")
_NUMBER = r"(\d+(?:\.\d+)?)"
_LOWEST, _HIGHEST = 50.0, 10_000.0


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
