"""Lenses on pages: which origin is counted, of which class and value band, and how an address says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import insight, taxonomy
from liqi.insight.dependence import BANDS
from liqi.observatory import dependence
from liqi.web import populations

LENSES = {
    "made_in": (gettext_lazy("Made in"), gettext_lazy("where the instrument was made")),
    "brand": (gettext_lazy("Brand"), gettext_lazy("where its brand comes from")),
    "owner": (gettext_lazy("Owner"), gettext_lazy("where the owner of its maker sits today")),
}
BAND_LABELS = {
    BANDS[0]: gettext_lazy("under 0.5 M CNY"),
    BANDS[1]: gettext_lazy("0.5 to 2 M CNY"),
    BANDS[2]: gettext_lazy("2 to 5 M CNY"),
    BANDS[3]: gettext_lazy("5 M CNY and over"),
    None: gettext_lazy("value not recorded"),
}

LEVELS = 5
"""Steps of the heat table's colour between 0 and 100 %; exactly 0 has its own."""


def level(figure: insight.Figure) -> str:
    """The step of colour of a share: zero, 1 to 5, or none where it is not known."""
    share = figure.value
    return "" if share is None else "zero" if share == 0 else str(min(LEVELS, int(share * LEVELS) + 1))


def asked(request: HttpRequest, default: str = "made_in") -> dict[str, str]:
    """Lens, place and class of the address; a lens or class that there is not is a page that there is not."""
    lens, code = request.GET.get("lens", default), request.GET.get("class", "")
    if lens not in LENSES or (code not in ("", dependence.NO_CLASS) and code not in taxonomy.classes()):
        raise Http404
    place = {name: request.GET.get(name, "") for name in ("country", "province")}
    return {"lens": lens, "class_code": code, **place}


def tabs(by_lens: Mapping[str, insight.Figure], here: str, address: dict[str, str]) -> list[dict[str, Any]]:
    """The switch of lenses; each keeps the rest of the address, and shows its own figure where there is one."""
    return [
        {
            "label": label,
            "hint": hint,
            "figure": by_lens.get(name),
            "here": name == here,
            "address": f"?{populations.encode({**address, 'lens': name})}",
        }
        for name, (label, hint) in LENSES.items()
    ]


def class_path(code: str) -> list[tuple[str, str]]:
    """The class and those above it, widest first: (code, label)."""
    if not code or code == dependence.NO_CLASS:
        return []
    codes = dict.fromkeys([f"{code[:2]}0000", f"{code[:4]}00", code])
    return [(one, class_label(one)) for one in codes]


def class_label(code: str) -> str:
    """The name of the class in the language of the page; that it is not recorded for "none"."""
    if code == dependence.NO_CLASS:
        return _("class not recorded")
    return taxonomy.label(code, translation.get_language() or "") if code else ""


def is_leaf(code: str) -> bool:
    """Whether no class is below this one."""
    return not code.endswith("00")
