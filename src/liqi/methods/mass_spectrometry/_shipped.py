"""The confidence that ships with Liqi, for libraries too small to train their own.

It was trained inside the open MassBank subset (57,147 spectra of 25 laboratories) by `./run bench
ship_confidence`; the file holds trees alone, no spectra.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from liqi.methods.mass_spectrometry._confidence import Confidence

SHIPPED = Path(__file__).with_name("data") / "confidence.npz"


@lru_cache(maxsize=2)
def shipped_confidence(kind: str) -> Confidence:
    """Return the shipped confidence for `high` or `unit` resolution."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        facts = json.loads(str(kept["facts"]))[kind]
        arrays = {name.removeprefix(f"{kind}/"): kept[name] for name in kept.files if name.startswith(f"{kind}/")}
    made = Confidence.of_arrays(arrays, facts | {"origin": "shipped"})
    assert made is not None, "the shipped confidence was made for other evidence: run `./run bench ship_confidence`"
    return made


def ship(confidences: dict[str, Confidence]) -> None:
    """Write the file that ships."""
    arrays = {f"{kind}/{name}": array for kind, one in confidences.items() for name, array in one.arrays().items()}
    small = {name: array.astype(np.float32) if array.dtype == np.float64 else array for name, array in arrays.items()}
    facts = json.dumps({kind: one.as_json() for kind, one in confidences.items()})
    np.savez_compressed(SHIPPED, facts=np.array(facts), **small)  # type: ignore[arg-type]
