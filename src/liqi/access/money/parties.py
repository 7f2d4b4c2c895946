"""Parties: how a seller and a buyer stand on paper, and who of them is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import BillingProfile
from liqi.access.money.refusal import Unable
from liqi.accounts import journal
from liqi.accounts import organisation as organisations
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution

__all__ = ["FIELDS", "buyer", "leads", "of", "save", "seller", "told"]

FIELDS = ("legal_name", "tax_number", "address", "place", "country", "email", "bank", "bank_account", "payment_days")
"""What a lead of an organisation says of it; its class of price is an operator's to set."""


def of(organisation: Organisation | None) -> BillingProfile | None:
    """What the organisation said about itself for invoices."""
    return BillingProfile.objects.filter(organisation=organisation).first() if organisation else None


def save(
    organisation: Organisation, values: Mapping[str, str | int], *, person: Person, now: datetime
) -> BillingProfile:
    """The organisation stands so on invoices from now on; only its leads and operators say so."""
    if not organisations.is_lead(organisation, person):
        raise NotAllowed(
            _("Only a lead of %(organisation)s may do this; ask one of them.") % {"organisation": called(organisation)}
        )
    if not str(values.get("legal_name", "")).strip():
        raise Unable(_("Found no legal name; give the name as it stands on contracts."))
    allowed = {
        name: values[name] for name in (*FIELDS, *(("user_class",) if person.is_operator else ())) if name in values
    }
    with transaction.atomic():
        kept, _made = BillingProfile.objects.update_or_create(organisation=organisation, defaults=allowed)
        journal.write(person=person, verb="wrote billing details", thing=organisation, at=now)
    return kept


def seller(institution: Institution) -> dict[str, str]:
    """The seller as it stands on an invoice of today."""
    kept = of(institution.organisation) if institution.organisation_id else None
    return _party(kept, institution.name, institution.country or "CN")


def buyer(organisation: Organisation | None, person: Person | None) -> dict[str, str]:
    """The buyer as it stands on an invoice of today."""
    if organisation is None:
        return _party(None, str(person or ""), "CN") | {"email": person.email if person else ""}
    kept = of(organisation) or (of(organisation.whole()) if organisation.parent_id else None)
    return _party(kept, organisation.name, "CN") | {"unit": organisation.name}


def told(organisation: Organisation | None, person: Person | None) -> list[Person]:
    """Who is told of bills: who ordered, and the leads of the organisation."""
    return [*([person] if person else []), *(leads(organisation) if organisation else [])]


def leads(organisation: Organisation) -> list[Person]:
    """The people who may change how the organisation stands on bills."""
    return list(Person.objects.filter(memberships__organisation=organisation, memberships__role="lead").order_by("pk"))


def _party(kept: BillingProfile | None, name: str, country: str) -> dict[str, str]:
    if kept is None:
        return {
            "name": name,
            "tax_number": "",
            "address": "",
            "country": country,
            "email": "",
            "bank": "",
            "account": "",
        }
    return {
        "name": kept.legal_name or name, "tax_number": kept.tax_number, "address": kept.address,
        "country": kept.country, "email": kept.email, "bank": kept.bank, "account": kept.bank_account,
    }  # fmt: skip
