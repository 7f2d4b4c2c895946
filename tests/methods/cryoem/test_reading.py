"""MRC and STAR files: every dialect is read, every cut is refused in a sentence."""

import contextlib
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.cryoem import open_map, open_stack, read_map, read_particles, read_star, write_map, write_stack
from liqi.methods.cryoem.reconstruction import DATA
from liqi.methods.readers import sniff

OLD = """data_
loop_
_rlnVoltage #1
_rlnDefocusU #2
_rlnDefocusV #3
_rlnDefocusAngle #4
_rlnSphericalAberration #5
_rlnAmplitudeContrast #6
_rlnDetectorPixelSize #7
_rlnMagnification #8
_rlnImageName #9
_rlnOriginX #10
_rlnOriginY #11
_rlnAngleRot #12
_rlnAngleTilt #13
_rlnAnglePsi #14
200 12000 11000 30 2 0.07 5 10000 000002@images.mrcs 1.5 -2 10 20 30
200 12000 11000 30 2 0.07 5 10000 000001@images.mrcs 0 0 -10 20 30 # a word
"""


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A stack of three images of 16 pixels that can be told apart."""
    made = np.arange(3, dtype=np.float32)[:, None, None] + np.zeros((3, 16, 16), np.float32)
    write_stack(tmp_path / "images.mrcs", made, 2.0)
    return tmp_path / "images.mrcs"


def test_a_stack_of_float16_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = np.random.default_rng(0).normal(size=(5, 12, 12)).astype(np.float16)
    write_stack(tmp_path / "half.mrcs", made, 1.25)
    stack = open_stack(tmp_path / "half.mrcs")
    assert stack.pixel_angstrom == pytest.approx(1.25)
    assert np.array_equal(stack.images(np.array([4, 0, 1, 1])), made[[4, 0, 1, 1]].astype(np.float32))


def test_axes_come_in_the_order_z_y_x_whatever_the_header_says(tmp_path: Path) -> None:
    import mrcfile

    made = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    with mrcfile.new(tmp_path / "turned.mrc") as file:
        file.set_data(np.ascontiguousarray(made.transpose(2, 1, 0)))
        file.set_volume()
        file.header.mapc, file.header.mapr, file.header.maps = 3, 2, 1
    assert np.array_equal(open_map(tmp_path / "turned.mrc").values, made)


def test_the_dialect_of_relion_3_0_is_read(tmp_path: Path, images: Path) -> None:
    (tmp_path / "old.star").write_text(OLD)
    found = read_particles(tmp_path / "old.star")
    assert found.pixel_angstrom == pytest.approx(5.0)  # 5 um / 10,000
    assert found.shifts_px.tolist() == [[1.5, -2.0], [0.0, 0.0]]
    assert found.images(np.array([0, 1]))[:, 0, 0].tolist() == [1.0, 0.0]
    assert found.optics is not None
    assert found.optics.astigmatism_deg.tolist() == [30.0, 30.0]


def test_the_dialect_of_relion_3_1_takes_its_optics_from_their_table() -> None:
    found = read_particles(DATA / "synthetic_phantom.star")
    assert (len(found), found.size, found.pixel_angstrom, found.halves_given) == (240, 32, 5.0, True)
    assert found.optics is not None
    assert set(found.optics.voltage_kv) == {300.0}


def test_a_stack_of_another_name_does_where_it_is_the_only_one(tmp_path: Path, images: Path) -> None:
    (tmp_path / "old.star").write_text(OLD)
    moved = images.rename(tmp_path / "renamed.mrcs")
    assert len(read_particles(tmp_path / "old.star", [moved])) == 2
    with pytest.raises(UnreadableFile, match=r"no stack images\.mrcs"):
        read_particles(tmp_path / "old.star")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("000002@", "000009@", "image 9"),
        ("000002@images", "images", "NUMBER@STACK"),
        ("12000 11000 30 2 0.07 5", "12000 11000 30 2 0.07", "13 values for 14 columns"),
        ("200 12000", "0 12000", "0 kV"),
        ("1.5 -2", "nan -2", "not finite"),
        ("1.5 -2", "left -2", "'left'"),
        ("_rlnSphericalAberration", "_other", "without rlnSphericalAberration"),
    ],
)
def test_what_is_wrong_in_a_star_file_is_named(tmp_path: Path, images: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "bad.star").write_text(OLD.replace(old, new, 1))
    with pytest.raises(UnreadableFile, match=said):
        read_particles(tmp_path / "bad.star")


def test_values_in_quotes_and_single_values_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.star").write_text(
        "# head\ndata_general\n_rlnName 'two words' # why\n_rlnCount 3\n\ndata_x\nloop_\n_rlnA\n1\n2\n"
    )
    blocks = read_star(tmp_path / "a.star")
    assert blocks["general"].words("rlnName") == ["two words"]
    assert blocks["x"].words("rlnA") == ["1", "2"]
    assert sniff(tmp_path / "a.star") == "star"


@pytest.mark.parametrize("part", range(20))
def test_a_cut_file_is_refused_in_a_sentence_or_read_as_far_as_it_is_whole(tmp_path: Path, part: int) -> None:
    for name in ("synthetic_phantom.star", "synthetic_phantom.mrcs", "synthetic_half1.mrc"):
        whole = (DATA / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) * part // 20])
    other = DATA / "synthetic_half2.mrc"
    for method, files in (
        ("cryo.reconstruct", [tmp_path / "synthetic_phantom.star", DATA / "synthetic_phantom.mrcs"]),
        ("cryo.reconstruct", [DATA / "synthetic_phantom.star", tmp_path / "synthetic_phantom.mrcs"]),
        ("cryo.fsc", [tmp_path / "synthetic_half1.mrc", other]),
    ):
        with contextlib.suppress(UnreadableFile):
            assert find_method(method).run(files, {"local": "no"}).findings


def test_maps_that_are_no_half_maps_are_refused(tmp_path: Path) -> None:
    write_map(tmp_path / "flat.mrc", np.ones((16, 16, 16)), 1.0)
    write_map(tmp_path / "long.mrc", np.random.default_rng(0).normal(size=(8, 16, 16)), 1.0)
    with pytest.warns(RuntimeWarning):
        write_map(tmp_path / "odd.mrc", np.full((16, 16, 16), np.nan), 1.0)
    for name, said in (("flat.mrc", "one value"), ("long.mrc", "8 x 16 x 16"), ("odd.mrc", "not finite")):
        with pytest.raises(UnreadableFile, match=said):
            find_method("cryo.fsc").run([tmp_path / name, DATA / "synthetic_half2.mrc"])
    with pytest.raises(UnreadableFile, match="not finite"):
        read_map(tmp_path / "odd.mrc")
