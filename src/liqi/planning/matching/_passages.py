"""What techniques are for, as passages with vectors: those of the tables come with the package, others are made."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from liqi.planning.matching import _encoder
from liqi.taxonomy import Technique

USES_TOGETHER = 3
"""Uses in one passage: with one each the file is twice as large and no better, with all of them a technique blurs."""
_FILE = "vectors.npz"
_SCALE = 127


@dataclass(frozen=True, slots=True)
class Passage:
    """Some uses of a technique, in one language."""

    technique: str
    text: str
    uses: tuple[str, ...]


def passages(technique: Technique, added: Iterable[str] = ()) -> Iterator[Passage]:
    """The passages of a technique: its uses by threes in each language, and words that were added here."""
    named = f"{technique.label_en}: ", f"{technique.labels_zh[0]}："
    for name, joint, uses in ((named[0], "; ", technique.uses_en), (named[1], "；", technique.uses_zh)):
        for at in range(0, len(uses), USES_TOGETHER):
            together = uses[at : at + USES_TOGETHER]
            yield Passage(technique.key, name + joint.join(together), together)
    for use in added:
        yield Passage(technique.key, (named[0] if use.isascii() else named[1]) + use, (use,))


@dataclass(frozen=True, slots=True)
class Meanings:
    """Passages with their vectors; techniques compare by their nearest passage."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]

    def near(self, question: NDArray[np.float32]) -> dict[str, tuple[float, Passage]]:
        """Each technique's nearest passage and its cosine with the question."""
        found: dict[str, tuple[float, Passage]] = {}
        for passage, cosine in zip(self.passages, (self.vectors @ question).tolist(), strict=True):
            if passage.technique not in found or cosine > found[passage.technique][0]:
                found[passage.technique] = (cosine, passage)
        return found


def meanings(several: Sequence[Passage]) -> Meanings:
    """The passages with vectors: those that came with the package, and the others computed now."""
    known = shipped()
    vectors = np.zeros((len(several), _encoder.DIMENSIONS), dtype=np.float32)
    missing = []
    for place, passage in enumerate(several):
        vector = known.get(digest(passage.text))
        if vector is None:
            missing.append(place)
        else:
            vectors[place] = vector
    if missing:
        vectors[missing] = _encoder.of_passages([several[place].text for place in missing])
    return Meanings(tuple(several), vectors)


def digest(text: str) -> int:
    """What a passage is found again by: 64 bits of the hash of encoder and text."""
    return int.from_bytes(hashlib.sha256(f"{_encoder.version()}\n{text}".encode()).digest()[:8], "big")


@cache
def shipped() -> Mapping[int, NDArray[np.float32]]:
    """The vectors that came with the package, by digest."""
    path = files(__package__).joinpath("data", _FILE)
    if not path.is_file():
        return {}
    with as_file(path) as name, np.load(name, allow_pickle=False) as kept:
        vectors = kept["vectors"].astype(np.float32) * kept["scales"].astype(np.float32)[:, None]
        return dict(zip(kept["digests"].tolist(), vectors, strict=True))


def pack(several: Sequence[Passage]) -> dict[str, NDArray[np.generic]]:
    """The arrays of the file that is shipped, with every vector computed anew and kept in eight bits."""
    vectors = _encoder.of_passages([passage.text for passage in several])
    scales = np.abs(vectors).max(axis=1) / _SCALE
    return {
        "digests": np.array([digest(passage.text) for passage in several], dtype=np.uint64),
        "vectors": np.round(vectors / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
    }
