"""Pictures of layers and prints: PNG and TIFF, alone, in several files, in a ZIP file, or as pages of one TIFF."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._members import PICTURES, TROUBLE, member
from liqi.methods.readers._sniff import sniff_among

Mask = NDArray[np.bool_]
Grey = NDArray[np.float64]
FORMATS = "PNG or TIFF pictures, or a ZIP file of them"
KINDS = ("png", "tiff", "slices")
MOST_PIXELS = 120_000_000
_NOT_LAYERS = ("thumb", "preview", "__macosx")
_DIGITS = re.compile(r"(\d+)")
_DO = "export the pictures again"


def kind_of(path: Path) -> str:
    """Return the file's format by its content, `UnreadableFile` with what is read here for any other."""
    kind = sniff_among(path, FORMATS, _DO)
    if kind not in KINDS:
        raise UnreadableFile(path, f"a {kind} file", FORMATS, _DO)
    return kind


def natural(name: str) -> list[Any]:
    """Return what sorts names by the numbers in them.

    >>> sorted(["a10.png", "a9.png"], key=natural)
    ['a9.png', 'a10.png']
    """
    return [int(part) if part.isdigit() else part.lower() for part in _DIGITS.split(name)]


def pictures(paths: Sequence[Path]) -> Iterator[tuple[str, Grey]]:
    """Yield name and grey values from 0 to 1 of every picture in natural order; raise `UnreadableFile`."""
    for path in sorted(paths, key=lambda one: natural(one.name)):
        if kind_of(path) == "slices":
            yield from _of_zip(path)
        else:
            yield from _decoded(path, path.name, path.read_bytes())


def _of_zip(path: Path) -> Iterator[tuple[str, Grey]]:
    try:
        with zipfile.ZipFile(path) as whole:
            names = [
                one for one in whole.namelist()
                if one.lower().endswith(PICTURES) and not any(word in one.lower() for word in _NOT_LAYERS)
            ]  # fmt: skip
            for name in sorted(names, key=natural):
                content = member(whole, name, 1 << 28)
                yield from _decoded(path, PurePosixPath(name).name, content)
    except UnreadableFile:
        raise
    except TROUBLE as problem:
        found = f"a damaged ZIP file ({type(problem).__name__})"
        raise UnreadableFile(path, found, "a whole one", "copy it again") from None


def _decoded(path: Path, name: str, content: bytes) -> Iterator[tuple[str, Grey]]:
    from PIL import Image

    trouble = (*TROUBLE, SyntaxError, Image.DecompressionBombError)  # SyntaxError is what Pillow says of a broken PNG
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content))
            for page in range(getattr(picture, "n_frames", 1)):
                picture.seek(page)
                if picture.width * picture.height > MOST_PIXELS:
                    raise ValueError(f"{picture.width} x {picture.height} pixels")
                yield (name if page == 0 else f"{name} [{page}]"), _grey(picture)
    except trouble as problem:
        found = f"a damaged picture {name} ({str(problem)[:60]})".replace("\n", " ")
        raise UnreadableFile(path, found, "a whole PNG or TIFF", _DO) from None


def _grey(picture: Any) -> Grey:
    """Return grey values from 0 to 1, colours by their luminance."""
    if picture.mode not in ("1", "L", "I", "I;16", "I;16B", "F"):
        picture = picture.convert("L")
    values = np.asarray(picture)
    if values.dtype == np.bool_:
        return values.astype(np.float64)
    found = values.astype(np.float64)
    if values.dtype == np.uint8:
        return np.asarray(found / 255)
    top = float(found.max()) if found.size else 0.0
    full = 65535.0 if values.dtype.kind in "iu" and top > 255 else 255.0 if values.dtype.kind in "iu" else top
    return np.asarray(found / full) if full > 0 else found


def is_mask(values: Grey) -> bool:
    """Return whether a picture has but two values, as an exposure mask has."""
    low, high = float(values.min()), float(values.max())
    return bool(((values == low) | (values == high)).all())
