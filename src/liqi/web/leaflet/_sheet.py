"""The page about one instrument: what it is, what it can do, how to use it, what it costs, where to read on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.catalogue import pictures
from liqi.catalogue.federation import acknowledgement, identifiers
from liqi.catalogue.models import Instrument
from liqi.web import capabilities, places, prices, scripts, words
from liqi.web.leaflet._paper import qr_svg, typeset
from liqi.web.numbers import thin

MOST_CAPABILITIES, MOST_SERVICES, LONGEST_TEXT, LONGEST_FEES = 10, 4, 420, 120
TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


def sheet(instrument: Instrument, *, site: str, language: str, now: datetime) -> bytes:
    """The page as a PDF."""
    with translation.override(language):
        facts = _facts(instrument, site.rstrip("/"), language, now)
    picture = instrument.pictures.first()
    if picture is not None and (path := pictures.path_of(picture.sha256)).exists():
        facts |= {"picture": f"/{path.name}", "root": str(path.parent), "format": picture.media_type.split("/")[-1]}
        facts["credit"] = " · ".join(part for part in (picture.caption, picture.credit, picture.licence) if part)
    return typeset("sheet.typ", facts, language)


def _facts(instrument: Instrument, site: str, language: str, now: datetime) -> dict[str, Any]:
    rows = capabilities.of(instrument.capabilities, language)
    maker = scripts.name_of(instrument.maker, language) if instrument.maker else instrument.maker_text
    hosts = [one for one in (instrument.facility, instrument.institution) if one is not None]
    address = f"{site}/id/{instrument.key}"
    known = taxonomy.techniques()
    return {
        "name": scripts.name_of(instrument, language),
        "other_name": scripts.other_name_of(instrument, language),
        "tag": _("Synthetic example: describes nothing real") if instrument.synthetic else "",
        "model": " ".join(part for part in (maker, instrument.model) if part),
        "hosts": [scripts.name_of(one, language) for one in hosts],
        "place": places.of(instrument, language),
        "class": taxonomy.label(instrument.class_code, language) if instrument.class_code else "",
        "text": _shortened(scripts.in_script(instrument.description or instrument.functions, language)),
        "techniques": [known[key].label(language) for key in instrument.techniques if key in known][:6],
        "capabilities": [[row.name, row.value, row.unit] for row in rows[:MOST_CAPABILITIES]],
        "steps": _steps(instrument),
        "price": _price(instrument, language),
        "services": _services(instrument, language),
        "contacts": _contacts(instrument),
        "thanks": dict(acknowledgement.sentences(instrument, site))[TAGS.get(language, "en")],
        "address": address,
        "qr": qr_svg(address),
        "identifiers": [[scheme, value] for scheme, value, _address in identifiers.persistent(instrument)][:3],
        "words": {
            "capabilities": _("What it can do"),
            "techniques": _("Techniques"),
            "use": _("How to use it"),
            "price": _("Price"),
            "services": _("Services with it"),
            "contact": _("Whom to ask"),
            "thanks": _("When you publish, please write"),
            "scan": _("Scan for free times, rules and the whole record"),
            "printed": _("Printed %(day)s from the catalogue") % {"day": now.astimezone().strftime("%Y-%m-%d")},
        },
    }


def _shortened(text: str, most: int = LONGEST_TEXT) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1].rstrip()}…"


def _steps(instrument: Instrument) -> list[str]:
    """What a person does to use it, in order."""
    steps = []
    if instrument.bookable:
        steps.append(_("Scan the code, sign in, and choose a free time."))
        if instrument.training_required:
            steps.append(_("Take the training first: %(what)s") % {"what": instrument.training or _("ask the steward")})
        steps.append(_("Log on when you begin and off when you end: the hours are counted from that."))
    elif instrument.booking_url:
        steps.append(_("Book it at its own site: %(address)s") % {"address": instrument.booking_url})
    else:
        steps.append(_("It is not booked here. Ask those who look after it."))
    if instrument.services.filter(removed_at=None, open=True).exists():
        steps.append(_("Or send samples: scan the code and order a service."))
    return steps


def _price(instrument: Instrument, language: str) -> str:
    said = prices.of_instrument(instrument) or scripts.in_script(_shortened(instrument.fees, LONGEST_FEES), language)
    return said or _("none recorded")


def _services(instrument: Instrument, language: str) -> list[list[str]]:
    rows = instrument.services.filter(removed_at=None).order_by("name", "id")[:MOST_SERVICES]
    return [[scripts.name_of(one, language), _service_price(one)] for one in rows]


def _service_price(service: Any) -> str:
    if service.price_cny is None:
        return _("none recorded")
    return f"¥ {thin(service.price_cny)} / {words.word(service.price_unit)}"


def _contacts(instrument: Instrument) -> list[str]:
    public = [one for one in instrument.contacts.all() if one.public][:2]
    return [" · ".join(part for part in (one.name, one.position, one.phone, one.email) if part) for one in public]
