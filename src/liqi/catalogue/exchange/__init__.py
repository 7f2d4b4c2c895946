"""Exchange with other systems: one module a standard, each with `recognises`, `read` and, where it can, `write`."""

from liqi.catalogue.exchange import pidinst, ror, table, uniquip
from liqi.catalogue.exchange._draft import Draft, Problem, UnreadableFile
from liqi.catalogue.exchange._text import decode

FORMATS = {"pidinst": pidinst, "uniquip": uniquip, "ror": ror, "csv": table}
"""Name of the format and its module, in the order in which they are tried."""

__all__ = ["FORMATS", "Draft", "Problem", "UnreadableFile", "recognise"]


def recognise(content: bytes) -> str:
    """The format of the content, told from the content alone; raises UnreadableFile when it is none of ours."""
    text = decode(content)
    for name, module in FORMATS.items():
        if module.recognises(text):
            return name
    start = text[:60].split("\n")[0]
    raise UnreadableFile(
        f"found a file that begins with {start!r}; expected one of {', '.join(FORMATS)}: "
        "a table needs at least a column called name; name the format with --as, or give a mapping file."
    )
