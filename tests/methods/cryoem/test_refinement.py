"""Poses that nobody tells are found from a first map, and what cannot be refined is refused by name."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, cryoem, find_method
from liqi.methods.cryoem.refinement import DATA, given

METHOD = find_method("cryo.refine")
STAR, STACK, FIRST = METHOD.example


def test_poses_are_found_and_the_map_comes_near_that_of_the_true_poses() -> None:
    particles, first, _ = given([STAR, STACK, FIRST])
    assert particles.angles_deg is not None
    found = cryoem.refine(particles, first, rounds=2)
    errors = cryoem.between_deg(cryoem.matrices(particles.angles_deg), cryoem.matrices(found.poses_deg))
    assert np.median(errors) < 8
    assert np.median(np.hypot(*(found.shifts_px - particles.shifts_px).T)) < 0.5
    known = cryoem.reconstruct(particles).agreement.gold.angstrom
    assert found.map.agreement.gold.angstrom < 1.15 * known


def test_a_bare_stack_has_halves_and_no_optics() -> None:
    particles, first, pixel = given([STACK, FIRST])
    assert particles.optics is None
    assert (len(particles), first.shape, pixel) == (240, (32, 32, 32), 5.0)
    assert np.bincount(particles.half_of).tolist() == [120, 120]


@pytest.mark.parametrize("names", [("star",), ("first",), ("stack", "first", "first2"), ("star", "other")])
def test_files_that_do_not_go_together_are_refused(names: tuple[str, ...], tmp_path: Path) -> None:
    small = tmp_path / "small.mrc"
    cryoem.write_map(small, np.zeros((16, 16, 16), np.float32), 5.0)
    second = tmp_path / "second.mrc"
    second.write_bytes(FIRST.read_bytes())
    paths = {"star": STAR, "stack": STACK, "first": FIRST, "first2": second, "other": small}
    with pytest.raises(UnreadableFile, match="expected"):
        METHOD.run([paths[name] for name in names])


@pytest.mark.parametrize("cut", range(0, 20, 2))
def test_a_first_map_cut_anywhere_is_refused_in_one_sentence(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "first.mrc"
    content = (DATA / "synthetic_first.mrc").read_bytes()
    path.write_bytes(content[: len(content) * cut // 20])
    with pytest.raises(UnreadableFile, match=r"^[^\n]*expected[^\n]*$"):
        METHOD.run([STAR, path])
