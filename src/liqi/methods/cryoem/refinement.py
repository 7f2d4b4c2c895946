"""A map from particles of unknown pose and a first map: poses by projection matching, halves apart: `cryo.refine`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Table
from liqi.methods._check import Check
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.cryoem import _pictures, _views, _wording
from liqi.methods.cryoem._mrc import open_stack, read_map
from liqi.methods.cryoem._parameters import PIXEL
from liqi.methods.cryoem._particles import Particles, read_particles, stacks_beside
from liqi.methods.cryoem._reconstruction import Floats
from liqi.methods.cryoem._refinement import ROUNDS, Refinement, refine
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")
EXPECTED = "particles (.star with .mrcs, or .mrcs) and a first map (.mrc)"
MOST, LARGEST, LEAST = 20_000, 512, 16
SETTLED_DEG, FITS = 8.0, 0.1


def given(paths: Sequence[Path]) -> tuple[Particles, Floats, float]:
    """Return the particles among these files, the first map, and its pixel in Angstrom; else raise by name."""
    kinds = {path: sniff(path) for path in paths}
    if strange := [path for path, kind in kinds.items() if kind not in ("star", "mrc")]:
        raise UnreadableFile(strange[0], f"a {kinds[strange[0]]} file", EXPECTED, "leave it out")
    stars = [path for path, kind in kinds.items() if kind == "star"]
    shapes = {path: open_stack(path).shape for path, kind in kinds.items() if kind == "mrc"}
    maps = [path for path, shape in shapes.items() if shape[0] == shape[1] == shape[2]]
    stacks = [path for path in shapes if path not in maps]
    if len(maps) != 1 or len(stars) > 1 or (not stars and len(stacks) != 1):
        found = f"{len(stars)} STAR files, {len(stacks)} stacks, {len(maps)} cubic maps"
        raise UnreadableFile(paths[0], found, EXPECTED, "give one of each; ask cryo.abinitio for a first map")
    particles = read_particles(stars[0], stacks) if stars else _plain(stacks[0])
    first = read_map(maps[0])
    size = particles.size
    if not LEAST <= size <= LARGEST or len(particles) > MOST:
        found = f"{len(particles)} images of {size} pixels"
        expected = f"at most {MOST:,} of {LEAST} to {LARGEST}"
        raise UnreadableFile(paths[0], found, expected, "scale them down or give fewer")
    if first.values.shape[0] != size:
        found = f"a map of {first.values.shape[0]} and images of {size} pixels"
        raise UnreadableFile(maps[0], found, "one size", "scale the map to the images")
    return particles, np.asarray(first.values, np.float32), float(first.pixel_angstrom)


def _plain(path: Path) -> Particles:
    """The images of a stack that no STAR file tells of: without optics, every other one in either half."""
    stack = open_stack(path)
    count, rows, columns = stack.shape
    if rows != columns:
        raise UnreadableFile(path, f"images of {columns} x {rows}", "square ones", "crop them")
    places = np.arange(count, dtype=np.intp)
    return Particles(
        [stack], places * 0, places, stack.pixel_angstrom, rows, None, np.zeros((count, 2)), None, places % 2, False
    )


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 1, "reading")
    particles, first, pixel = given(paths)
    particles = replace(particles, pixel_angstrom=parameters["pixel_angstrom"] or particles.pixel_angstrom or pixel)
    if min((particles.half_of == half).sum() for half in (0, 1)) < 10:
        raise UnreadableFile(paths[0], f"{len(particles)} particles", "at least ten in each half", "give more of them")
    return _answer(particles, refine(particles, first, parameters["rounds"], progress=progress), paths)


def _answer(particles: Particles, found: Refinement, paths: Sequence[Path]) -> Answer:
    made, pixel = found.map, particles.pixel_angstrom or 1.0
    factor = _views.sampling_factor(found.poses_deg)
    plots, local = _wording.map_parts(made.density, made.halves, pixel, made.agreement.gold.angstrom, False)
    fit = float(found.score.mean())
    findings = [
        *_wording.resolution_findings(made.agreement),
        *local,
        Finding("mean correlation", round(fit, 4), "1", round(float(found.score.std() / len(found.score) ** 0.5), 4)),
        Finding("last turn of the poses", round(found.moved_deg, 2), "°", None, {"rule": "median"}),
        Finding("particles", len(particles), "1", None),
        Finding("sampling compensation factor", round(factor, 4), "1", None, {"rule": "Baldwin and Lyumkis 2020"}),
    ]
    settled = Text("poses came to rest", "取向已收敛", "取向已收斂")
    fits = Text("projections fit the images", "投影与图像相符", "投影與影像相符")
    even = Text("views even enough", "观察方向足够均匀", "觀察方向足夠均勻")
    checks = [
        *_wording.agreement_checks(made.agreement),
        Check("settled", settled, found.moved_deg <= SETTLED_DEG, f"{found.moved_deg:.1f}°", f"<= {SETTLED_DEG:g}°"),
        Check("fits", fits, fit >= FITS, f"{fit:.3f}", f">= {FITS}"),
        Check("views", even, factor >= _wording.EVEN_ENOUGH, f"{factor:.3f}", f">= {_wording.EVEN_ENOUGH}"),
    ]
    plots = [_pictures.curves(made.agreement, False), *plots, _pictures.views(found.poses_deg)]
    tables = [
        _steps(found),
        _wording.curve_table(made.agreement, False),
        _wording.poses_table(found.poses_deg, found.shifts_px, found.score),
    ]
    notices = [_wording.HAND] + ([] if particles.pixel_angstrom else [_wording.NO_PIXEL])
    detail = {"map": _pictures.packed(made.density, pixel), "particles": len(particles)}
    return _wording.answer_of(made.agreement, findings, checks, tables, plots, notices, detail, paths)


def _steps(found: Refinement) -> Table:
    columns = (
        Column("round", Text("round", "轮次", "輪次")),
        Column("resolution", Text("resolution", "分辨率", "解析度"), "Å", 2),
    )
    rows = [
        {"round": number, "resolution": round(float(value), 3)} for number, value in enumerate(found.steps_angstrom, 1)
    ]
    return Table("rounds", Text("Rounds", "各轮结果", "各輪結果"), columns, rows)


METHOD = Method(
    id="cryo.refine",
    version="0.2",
    title=Text(
        "Refine particles against a first map (cryo-EM)",
        "以初始模型精修颗粒取向（冷冻电镜）",
        "以初始模型精修顆粒取向（冷凍電鏡）",
    ),
    technique="cryoem",
    accepts=("star", "mrc"),
    function=_run,
    many_files=True,
    beside=stacks_beside,
    libraries=("numpy", "scipy", "mrcfile"),
    parameters=(
        PIXEL,
        Parameter(
            "rounds",
            "integer",
            ROUNDS,
            Text("rounds of matching", "匹配轮数", "匹配輪數"),
            unit="1",
            minimum=2,
            maximum=10,
        ),
    ),
    example=(
        DATA / "synthetic_phantom.star",
        DATA / "synthetic_phantom.mrcs",
        DATA / "synthetic_first.mrc",
    ),
    expected=Expected("pass", {"resolution": (16.7, 0.8), "particles": (240, 0)}),
)
