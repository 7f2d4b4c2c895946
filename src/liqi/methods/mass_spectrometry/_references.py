"""What a library knows of each reference, as columns of text and numbers that may be mapped from a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, Singles
from liqi.methods.mass_spectrometry._energy import electronvolts
from liqi.methods.mass_spectrometry._store import Arrays

if TYPE_CHECKING:
    import polars as pl

WORDS = (
    "accession", "name", "formula", "inchikey", "smiles", "adduct", "ion_mode", "collision_energy",
    "instrument_type", "licence", "authors", "laboratory",
)  # fmt: skip
_NUMBERS = ("precursor_mz", "weight", "compound", "lab", "energy", "repaired")


@dataclass(frozen=True, slots=True)
class Words:
    """A column of texts, one after the other in UTF-8; text i ends at `ends[i]`."""

    text: NDArray[np.uint8]
    ends: Integers

    @classmethod
    def of(cls, texts: list[str]) -> "Words":
        """Return the column of these texts."""
        parts = [text.encode() for text in texts]
        ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), ends)

    def __getitem__(self, row: int) -> str:
        start = int(self.ends[row - 1]) if row else 0
        return self.text[start : int(self.ends[row])].tobytes().decode()

    def all(self) -> list[str]:
        """Return every text."""
        whole = self.text.tobytes()
        starts = [0, *self.ends[:-1].tolist()]
        return [whole[a:b].decode() for a, b in zip(starts, self.ends.tolist(), strict=True)] if self.ends.size else []


@dataclass(frozen=True, slots=True)
class References:
    """All references: words by name; precursor m/z (NaN without one); peaks of row i are `[starts[i], starts[i + 1])`.

    `compound` and `lab` number the first InChIKey blocks (or names) and the laboratories; `weight` multiplies a
    reference's odds; `energy` is (n, 2) in eV; `retention_index` is NaN where none is told.
    """

    words: Mapping[str, Words]
    precursor_mz: Floats
    weight: Floats
    compound: Integers
    lab: Integers
    energy: Floats
    repaired: NDArray[np.bool_]
    starts: Integers
    mz: Singles
    intensity: Singles
    retention_index: Floats

    def __len__(self) -> int:
        return self.precursor_mz.size

    @classmethod
    def of_table(cls, table: "pl.DataFrame") -> "References":
        """Return the columns of a table in the schema of intake."""
        texts = {name: table[name].to_list() for name in WORDS}
        identity = [key[:14] or name.lower() for key, name in zip(texts["inchikey"], texts["name"], strict=True)]
        precursors = table["precursor_mz"].to_numpy().astype(np.float64)
        told = zip(texts["collision_energy"], texts["instrument_type"], precursors.tolist(), strict=True)
        energy = np.array([electronvolts(*one) for one in told], dtype=np.float64).reshape(-1, 2)
        counts = table["mz"].list.len().to_numpy()
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        mz, intensity = (table[name].explode().to_numpy().astype(np.float32) for name in ("mz", "intensity"))
        disorder = np.flatnonzero(mz[1:] < mz[:-1]) + 1
        if np.setdiff1d(disorder, starts).size:
            order = np.lexsort((mz, np.repeat(np.arange(counts.size), counts)))
            mz, intensity = mz[order], intensity[order]
        return cls(
            {name: Words.of(values) for name, values in texts.items()},
            precursors,
            table["weight"].to_numpy().astype(np.float64),
            _numbered(identity),
            _numbered(texts["laboratory"]),
            energy,
            table["repaired"].to_numpy(),
            starts,
            mz,
            intensity,
            table["retention_index"].to_numpy().astype(np.float64),
        )

    def arrays(self) -> Arrays:
        """Return what `of_arrays` makes the same columns from."""
        arrays: Arrays = {
            name: getattr(self, name) for name in (*_NUMBERS, "retention_index", "starts", "mz", "intensity")
        }
        for name, words in self.words.items():
            arrays[f"words/{name}/text"], arrays[f"words/{name}/ends"] = words.text, words.ends
        return arrays

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> "References":
        """Return the columns kept in a library's file; older ones have no retention indices."""
        words = {name: Words(arrays[f"words/{name}/text"], arrays[f"words/{name}/ends"]) for name in WORDS}
        numbers: dict[str, Any] = {name: arrays[name] for name in (*_NUMBERS, "starts", "mz", "intensity")}
        none = np.full(numbers["precursor_mz"].size, np.nan)
        return cls(words, **numbers, retention_index=arrays.get("retention_index", none))

    def table(self) -> "pl.DataFrame":
        """Return the columns as the table that they were made from."""
        import polars as pl

        facts: dict[str, Any] = {name: words.all() for name, words in self.words.items()}
        facts |= {
            name: np.asarray(getattr(self, name)) for name in ("precursor_mz", "repaired", "weight", "retention_index")
        }
        for name in ("mz", "intensity"):
            peaks = getattr(self, name).copy()
            facts[name] = [peaks[a:b] for a, b in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)]
        return pl.DataFrame(facts, schema_overrides={"mz": pl.List(pl.Float32), "intensity": pl.List(pl.Float32)})


def _numbered(texts: list[str]) -> Integers:
    places = {text: place for place, text in enumerate(sorted(set(texts)))}
    return np.array([places[text] for text in texts], dtype=np.int64)
