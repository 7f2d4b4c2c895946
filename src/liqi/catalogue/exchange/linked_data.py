"""Linked data, written only: one record in the words of schema.org, for its page (`dcat` says the catalogue).

schema.org has no type for instruments: an instrument is an IndividualProduct with its ProductModel and manufacturer,
what is done with it a Service with its Offer, a facility a ResearchOrganization at a Place (https://schema.org).
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.exchange._files import one_each
from liqi.catalogue.models import Facility, Institution, Instrument, Maker, PriceUnit, Service
from liqi.taxonomy import label, techniques

TITLE, SUFFIX, MEDIA_TYPE = "schema.org (JSON-LD)", ".jsonld", "application/ld+json"
REASON = gettext_lazy("schema.org has no place for it")
_ALL = frozenset({"name", "name_en", "doi", "handle", "identifiers", "description"})
_PLACE = frozenset({"country", "province", "city", "address", "postcode", "latitude", "longitude"})
CARRIES = {
    "instrument": _ALL
    | _PLACE
    | {
        *("institution", "facility", "maker", "maker_text", "model", "serial", "class_code", "website", "parent"),
        *("parts", "keywords", "capabilities", "measured_variables", "acquired_on", "built_year", "made_in"),
        *("price_cny_per_hour", "synthetic", "contacts", "twins", "techniques"),
    },
    "facility": _ALL
    | _PLACE
    | {"institution", "parent", "parts", "website", "founded_on", "acronym", "contacts", "synthetic"},
    "institution": (_ALL - {"description"}) | _PLACE | {"ror_id", "aliases", "website", "parent", "contacts"},
    "service": _ALL
    | {"institution", "facility", "instruments", "techniques", "price_cny", "price_unit", "contacts", "synthetic"},
    "maker": frozenset({"name", "name_en", "doi", "handle", "identifiers", "aliases", "website", "founded_year"})
    | {"brand_country"},
}
"""Fields of ours that schema.org has a place for; everything else is a loss."""
_UNITS = {PriceUnit.SAMPLE: "sample", PriceUnit.HOUR: "hour", PriceUnit.BATCH: "batch", PriceUnit.PROJECT: "project"}
_HOUR = "HUR"
"""The hour in UN/CEFACT's common codes, as schema.org asks for."""
Node = dict[str, Any]


def document(one: Any, site: str) -> Node:
    """The record in the words of schema.org, for the head of its page."""
    made = {"@context": "https://schema.org", **_MAKERS[type(one)](one, site)}
    return {name: value for name, value in made.items() if value not in (None, "", [], {})}


def content(one: Any, site: str) -> bytes:
    """The JSON-LD file of one record."""
    return json.dumps(document(one, site), ensure_ascii=False, indent=2).encode()


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A JSON-LD file for each record is in the folder."""
    return one_each(records, out, SUFFIX, lambda one: content(one, site))


def _thing(one: Any, site: str, kind: str) -> Node:
    """What every record says."""
    own = facts.address(one, site)
    listed = [(scheme, value) for scheme, value in (("DOI", one.doi), ("Handle", one.handle)) if value]
    listed += [
        (str(entry.get("type") or "Other"), str(entry["value"])) for entry in one.identifiers if entry.get("value")
    ]
    return {
        "@type": kind,
        "@id": own,
        "identifier": [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in listed],
        "name": one.name,
        "alternateName": [one.name_en] if one.name_en and one.name_en != one.name else [],
        "description": getattr(one, "description", ""),
        "url": getattr(one, "website", "") or own,
        "mainEntityOfPage": own,
        "disambiguatingDescription": "Synthetic record: no such thing exists." if one.synthetic else "",
        "contactPoint": [] if isinstance(one, Maker) else _contacts(one),
    }


def _contacts(one: Any) -> list[Node]:
    found = []
    for contact in one.contacts.all():
        if contact.public:
            said = {"name": contact.name, "email": contact.email, "telephone": contact.phone}
            said["contactType"] = contact.role
            found.append({"@type": "ContactPoint", **{name: value for name, value in said.items() if value}})
    return found


def _reference(one: Any, site: str, kind: str) -> Node | None:
    return {"@type": kind, "@id": facts.address(one, site), "name": one.name} if one else None


def _instrument(one: Instrument, site: str) -> Node:
    model = {"@type": "ProductModel", "name": one.model} if one.model else None
    maker = facts.maker_name(one)
    return {
        **_thing(one, site, "IndividualProduct"),
        "serialNumber": one.serial,
        "model": model,
        "manufacturer": {"@type": "Organization", "name": maker} if maker else None,
        "category": label(one.class_code, "en") if one.class_code else "",
        "keywords": [str(word) for word in one.keywords],
        "purchaseDate": str(one.acquired_on or ""),
        "productionDate": str(one.built_year or ""),
        "countryOfOrigin": {"@type": "Country", "name": one.made_in} if one.made_in else None,
        "owner": _reference(one.institution, site, "Organization"),
        "isPartOf": _reference(one.parent, site, "IndividualProduct"),
        "hasPart": [_reference(part, site, "IndividualProduct") for part in one.parts.all()],
        "sameAs": [facts.address(twin, site) for twin in facts.merged_twins(one)],
        "location": _place(one, name=one.facility.name if one.facility else ""),
        "additionalProperty": _properties(one),
        "offers": _hourly(one),
    }


def _properties(one: Instrument) -> list[Node]:
    found: list[Node] = []
    for entry in one.capabilities:
        said = {"value": entry.get("value"), "minValue": entry.get("low"), "maxValue": entry.get("high")}
        said["unitText"] = entry.get("unit")
        told = {name: value for name, value in said.items() if value not in (None, "")}
        found.append({"@type": "PropertyValue", "name": str(entry.get("quantity", "")), **told})
    found += [{"@type": "PropertyValue", "name": "measures", "value": str(name)} for name in one.measured_variables]
    for key in one.techniques:
        name = techniques()[key].label("en") if key in techniques() else key
        found.append({"@type": "PropertyValue", "name": "technique", "propertyID": key, "value": name})
    return found


def _hourly(one: Instrument) -> Node | None:
    if one.price_cny_per_hour is None:
        return None
    price = {"@type": "UnitPriceSpecification", "price": str(one.price_cny_per_hour), "priceCurrency": "CNY"}
    return {
        "@type": "Offer",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "priceSpecification": price | {"unitCode": _HOUR},
    }


def _place(one: Any, name: str = "") -> Node | None:
    """The place, as far as it is known."""
    address = {
        "streetAddress": one.address,
        "addressLocality": one.city,
        "addressRegion": one.province,
        "addressCountry": one.country,
        "postalCode": one.postcode,
    }
    known = {key: value for key, value in address.items() if value}
    made: Node = {"@type": "Place"} | ({"name": name} if name else {})
    if known:
        made["address"] = {"@type": "PostalAddress", **known}
    if one.latitude is not None:
        made["geo"] = {"@type": "GeoCoordinates", "latitude": one.latitude, "longitude": one.longitude}
    return made if len(made) > 1 else None


def _facility(one: Facility, site: str) -> Node:
    made = _thing(one, site, "ResearchOrganization")
    made["alternateName"] = [*made["alternateName"], *([one.acronym] if one.acronym else [])]
    return made | {
        "foundingDate": str(one.founded_on or ""),
        "parentOrganization": _reference(one.parent or one.institution, site, "Organization"),
        "memberOf": _reference(one.institution, site, "Organization") if one.parent else None,
        "subOrganization": [_reference(part, site, "ResearchOrganization") for part in one.parts.all()],
        "location": _place(one),
    }


def _institution(one: Institution, site: str) -> Node:
    made = _thing(one, site, "Organization")
    made["alternateName"] = [*made["alternateName"], *map(str, one.aliases)]
    return made | {
        "sameAs": [one.ror_id] if one.ror_id else [],
        "parentOrganization": _reference(one.parent, site, "Organization"),
        "location": _place(one),
    }


def _service(one: Service, site: str) -> Node:
    offer = None
    if one.price_cny is not None:
        price = {"@type": "UnitPriceSpecification", "price": str(one.price_cny), "priceCurrency": "CNY"}
        offer = {"@type": "Offer", "priceSpecification": price | {"unitText": _UNITS[PriceUnit(one.price_unit)]}}
    return _thing(one, site, "Service") | {
        "provider": _reference(one.facility or one.institution, site, "ResearchOrganization"),
        "broker": _reference(one.institution, site, "Organization") if one.facility else None,
        "serviceType": [techniques()[key].label("en") if key in techniques() else key for key in one.techniques],
        "isRelatedTo": [_reference(other, site, "IndividualProduct") for other in one.instruments.all()],
        "offers": offer,
    }


def _maker(one: Maker, site: str) -> Node:
    made = _thing(one, site, "Organization")
    made["alternateName"] = [*made["alternateName"], *map(str, one.aliases)]
    country = {"@type": "Country", "name": one.brand_country} if one.brand_country else None
    return made | {"foundingDate": str(one.founded_year or ""), "foundingLocation": country}


_MAKERS: dict[type, Any] = {
    Instrument: _instrument,
    Facility: _facility,
    Institution: _institution,
    Service: _service,
    Maker: _maker,
}
