"""What an OAI-PMH request asks for: its arguments, checked as the protocol (version 2.0, section 3.6 and 4) says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ARGUMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (
        frozenset({"metadataPrefix"}),
        frozenset({"from", "until", "set", "resumptionToken"}),
    ),
    "ListRecords": (
        frozenset({"metadataPrefix"}),
        frozenset({"from", "until", "set", "resumptionToken"}),
    ),
}
"""Verb, and the arguments that it needs and may have."""
GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


class OaiError(Exception):
    """One of the error conditions of the protocol, with a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Request:
    """A request that keeps the rules: its verb and its arguments, each once."""

    verb: str
    arguments: dict[str, str]


def checked(pairs: Iterable[tuple[str, str]]) -> Request:
    """The request; raises OaiError where the verb or an argument is against the rules."""
    arguments: dict[str, str] = {}
    verbs = []
    for name, value in pairs:
        if name == "verb":
            verbs.append(value)
        elif name in arguments:
            raise OaiError("badArgument", f"found the argument {name} twice; expected each once.")
        else:
            arguments[name] = value
    if len(verbs) != 1 or verbs[0] not in ARGUMENTS:
        found = "no verb" if not verbs else f"the verb {', '.join(verbs)!r}"
        raise OaiError("badVerb", f"found {found}; expected one of {', '.join(ARGUMENTS)}.")
    needed, allowed = ARGUMENTS[verbs[0]]
    if unknown := arguments.keys() - needed - allowed:
        raise OaiError("badArgument", f"found {', '.join(sorted(unknown))}; {verbs[0]} takes no such argument.")
    if "resumptionToken" in arguments:
        if len(arguments) > 1:
            raise OaiError("badArgument", "found other arguments beside resumptionToken; expected it alone.")
    elif missing := needed - arguments.keys():
        raise OaiError("badArgument", f"found no {', '.join(sorted(missing))}; {verbs[0]} needs it.")
    return Request(verbs[0], arguments)


def window(arguments: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    """The half-open time of `from` and `until`; raises OaiError where they cannot be read or do not fit."""
    since, until = arguments.get("from"), arguments.get("until")
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "found from and until in different granularity; expected the same in both.")
    start = _instant("from", since) if since is not None else None
    end = _instant("until", until) if until is not None else None
    if start and end and start > end:
        raise OaiError("badArgument", f"found from {since} after until {until}; expected it before.")
    if end is None or until is None:
        return start, None
    last = datetime.max.replace(tzinfo=UTC)
    step = timedelta(days=1) if _DAY.fullmatch(until) else timedelta(seconds=1)
    return start, end + step if end < last - step else last


def _instant(name: str, text: str) -> datetime:
    if not (_DAY.fullmatch(text) or _SECOND.fullmatch(text)):
        raise OaiError("badArgument", f"found {name} {text!r}; expected {GRANULARITY} or YYYY-MM-DD, in UTC.")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise OaiError("badArgument", f"found {name} {text!r}, which is no day of the calendar.") from None
