"""The PSI-MS vocabulary as psims ships it: which accession has which name."""

import gzip
import re
from functools import lru_cache
from importlib.resources import files

_TERM = re.compile(r"^\[Term\]\nid: (\S+)\nname: (.*)$", re.MULTILINE)


@lru_cache
def names() -> dict[str, str]:
    """Return the name of every accession, unit terms included."""
    found: dict[str, str] = {}
    for file in ("unit.obo.gz", "psi-ms.obo.gz"):
        packed = files("psims.controlled_vocabulary").joinpath("vendor", file).read_bytes()
        found |= {accession: name.strip() for accession, name in _TERM.findall(gzip.decompress(packed).decode())}
    return found
