"""Keys of records, as they stand in addresses."""

import hashlib
import re


def new_key(source: str, ref: str) -> str:
    """A key for an address: readable where source and reference are, with a hash where they are not."""
    readable = slug(f"{source}-{ref}")
    plain = f"{source}-{ref}".lower()
    if readable == plain and len(readable) <= 100:
        return readable
    digest = hashlib.sha256(f"{source}\x1f{ref}".encode()).hexdigest()[:10]
    return f"{readable[:80].rstrip('-')}-{digest}".lstrip("-")


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
