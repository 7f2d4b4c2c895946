"""MRC and STAR files: every dialect is read, every cut is refused in a sentence."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.cryoem import open_map, open_stack, read_map, read_particles, read_star, write_map, write_stack
from liqi.methods.cryoem.reconstruction import DATA
from liqi.methods.readers import sniff

MARK = 1_146_047_817
"""What IMOD writes before its flags."""
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


def mrc(path: Path, values: np.ndarray, mode: int, flags: tuple[int, int] = (0, 0), extended: int = 0) -> Path:
    """An MRC2014 file byte by byte, in the byte order of the values, 2 Å a pixel; `flags` are IMOD's."""
    order = values.dtype.byteorder if values.dtype.byteorder in "<>" else "<"
    header = bytearray(1024)
    count, high, wide = values.shape
    struct.pack_into(f"{order}10i", header, 0, wide, high, count, mode, 0, 0, 0, wide, high, count)
    struct.pack_into(f"{order}6f3i", header, 40, 2.0 * wide, 2.0 * high, 2.0 * count, 90, 90, 90, 1, 2, 3)
    struct.pack_into(f"{order}i", header, 92, extended)
    struct.pack_into(f"{order}2i", header, 152, *flags)
    header[208:216] = b"MAP " + (b"DD\0\0" if order == "<" else b"\x11\x11\0\0")
    path.write_bytes(header + b"x" * extended + values.tobytes())
    return path


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("extended", [0, 96])
@pytest.mark.parametrize(("mode", "kind"), [(0, "i1"), (1, "i2"), (2, "f4"), (6, "u2"), (12, "f2")])
def test_every_mode_of_real_numbers_is_read_in_both_orders_of_bytes(
    mode: int, kind: str, extended: int, order: str, tmp_path: Path
) -> None:
    made = (np.arange(24).reshape(2, 3, 4) * (2500 if mode == 6 else 5) - (0 if mode == 6 else 60)).astype(order + kind)
    path = mrc(tmp_path / "a.mrcs", made, mode, extended=extended)
    assert sniff(path) == "mrc"
    stack, grid = open_stack(path), open_map(path)
    assert np.array_equal(stack.images(np.arange(2)), made.astype(np.float32))
    assert np.array_equal(np.asarray(grid.values, np.float64), made.astype(np.float64))
    assert stack.pixel_angstrom == grid.pixel_angstrom == 2.0


@pytest.mark.parametrize(("flags", "least", "most"), [((0, 0), -128, 127), ((MARK, 1), -128, 127), ((MARK, 0), 0, 255)])
def test_bytes_of_imod_are_unsigned_unless_its_flags_say_so(
    flags: tuple[int, int], least: int, most: int, tmp_path: Path
) -> None:
    path = mrc(tmp_path / "a.mrcs", np.arange(256, dtype=np.uint8).reshape(4, 8, 8), 0, flags)
    for values in (open_stack(path).images(np.arange(4)), open_map(path).values):
        assert (values.min(), values.max()) == (least, most)


@pytest.mark.parametrize("mode", [3, 4, 5, 101])
def test_other_modes_are_refused_by_their_number(mode: int, tmp_path: Path) -> None:
    path = mrc(tmp_path / "a.mrcs", np.zeros((2, 8, 8), np.complex64), mode)
    for opened in (open_stack, open_map):
        with pytest.raises(UnreadableFile, match=rf"\(mode {mode}\).*convert it to mode 2"):
            opened(path)


def test_a_stack_whose_images_lie_across_is_refused(tmp_path: Path) -> None:
    path = mrc(tmp_path / "a.mrcs", np.zeros((2, 8, 8), "<f4"), 2)
    content = bytearray(path.read_bytes())
    struct.pack_into("<3i", content, 64, 2, 1, 3)
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"axes \(2, 1, 3\)"):
        open_stack(path)


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


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("mode", "kind"), [(0, "i1"), (1, "i2"), (2, "f4")])
@pytest.mark.parametrize("stamp", [b"\0\0\0\0", b"DD\0\0", b"DA\0\0", b"\x11\x11\0\0"], ids=["none", "DD", "DA", "11"])
def test_a_stamp_that_is_empty_or_wrong_does_not_turn_the_numbers(
    stamp: bytes, mode: int, kind: str, order: str, tmp_path: Path
) -> None:
    made = (np.arange(24).reshape(2, 3, 4) * 5 - 60).astype(order + kind)
    path = mrc(tmp_path / "a.mrc", made, mode)
    content = bytearray(path.read_bytes())
    content[212:216] = stamp
    path.write_bytes(content)
    assert np.array_equal(np.asarray(open_map(path).values, np.float64), made.astype(np.float64))
    assert np.array_equal(open_stack(path).images(np.arange(2)), made.astype(np.float32))
    content[208:216] = bytes(8)  # before 2000 a map had no mark either
    path.write_bytes(content)
    assert sniff(path) == "mrc"
    assert np.array_equal(np.asarray(open_map(path).values, np.float64), made.astype(np.float64))


def test_a_star_file_with_a_mark_of_its_encoding_and_names_like_blocks_is_read(tmp_path: Path) -> None:
    text = "data_micrographs\n\nloop_\n_rlnMicrographName #1\n_rlnDefocusU #2\ndata_001.mrc 12000\ndata_002.mrc 13000\n"
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        path = tmp_path / "a.star"
        path.write_bytes(text.replace("002", "é02").replace("\n", "\r\n").encode(encoding))
        assert sniff(path) == "star"
        assert read_star(path)["micrographs"].words("rlnMicrographName") == ["data_001.mrc", "data_é02.mrc"]


@pytest.mark.filterwarnings("ignore:.*(NaN|infinite|invalid value|overflow).*:RuntimeWarning")
@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_an_image_that_is_no_picture_is_refused_by_its_number(value: float, tmp_path: Path) -> None:
    images = np.random.default_rng(1).normal(size=(14, 16, 16)).astype(np.float32)
    images[4, 3, 2] = value
    write_stack(tmp_path / "a.mrcs", images, 1.0)
    with pytest.raises(UnreadableFile, match=r"beyond 1e9, in image 5; expected finite values; leave the image out"):
        find_method("cryo.abinitio").run([tmp_path / "a.mrcs"])
    write_map(tmp_path / "a.mrc", np.tile(images[:, None, 3], (1, 14, 1))[:, :, :14], 1.0)
    with pytest.raises(UnreadableFile, match=r"not finite, or beyond 1e9"):
        read_map(tmp_path / "a.mrc")
    assert open_stack(tmp_path / "a.mrcs").images(np.array([3, 5])).shape == (2, 16, 16)
