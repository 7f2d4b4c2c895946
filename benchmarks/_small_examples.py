"""Small inputs made from the large or slow examples of methods, so that these can be spoiled by the thousand."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import mrcfile
import numpy as np
from PIL import Image

from liqi.methods import Method
from liqi.methods.cryoem._mrc import write_map, write_stack
from tests.methods.mutation import beginning_of_run

IMAGES, EDGE = 24, 16
AVERAGES = 12
SPECTRA_END = b"</spectrum>"
SPECTRA = 12


def small(method: Method, folder: Path) -> tuple[Sequence[Path], dict[str, str]]:
    """Return the method's input, made small where the example is large or slow, and settings that keep it quick."""
    folder.mkdir(parents=True, exist_ok=True)
    make, settings = _SMALL.get(method.id, (None, {}))
    if make is None:
        return method.example, {}
    paths = []
    for path in method.example:
        out = folder / path.name
        make(path, out)
        paths.append(out)
    return paths, settings


def _star_and_stack(path: Path, out: Path) -> None:
    if path.suffix == ".star":
        lines = path.read_text().replace(" 32 2\n", f" {EDGE} 2\n").splitlines(keepends=True)
        rows = [line for line in lines if "@" in line]
        kept = set(rows[:IMAGES])
        out.write_text("".join(line for line in lines if "@" not in line or line in kept))
    elif path.suffix == ".mrcs":
        _images(path, out, IMAGES)
    else:
        _volume(path, out)


def _images(path: Path, out: Path, count: int) -> None:
    with mrcfile.open(path) as whole:
        low = (whole.data.shape[-1] - EDGE) // 2
        cut = whole.data[:count, low : low + EDGE, low : low + EDGE]
        write_stack(out, np.ascontiguousarray(cut), float(whole.voxel_size.x))


def _volume(path: Path, out: Path) -> None:
    with mrcfile.open(path) as whole:
        low = (whole.data.shape[-1] - EDGE) // 2
        middle = slice(low, low + EDGE)
        write_map(out, np.ascontiguousarray(whole.data[middle, middle, middle]), float(whole.voxel_size.x))


def _averages(path: Path, out: Path) -> None:
    _images(path, out, AVERAGES)


def _run(_: Path, out: Path) -> None:
    out.write_bytes(beginning_of_run())


def _milk(path: Path, out: Path) -> None:
    parts = path.read_bytes().split(SPECTRA_END)
    out.write_bytes(SPECTRA_END.join(parts[:SPECTRA]) + SPECTRA_END + b"</spectrumList></run></mzML>")


def _picture(path: Path, out: Path) -> None:
    with Image.open(path) as whole:
        wide, high = (side // 3 for side in whole.size)
        whole.crop((wide, high, 2 * wide, 2 * high)).save(out)


def _as_it_is(path: Path, out: Path) -> None:
    shutil.copyfile(path, out)


_SMALL: dict[str, tuple[Callable[[Path, Path], None], dict[str, str]]] = {
    "cryo.abinitio": (_averages, {"starts": "2"}),
    "cryo.fsc": (_volume, {}),
    "cryo.reconstruct": (_star_and_stack, {}),
    "cryo.refine": (_star_and_stack, {"rounds": "2"}),
    "ms.identify": (_run, {}),
    "ms.quality": (_run, {}),
    "ms.screen": (_milk, {}),
    "print.measure": (_picture, {}),
}
