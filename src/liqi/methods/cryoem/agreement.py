"""The resolution of a map from its two half maps, within a mask or without."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import Answer
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.cryoem import _pictures, _shells, _wording
from liqi.methods.cryoem._agreement import agree
from liqi.methods.cryoem._mrc import Grid, read_map
from liqi.methods.cryoem._parameters import LOCAL, MASK, PIXEL
from liqi.methods.readers import sniff

DATA = Path(__file__).with_name("data")


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 3, "reading")
    if len(paths) != 2:
        raise UnreadableFile(paths[0], f"{len(paths)} maps", "the two half maps", "give both, and a mask by its name")
    one, other = (_cube(path) for path in paths)
    _same(paths[1], other, paths[0], one)
    pixel = parameters["pixel_angstrom"] or one.pixel_angstrom or 1.0
    mask = None
    together = (one.values + other.values) / 2
    if parameters["mask_file"]:
        path = Path(parameters["mask_file"])
        given = _cube(path)
        _same(path, given, paths[0], one)
        if given.values.max() <= 0 or given.values.min() < -1e-3:
            raise UnreadableFile(path, f"values up to {given.values.max():g}", "a mask from 0 to 1", "make it again")
        mask = given.values / given.values.max()
    elif parameters["mask"] == "molecule":
        mask = _shells.around_molecule(together, pixel, 5 * pixel)
    progress(1, 3, "correlating")
    agreement = agree(one.values, other.values, pixel, mask)
    progress(2, 3, "local resolution")
    shown = _shells.low_pass(together, pixel, agreement.gold.angstrom)
    plots, local = _wording.map_parts(
        shown, (one.values, other.values), pixel, agreement.gold.angstrom, parameters["local"] == "yes"
    )
    findings = [*_wording.resolution_findings(agreement), *local]
    notices = [] if parameters["pixel_angstrom"] or one.pixel_angstrom else [_wording.NO_PIXEL]
    table = _wording.curve_table(agreement, mask is not None)
    plots = [_pictures.curves(agreement, mask is not None), *plots]
    checks = _wording.agreement_checks(agreement)
    return _wording.answer_of(agreement, findings, checks, [table], plots, notices, {}, paths)


def _cube(path: Path) -> Grid:
    if (kind := sniff(path)) != "mrc":
        raise UnreadableFile(path, f"a {kind} file", "a half map as MRC2014", "give the two half maps")
    found = read_map(path)
    if len(set(found.values.shape)) != 1 or found.values.shape[0] < 16:
        said = " x ".join(str(n) for n in found.values.shape)
        raise UnreadableFile(path, f"a map of {said}", "a cube of at least 16 points an edge", "pad or crop it")
    if not np.ptp(found.values):
        raise UnreadableFile(path, "a map of one value everywhere", "a half map", "give the other file")
    return found


def _same(path: Path, grid: Grid, first: Path, other: Grid) -> None:
    if grid.values.shape != other.values.shape:
        found, wanted = (" x ".join(str(n) for n in one.values.shape) for one in (grid, other))
        raise UnreadableFile(path, f"a map of {found}", f"{wanted}, as in {first.name}", "give maps of one size")


METHOD = Method(
    id="cryo.fsc",
    version="0.2",
    title=Text("Resolution from two half maps (cryo-EM)", "由半图求分辨率（冷冻电镜）", "由半圖求解析度（冷凍電鏡）"),
    technique="cryoem",
    accepts=("mrc",),
    function=_run,
    many_files=True,
    libraries=("numpy", "scipy", "mrcfile"),
    parameters=(
        MASK,
        Parameter("mask_file", "file", None, Text("mask as a map", "掩膜文件", "遮罩檔案"), formats=("mrc",)),
        PIXEL,
        LOCAL,
    ),
    example=(DATA / "synthetic_half1.mrc", DATA / "synthetic_half2.mrc"),
    expected=Expected("pass", {"resolution": (15.48, 0.5), "resolution at 0.5": (18.5, 0.7)}),
)
