"""Particles: images in stacks and what is known of each, read from a STAR file of RELION 3.0 or 3.1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.cryoem._ctf import Optics
from liqi.methods.cryoem._mrc import Stack, open_stack
from liqi.methods.cryoem._star import FORMATS, Block, numbers, read_star
from liqi.methods.readers import sniff

Numbers = NDArray[np.float64]
_CTF = ("rlnDefocusU", "rlnVoltage", "rlnSphericalAberration", "rlnAmplitudeContrast")


@dataclass(frozen=True, slots=True)
class Particles:
    """Images of particles, opened and not loaded, with pose and optics of each."""

    stacks: Sequence[Stack]
    stack_of: NDArray[np.intp]
    """Which stack each image is in."""
    place_of: NDArray[np.intp]
    """Its position there, from 0."""
    pixel_angstrom: float
    """0 where neither the STAR file nor the stack says it; lengths are in pixels then."""
    size: int
    """Pixels along an edge; images are square."""
    angles_deg: Numbers | None
    """`(images, 3)`: rot, tilt and psi (ZYZ, as RELION turns), None where the file has none."""
    shifts_px: Numbers
    """`(images, 2)`: x and y by which the image is moved so that the particle is in its middle."""
    optics: Optics | None
    """None where the images carry no transfer function."""
    half_of: NDArray[np.intp]
    """0 or 1: the half that the image belongs to."""
    halves_given: bool

    def __len__(self) -> int:
        return len(self.stack_of)

    def images(self, which: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return these images as float32 `(n, size, size)`."""
        found = np.empty((len(which), self.size, self.size), np.float32)
        for number, stack in enumerate(self.stacks):
            here = np.flatnonzero(self.stack_of[which] == number)
            if here.size:
                found[here] = stack.images(self.place_of[which[here]])
        return found


def read_particles(star: str | Path, stacks: Sequence[str | Path] = ()) -> Particles:
    """Return the particles of a STAR file; stacks are those given, by name, else those beside the STAR file."""
    star = Path(star)
    blocks = read_star(star)
    block = _particle_block(star, blocks)
    optics = _per_optics_group(star, blocks, block)
    names = _stack_names(star, block)
    paths = _found(star, sorted({name for _, name in names}), [Path(one) for one in stacks])
    grids = {name: open_stack(path) for name, path in paths.items()}
    order = {name: number for number, name in enumerate(grids)}
    size = _edge(paths, grids)
    stack_of = np.array([order[name] for _, name in names], np.intp)
    place_of = np.array([number - 1 for number, _ in names], np.intp)
    for (number, name), place in zip(names, place_of, strict=True):
        if not 0 <= place < grids[name].shape[0]:
            found = f"image {number} of {name}, which has {grids[name].shape[0]}"
            raise UnreadableFile(star, found, "images that are in the stack", "give the stack that belongs to the file")
    pixel = _pixel(star, block, optics, next(iter(grids.values())))
    return Particles(
        list(grids.values()), stack_of, place_of, pixel, size, _angles(star, block), _shifts(star, block, pixel),
        _optics(star, block, optics), *_halves(star, block),
    )  # fmt: skip


def stacks_beside(files: Sequence[Path]) -> list[Path]:
    """Return the stacks that a STAR file among these names and that lie beside it, where no stack is given."""
    if len(files) != 1 or sniff(files[0]) != "star":
        return []
    try:
        names = {name for _, name in _stack_names(files[0], _particle_block(files[0], read_star(files[0])))}
    except UnreadableFile:
        return []
    near = [(files[0].parent / name, files[0].parent / Path(name).name) for name in sorted(names)]
    return [next(path for path in pair if path.is_file()) for pair in near if any(path.is_file() for path in pair)]


def _particle_block(star: Path, blocks: Mapping[str, Block]) -> Block:
    found = blocks.get("particles") or next((b for b in blocks.values() if "rlnImageName" in b.columns), None)
    if found is None or "rlnImageName" not in found.columns or not found.rows:
        said = f"blocks {', '.join(name or 'without a name' for name in blocks)} and no images"
        raise UnreadableFile(star, said, f"{FORMATS}, with rlnImageName", "give the file of the particles")
    return found


def _per_optics_group(star: Path, blocks: Mapping[str, Block], block: Block) -> Mapping[str, list[str]]:
    """Return the columns of the optics table spread over the particles; empty in the 3.0 dialect."""
    table, groups = blocks.get("optics"), block.words("rlnOpticsGroup")
    if table is None or groups is None:
        return {}
    rows = {group: row for row, group in enumerate(table.words("rlnOpticsGroup") or [])}
    if lost := sorted(set(groups) - set(rows)):
        raise UnreadableFile(star, f"optics group {lost[0]}, which has no row", "a row for each", "export it again")
    return {label: [words[rows[group]] for group in groups] for label, words in table.columns.items()}


def _column(star: Path, block: Block, optics: Mapping[str, list[str]], label: str) -> Numbers | None:
    if label in block.columns:
        return numbers(star, block, label)
    return numbers(star, Block("optics", optics), label) if label in optics else None


def _stack_names(star: Path, block: Block) -> list[tuple[int, str]]:
    names = []
    for word in block.columns["rlnImageName"]:
        number, mark, name = word.partition("@")
        if not (mark and number.isdigit() and name):
            raise UnreadableFile(star, f"the image {word[:60]!r}", "NUMBER@STACK", "export it again")
        names.append((int(number), name))
    return names


def _found(star: Path, wanted: Sequence[str], given: Sequence[Path]) -> dict[str, Path]:
    """Return the stack file of each name: the one given of that name, the only one, or the one beside the file."""
    by_name = {path.name: path for path in given}
    found: dict[str, Path] = {}
    for name in wanted:
        beside = [star.parent / name, star.parent / Path(name).name]
        if Path(name).name in by_name:
            found[name] = by_name[Path(name).name]
        elif len(given) == 1 and len(wanted) == 1:
            found[name] = given[0]
        elif there := next((path for path in beside if path.is_file()), None):
            found[name] = there
        else:
            said = f"no stack {Path(name).name}"
            raise UnreadableFile(star, said, "the images that it names", "give that .mrcs file too, or put it beside")
    return found


def _edge(paths: Mapping[str, Path], grids: Mapping[str, Stack]) -> int:
    size = next(iter(grids.values())).shape[-1]
    for name, grid in grids.items():
        if grid.shape[-2:] != (size, size) or size < 8:
            said = " x ".join(str(n) for n in grid.shape[-2:])
            raise UnreadableFile(paths[name], f"images of {said}", f"square ones of {max(size, 8)}", "crop them alike")
    return int(size)


def _pixel(star: Path, block: Block, optics: Mapping[str, list[str]], stack: Stack) -> float:
    said = _column(star, block, optics, "rlnImagePixelSize")
    if said is None:
        detector = _column(star, block, optics, "rlnDetectorPixelSize")
        times = _column(star, block, optics, "rlnMagnification")
        said = None if detector is None or times is None or not times.all() else detector * 1e4 / times
    if said is None:
        return stack.pixel_angstrom
    if np.ptp(said) > 1e-6 * said[0] or said[0] <= 0:
        found = f"pixel sizes from {said.min():g} to {said.max():g} A"
        raise UnreadableFile(star, found, "one above 0 for all images", "rescale them to one")
    return float(said[0])


def _angles(star: Path, block: Block) -> Numbers | None:
    labels = ("rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi")
    columns = [numbers(star, block, label) for label in labels]
    return None if any(column is None for column in columns) else np.stack([c for c in columns if c is not None], 1)


def _shifts(star: Path, block: Block, pixel_angstrom: float) -> Numbers:
    columns = []
    for axis in "XY":
        in_angstrom = numbers(star, block, f"rlnOrigin{axis}Angst")
        in_pixels = numbers(star, block, f"rlnOrigin{axis}", 0.0)
        columns.append(in_pixels if in_angstrom is None else in_angstrom / (pixel_angstrom or 1.0))
    return np.stack([column for column in columns if column is not None], 1)


def _optics(star: Path, block: Block, optics: Mapping[str, list[str]]) -> Optics | None:
    values = {label: _column(star, block, optics, label) for label in _CTF}
    if values["rlnDefocusU"] is None:
        return None
    if lost := [label for label, value in values.items() if value is None]:
        raise UnreadableFile(star, f"a defocus without {lost[0]}", "all of the optics", "add it to the optics table")
    rows = block.rows
    u = values["rlnDefocusU"]
    rest = [_column(star, block, optics, name) for name in ("rlnDefocusV", "rlnDefocusAngle", "rlnPhaseShift")]
    v, angle, phase = (np.zeros(rows) if column is None else column for column in rest)
    made = [values["rlnVoltage"], values["rlnSphericalAberration"], values["rlnAmplitudeContrast"]]
    voltage, spherical, amplitude = (column for column in made if column is not None)
    if voltage.min() <= 0:
        raise UnreadableFile(star, f"a voltage of {voltage.min():g} kV", "one above 0", "correct rlnVoltage")
    envelope = (_column(star, block, optics, name) for name in ("rlnCtfBfactor", "rlnCtfScalefactor"))
    return Optics(voltage, spherical, amplitude, u, u if rest[0] is None else v, angle, phase, *envelope)


def _halves(star: Path, block: Block) -> tuple[NDArray[np.intp], bool]:
    """Return the half of each image: as the file says (1 or 2), else every other one."""
    said = numbers(star, block, "rlnRandomSubset")
    if said is not None and set(np.unique(said)) == {1.0, 2.0}:
        return (said - 1).astype(np.intp), True
    return np.arange(block.rows, dtype=np.intp) % 2, False
