"""RELION's micrographs_ctf.star (dialect 3.1): the defocus of every micrograph, for the programs that go on from it."""

from collections.abc import Mapping
from typing import Any

_GROUP = ("pixel_angstrom", "voltage_kv", "spherical_mm", "amplitude")
_OPTICS = (
    *("rlnOpticsGroupName", "rlnOpticsGroup", "rlnMicrographPixelSize"),
    *("rlnVoltage", "rlnSphericalAberration", "rlnAmplitudeContrast"),
)
_MICROGRAPHS = (
    *("rlnMicrographName", "rlnOpticsGroup", "rlnDefocusU", "rlnDefocusV", "rlnCtfAstigmatism", "rlnDefocusAngle"),
    *("rlnPhaseShift", "rlnCtfFigureOfMerit", "rlnCtfMaxResolution"),
)


def fits(answer: Mapping[str, Any]) -> bool:
    """Whether the answer tells the defocus of micrographs and with which optics it was fitted."""
    rows = answer.get("detail", {}).get("ctf", [])
    return bool(rows) and all("optics" in row for row in rows)


def write(answer: Mapping[str, Any]) -> str:
    """Return the table; micrographs of the same optics share a group."""
    rows = answer["detail"]["ctf"]
    kinds = [tuple(row["optics"][key] for key in _GROUP) for row in rows]
    groups = {kind: number for number, kind in enumerate(dict.fromkeys(kinds), 1)}
    optics = [[f"opticsGroup{number}", number, *kind] for kind, number in groups.items()]
    micrographs = [
        [
            _word(row["micrograph"]), groups[kind], row["defocus_u"], row["defocus_v"],
            round(row["defocus_u"] - row["defocus_v"], 1), row["angle"], row["optics"]["phase_deg"], row["score"],
            row["resolution"],
        ]
        for row, kind in zip(rows, kinds, strict=True)
    ]  # fmt: skip
    return _block("optics", _OPTICS, optics) + _block("micrographs", _MICROGRAPHS, micrographs)


def _word(name: str) -> str:
    """Return a name as one word of STAR: in quotation marks where it has blanks."""
    return f'"{name}"' if any(letter.isspace() for letter in name) else name


def _block(name: str, labels: tuple[str, ...], rows: list[list[Any]]) -> str:
    heads = "".join(f"_{label} #{number}\n" for number, label in enumerate(labels, 1))
    body = "".join(
        " ".join(f"{cell:.6f}" if isinstance(cell, float) else str(cell) for cell in row) + "\n" for row in rows
    )
    return f"\n# version 30001\n\ndata_{name}\n\nloop_\n{heads}{body}\n"
