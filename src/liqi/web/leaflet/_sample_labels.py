"""Labels for the samples of an order: name, key as Code 128 and QR code, storage, hazards; a sheet or one label."""

from __future__ import annotations

from collections.abc import Sequence

import barcode
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.access.models import Order, Sample
from liqi.web.leaflet._paper import qr_svg, typeset

QUIET_MODULES = 10
"""Empty modules on each side of the bars (ISO/IEC 15417, 4.6.2)."""


def sample_labels(order: Order, samples: Sequence[Sample], *, site: str, language: str, single: bool = False) -> bytes:
    """The labels as a PDF: 24 an A4 sheet of 70 x 37 mm, or with ``single`` one a page of 70 x 37 mm."""
    with translation.override(language):
        facts = {
            "title": order.title,
            "single": single,
            "none": _("No sample is registered with this order."),
            "labels": [_label(one, site.rstrip("/")) for one in samples],
        }
    return typeset("sample_labels.typ", facts, language)


def code128_svg(text: str) -> str:
    """The text as the bars of a Code 128 (ISO/IEC 15417), one unit wide a module, as SVG.

    >>> code128_svg("ab2c9").count("<rect")
    25
    """
    modules = barcode.get("code128", text).build()[0]
    bars, at = [], 0
    for run in modules.replace("01", "0 1").replace("10", "1 0").split():
        if run[0] == "1":
            bars.append(f'<rect x="{at + QUIET_MODULES}" y="0" width="{len(run)}" height="30"/>')
        at += len(run)
    width = at + 2 * QUIET_MODULES
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 30" preserveAspectRatio="none">'
    return f"{head}{''.join(bars)}</svg>"


def _label(one: Sample, site: str) -> dict[str, str]:
    amount = f"{one.quantity.normalize():f} {one.unit}" if one.quantity is not None else ""
    return {
        "name": one.name[:40],
        "key": one.key,
        "order": f"{one.number} · {one.order.key}",
        "kind": " · ".join(part for part in (one.kind, one.matrix, amount) if part)[:60],
        "storage": one.storage,
        "hazards": " ".join(one.hazards),
        "tag": _("Synthetic example") if one.synthetic else "",
        "qr": qr_svg(f"{site}/samples/{one.key}/"),
        "bars": code128_svg(one.key),
    }
