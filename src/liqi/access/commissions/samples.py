"""Samples are registered with an order: one, or many at once, all or none; changed and taken out while they may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from liqi.access.commissions import forms, hazards, keepers
from liqi.access.commissions.states import NotPossible, words
from liqi.access.models import Commission, Order, Sample, ServiceForm
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called

__all__ = ["MOST", "Entry", "Problem", "Taken", "WrongSamples", "change", "check", "find", "register", "remove"]

MOST = 2000
STORAGES = {str(code): code for code in Sample.Storage.values}
_UNITS = {"ul": "µL", "μl": "µL", "µl": "µL", "ml": "mL", "l": "L", "ug": "µg", "μg": "µg", "mg": "mg", "g": "g"}
_CUSTOMERS = (Commission.State.DRAFT,)
_KEEPERS = (
    *(Commission.State.DRAFT, Commission.State.SUBMITTED, Commission.State.QUOTED, Commission.State.ACCEPTED),
    *(Commission.State.RECEIVED, Commission.State.IN_WORK),
)


@dataclass(frozen=True)
class Entry:
    """One sample as somebody writes it down; all texts, so that nothing typed is lost."""

    name: str
    kind: str = ""
    matrix: str = ""
    quantity: str = ""
    unit: str = ""
    container: str = ""
    hazards: tuple[str, ...] = ()
    storage: str = ""
    barcode: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row: which row, which field, in one sentence."""

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        return _("row %(row)d: %(message)s") % {"row": self.row, "message": self.message}


class WrongSamples(ValueError):
    """Some rows cannot be taken, so none was; `problems` says which and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        shown = "; ".join(str(one) for one in problems[:5]) + (" …" if len(problems) > 5 else "")
        super().__init__(_("No sample was taken: %(problems)s.") % {"problems": shown})
        self.problems = list(problems)


class Taken(ValueError):
    """Another sample has this barcode, name or position already; the message says which to choose."""


def check(
    form: ServiceForm | None, entries: Sequence[Entry], *, names: frozenset[str] = frozenset(), first_row: int = 1
) -> list[Problem]:
    """What is wrong with the entries beside samples of these names; rows are counted from `first_row`."""
    found: list[Problem] = []
    seen: dict[str, int] = {}
    codes: dict[str, int] = {}
    for row, one in enumerate(entries, start=first_row):
        found += [Problem(row, name, said) for name, said in _wrong(one)]
        if one.name and (one.name in names or one.name in seen):
            found.append(Problem(row, "name", _("the name “%(name)s” stands twice in this order") % {"name": one.name}))
        if one.barcode and one.barcode in codes:
            text = _("the barcode %(code)s stands in row %(other)d too")
            found.append(Problem(row, "barcode", text % {"code": one.barcode, "other": codes[one.barcode]}))
        seen.setdefault(one.name, row)
        codes.setdefault(one.barcode, row)
        for name, said in forms.wrong_fields(form, one.facts, of_sample=True).items():
            found.append(Problem(row, name, said))
    used = Sample.objects.filter(barcode__in=[code for code in codes if code]).values_list("barcode", flat=True)
    for code in used:
        text = _("the barcode %(code)s is on another sample already; print a new label")
        found.append(Problem(codes[code], "barcode", text % {"code": code}))
    return sorted(found, key=lambda one: one.row)


def register(
    *, order: Order, entries: Sequence[Entry], person: Person, now: datetime, first_row: int = 1
) -> list[Sample]:
    """The samples are registered with the order, each with a key of its own for its label: all of them or none.

    Raises WrongSamples with every problem by row, NotPossible where the order takes no more, NotAllowed.
    """
    with transaction.atomic():
        commission = _locked(order)
        _require(commission, person)
        known = order.samples.aggregate(count=Max("number"))
        names = frozenset(order.samples.values_list("name", flat=True))
        if len(names) + len(entries) > MOST:
            raise NotPossible(
                _("Found %(n)d samples in one order; expected at most %(most)d: make a second order.")
                % {"n": len(names) + len(entries), "most": MOST}
            )
        if problems := check(commission.form, entries, names=names, first_row=first_row):
            raise WrongSamples(problems)
        number = known["count"] or 0
        made = [
            Sample(order=order, number=number + place, registered_at=now, synthetic=order.synthetic, **_fields(one))
            for place, one in enumerate(entries, start=1)
        ]
        try:
            with transaction.atomic():
                made = Sample.objects.bulk_create(made)
        except IntegrityError:  # somebody registered the same barcode in this moment
            raise Taken(_("One of these barcodes was given to another sample just now; read them again.")) from None
        journal.write(person=person, verb="registered", thing=order, at=now, samples=len(made))
    return made


def change(*, sample: Sample, entry: Entry, person: Person, now: datetime) -> Sample:
    """The sample is as the entry says; raises WrongSamples, NotPossible, NotAllowed."""
    with transaction.atomic():
        commission = _locked(sample.order)
        _require(commission, person)
        names = frozenset(sample.order.samples.exclude(pk=sample.pk).values_list("name", flat=True))
        problems = check(commission.form, [entry], names=names, first_row=sample.number)
        problems = [one for one in problems if one.field != "barcode" or entry.barcode != sample.barcode]
        if problems:
            raise WrongSamples(problems)
        for name, value in _fields(entry).items():
            setattr(sample, name, value)
        try:
            with transaction.atomic():
                sample.save()
        except IntegrityError:
            raise Taken(
                _("Another sample has the barcode %(code)s; read it again.") % {"code": entry.barcode}
            ) from None
        journal.write(person=person, verb="changed", thing=sample, at=now, name=sample.name)
    return sample


def remove(*, sample: Sample, person: Person, now: datetime) -> None:
    """The sample is out of its order; one that has a history stays, for the chain of custody is never cut."""
    with transaction.atomic():
        _require(_locked(sample.order), person)
        if sample.custody.exists() or sample.results.exists() or sample.state != Sample.State.EXPECTED:
            raise NotPossible(
                _("%(sample)s was handed over already and stays on record; return or dispose of it.")
                % {"sample": sample.name}
            )
        journal.write(person=person, verb="removed sample", thing=sample.order, at=now, name=sample.name)
        sample.delete()


def find(code: str) -> Sample | None:
    """The sample whose label or barcode was read: its key, its barcode, or an address that ends in its key."""
    text = code.strip().rstrip("/").rpartition("/")[2]
    rows = Sample.objects.select_related("order__service", "order__commission", "place")
    return rows.filter(key=text.lower()).first() or (rows.filter(barcode=text).first() if text else None)


def _locked(order: Order) -> Commission:
    try:
        rows = Commission.objects.select_for_update(of=("self",)).select_related("form", "order__service__institution")
        return rows.get(order=order)
    except Commission.DoesNotExist:
        raise NotPossible(_("Samples belong to orders of a service; this order is for one's own use.")) from None


def _require(commission: Commission, person: Person) -> None:
    order = commission.order
    keeper = keepers.answers_for(person, order.service)
    if not keeper:
        keepers.require_customer(person, order)
    if commission.state not in (_KEEPERS if keeper else _CUSTOMERS):
        raise NotPossible(
            _("The order is “%(state)s”, so its list of samples is settled; ask %(who)s to send it back to you.")
            % {"state": words(commission.state), "who": called(order.service)}
        )


def _wrong(one: Entry) -> list[tuple[str, str]]:
    found = []
    if not one.name:
        found.append(("name", _("found no name; expected what is written on the vessel")))
    for name, most in (("name", 80), ("kind", 80), ("matrix", 80), ("container", 80), ("unit", 16), ("barcode", 48)):
        if len(getattr(one, name)) > most:
            found.append((name, _("found too long a text; expected at most %(most)d characters") % {"most": most}))
    if one.barcode and not (one.barcode.isascii() and one.barcode.isprintable()):
        found.append(("barcode", _("found “%(code)s”; expected plain letters and figures") % {"code": one.barcode}))
    if one.quantity and _quantity(one.quantity) is None:
        found.append(
            ("quantity", _("found “%(found)s”; expected an amount such as 1.5") % {"found": one.quantity[:40]})
        )
    if one.quantity and not one.unit:
        found.append(("unit", _("found an amount without a unit; expected mg, mL, piece ...")))
    unknown = [code for code in one.hazards if code not in hazards.HAZARDS]
    if unknown:
        text = _("found %(found)s; expected codes such as %(known)s")
        found.append(
            ("hazards", text % {"found": ", ".join(unknown)[:60], "known": ", ".join(list(hazards.HAZARDS)[:3])})
        )
    if one.storage and _storage(one.storage) is None:
        text = _("found “%(found)s”; expected one of %(known)s")
        found.append(("storage", text % {"found": one.storage[:40], "known": ", ".join(STORAGES)}))
    return found


def _fields(one: Entry) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "matrix": one.matrix,
        "quantity": _quantity(one.quantity),
        "unit": _UNITS.get(one.unit.lower(), one.unit) if one.quantity else "",
        "container": one.container,
        "hazards": list(one.hazards),
        "storage": _storage(one.storage) or Sample.Storage.ROOM,
        "barcode": one.barcode,
        "note": one.note[:300],
        "facts": dict(one.facts),
    }


def _quantity(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < Decimal(10) ** 10 else None


def _storage(text: str) -> str | None:
    """The storage class that the text means: its code, its words, or a temperature such as -80.

    >>> _storage("-80"), _storage("4 °C"), _storage("RT"), _storage("tepid")
    ('-90..-65 °C', '2..8 °C', '15..25 °C', None)
    """
    plain = text.strip()
    if not plain or plain in STORAGES:
        return plain or None
    if plain.lower() in ("rt", "room", "ambient", "室温", "常温", "室溫", "常溫"):
        return str(Sample.Storage.ROOM)
    if plain.lower() in ("ln2", "liquid nitrogen", "液氮"):
        return str(Sample.Storage.NITROGEN)
    try:
        degrees = Decimal(plain.lower().replace("°c", "").replace("℃", "").replace("−", "-").strip())
    except InvalidOperation:
        return next((str(code) for code, label in Sample.Storage.choices if plain in (label, str(label))), None)
    bounds = ((15, 25, Sample.Storage.ROOM), (2, 8, Sample.Storage.COOL), (-25, -15, Sample.Storage.FREEZER))
    bounds = (*bounds, (-90, -65, Sample.Storage.DEEP), (-200, -150, Sample.Storage.NITROGEN))  # type: ignore[assignment]
    return next((str(code) for low, high, code in bounds if low <= degrees <= high), None)
