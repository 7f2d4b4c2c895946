"""Counts of instruments as pages show them: sorted bars with shares, kept until the data change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.catalogue import holdings
from liqi.catalogue.holdings import Holdings
from liqi.catalogue.models import Instrument
from liqi.web import scripts

KEPT_S = 3600
BANDS = {
    "under 500 000": gettext_lazy("under CNY 500 000"),
    "500 000 to 2 000 000": gettext_lazy("CNY 500 000 to 2 million"),
    "2 000 000 to 10 000 000": gettext_lazy("CNY 2 to 10 million"),
    "10 000 000 and more": gettext_lazy("CNY 10 million and more"),
}


@dataclass(frozen=True)
class Line:
    """One bar: what is counted, how many, its length from 0 to 100 against the longest, where its rows are."""

    label: str
    count: int
    length: float
    address: str = ""


@dataclass(frozen=True)
class Bars:
    """A sorted list of counts with what is missing: the title says of what, `known` of how many."""

    title: str
    lines: list[Line]
    known: int
    missing: int
    unit: str = ""

    @property
    def missing_share(self) -> float | None:
        """The share of one that is not recorded, None of nothing."""
        whole = self.known + self.missing
        return self.missing / whole if whole else None


def kept(name: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, counted once until an instrument or a maker changes."""
    known = hashlib.sha256(f"{name}/{holdings.version()}".encode()).hexdigest()
    found = cache.get(known)
    if found is None:
        found = make()
        cache.set(known, found, KEPT_S)
    return found


def read(name: str, rows: QuerySet[Instrument]) -> Holdings:
    """The holdings of these instruments under this name."""
    found: Holdings = kept(f"holdings/{name}", lambda: holdings.read(rows))
    return found


def classes(found: Holdings, language: str, address: Callable[[str], str]) -> Bars:
    """By middle class."""
    rows = [(taxonomy.label(code, language), count, address(code)) for code, count in found.classes]
    return _bars(_("Classes"), rows, found.total - found.unclassed, found.unclassed)


def makers(found: Holdings, language: str) -> Bars:
    """By maker."""
    rows = [
        (scripts.name_of(maker, language), maker.count, reverse("maker", args=[maker.key])) for maker in found.makers
    ]
    return _bars(_("Makers"), rows, found.total - found.without_maker, found.without_maker)


def brands(found: Holdings, language: str) -> Bars:
    """By the country that the brand is from."""
    rows = [(taxonomy.place_label(code, language), count, "") for code, count in found.brands]
    return _bars(_("Brand from"), rows, found.total - found.without_brand, found.without_brand)


def made_in(found: Holdings, language: str) -> Bars:
    """By the country in which they were made."""
    rows = [(taxonomy.place_label(code, language), count, "") for code, count in found.made_in]
    return _bars(_("Made in"), rows, found.total - found.without_made_in, found.without_made_in)


def regions(found: Holdings, language: str, **kept_filters: str) -> Bars:
    """By province or country; each opens a search there."""
    rows = [
        (
            taxonomy.place_label(code, language),
            count,
            f"{reverse('search')}?{urlencode({'kind': 'instrument', **kept_filters, 'place': code})}",
        )
        for code, count in found.regions
    ]
    return _bars(_("Where they stand"), rows, found.total - found.without_region, found.without_region)


def bands(found: Holdings, language: str) -> Bars:
    """By band of value, in the order of the bands."""
    rows = [(str(BANDS[name]), count, "") for name, count in found.bands]
    return _bars(_("Value when bought"), rows, found.total - found.without_value, found.without_value)


def _bars(title: str, rows: Iterable[tuple[str, int, str]], known: int, missing: int) -> Bars:
    listed = list(rows)
    longest = max((count for _label, count, _address in listed), default=0) or 1
    lines = [Line(label, count, round(100 * count / longest, 1), address) for label, count, address in listed]
    return Bars(title, lines, known, missing)
