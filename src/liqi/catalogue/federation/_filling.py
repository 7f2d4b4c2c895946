"""What a record of another repository says, as the fields that it has here, and where it comes from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liqi.catalogue.federation import _links, _origin, _shapes
from liqi.catalogue.federation._formats import Format
from liqi.catalogue.federation._full_record import CONTACT_FIELDS, fields_of
from liqi.catalogue.federation._page import Given
from liqi.catalogue.models import Contact

DIGEST, GONE = "digest", "gone_there"
"""Members of the source row: what the record was when it came last, and that its repository took it out."""
_NEVER_TAKEN = {"bookable"}
"""What only the place of the instrument itself can say: it is booked there, not here."""


@dataclass(frozen=True)
class Source:
    """Who gives: the repository's name and address, the format, the repositories that are harvested directly.

    `harvest` names the harvest in the changes that it makes.
    """

    name: str
    url: str
    form: Format
    direct: frozenset[str] = frozenset()
    harvest: str = ""


@dataclass(frozen=True)
class Read:
    """A record as it came, of which kind it is, and what it says."""

    given: Given
    kind: str
    document: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """A mark that is the same as long as the record says the same."""
        text = json.dumps(self.document, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fields(kind: str, one: Read) -> dict[str, Any]:
    """The plain fields of the model, each checked by the model's own field; what is not given is blank."""
    found: dict[str, Any] = {}
    for name, plain in fields_of(kind).items():
        if name in _NEVER_TAKEN:
            continue
        value = one.document.get(name)
        found[name] = plain.get_default() if value is None or value == "" else _shapes.fit(plain, value)
    landing = str(one.document.get("landing_page") or "")
    if kind == "instrument" and one.document.get("bookable") and not found["booking_url"]:
        found["booking_url"] = landing if landing.startswith(("http://", "https://")) and len(landing) <= 300 else ""
    return found


def source_row(one: Read, source: Source, loose: Mapping[str, Any]) -> dict[str, Any]:
    """Where the record comes from, step by step, what it says of its own source, and links that lead nowhere yet."""
    nearest = {
        "harvestDate": one.given.datestamp or "",
        "baseURL": source.url,
        "identifier": one.given.identifier,
        "datestamp": one.given.datestamp,
        "metadataNamespace": source.form.namespace,
    }
    row: dict[str, Any] = {_origin.KEY: [nearest, *one.given.origins][: _origin.MOST_RELAYS], DIGEST: one.digest}
    for name in ("landing_page", "origin"):
        if one.document.get(name):
            row[name] = one.document[name]
    if one.document.get("bookable"):
        row["bookable_there"] = True
    return row | ({_links.LOOSE: dict(loose)} if loose else {})


def hang(kind: str, row: Any, document: Mapping[str, Any], links: _links.Links, without: set[str]) -> None:
    """The public contacts and the instruments of a service are those of the document, but for the fields `without`."""
    if "contacts" not in without and (contacts := _contacts(document)):
        Contact.objects.bulk_create([Contact(**{kind: row}, public=True, **one) for one in contacts])
    if kind == "service" and "instruments" not in without:
        row.instruments.set(links.instruments_of(document))


def _contacts(document: Mapping[str, Any]) -> list[dict[str, str]]:
    given = document.get("contacts")
    found = []
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict):
            said = {name: str(one.get(name) or "")[: _contact_field(name).max_length] for name in CONTACT_FIELDS}
            found += [said] if any(said.values()) else []
    return found


def _contact_field(name: str) -> Any:
    return Contact._meta.get_field(name)
