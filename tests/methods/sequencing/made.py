"""Traces made for tests: peaks of known bases, written as SCF or ABIF."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from liqi.methods.sequencing import reverse_complement

SPACING = 11


def template(length: int, seed: int) -> str:
    """Return random bases without long runs of one."""
    draw = np.random.default_rng(seed)
    letters: list[str] = []
    while len(letters) < length:
        letter = "ACGT"[draw.integers(4)]
        if letters[-3:] != [letter] * 3:
            letters.append(letter)
    return "".join(letters)


def phred(length: int, good_from: int = 15, good_to: int = 30) -> np.ndarray:
    """Return phred values that rise at the begin, fall at the end, and lie around 45 between."""
    at = np.arange(length)
    rise, fall = np.clip((at + 1) / good_from, 0, 1), np.clip((length - at) / good_to, 0, 1)
    return np.round(5 + 40 * np.minimum(rise, fall) ** 1.5).astype(np.int64)


def signals(
    bases: str, mixed: Mapping[int, tuple[str, float]] | None = None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the four dyes with a peak a base, and the scans of the peaks; `mixed` puts second peaks under some."""
    places = SPACING * (1 + np.arange(len(bases)))
    x = np.arange(SPACING * (len(bases) + 2))
    found = {base: np.zeros(x.size) for base in "ACGT"}
    for at, (base, place) in enumerate(zip(bases, places, strict=True)):
        parts = [(base, 1000.0)]
        if mixed and at in mixed:
            parts.append((mixed[at][0], 1000.0 * mixed[at][1]))
        for letter, height in parts:
            if letter in found:
                near = slice(max(0, place - 12), place + 13)
                found[letter][near] += height * np.exp(-(((x[near] - place) / 2.6) ** 2) / 2)
    return {base: np.round(one) for base, one in found.items()}, places


def scf(
    path: Path,
    bases: str,
    quality: Sequence[int],
    version: int = 3,
    mixed: Mapping[int, tuple[str, float]] | None = None,
) -> Path:
    """Write a trace as SCF 2 or 3."""
    tables, places = signals(bases, mixed)
    samples, number = tables["A"].size, len(bases)
    words = b"NAME=made\nMACH=SYNTHETIC\n"
    columns = [tables[base].astype(np.int64) for base in "ACGT"]
    chances = np.array(
        [[q if base == letter else 0 for letter in "ACGT"] for base, q in zip(bases, quality, strict=True)]
    )
    if version == 3:
        body = b"".join(np.diff(one, 2, prepend=[0, 0]).astype(">u2", casting="unsafe").tobytes() for one in columns)
        body += places.astype(">u4").tobytes() + chances.T.astype("u1").tobytes() + bases.encode() + bytes(3 * number)
    else:
        body = np.stack(columns, axis=1).astype(">u2").tobytes()
        for place, row, base in zip(places, chances, bases, strict=True):
            body += struct.pack(">I4B", place, *row.tolist()) + base.encode() + bytes(3)
    at_bases = 128 + 8 * samples
    at_words = at_bases + 12 * number
    head = struct.pack(
        ">4s8I4s4I", b".scf", samples, 128, number, 0, 0, at_bases, len(words), at_words,
        b"3.00" if version == 3 else b"2.00", 2, 0, 0, at_words + len(words),
    )  # fmt: skip
    path.write_bytes(head.ljust(128, b"\0") + body + words)
    return path


def pair(folder: Path, sample: str, mixed_at: int | None = None) -> list[Path]:
    """Write a forward and a reverse read of a sample that overlap but for twenty bases at either end."""
    forward, reverse = sample[:-20], reverse_complement(sample[20:])
    under = {mixed_at: ("A" if forward[mixed_at] != "A" else "G", 0.8)} if mixed_at is not None else None
    return [
        scf(folder / "forward.scf", forward, phred(len(forward)).tolist(), mixed=under),
        scf(folder / "reverse.scf", reverse, phred(len(reverse)).tolist()),
    ]
