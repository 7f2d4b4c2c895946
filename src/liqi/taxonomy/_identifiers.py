"""Identifiers that others issue: told by their shape, and by check digits where they have some."""

import re

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_HANDLE = re.compile(r"\d+(?:\.[0-9A-Za-z]+)*/\S+|[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)+/\S+")
_ROR = re.compile(r"0[0-9a-hjkmnp-tv-z]{6}\d{2}")
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_PREFIXES = ("https://", "http://", "doi.org/", "dx.doi.org/", "hdl.handle.net/", "ror.org/", "cstr.cn/")
_LABELS = ("doi:", "hdl:", "cstr:", "ror:", "urn:doi:")


def bare_identifier(text: str) -> str:
    """The identifier without resolver address and label.

    >>> bare_identifier("https://doi.org/10.5442/NI000001"), bare_identifier("hdl:21.T11998/0000-001A")
    ('10.5442/NI000001', '21.T11998/0000-001A')
    """
    found = text.strip()
    for start in _PREFIXES + _LABELS:
        if found.lower().startswith(start):
            found = found[len(start) :]
    return found.strip()


def find_doi(text: str) -> str:
    """The DOI without address, or nothing where it is none; it has no check digit (ISO 26324), only a shape.

    >>> find_doi("doi:10.5442/NI000001"), find_doi("10.54/x")
    ('10.5442/NI000001', '')
    """
    found = bare_identifier(text)
    return found if _DOI.fullmatch(found) else ""


def find_handle(text: str) -> str:
    """The Handle without address, or nothing where it is none."""
    found = bare_identifier(text)
    return found if _HANDLE.fullmatch(found) else ""


def find_ror(text: str) -> str:
    """The ROR identifier as an address, or nothing where shape or check digits are wrong.

    The last two digits are 98 - (number x 100 mod 97) of the base-32 number before them (ISO/IEC 7064 MOD 97-10).

    >>> find_ror("04c4dkn09"), find_ror("https://ror.org/04c4dkn08")
    ('https://ror.org/04c4dkn09', '')
    """
    found = bare_identifier(text).rstrip("/").lower()
    if not _ROR.fullmatch(found):
        return ""
    number = 0
    for letter in found[:7]:
        number = number * 32 + _BASE32.index(letter)
    return f"https://ror.org/{found}" if 98 - number * 100 % 97 == int(found[7:]) else ""
