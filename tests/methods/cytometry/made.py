"""FCS files made for tests: any type, width, byte order and oddity."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np


def fcs(
    path: Path,
    events: np.ndarray,
    names: Sequence[str],
    words: Mapping[str, str] | None = None,
    data: bytes | None = None,
    version: str = "3.1",
) -> Path:
    """Write events as 32-bit numbers, or `data` as they are; `words` adds keywords or takes another's place."""
    body = events.astype("<f4").tobytes() if data is None else data
    told = {"$BYTEORD": "1,2,3,4", "$DATATYPE": "F", "$MODE": "L", "$NEXTDATA": "0"}
    told |= {"$PAR": str(len(names)), "$TOT": str(len(events))}
    for n, name in enumerate(names, 1):
        told |= {f"$P{n}N": name, f"$P{n}B": "32", f"$P{n}R": "262144", f"$P{n}E": "0,0"}
    told |= {"$BEGINDATA": "0" * 10, "$ENDDATA": "0" * 10} | dict(words or {})
    begin = 58 + len(_text(told))
    told |= {"$BEGINDATA": f"{begin:010d}", "$ENDDATA": f"{begin + len(body) - 1:010d}"}
    told |= {key: value for key, value in (words or {}).items() if key in ("$BEGINDATA", "$ENDDATA")}
    head = f"FCS{version}    {58:8d}{begin - 1:8d}{begin:8d}{begin + len(body) - 1:8d}{0:8d}{0:8d}"
    path.write_bytes(head.encode() + _text(told) + body)
    return path


def _text(words: Mapping[str, str]) -> bytes:
    parts = [part.replace("/", "//") for pair in words.items() for part in pair]
    return f"/{'/'.join(parts)}/".encode()
