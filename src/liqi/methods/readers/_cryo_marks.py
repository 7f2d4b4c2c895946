"""By what maps, stacks of images and tables of particles are told: MRC2014's mark, RELION's labels."""

import re

_MAP, _MAP_AT, _HEADER = b"MAP", 208, 1024
_LABEL = re.compile(r"^_rln[a-z0-9]+(\s|$)", re.MULTILINE | re.IGNORECASE)


def is_mrc(start: bytes) -> bool:
    """Whether these are the first bytes of an MRC2014 file."""
    return len(start) >= _MAP_AT + 4 and start[_MAP_AT : _MAP_AT + 3] == _MAP


def is_star(words: str) -> bool:
    """Whether this text is a STAR file of RELION: a block of data, and one of its labels."""
    return "data_" in words and _LABEL.search(words) is not None
