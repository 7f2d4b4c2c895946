"""Faults planted in a stack are found and no other; a print's scale, rotation and sizes are those it was made with."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from liqi.methods import UnreadableFile, find_method
from liqi.methods.printing import features_of, inspect, pictures, place
from liqi.methods.printing._stack import CONSEQUENCE, EMPTY, ISLAND, SPECK, VOID
from liqi.methods.readers import sniff

SLICES, MEASURE = find_method("print.slices"), find_method("print.measure")
STACK = SLICES.example[0]
MICROGRAPH, DESIGN = MEASURE.example


def plain(layers: int = 6, size: int = 40) -> list[np.ndarray]:
    mask = np.zeros((size, size), bool)
    mask[8:-8, 8:-8] = True
    return [mask.copy() for _ in range(layers)]


def faults(layers: list[np.ndarray]) -> list[tuple[str, int, int, int]]:
    found = inspect((str(i), one) for i, one in enumerate(layers)).faults
    return [(one.kind, one.first, one.last, one.count) for one in found]


def test_all_planted_faults_of_the_example_are_found_and_no_false_one() -> None:
    answer = SLICES.run([STACK])
    told = [(one["kind"], one["first_layer"], one["last_layer"], one["count"]) for one in answer.detail["faults"]]
    assert told == [
        (VOID, 3, 4, 1),
        (SPECK, 9, 9, 5),
        (EMPTY, 13, 13, 1),
        (CONSEQUENCE, 14, 14, 16),
        (ISLAND, 23, 23, 1),
    ]
    boxes = {one["kind"]: one["box_px"] for one in answer.detail["faults"]}
    assert boxes[VOID] == (300, 300, 20, 20)
    assert boxes[ISLAND] == (392, 570, 12, 12)
    assert answer.verdict == "fail"


def test_a_sound_stack_has_no_fault() -> None:
    assert faults(plain()) == []


def test_what_touches_by_a_corner_or_hangs_over_is_carried() -> None:
    layers = plain()
    layers[3][2:8, 2:8] = True  # meets the block at its corner
    layers[4][2:30, 2:8] = True
    assert faults(layers) == []


def test_a_void_is_sealed_only_where_no_way_leads_out() -> None:
    layers = plain()
    for one in layers[2:4]:
        one[15:20, 15:20] = False
    assert faults(layers) == [(VOID, 2, 3, 1)]
    layers[4][17, 17] = layers[5][17, 17] = False  # a vent to the top
    assert faults(layers) == []
    layers = plain()
    layers[2][15:20, 15:20] = layers[2][17, 20:40] = False  # a vent to the side
    assert faults(layers) == []
    layers = plain()
    layers[2][15:20, 15:20] = False
    layers[3][20:25, 20:25] = False  # meets the first by a corner alone
    assert faults(layers) == [(VOID, 2, 2, 1), (VOID, 3, 3, 1)]


def test_two_islands_and_two_empty_layers_are_told_one_by_one() -> None:
    layers = plain(8)
    layers[2][2:5, 2:5] = layers[2][35:38, 2:5] = True
    layers[4][:] = layers[5][:] = False
    assert faults(layers) == [
        (ISLAND, 2, 2, 1), (ISLAND, 2, 2, 1), (EMPTY, 4, 4, 1), (EMPTY, 5, 5, 1), (CONSEQUENCE, 6, 6, 1),
    ]  # fmt: skip


def printed(design: np.ndarray, scale: float, degrees: float, noise: float, seed: int = 0) -> np.ndarray:
    """Return a micrograph at two pixels a design pixel: scaled and turned about its middle, blurred, noisy."""
    fine = np.kron(design, np.ones((4, 4)))
    height, width = design.shape[0] * 2, design.shape[1] * 2
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = turn.T * 2 / scale
    middle_in = np.array(fine.shape) / 2 - 0.5
    middle_out = np.array([height, width]) / 2 - 0.5
    offset = middle_in - matrix @ middle_out
    picture = ndimage.affine_transform(ndimage.gaussian_filter(fine, 1.0), matrix, offset, (height, width), order=1)
    picture = 40 + 170 * ndimage.gaussian_filter(picture, 1.0)
    return (
        np.asarray(picture + np.random.default_rng(seed).normal(0, noise, picture.shape)).clip(0, 255).astype(np.uint8)
    )


@pytest.fixture(scope="module")
def design() -> np.ndarray:
    return next(pictures([DESIGN]))[1] > 0.5


@pytest.mark.parametrize(("scale", "degrees"), [(1.0, 0.0), (0.9969, 0.74), (1.0042, -1.3), (0.992, 2.1)])
def test_scale_rotation_and_every_size_are_found_again(scale: float, degrees: float, design: np.ndarray) -> None:
    picture = printed(design, scale, degrees, 6.0) / 255
    found = place(design, picture, "picture", 2.0)
    assert found.scale / 2 == pytest.approx(scale, rel=2e-4)
    assert abs(found.rotation_deg) == pytest.approx(abs(degrees), abs=0.01)
    features = features_of(design, picture, found)
    assert {one.kind for one in features} == {"pillar", "hole", "block", "channel"}
    off = {
        (one.kind, round(one.x), round(one.y)): one.printed * found.scale - one.design * 2 * scale for one in features
    }
    assert max(map(abs, off.values())) < 1.0


def test_the_example_has_the_scale_and_the_widths_it_was_made_with() -> None:
    answer = MEASURE.run([MICROGRAPH, DESIGN])
    values = {one.name: one.value for one in answer.findings}
    assert values["scale"] == pytest.approx(0.9968920, rel=5e-4)
    assert values["rotation"] == pytest.approx(0.7392, abs=0.01)
    round_ones = [one for one in answer.findings if one.name.startswith(("pillar", "hole", "channel"))]
    assert len([one for one in round_ones if one.name.startswith("pillar")]) == 5
    assert len([one for one in round_ones if one.name.startswith("hole")]) == 4
    for one in round_ones:
        assert one.value == pytest.approx(one.extra["design_um"] * 0.996892, abs=1.0)
    assert answer.verdict == "pass"
    strict = MEASURE.run([MICROGRAPH, STACK], {"layer": 15, "tolerance_um": 0.1, "tolerance_percent": 0})
    assert strict.verdict == "fail"


def png(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "PNG")
    return stream.getvalue()


def test_a_tiff_of_pages_and_a_zip_with_previews_are_stacks(tmp_path: Path) -> None:
    layers = [(one * 255).astype(np.uint8) for one in plain()]
    pages = [Image.fromarray(one) for one in layers]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert SLICES.run([tmp_path / "a.tif"]).detail["layers"] == 6
    with zipfile.ZipFile(tmp_path / "a.sl1", "w") as whole:
        whole.writestr("thumbnail/thumb400x400.png", png(np.zeros((400, 400), np.uint8)))
        for i, one in enumerate(layers):
            whole.writestr(f"part{i}.png", png(one))
    assert sniff(tmp_path / "a.sl1") == "slices"
    answer = SLICES.run([tmp_path / "a.sl1"])
    assert (answer.detail["layers"], answer.verdict) == (6, "pass")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["mask"], "one micrograph"),
        (["grey"], "a picture of two values"),
        (["grey", "grey2", "mask"], "one micrograph"),
        (["noise", "mask"], "expected"),
    ],
)
def test_pictures_that_do_not_belong_together_are_refused(files: list[str], words: str, tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    made = {
        "mask": DESIGN.read_bytes(),
        "grey": MICROGRAPH.read_bytes(),
        "grey2": MICROGRAPH.read_bytes(),
        "noise": png(chance.integers(0, 255, (300, 300)).astype(np.uint8)),
    }
    paths = []
    for name in files:
        paths.append(tmp_path / f"{name}.png")
        paths[-1].write_bytes(made[name])
    with pytest.raises(UnreadableFile, match=words):
        MEASURE.run(paths)


def test_layers_of_two_sizes_and_a_single_one_are_refused(tmp_path: Path) -> None:
    for name, side in (("a", 20), ("b", 30)):
        (tmp_path / f"{name}.png").write_bytes(png(np.full((side, side), 255, np.uint8)))
    with pytest.raises(UnreadableFile, match="20 x 20 as the others"):
        SLICES.run([tmp_path / "a.png", tmp_path / "b.png"])
    with pytest.raises(UnreadableFile, match="at least two"):
        SLICES.run([tmp_path / "a.png"])


@pytest.mark.parametrize("kind", ["zip", "png"])
def test_a_file_cut_off_anywhere_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    source = STACK if kind == "zip" else DESIGN
    content = source.read_bytes()
    for part in range(20):
        path = tmp_path / f"cut-{part}"
        path.write_bytes(content[: len(content) * part // 20])
        with pytest.raises(UnreadableFile, match="expected") as problem:
            SLICES.run([path])
        assert "\n" not in str(problem.value)
