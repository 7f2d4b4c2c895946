"""What lists of spectra say of an ion in words: precursor, charge, polarity, time, level, as their writers put it."""

import re

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?=\s|;|,\s|,?$)")
_NOTHING = {"", "n/a", "na", "none", "null", "nil", "unknown", "-", "?"}
_CHARGE = re.compile(r"\s*\(?\s*([+-]?)\s*(\d{1,3})(?:\.0*)?(?!\d)\s*([+-]?)")
_SEVERAL = re.compile(r"\d.*(?:\band\b|\bor\b|,).*\d")
_OF_ADDUCT = re.compile(r"\]\s*(\d{0,2})([+-])\s*$")
_TIME = re.compile(
    r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)\s*(s|sec|seconds?|m|min|minutes?|h|hours?)?(?![\w.])", re.IGNORECASE
)
_COMMA = re.compile(r"\s*\d+,\d+\s*")
"""Two times or one with a decimal comma: nobody can tell."""
_LEVEL = re.compile(r"\D{0,6}?(\d{1,2})(?:\.0*)?(?!\d)")
_SIGNS = {"+": "positive", "-": "negative"}
_POLARITIES = {"p": "positive", "n": "negative"} | _SIGNS
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def mass_of(words: str) -> float | None:
    """Return the mass that the words begin with, None where they say that there is none; others raise `ValueError`.

    >>> mass_of("195.0877, 2.3e4"), mass_of("N/A"), mass_of("0.0")
    (195.0877, None, None)
    """
    found = _NUMBER.match(words)
    first = found.group() if found else (words.split() or [""])[0]
    if not found and first.lower() in _NOTHING:
        return None
    mass = float(first)
    return mass if 0 < mass < float("inf") else None


def charge_of(words: str, adduct: str = "") -> tuple[int | None, str | None]:
    """Return charge and polarity; several charges are none, and an adduct tells what the words do not.

    >>> charge_of("2+"), charge_of("1.0"), charge_of("-1"), charge_of("2+ and 3+"), charge_of("", "[M+2H]2+")
    ((2, 'positive'), (1, None), (1, 'negative'), (None, 'positive'), (2, 'positive'))
    """
    words, adduct = words.strip(), adduct.strip()
    found, of_adduct = _CHARGE.match(words), _OF_ADDUCT.search(adduct)
    number = int(found.group(2)) if found and not _SEVERAL.search(words[:40]) else 0
    if of_adduct and not words.strip("0+-. "):
        number = int(of_adduct.group(1) or 1)
    said = (found.group(1) or found.group(3)) if found else ""
    signs = (adduct[-1:], said, words[-1:])
    return number or None, next((_SIGNS[one] for one in signs if one in _SIGNS), None)


def polarity_of(words: str) -> str | None:
    """Return the polarity that an ion mode names.

    >>> polarity_of("Positive"), polarity_of("N"), polarity_of("unknown")
    ('positive', 'negative', None)
    """
    return _POLARITIES.get(words.strip().lower()[:1])


def seconds_of(words: str, unit_s: float | None) -> float | None:
    """Return the first time that is told, in seconds; without a unit of its own it is in those given, if any.

    >>> seconds_of("60-70", 1.0), seconds_of("5.2", 60.0), seconds_of("312.1 sec", 60.0), seconds_of("N/A", 1.0)
    (60.0, 312.0, 312.1, None)
    """
    found = _TIME.match(words)
    if not found or _COMMA.fullmatch(words):
        return None
    unit = _UNITS[found.group(2)[0].lower()] if found.group(2) else unit_s
    time = float(found.group(1)) * unit if unit is not None else None
    return time if time is not None and time < float("inf") else None


def level_of(words: str, usual: int) -> int:
    """Return the MS level that the words tell, or the usual one.

    >>> level_of("MS3", 2), level_of("2.0", 1), level_of("MS", 1)
    (3, 2, 1)
    """
    found = _LEVEL.match(words)
    return int(found.group(1)) if found else usual
