"""MRC2014 files: maps and stacks of images, opened without loading them; float16 (mode 12) too."""

import bz2
import gzip
import math
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile

FORMATS = "an MRC2014 map or stack of images"
HEADER_BYTES = 1024
_TROUBLES = (OSError, ValueError, EOFError, OverflowError, zlib.error)
_REAL = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
_IMOD, _IMOD_AT, _SIGNED = 1_146_047_817, 152, 1
"""IMOD's mark, where it stands in a header with the flags behind it, and the flag of signed bytes."""
_STAMP_AT, _BIG = 212, 0x11
_MOST_SIDE, _MOST_MODES, _VOLUMES = 1 << 20, 128, 401
_PLAIN_AXES = ((1, 2, 3), (0, 0, 0))
_MOST_VALUE = 1e9
"""No detector or program writes more; sums of squares over a whole map stay within float32."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers on a grid: `values` is `(z, y, x)`, `pixel_angstrom` the spacing, 0 where the file does not say it."""

    values: NDArray[Any]
    pixel_angstrom: float
    origin_angstrom: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Stack:
    """Images `(count, y, x)` in a file, read when they are asked for, so that a stack may be larger than memory."""

    path: Path
    shape: tuple[int, int, int]
    kind: np.dtype[Any]
    offset: int
    """Bytes before the first image."""
    pixel_angstrom: float
    loaded: NDArray[Any] | None = None
    """All of it where the file is packed, and has to be unpacked from its beginning."""

    def images(self, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the images at these places `(n, y, x)`, neighbours in one reading; refuse what is no picture."""
        found = self._images(places)
        if len(places) and not _is_usable(found):
            odd = next(n for n, one in enumerate(found) if not _is_usable(one))
            said = f"values that are not finite, or beyond 1e9, in image {int(places[odd]) + 1}"
            raise UnreadableFile(self.path, said, "finite values", "leave the image out, or write the stack again")
        return found

    def _images(self, places: NDArray[np.intp]) -> NDArray[np.float32]:
        if self.loaded is not None:
            return self.loaded[places].astype(np.float32)
        found = np.empty((len(places), *self.shape[1:]), np.float32)
        order = np.argsort(places, kind="stable")
        runs = np.split(order, np.flatnonzero(np.diff(places[order]) > 1) + 1)
        pixels = self.shape[1] * self.shape[2]
        with self.path.open("rb") as stream:
            for run in filter(len, runs):
                first, last = places[run[0]], places[run[-1]]
                stream.seek(self.offset + int(first) * pixels * self.kind.itemsize)
                read = np.fromfile(stream, self.kind, int(last - first + 1) * pixels)
                found[run] = read.reshape(-1, *self.shape[1:])[places[run] - first]
        return found


def open_stack(path: str | Path) -> Stack:
    """Return the images of a stack (or the one image of a file), their number held against the file's length."""
    path = Path(path)
    if _packed(path):
        grid = _open(path)
        values = grid.values if grid.values.ndim == 3 else grid.values.reshape(-1, *grid.values.shape[-2:])
        return Stack(path, values.shape, values.dtype, 0, grid.pixel_angstrom, values)
    header = _header(path)
    kind = _kind(path, header)
    axes = _axes(header)
    if axes not in _PLAIN_AXES:
        raise UnreadableFile(path, f"axes {axes}", "images with axes (1, 2, 3)", "write the stack again")
    shape = (int(header["nz"]), int(header["ny"]), int(header["nx"]))
    offset = HEADER_BYTES + max(int(header["nsymbt"]), 0)
    needed = offset + shape[0] * shape[1] * shape[2] * kind.itemsize
    if min(shape) < 1 or path.stat().st_size < needed:
        said = f"{path.stat().st_size:,} bytes where {' x '.join(map(str, shape))} needs {needed:,}"
        raise UnreadableFile(path, said, FORMATS, "copy the file again")
    return Stack(path, shape, kind, offset, _spacing(header))


def open_map(path: str | Path) -> Grid:
    """Return the file's grid, axes in the order z, y, x; `values` is a memory map where it can be one."""
    return _open(Path(path))


def _open(path: Path) -> Grid:
    header = _header(path)
    kind = _kind(path, header)
    shape = (int(header["nz"]), int(header["ny"]), int(header["nx"]))
    offset = HEADER_BYTES + max(int(header["nsymbt"]), 0)
    size = math.prod(shape)
    try:
        if _packed(path):
            with _unpacked(path) as stream:
                stream.seek(offset)
                values = np.frombuffer(stream.read(max(size, 0) * kind.itemsize), kind)
        else:
            there = (path.stat().st_size - offset) // kind.itemsize
            values = np.memmap(path, kind, "r", offset, size) if 0 < size <= there else np.empty(0, kind)
    except _TROUBLES as problem:
        raise _unreadable(path, problem) from None
    if min(shape) < 1 or values.size < size:
        said = f"{path.stat().st_size:,} bytes where its header promises more"
        raise UnreadableFile(path, said, FORMATS, "copy the file again")
    depth = int(header["mz"])
    several = int(header["ispg"]) >= _VOLUMES and 0 < depth < shape[0] and shape[0] % depth == 0
    values = values.reshape(-1, depth, *shape[1:]) if several else values.reshape(shape)
    ordered = _in_order(path, values, _axes(header))
    origin = (float(header["origin"]["x"]), float(header["origin"]["y"]), float(header["origin"]["z"]))
    return Grid(ordered, _spacing(header), origin)


def _axes(header: Any) -> tuple[int, int, int]:
    return int(header["mapc"]), int(header["mapr"]), int(header["maps"])


def _header(path: Path) -> Any:
    """Return the header in the order of bytes that makes sense of it, its machine stamp asked where both do.

    Stamps are left empty, or written wrong, by programs that copy headers between machines.
    """
    from mrcfile.dtypes import HEADER_DTYPE

    try:
        with _unpacked(path) if _packed(path) else path.open("rb") as stream:
            content = stream.read(HEADER_BYTES)
    except _TROUBLES as problem:
        raise _unreadable(path, problem) from None
    if len(content) < HEADER_BYTES:
        raise UnreadableFile(path, "no header", FORMATS, "copy the file again")
    little, big = (np.frombuffer(content, HEADER_DTYPE.newbyteorder(order))[0] for order in "<>")
    if not _makes_sense(big):
        return little
    return big if not _makes_sense(little) or content[_STAMP_AT] == _BIG else little


def _makes_sense(header: Any) -> bool:
    sides = [int(header[side]) for side in ("nx", "ny", "nz")]
    return all(0 < side < _MOST_SIDE for side in sides) and 0 <= int(header["mode"]) < _MOST_MODES


def _kind(path: Path, header: Any) -> np.dtype[Any]:
    """Return what the numbers are; bytes are signed, but those of IMOD only where its flags say so."""
    order = header.dtype["mode"].byteorder
    order = order if order in "<>" else "<" if sys.byteorder == "little" else ">"
    mode = int(header["mode"])
    if mode not in _REAL:
        found = "complex numbers" if mode in (3, 4) else "numbers of an unknown kind"
        raise UnreadableFile(
            path, f"{found} (mode {mode})", "real numbers (mode 0, 1, 2, 6 or 12)", "convert it to mode 2"
        )
    stamp, flags = struct.unpack_from(f"{order}2i", header.tobytes(), _IMOD_AT)
    kind = "u1" if mode == 0 and stamp == _IMOD and not flags & _SIGNED else _REAL[mode]
    return np.dtype(order + kind)


def _unpacked(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path) if is_gzip else bz2.open(path))


def _packed(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(2) in (b"\x1f\x8b", b"BZ")
    except OSError as problem:
        raise _unreadable(path, problem) from None


def _spacing(header: Any) -> float:
    pixel = float(header["cella"]["x"]) / int(header["mx"]) if int(header["mx"]) > 0 else 0.0
    return pixel if 0 < pixel < 1e4 else 0.0


def _unreadable(path: Path, problem: Exception) -> UnreadableFile:
    return UnreadableFile(path, f"{problem}".rstrip(".").replace("\n", " "), FORMATS, "copy the file again")


def read_map(path: str | Path) -> Grid:
    """Return one whole map as float32, all of it finite and of three dimensions above one."""
    grid = open_map(path)
    if grid.values.ndim != 3 or min(grid.values.shape) < 2:
        said = " x ".join(str(n) for n in grid.values.shape)
        raise UnreadableFile(path, f"a grid of {said}", "a map of three dimensions", "give a map, not an image")
    values = np.ascontiguousarray(grid.values, np.float32)
    if not _is_usable(values):
        raise UnreadableFile(path, "values that are not finite, or beyond 1e9", "finite values", "write the map again")
    return Grid(values, grid.pixel_angstrom, grid.origin_angstrom)


def _is_usable(values: NDArray[np.float32]) -> bool:
    """Return whether all is finite and within bounds; NaN is within none."""
    return bool(values.min() >= -_MOST_VALUE and values.max() <= _MOST_VALUE)


def write_map(path: str | Path, values: NDArray[Any], pixel_angstrom: float) -> None:
    """Write a map `(z, y, x)` as MRC2014 float32 with its spacing in angstrom."""
    import mrcfile

    with mrcfile.new(Path(path), np.asarray(values, np.float32), overwrite=True) as made:
        made.voxel_size = pixel_angstrom
        made.set_volume()


def write_stack(path: str | Path, images: NDArray[Any], pixel_angstrom: float) -> None:
    """Write images `(n, y, x)` as a stack of MRC2014, in their own type (float16 is mode 12)."""
    import mrcfile

    with mrcfile.new(Path(path), images, overwrite=True) as made:
        made.set_image_stack()
        made.voxel_size = pixel_angstrom


def _in_order(path: Path, values: NDArray[Any], axes: tuple[int, int, int]) -> NDArray[Any]:
    """Return the values with x last and z first, whatever order the header's mapc, mapr, maps tell."""
    if axes in _PLAIN_AXES or values.ndim != 3:
        return values
    if sorted(axes) != [1, 2, 3]:
        raise UnreadableFile(path, f"axes {axes}", "each of 1, 2, 3 once", "write the map again")
    slowest_first = axes[::-1]
    return np.transpose(values, [slowest_first.index(axis) for axis in (3, 2, 1)])
