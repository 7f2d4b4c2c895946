"""A map of a particle from its images: a STAR file with poses and optics, and the stacks it names."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Finding
from liqi.methods._check import Check
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Progress
from liqi.methods._text import Text
from liqi.methods.cryoem import _pictures, _shells, _views, _wording
from liqi.methods.cryoem._parameters import LOCAL, MASK, PIXEL
from liqi.methods.cryoem._particles import Particles, read_particles, stacks_beside
from liqi.methods.cryoem._reconstruction import Floats, Reconstruction, reconstruct
from liqi.methods.cryoem._star import FORMATS
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")
MANY = 5000
"""From so many particles on, all of the processor's cores take part."""


def told_apart(paths: Sequence[Path]) -> tuple[Path, list[Path]]:
    """Return the one STAR file and the stacks among these files; anything else is refused by name."""
    kinds = {path: sniff(path) for path in paths}
    stars = [path for path, kind in kinds.items() if kind == "star"]
    if strange := [path for path, kind in kinds.items() if kind not in ("star", "mrc")]:
        raise UnreadableFile(strange[0], f"a {kinds[strange[0]]} file", "a STAR file and stacks", "leave it out")
    if len(stars) != 1:
        found = f"{len(stars)} STAR files" if stars else "images without a STAR file"
        raise UnreadableFile(paths[0], found, f"{FORMATS}, and its stacks", "give one STAR file; for images of "
                             "unknown pose ask cryo.abinitio")  # fmt: skip
    return stars[0], [path for path, kind in kinds.items() if kind == "mrc"]


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 4, "reading")
    star, stacks = told_apart(paths)
    particles = read_particles(star, stacks)
    if particles.angles_deg is None:
        do = "refine the particles first, or ask cryo.abinitio about class averages"
        raise UnreadableFile(star, "no poses", "rlnAngleRot, rlnAngleTilt and rlnAnglePsi", do)
    if min((particles.half_of == half).sum() for half in (0, 1)) < 2:
        raise UnreadableFile(star, f"{len(particles)} particles", "at least two in each half", "give more of them")
    if parameters["pixel_angstrom"]:
        particles = replace(particles, pixel_angstrom=parameters["pixel_angstrom"])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") and len(particles) >= MANY else 1
    mask = _mask(particles) if parameters["mask"] == "molecule" else None
    made = reconstruct(particles, mask=mask, cores=cores, progress=progress)
    return _answer(particles, made, parameters, paths)


def _mask(particles: Particles) -> Any:
    def molecule(density: Floats) -> Floats:
        return _shells.around_molecule(density, particles.pixel_angstrom or 1.0, 5 * (particles.pixel_angstrom or 1.0))

    return molecule


def _answer(particles: Particles, made: Reconstruction, parameters: Mapping[str, Any], paths: Sequence[Path]) -> Answer:
    pixel, agreement = particles.pixel_angstrom or 1.0, made.agreement
    assert particles.angles_deg is not None
    factor = _views.sampling_factor(particles.angles_deg)
    plots, local = _wording.map_parts(
        made.density, made.halves, pixel, agreement.gold.angstrom, parameters["local"] == "yes"
    )
    findings = [
        *_wording.resolution_findings(agreement),
        *local,
        Finding("particles", len(particles), "1", None),
        Finding("sampling compensation factor", round(factor, 4), "1", None, {"rule": "Baldwin and Lyumkis 2020"}),
    ]
    even = Check(
        "views",
        Text("views even enough", "观察方向足够均匀", "觀察方向足夠均勻"),
        factor >= _wording.EVEN_ENOUGH,
        f"{factor:.3f}",
        f"≥ {_wording.EVEN_ENOUGH}",
    )
    notices = [] if particles.pixel_angstrom else [_wording.NO_PIXEL]
    notices += [] if particles.halves_given else [_wording.NOT_APART]
    notices += [_wording.TURNED] if made.turned_over else []
    masked = parameters["mask"] == "molecule"
    plots = [_pictures.curves(agreement, masked), *plots, _pictures.views(particles.angles_deg)]
    detail = {"map": _pictures.packed(made.density, pixel), "particles": len(particles)}
    checks = [*_wording.agreement_checks(agreement), even]
    table = _wording.curve_table(agreement, masked)
    return _wording.answer_of(agreement, findings, checks, [table], plots, notices, detail, paths)


METHOD = Method(
    id="cryo.reconstruct",
    version="0.2",
    title=Text("Reconstruct a particle (cryo-EM)", "冷冻电镜单颗粒三维重构", "冷凍電鏡單粒子三維重構"),
    technique="cryoem",
    accepts=("star", "mrc"),
    function=_run,
    many_files=True,
    beside=stacks_beside,
    libraries=("numpy", "scipy", "mrcfile"),
    parameters=(PIXEL, MASK, LOCAL),
    example=(DATA / "synthetic_phantom.star", DATA / "synthetic_phantom.mrcs"),
    expected=Expected("pass", {"resolution": (15.48, 0.5), "particles": (240, 0)}),
)
