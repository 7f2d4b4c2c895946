"""Industries on pages: their names in the language of the page, and the one that an address names."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import translation

from liqi.observatory import place
from liqi.web import scripts

AS_OF = date(2019, 3, 12)
"""The pay period that the jobs of County Business Patterns 2019 are counted in ends in this week."""


def label(code: str) -> str:
    """The name of the industry in the language of the page, the code where it has none."""
    english, chinese = place.industries().get(code, (code, code))
    language = translation.get_language() or ""
    return english if language.startswith("en") else scripts.in_script(chinese, language)


def asked(request: HttpRequest, name: str = "industry", default: str = place.INSTRUMENTS) -> str:
    """The industry that the address names; one that there is not is a page that there is not."""
    code = request.GET.get(name) or default
    if code not in place.industries():
        raise Http404
    return code


def number(request: HttpRequest, name: str, default: int, *, most: int) -> int:
    """A whole number from 0 of the address, else the default; more than the most counts as the most."""
    said = request.GET.get(name, "")
    return min(int(said), most) if said.isascii() and said.isdigit() and len(said) < 12 else default


def choices() -> list[tuple[str, str]]:
    """Every industry as (code, name), instrument making and its parts first."""
    codes = sorted(place.industries(), key=lambda code: (not code.startswith(place.INSTRUMENTS), code))
    return [(code, label(code)) for code in codes]


def facts(here: str, industry: str = "") -> dict[str, Any]:
    """What every page of place shows: its name in the views, and the industry."""
    return {"here": here, "industry": industry, "industry_label": label(industry) if industry else ""}
