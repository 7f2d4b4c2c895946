"""Contacts of a record as the interface asks for them; people are private unless they were marked public."""

from typing import Any

from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange.national._codecs import Home, without_none
from liqi.catalogue.models import Contact

REPORTING = "contact"
CHIEF = "chief scientist"
OPERATIONS = "head of operations"
PARTS = {"name": "姓名", "position": "职务", "unit": "单位", "phone": "电话", "email": "邮箱"}
"""What the interface asks of a person, in its order: our field and its word."""


def contact_of(one: Any, role: str = REPORTING) -> Contact | None:
    """The record's contact in this role; for the reporting contact, the first without a role of its own will do."""
    contacts = list(one.contacts.all()) if one.pk else []
    found = next((contact for contact in contacts if contact.role == role), None)
    if found is None and role == REPORTING:
        found = next((contact for contact in contacts if contact.role not in (CHIEF, OPERATIONS)), None)
    return found


def person(draft: Draft, role: str = REPORTING) -> dict[str, Any]:
    """The draft's contact in this role, to be filled; kept private."""
    contacts: list[dict[str, Any]] = draft.fields.setdefault("contacts", [])
    for contact in contacts:
        if contact["role"] == role:
            return contact
    contacts.append({"role": role, "public": False})
    return contacts[-1]


def part(name: str, role: str = REPORTING, *, otherwise: str = "") -> Home:
    """One field of a contact; for its address and postcode, that of the record where the contact has none."""

    def write(one: Any) -> str:
        found = contact_of(one, role)
        own = str(getattr(found, name)) if found else ""
        return own or (str(getattr(one, otherwise)) if otherwise else "")

    def read(draft: Draft, cell: str) -> None:
        if without_none(cell):
            person(draft, role)[name] = cell

    return Home(f"Contact.{name}", write, read)


def whole(role: str) -> Home:
    """A person as one value: five named parts, as the facility record wants its people."""

    def write(one: Any) -> dict[str, str]:
        found = contact_of(one, role)
        return {theirs: str(getattr(found, ours)) for ours, theirs in PARTS.items()} if found else {}

    def read(draft: Draft, cell: Any) -> None:
        given = cell if isinstance(cell, dict) else {}
        for ours, theirs in PARTS.items():
            if value := without_none(str(given.get(theirs, ""))):
                person(draft, role)[ours] = value

    return Home("Contact.name, position, unit, phone, email", write, read)
