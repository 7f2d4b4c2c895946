"""Instruments side by side, field by field and quantity by quantity: what differs, and which value is best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi import taxonomy
from liqi.access import free
from liqi.catalogue.models import Instrument
from liqi.web import capabilities, histories, places, scripts
from liqi.web.numbers import thin
from liqi.web.words import word


@dataclass(frozen=True)
class Cell:
    """What one instrument has in a row; blank where it is not recorded. `best` says why it is marked."""

    text: str
    best: str = ""


@dataclass(frozen=True)
class Row:
    """One field or quantity of all instruments; it differs when two of them are recorded and not the same."""

    label: str
    cells: list[Cell]
    hint: str = ""

    @property
    def differs(self) -> bool:
        """Whether two recorded values are not the same."""
        return len({cell.text for cell in self.cells if cell.text}) > 1


@dataclass(frozen=True)
class Section:
    """Rows under one title."""

    title: str
    rows: list[Row]


def sections(shown: Sequence[Instrument], *, language: str, now: datetime) -> list[Section]:
    """What is known of the instruments; a row that none of them has is left out."""
    found = [
        Section(_("What it can do"), _quantities(shown, language)),
        Section(_("What it is"), _fields(shown, _what(language))),
        Section(_("Use and booking"), _use(shown, language, now)),
        Section(_("Where it stands"), _fields(shown, _where(language))),
        Section(_("The record"), _fields(shown, _record())),
    ]
    return [Section(one.title, [row for row in one.rows if any(cell.text for cell in row.cells)]) for one in found]


Field = tuple[str, Callable[[Instrument], str]]


def _fields(shown: Sequence[Instrument], fields: Sequence[Field]) -> list[Row]:
    return [Row(label, [Cell(read(one)) for one in shown]) for label, read in fields]


def _what(language: str) -> list[Field]:
    known = taxonomy.techniques()

    def techniques(one: Instrument) -> str:
        return pgettext("list", ", ").join(sorted(known[key].label(language) for key in one.techniques if key in known))

    return [
        (_("Class"), lambda one: taxonomy.label(one.class_code, language) if one.class_code else ""),
        (_("Techniques"), techniques),
        (_("Maker"), lambda one: scripts.name_of(one.maker, language) if one.maker else one.maker_text),
        (_("Model"), lambda one: one.model),
        (_("Brand from"), lambda one: _place(one.maker.brand_country if one.maker else "", language)),
        (_("Made in"), lambda one: _place(one.made_in, language)),
        (_("Year"), lambda one: str(one.acquired_on.year if one.acquired_on else one.built_year or "")),
        (_("Value when bought"), lambda one: f"¥ {thin(one.value_cny)}" if one.value_cny is not None else ""),
        (_("Condition"), lambda one: word(one.status) if one.status != "unknown" else ""),
        (_("Calibrated"), lambda one: str(one.calibrated_on or "")),
        (_("End of life"), lambda one: str(one.end_of_life_on or "")),
        (_("Portable"), lambda one: _yes_no(one.portable)),
    ]


def _where(language: str) -> list[Field]:
    return [
        (_("Institution"), lambda one: scripts.name_of(one.institution, language) if one.institution else ""),
        (_("Facility"), lambda one: scripts.name_of(one.facility, language) if one.facility else ""),
        (pgettext("of a record", "Place"), lambda one: places.of(one, language)),
    ]


def _record() -> list[Field]:
    return [
        (_("Source"), lambda one: one.source),
        (_("Last confirmed"), lambda one: str(one.confirmed_on or "")),
        (_("How sure"), lambda one: word(one.confidence)),
        (_("Kind of record"), lambda one: _("synthetic") if one.synthetic else _("real")),
    ]


def _use(shown: Sequence[Instrument], language: str, now: datetime) -> list[Row]:
    fields: list[Field] = [
        (_("Can be booked here"), lambda one: _yes_no(one.bookable)),
        (_("Open to other institutions"), lambda one: _yes_no(one.shared)),
        (_("Training needed"), lambda one: _yes_no(one.training_required)),
    ]
    prices = [None if one.price_cny_per_hour is None else Decimal(one.price_cny_per_hour) for one in shown]
    slots = [_earliest(one, now) for one in shown]
    return [
        _ranked(_("Price of an hour"), prices, [f"¥ {thin(one)}" if one is not None else "" for one in prices],
                _("lowest")),
        _ranked(_("Earliest free time"), slots, [_moment(one) for one in slots], _("soonest")),
        *_fields(shown, fields),
    ]  # fmt: skip


def _earliest(instrument: Instrument, now: datetime) -> datetime | None:
    slots = free.next_slots(instrument, 1, now=now) if instrument.bookable else []
    return slots[0][0] if slots else None


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def _ranked(label: str, values: Sequence[Any], texts: Sequence[str], words: str) -> Row:
    """The row with its smallest value marked, unless all that are recorded are the same."""
    known = [value for value in values if value is not None]
    best = min(known) if len(set(known)) > 1 else None
    marks = [words if best is not None and value == best else "" for value in values]
    return Row(label, [Cell(text, mark) for text, mark in zip(texts, marks, strict=True)])


def _quantities(shown: Sequence[Instrument], language: str) -> list[Row]:
    """One row a quantity: known ones in the taxonomy's order and in one unit, then what was written otherwise."""
    by_key: dict[str, dict[int, taxonomy.Reading]] = {}
    written: dict[str, dict[int, str]] = {}
    for at, one in enumerate(shown):
        for capability in one.capabilities:
            reading = taxonomy.read_capability(capability)
            if reading is not None:
                by_key.setdefault(reading.quantity.key, {}).setdefault(at, reading)
                continue
            name = scripts.in_script(str(capability.get("quantity") or ""), language)
            text = f"{capabilities.value_of(capability, language)} {capability.get('unit') or ''}".strip()
            written.setdefault(name, {}).setdefault(at, text)
    order = [key for key in taxonomy.quantities() if key in by_key]
    known = [_quantity(key, by_key[key], len(shown), language) for key in order]
    return known + [Row(name, [Cell(texts.get(at, "")) for at in range(len(shown))]) for name, texts in written.items()]


def _quantity(key: str, readings: dict[int, taxonomy.Reading], width: int, language: str) -> Row:
    quantity = taxonomy.quantities()[key]
    texts = [_said(readings[at]) if at in readings else "" for at in range(width)]
    ends = [_end(readings[at], quantity.better) if at in readings else None for at in range(width)]
    known = {end for end in ends if end is not None}
    best = None
    if len(known) > 1 and quantity.better in ("smaller", "larger"):
        best = min(known) if quantity.better == "smaller" else max(known)
    words = _("best: smallest") if quantity.better == "smaller" else _("best: largest")
    hint = {"smaller": _("smaller is better"), "larger": _("larger is better")}.get(quantity.better, "")
    unit = f" ({quantity.unit})" if quantity.unit else ""
    cells = [
        Cell(text, words if best is not None and end == best else "") for text, end in zip(texts, ends, strict=True)
    ]
    return Row(f"{quantity.label(language)}{unit}", cells, hint)


def _end(reading: taxonomy.Reading, better: str) -> float | None:
    """The end that decides: the low one where smaller is better, else the high one."""
    ends = (reading.low, reading.high) if better == "smaller" else (reading.high, reading.low)
    return ends[0] if ends[0] is not None else ends[1]


def _said(reading: taxonomy.Reading) -> str:
    low, high = reading.low, reading.high
    if low is not None and low == high:
        return capabilities.value_of({"value": low}, "")
    return capabilities.value_of({"low": low, "high": high}, "")


def _place(code: str, language: str) -> str:
    return taxonomy.place_label(code, language) if code else ""


def _yes_no(value: bool | None) -> str:
    return "" if value is None else histories.said(value)
