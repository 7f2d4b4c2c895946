"""One answer of an OAI-PMH repository read: its records and what comes next, or the error that it names."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.exchange._xml import local, root_of
from liqi.catalogue.federation import _origin

_NAMESPACES = ("http://www.openarchives.org/OAI/2.0/",)


class Malformed(ValueError):
    """The answer is not the XML of the protocol; asked again, it may be."""


@dataclass(frozen=True)
class Given:
    """One record as the repository gives it: its header, its metadata element, and where it came from before."""

    identifier: str
    datestamp: str
    deleted: bool
    metadata: Any = None
    origins: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """One page of a list: records, the token for the next (empty at the end), the size of the list where told."""

    answered_at: datetime | None
    records: list[Given]
    token: str = ""
    size: int | None = None
    error: str = ""
    message: str = ""


@dataclass(frozen=True)
class Repository:
    """What a repository says of itself."""

    title: str
    name: str
    granularity: str


def read(content: bytes) -> Page:
    """The page; raises Malformed where the answer is no whole OAI-PMH document."""
    root = _root(content)
    answered_at = _instant(_text(root, "responseDate"))
    error = next((one for one in root if local(one) == "error"), None)
    if error is not None:
        code = error.get("code", "")[:60]
        return Page(answered_at, [], error=code or "unknown", message=(error.text or "").strip()[:500])
    body = next((one for one in root if local(one) == "ListRecords"), None)
    if body is None:
        raise Malformed(_("found an answer without ListRecords and without an error; expected one of them."))
    records = [_record(one, place) for place, one in enumerate((e for e in body if local(e) == "record"), start=1)]
    token = next((one for one in body if local(one) == "resumptionToken"), None)
    if token is None:
        return Page(answered_at, records)
    size = token.get("completeListSize", "")
    known = int(size) if size.isdecimal() and len(size) < 10 else None
    return Page(answered_at, records, (token.text or "").strip(), known)


def read_identify(content: bytes) -> Repository:
    """What the repository says of itself; raises Malformed."""
    root = _root(content)
    body = next((one for one in root if local(one) == "Identify"), None)
    if body is None:
        raise Malformed(_("found an answer to Identify that does not identify; expected an OAI-PMH 2.0 repository."))
    named = next((one for one in body.iter() if local(one) == "repositoryIdentifier"), None)
    return Repository(
        _text(body, "repositoryName")[:200],
        "" if named is None else (named.text or "").strip()[:120],
        _text(body, "granularity")[:24],
    )


def _root(content: bytes) -> Any:
    try:
        root = root_of(content.decode("utf-8-sig"))
    except (UnreadableFile, UnicodeDecodeError) as problem:
        raise Malformed(_("the answer cannot be read: %(reason)s") % {"reason": problem}) from None
    if root.tag not in [f"{{{namespace}}}OAI-PMH" for namespace in _NAMESPACES]:
        raise Malformed(_("found the root element %(tag)r; expected OAI-PMH 2.0.") % {"tag": str(root.tag)[:100]})
    return root


def _record(found: Any, place: int) -> Given:
    header = next((one for one in found if local(one) == "header"), None)
    metadata = next((one for one in found if local(one) == "metadata"), None)
    abouts = [one for one in found if local(one) == "about"]
    identifier = _text(header, "identifier") if header is not None else ""
    return Given(
        identifier=identifier,
        datestamp=_text(header, "datestamp")[:24] if header is not None else "",
        deleted=header is not None and header.get("status") == "deleted",
        metadata=next(iter(metadata), None) if metadata is not None else None,
        origins=next((origins for one in abouts if (origins := _origin.read(one))), []),
    )


def _text(parent: Any, tag: str) -> str:
    one = next((one for one in parent if local(one) == tag), None)
    return "" if one is None else (one.text or "").strip()


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return None
