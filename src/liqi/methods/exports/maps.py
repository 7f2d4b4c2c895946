"""MRC2014: the map of an answer, for the programs of electron microscopy."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liqi.methods.cryoem import unpacked, write_map


def fits(answer: Mapping[str, Any]) -> bool:
    """Whether the answer has a map."""
    return "map" in answer.get("detail", {})


def write(answer: Mapping[str, Any]) -> bytes:
    """Return the map as a file of MRC2014, float32, with the spacing of its points."""
    told = answer["detail"]["map"]
    with tempfile.TemporaryDirectory(prefix="liqi-map-") as folder:
        path = Path(folder) / "map.mrc"
        write_map(path, unpacked(told), told["pixel_angstrom"])
        return path.read_bytes()
