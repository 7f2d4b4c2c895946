"""Labels for the instruments of a facility: name, model, number, QR code, to cut or on A4 label sheets (3 x 7)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from liqi.catalogue.models import Facility, Instrument
from liqi.web import scripts
from liqi.web.leaflet._paper import qr_svg, typeset


def labels(instruments: Sequence[Instrument], *, site: str, language: str, of: Facility) -> bytes:
    """The labels as a PDF of A4 pages with 21 labels of 70 x 42.3 mm each."""
    with translation.override(language):
        facts = {
            "title": scripts.name_of(of, language),
            "none": _("No instrument of this facility is on record."),
            "labels": [_label(one, site.rstrip("/"), language) for one in instruments],
        }
    return typeset("labels.typ", facts, language)


def _label(one: Instrument, site: str, language: str) -> dict[str, str]:
    maker = scripts.name_of(one.maker, language) if one.maker else one.maker_text
    number = next(
        (str(entry.get("value", "")) for entry in one.identifiers if entry.get("type") == "InventoryNumber"), one.serial
    )
    return {
        "name": scripts.name_of(one, language)[:80],
        "model": " ".join(part for part in (maker, one.model) if part)[:60],
        "number": number[:40],
        "key": one.key,
        "tag": _("Synthetic example") if one.synthetic else "",
        "qr": qr_svg(f"{site}/id/{one.key}?here"),
    }
