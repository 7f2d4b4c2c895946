"""Price tables: which one holds for something on a day, what it costs a person, and how tables are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.access import belonging
from liqi.access.models import BillingProfile, Charge, PriceRow, PriceTable
from liqi.access.money import books, pricing
from liqi.access.money.amounts import ZERO
from liqi.access.money.pricing import Priced, Rate, Table, Use
from liqi.access.money.refusal import Unable
from liqi.accounts import journal
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution, Instrument, Service

__all__ = ["copy", "found", "of_instrument", "of_service", "publish", "save", "thing_of", "user_class"]

CLASSES = ("internal", "academic", "industry")


def user_class(organisation: Organisation | None, seller: Institution | None) -> str:
    """Internal for the seller's own body and its parts, else industry for firms and for nobody, else academic."""
    if organisation is not None:
        said = BillingProfile.objects.filter(organisation=organisation).values_list("user_class", flat=True).first()
        if said:
            return said
    if not belonging.is_outside(organisation, seller):
        return "internal"
    if organisation is None or organisation.whole().kind == Organisation.Kind.FIRM:
        return "industry"
    return "academic"


def found(thing: Instrument | Service, *, on: date) -> PriceTable | None:
    """The published table that holds for it on that day: its own, else that of its class, else its institution's."""
    tables = PriceTable.objects.in_force(on).prefetch_related("rows").order_by("-valid_from", "-pk")
    if isinstance(thing, Service):
        return tables.filter(service=thing).first()
    own = [each for each in tables.filter(seller=thing.institution_id, service=None) if _fits(each, thing)]
    return max(own, key=lambda each: (each.instrument_id is not None, len(each.class_code)), default=None)


def of_instrument(
    instrument: Instrument,
    *,
    organisation: Organisation | None,
    starts_at: datetime,
    ends_at: datetime,
    pieces: Mapping[tuple[str, str], Decimal] | None = None,
    klass: str = "",
) -> Priced | None:
    """What the period costs this organisation; None where no price is on record, for blank is not free."""
    table = _table(instrument, on=books.day_of(starts_at))
    if table is None:
        return None
    use = Use(
        klass or user_class(organisation, instrument.institution), starts_at, ends_at, pieces or {},
        _already(table, organisation, on=books.day_of(starts_at), instrument=instrument),
    )  # fmt: skip
    return pricing.price(table, use)


def of_service(
    service: Service,
    *,
    organisation: Organisation | None,
    on: date,
    pieces: Mapping[tuple[str, str], Decimal],
    klass: str = "",
) -> Priced | None:
    """What so many samples, runs, hours or items of the service cost this organisation; None without a price."""
    table = _table(service, on=on)
    if table is None:
        return None
    klass = klass or user_class(organisation, service.institution)
    return pricing.price(
        table, Use(klass, pieces=pieces, already=_already(table, organisation, on=on, service=service))
    )


def save(
    *,
    seller: Institution,
    person: Person,
    now: datetime,
    values: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    table: PriceTable | None = None,
) -> PriceTable:
    """The table has these values and rows; a published one is not changed, copy it with a later first day."""
    books.require(person, seller)
    if table is not None and table.published:
        raise Unable(_("This table is in force, so it is not changed; copy it and give the copy a later first day."))
    made = [PriceRow(**row) for row in rows]
    _check_terms(values)
    _check(made)
    table = table or PriceTable(seller=seller, made_by=person, made_at=now)
    for name, value in values.items():
        setattr(table, name, value)
    try:
        with transaction.atomic():
            table.save()
            table.rows.all().delete()
            for row in made:
                row.table = table
            PriceRow.objects.bulk_create(made)
            journal.write(person=person, verb="wrote prices", thing=table, at=now, rows=len(made), title=table.title)
    except IntegrityError:
        raise Unable(
            _("Found two rows with the same rule, or an end before the start; give each rule once and mend the days.")
        ) from None
    return table


Priceable = TypeVar("Priceable", Instrument, Service)


def thing_of(seller: Institution, model: type[Priceable], key: str) -> Priceable | None:
    """The instrument or service of the seller with this key, None for a blank one; raises Unable."""
    if not key.strip():
        return None
    rows: Any = model.objects
    found: Priceable | None = rows.filter(key=key.strip(), institution=seller).first()
    if found is None:
        raise Unable(
            _("Found no “%(key)s” of %(institution)s; give the last part of its address.")
            % {"key": key.strip()[:60], "institution": called(seller)}
        )
    return found


def publish(table: PriceTable, *, person: Person, now: datetime, back: bool = False) -> PriceTable:
    """The table counts from its first day on; with ``back`` it is a draft again, if no charge was made by it yet."""
    books.require(person, table.seller)
    if not back and not table.rows.exists():
        raise Unable(_("Found no price in this table; add a row first."))
    with transaction.atomic():
        if PriceTable.objects.filter(pk=table.pk, published=back).update(published=not back):
            journal.write(person=person, verb="took prices back" if back else "published prices", thing=table, at=now)
    table.refresh_from_db(fields=["published"])
    return table


def copy(table: PriceTable, *, person: Person, now: datetime, valid_from: date) -> PriceTable:
    """A draft with the same prices from a later day on."""
    kept = ("instrument", "service", "class_code", "title", "tax_percent", "minimum", "step_minutes", "late_percent",
            "late_hours", "absent_percent")  # fmt: skip
    values = {name: getattr(table, name) for name in kept} | {"valid_from": valid_from, "valid_until": None}
    rows = table.rows.values("unit", "user_class", "when", "item", "above", "price")
    return save(seller=table.seller, person=person, now=now, values=values, rows=list(rows))


def pure(table: PriceTable, zone: str) -> Table:
    """The table for the pure computation."""
    rates = tuple(Rate(row.unit, row.price, row.user_class, row.when, row.item, row.above) for row in table.rows.all())
    return Table(table.title, rates, table.tax_percent, table.minimum, table.step_minutes, zone)


def _table(thing: Instrument | Service, *, on: date) -> Table | None:
    """The table in force, else the one price of the catalogue record, tax included."""
    zone = thing.time_zone if isinstance(thing, Instrument) else ""
    if (kept := found(thing, on=on)) is not None:
        return pure(kept, zone or "Asia/Shanghai")
    if isinstance(thing, Instrument):
        hourly = thing.price_cny_per_hour
        return None if hourly is None else Table("", (Rate("hour", hourly),), zone=zone or "UTC")
    if thing.price_cny is None:
        return None
    unit = {"batch": "use", "project": "use"}.get(thing.price_unit, thing.price_unit)
    return Table("", (Rate(unit, thing.price_cny),))


def _fits(table: PriceTable, instrument: Instrument) -> bool:
    if table.instrument_id is not None:
        return table.instrument_id == instrument.pk
    return instrument.class_code.startswith(table.class_code)


def _already(
    table: Table, organisation: Organisation | None, *, on: date, instrument: Instrument | None = None,
    service: Service | None = None,
) -> dict[str, Decimal]:  # fmt: skip
    """What the organisation had this calendar year by unit or item; asked only where a rate depends on it."""
    if organisation is None or not any(rate.above for rate in table.rates):
        return {}
    charges = Charge.objects.filter(organisation=organisation, used_on__year=on.year).exclude(state=Charge.State.WAIVED)
    charges = charges.filter(instrument=instrument) if instrument else charges.filter(service=service)
    had: dict[str, Decimal] = {}
    for lines in charges.values_list("lines", flat=True):
        for line in lines:
            key = line.get("item") or line.get("unit", "")
            had[key] = had.get(key, ZERO) + Decimal(line.get("quantity", "0"))
    return had


def _check_terms(values: Mapping[str, Any]) -> None:
    if "title" in values and not values["title"].strip():
        raise Unable(_("Found no title; say in a few words what these prices are for."))
    code = values.get("class_code")
    if code and code not in taxonomy.classes():
        raise Unable(_("Found no class %(code)s; give a code such as 030102, or leave it open.") % {"code": code})
    if values.get("valid_until") is not None and values["valid_until"] < values["valid_from"]:
        raise Unable(_("Found an end before the start; give a later last day, or none."))
    if sum(bool(values.get(name)) for name in ("instrument", "service", "class_code")) > 1:
        raise Unable(_("Found several things that the prices are for; give an instrument, a service or a class."))


def _check(rows: list[PriceRow]) -> None:
    groups: dict[tuple[str, ...], list[Decimal]] = {}
    for row in rows:
        known = row.unit in PriceRow.Unit.values and row.user_class in PriceRow.UserClass.values
        if not known or row.when not in PriceRow.When.values:
            raise Unable(_("Found a row with an unknown unit, class or time; choose from the lists."))
        if (row.unit == PriceRow.Unit.ITEM) != bool(row.item):
            raise Unable(_("Found a row whose unit is “item” without a name, or a name with another unit; name items."))
        if row.when and row.unit != PriceRow.Unit.HOUR:
            raise Unable(_("Hours of the week are for prices by the hour; leave them open in other rows."))
        groups.setdefault((row.unit, row.user_class, row.when, row.item), []).append(row.above)
    for above in groups.values():
        if min(above) > 0:
            raise Unable(_("Found a price above a quantity without the price below it; add the row that starts at 0."))
