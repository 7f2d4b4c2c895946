"""What is wrong with a field that a program sent: one sentence in the reader's language, and where the field stands."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_FOUND = 60
MOST_NAMED = 12
"""So many names of fields are listed where none is near."""
SECRET = ("pin", "badge", "password", "secret", "token")
"""Fields whose value is repeated nowhere."""

EXPECTED: dict[str, Any] = {
    "string": gettext_lazy("text"),
    "int": gettext_lazy("a whole number"),
    "float": gettext_lazy("a number"),
    "decimal": gettext_lazy('a decimal number in quotation marks, such as "12.50"'),
    "bool": gettext_lazy("true or false"),
    "datetime": gettext_lazy("a moment with its time zone, such as 2026-11-23T09:00:00+08:00"),
    "timezone": gettext_lazy("a moment with its time zone, such as 2026-11-23T09:00:00+08:00"),
    "date": gettext_lazy("a day, such as 2026-11-23"),
    "time": gettext_lazy("a time of day, such as 09:00"),
    "list": gettext_lazy("a list"),
    "dict": gettext_lazy("an object with named fields"),
    "model": gettext_lazy("an object with named fields"),
    "uuid": gettext_lazy("a UUID"),
    "json": gettext_lazy("JSON"),
    "finite": gettext_lazy("a finite number"),
}
"""What a field takes, by the first word of the kind of error."""
LIMITED: dict[str, tuple[str, Any]] = {
    "greater_than_equal": ("ge", gettext_lazy("%(limit)s or more")),
    "greater_than": ("gt", gettext_lazy("more than %(limit)s")),
    "less_than_equal": ("le", gettext_lazy("at most %(limit)s")),
    "less_than": ("lt", gettext_lazy("less than %(limit)s")),
    "string_too_short": ("min_length", gettext_lazy("text of at least so many characters: %(limit)s")),
    "string_too_long": ("max_length", gettext_lazy("text of at most %(limit)s characters")),
    "too_short": ("min_length", gettext_lazy("a list with at least so many entries: %(limit)s")),
    "too_long": ("max_length", gettext_lazy("a list with at most %(limit)s entries")),
    "decimal_max_digits": ("max_digits", gettext_lazy("at most %(limit)s digits in all")),
    "decimal_max_places": ("decimal_places", gettext_lazy("at most %(limit)s digits after the point")),
    "decimal_whole_digits": ("whole_digits", gettext_lazy("at most %(limit)s digits before the point")),
    "string_pattern_mismatch": ("pattern", gettext_lazy("text of the form %(limit)s")),
    "literal_error": ("expected", gettext_lazy("one of %(limit)s")),
    "enum": ("expected", gettext_lazy("one of %(limit)s")),
}
"""Kinds of error that know a limit: its name, and what is expected."""


def problem(error: Mapping[str, Any], sent: Any) -> dict[str, str]:
    """Where the field stands, by name and as RFC 9457 points, and what is wrong; ``sent`` is the body as it came."""
    source, *steps = _steps(error["loc"])
    told = {"field": ".".join(map(str, (source, *steps))), "words": words(error, found(source, steps, sent))}
    if source == "body":
        told["pointer"] = "#" + "".join(f"/{_escaped(step)}" for step in steps)
    elif steps:
        told["parameter"] = str(steps[0])
    return told


def words(error: Mapping[str, Any], found: str) -> str:
    """Found, expected and what to do, in one sentence."""
    kind, about = error["type"], error.get("ctx") or {}
    if kind == "missing":
        return _("Found nothing here; expected a value: send this field.")
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), [str(name) for name in about.get("known", ())])
    if kind in LIMITED and LIMITED[kind][0] in about:
        limit, expected = LIMITED[kind]
        said = str(expected) % {"limit": _plain(about[limit])}
    elif (first := kind.partition("_")[0]) in EXPECTED:
        said = str(EXPECTED[first])
    else:  # the words of a check of our own, or of a kind that no schema of ours has yet
        return str(error["msg"]).removeprefix("Value error, ")
    if found:
        return _("Found %(found)s; expected %(expected)s: correct it.") % {"found": found, "expected": said}
    return _("Found something else; expected %(expected)s: correct it.") % {"expected": said}


def _unknown(name: str, known: list[str]) -> str:
    """That there is no such field, and the nearest that there is, else all where a line holds them."""
    near = get_close_matches(name.lower(), known, n=1) or [each for each in known if name.lower() in each.split("_")]
    if near:
        return _("Found a field that has no place here; expected perhaps “%(name)s”: correct it.") % {"name": near[0]}
    if 0 < len(known) <= MOST_NAMED:
        return _("Found a field that has no place here; expected one of %(names)s: correct it or take it out.") % {
            "names": ", ".join(known)
        }
    return _("Found a field that has no place here; take it out.")


def found(source: Any, steps: list[Any], sent: Any) -> str:
    """What stands there, in the characters that were sent and not more than a line of them; empty where unknown."""
    at = sent.get(source) if isinstance(sent, Mapping) else None
    for step in steps:
        try:
            at = at[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return ""
    if at is None or (steps and steps[-1] in SECRET):
        return _("the value %(found)s") % {"found": "null"} if steps and at is None else ""
    if isinstance(at, list):
        return _("a list, entries: %(count)s") % {"count": len(at)}
    if isinstance(at, dict):
        return _("an object with named fields")
    if isinstance(at, bool):
        return _("the value %(found)s") % {"found": str(at).lower()}
    if isinstance(at, int | float):
        return _("the number %(found)s") % {"found": str(at)[:LONGEST_FOUND]}
    shown = str(at)
    if len(shown) > LONGEST_FOUND:
        return _("%(count)s characters that begin with “%(begin)s”") % {"count": len(shown), "begin": shown[:20]}
    return f"“{shown}”"


def _steps(where: tuple[Any, ...]) -> list[Any]:
    """Where a field stands in what was sent, such as body readings 0 at, without the name that our function has."""
    source, *steps = where
    if steps and (source == "body" or (len(steps) > 1 and isinstance(steps[1], str))):
        steps = steps[1:]
    return [source, *steps]


def _escaped(step: Any) -> str:
    """A step of a JSON Pointer (RFC 6901)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def _plain(limit: Any) -> str:
    """The limit as a person writes it: no exponent, and choices without the English between them."""
    return str(limit).replace(" or ", ", ").replace("'", "")
