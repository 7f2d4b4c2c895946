"""What the writers of all standards say of a record: its address, its identifier, its owner, its maker, whom to ask."""

from collections.abc import Iterator
from typing import Any

from liqi.catalogue.models import Contact, Facility, Institution, Instrument, Maker, Service

PATHS: dict[type, str] = {
    Instrument: "instruments/{}/",
    Facility: "facilities/{}/",
    Institution: "institutions/{}/",
    Service: "orders/new/?service={}",
    Maker: "makers/{}/",
}
"""Where the page of a kind of record lies on a site; a service is read where it is ordered."""
UNKNOWN = {"unknown", "none", "n/a", ":unav", ":unkn", "(:unav)", "(:unkn)"}
"""Names that standards write where they ask for one and none is recorded."""


def address(one: Any, site: str) -> str:
    """The address of the record's landing page on the site."""
    return f"{site.rstrip('/')}/{PATHS[type(one)].format(one.key)}"


def landing(one: Any, site: str) -> str:
    """The page that stands for the record: its own website, else its page here."""
    return getattr(one, "website", "") or address(one, site)


def identifier(one: Any, site: str) -> tuple[str, str]:
    """Type and value of what identifies the record in the world: DOI, Handle, what its source gave, its page here."""
    if one.doi:
        return "DOI", one.doi
    if one.handle:
        return "Handle", one.handle
    given = one.source_row.get("identifier") if isinstance(one.source_row, dict) else None
    if isinstance(given, dict) and {"identifier", "identifierType"} <= given.keys():
        return str(given["identifierType"]), str(given["identifier"])
    return "URL", address(one, site)


def others(one: Any) -> list[dict[str, str]]:
    """The further identifiers of the record, as {"type", "value"}: neither the one that names it nor related things."""
    first = identifier(one, "")
    found = [
        dict(entry)
        for entry in one.identifiers
        if entry.get("relation") in (None, "", "Alternate") and (entry.get("type"), entry.get("value")) != first
    ]
    if one.doi and one.handle:
        found.append({"type": "Handle", "value": one.handle})
    return found


def maker_name(one: Instrument) -> str:
    """The maker as the record's source wrote it, else by its English or Chinese name."""
    if one.maker_text:
        return one.maker_text
    return (one.maker.name_en or one.maker.name) if one.maker else ""


def owner_name(one: Any) -> str:
    """The owner's English name where there is one, else its name."""
    owner = one.institution
    return (owner.name_en or owner.name) if owner else ""


def ror_of(owner: Institution | None) -> str:
    """The bare ROR id, such as 02aj13c28."""
    return (owner.ror_id or "").rsplit("/", 1)[-1] if owner else ""


def public_contact(one: Any) -> Contact | None:
    """The first contact that its owner marked public; private ones never leave the catalogue."""
    listed = one.__dict__.get("_prefetched_objects_cache", {}).get("contacts")
    if listed is None:
        listed = one.contacts.all()
    return next((contact for contact in listed if contact.public), None)


def near(one: Instrument) -> Iterator[tuple[str, Instrument]]:
    """What the catalogue knows beside the instrument, in PIDINST's terms: its whole, its parts, its merged twins."""
    if one.parent:
        yield "IsComponentOf", one.parent
    for part in one.parts.all():
        if part.removed_at is None:
            yield "HasComponent", part
    for twin in merged_twins(one):
        yield "IsIdenticalTo", twin


def merged_twins(one: Instrument) -> list[Instrument]:
    """The records that were merged into this one; they are out of the catalogue, so its own manager hides them."""
    return list(one.twins(manager="everything").all())


def class_scheme(one: Instrument) -> str:
    """Scheme and edition of the class code as one word, such as cn-instr/current."""
    return f"{one.class_scheme}/{one.class_edition}"


def codes(one: Any) -> list[tuple[str, str]]:
    """The codes of other classifications as (scheme/edition, code)."""
    found = []
    for entry in one.codes:
        scheme = "/".join(part for part in (entry.get("scheme", ""), entry.get("edition", "")) if part)
        if scheme and entry.get("code"):
            found.append((scheme, str(entry["code"])))
    return found


def as_code(scheme: str, code: str) -> dict[str, str]:
    """The entry of `codes` that scheme/edition and code mean."""
    name, _slash, edition = scheme.partition("/")
    return {"scheme": name, "edition": edition, "code": code}
