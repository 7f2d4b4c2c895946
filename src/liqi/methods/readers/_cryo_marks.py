"""By what maps, stacks of images and tables of particles are told: MRC2014's mark, RELION's labels."""

import re
import struct

_MAP, _MAP_AT, _HEADER = b"MAP", 208, 1024
_MODES, _MOST_SIDE = (0, 1, 2, 3, 4, 6, 12), 1 << 20
_LABEL = re.compile(r"^_rln[a-z0-9]+(\s|$)", re.MULTILINE | re.IGNORECASE)


def is_mrc(start: bytes) -> bool:
    """Whether these are the first bytes of an MRC2014 file, or of an older one, which has no mark but its header."""
    if len(start) < _HEADER:
        return False
    return start[_MAP_AT : _MAP_AT + 3] == _MAP or any(_is_older(start, order) for order in "<>")


def _is_older(start: bytes, order: str) -> bool:
    *sides, mode = struct.unpack_from(f"{order}4i", start)
    angles, axes = struct.unpack_from(f"{order}3f", start, 52), struct.unpack_from(f"{order}3i", start, 64)
    plain = all(0 < side < _MOST_SIDE for side in sides) and mode in _MODES
    return plain and sorted(axes) == [1, 2, 3] and set(angles) <= {0.0, 90.0}


def is_star(words: str) -> bool:
    """Whether this text is a STAR file of RELION: a block of data, and one of its labels."""
    return "data_" in words and _LABEL.search(words) is not None
