"""The values of a record's fields: read as they are given, refused with a sentence, written as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.catalogue import _lists
from liqi.catalogue._lists import Wrong
from liqi.catalogue.models import Contact, Facility, Institution, Instrument, Maker, Picture, Record, Service

KINDS: dict[str, type[Record]] = {
    "instrument": Instrument,
    "facility": Facility,
    "institution": Institution,
    "service": Service,
    "maker": Maker,
}
"""The kinds of records that people edit."""
NEVER = {
    *("id", "key", "source", "source_ref", "source_row", "synthetic", "created_at", "updated_at", "removed_at"),
    *("merged_into", "organisation"),
}
"""What no edit changes: who the record is, where it came from, whether it is there."""
CONTACT_FIELDS = ("role", "name", "position", "unit", "phone", "email", "address", "postcode", "public")
SCHEME, EDITION = taxonomy.CLASS_SCHEME, taxonomy.CLASS_EDITION
PICTURE_FIELDS = ("sha256", "media_type", "size", "width", "height", "caption", "credit", "licence", "added_at")
_ROWS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "contacts": (Contact, CONTACT_FIELDS),
    "pictures": (Picture, PICTURE_FIELDS),
}
"""Fields that are kept in rows of their own: the model and what a row says."""
_HUNG: dict[str, tuple[str, ...]] = {
    "instrument": ("contacts", "pictures"),
    "facility": ("contacts",),
    "institution": ("contacts",),
    "service": ("contacts",),
    "maker": (),
}
_MANY = {"service": {"instruments": Instrument}}


def fields_of(model: type[models.Model]) -> tuple[str, ...]:
    """The names of the fields of this model that may be edited, with the rows that hang on it."""
    own = [field.name for field in model._meta.concrete_fields if field.name not in NEVER]
    kind = str(model._meta.model_name)
    return (*own, *_MANY.get(kind, {}), *_HUNG[kind])


def current(record: Any, name: str) -> Any:
    """The value of the field as JSON keeps it: a related record by its key, a date and a decimal as text."""
    if name in _ROWS:
        rows = getattr(record, name).all() if record.pk else ()
        return [{field: as_json(getattr(row, field)) for field in _ROWS[name][1]} for row in rows]
    if name in _MANY.get(str(record._meta.model_name), {}):
        return sorted(one.key for one in getattr(record, name).all()) if record.pk else []
    field = record._meta.get_field(name) if record.pk is None else None
    if field is not None and field.is_relation and not field.null and getattr(record, field.attname, None) is None:
        return None
    return as_json(getattr(record, name))


def as_json(value: Any) -> Any:
    """The value as JSON keeps it.

    >>> as_json(Decimal("1.50")), as_json(date(2026, 11, 21))
    ('1.50', '2026-11-21')
    """
    if isinstance(value, models.Model):
        return getattr(value, "key", value.pk)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def read(record: Any, name: str, given: Any) -> Any:
    """The value that was meant, ready for the record; raises Wrong with found, expected and what to do."""
    if name in _ROWS:
        return _lists.rows(given, _ROWS[name][1], keep=_contact if name == "contacts" else _picture)
    if model := _MANY.get(str(record._meta.model_name), {}).get(name):
        return [_related(model, key) for key in _lists.words(given)]
    field = record._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        return _related(field.related_model, given) if given not in (None, "") else _empty(field)
    if isinstance(field, models.JSONField):
        if name == "capabilities":
            return _lists.capabilities(given, getattr(record, name))
        return _lists.READERS[name](given)
    given = given.strip() if isinstance(given, str) else given
    if given is None or given == "":
        return _empty(field)
    return _checked(field, _plain(field, given))


def write(record: Any, values: dict[str, Any]) -> None:
    """The values stand in the database, the hanging rows with them; the record is saved by the caller before."""
    kind = str(record._meta.model_name)
    for name in _HUNG[kind]:
        if name in values:
            model: Any = _ROWS[name][0]
            model.objects.filter(**{kind: record}).delete()
            model.objects.bulk_create(model(**{kind: record}, **row) for row in values[name])
    for name in _MANY.get(kind, {}):
        if name in values:
            getattr(record, name).set(values[name])


def hangs(record: Any, name: str) -> bool:
    """Whether the field is kept in rows of its own."""
    return name in _ROWS or name in _MANY.get(str(record._meta.model_name), {})


def _empty(field: Any) -> Any:
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField) and field.blank:
        return ""
    if isinstance(field, models.BooleanField):
        return False
    raise Wrong(_("Found nothing; expected a value."))


def _plain(field: Any, given: Any) -> Any:
    """The given value in the type of the field."""
    if isinstance(field, models.BooleanField):
        return _lists.yes_or_no(given)
    if isinstance(field, models.DecimalField | models.IntegerField | models.FloatField):
        return _number(field, given)
    try:
        return field.to_python(given)
    except ValidationError:
        raise Wrong(
            _("Found “%(found)s”; expected a date such as 2026-11-21.") % {"found": given}
            if isinstance(field, models.DateField)
            else _("Found “%(found)s”; expected another kind of value.") % {"found": given}
        ) from None


def _number(field: Any, given: Any) -> Any:
    number = _lists.number(given)
    if isinstance(field, models.DecimalField):
        places, digits = field.decimal_places or 0, field.max_digits or 0
        rounded = number.quantize(Decimal(1).scaleb(-places))
        if len(rounded.as_tuple().digits) > digits:
            raise Wrong(_("Found %(found)s; expected a smaller number.") % {"found": given})
        return rounded
    if isinstance(field, models.FloatField):
        return float(number)
    if number != int(number):
        raise Wrong(_("Found %(found)s; expected a whole number.") % {"found": given})
    return int(number)


def _checked(field: Any, value: Any) -> Any:
    """The value, when length, choice and form fit the field."""
    if field.choices and value not in (codes := [str(code) for code, _label in field.flatchoices]):
        raise Wrong(
            _("Found “%(found)s”; expected one of: %(choices)s.") % {"found": value, "choices": ", ".join(codes)}
        )
    most = getattr(field, "max_length", None)
    if isinstance(value, str) and most and len(value) > most:
        raise Wrong(_("Found %(found)s characters; expected at most %(most)s.") % {"found": len(value), "most": most})
    if isinstance(value, str) and "\x00" in value:
        raise Wrong(_("Found a NUL character; expected text. Type it again instead of pasting it."))
    if isinstance(field, models.URLField) and not value.lower().startswith(("https://", "http://")):
        raise Wrong(_("Found “%(found)s”; expected an address that begins with https://.") % {"found": value})
    try:
        field.run_validators(value)
    except ValidationError:
        raise Wrong(_expected(field) % {"found": value}) from None
    return value


def _expected(field: Any) -> str:
    if isinstance(field, models.URLField):
        return _("Found “%(found)s”; expected an address such as https://example.org/page.")
    if isinstance(field, models.IntegerField | models.DecimalField):
        return _("Found %(found)s; expected a number from zero up to what the field can hold.")
    return _("Found “%(found)s”; expected another form.")


def _related(model: Any, given: Any) -> Any:
    if isinstance(given, models.Model):
        return given
    text = str(given).strip()
    found = model.objects.filter(key=text).first()
    if found is None:
        same = list(model.objects.filter(Q(name=text) | Q(name_en=text)).order_by("id")[:2])
        if len(same) > 1:
            raise Wrong(
                _("Found more than one record named “%(found)s”; give the identifier of the one that is meant.")
                % {"found": text}
            )
        found = same[0] if same else None
    if found is None:
        raise Wrong(
            _("Found “%(found)s”; expected the name or the identifier of a record of the catalogue.") % {"found": given}
        )
    return found


def _contact(row: dict[str, Any]) -> dict[str, Any]:
    kept = {field: _checked(Contact._meta.get_field(field), str(row[field]).strip()) for field in CONTACT_FIELDS[:-1]}
    if kept["email"] and "@" not in kept["email"]:
        raise Wrong(_("Found “%(found)s”; expected an e-mail address.") % {"found": kept["email"]})
    return {**kept, "public": _lists.yes_or_no(row["public"] or False)}


def _picture(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it was kept; people add pictures by their bytes (`catalogue.pictures`)."""
    return {name: _checked(field, field.to_python(row[name])) for name, field in _picture_fields().items()}


def _picture_fields() -> dict[str, Any]:
    return {name: Picture._meta.get_field(name) for name in PICTURE_FIELDS}


def check(record: Any) -> dict[str, str]:
    """What does not fit together in the record, as field and sentence; nothing where it does."""
    found: dict[str, str] = {}
    for first, second, words in _PAIRS:
        low, high = getattr(record, first, None), getattr(record, second, None)
        if low is not None and high is not None and low > high:
            found[second] = str(words()) % {"low": low, "high": high}
    if (getattr(record, "latitude", None) is None) != (getattr(record, "longitude", None) is None):
        found["longitude"] = _("Found one of latitude and longitude; expected both or neither.")
    for name, most in (("latitude", 90), ("longitude", 180)):
        degrees = getattr(record, name, None)
        if degrees is not None and abs(degrees) > most:
            found[name] = _("Found %(found)s; expected degrees from -%(most)s to %(most)s.") % {
                "found": degrees,
                "most": most,
            }
    for name in _NOT_NEGATIVE:
        value = getattr(record, name, None)
        if value is not None and value < 0:
            found[name] = _("Found %(found)s; expected zero or more.") % {"found": value}
    return found | _lists.check_codes(record)


_NOT_NEGATIVE = ("value_cny", "price_cny_per_hour", "run_hours", "outside_hours", "cost_cny", "price_cny")
_PAIRS: Sequence[tuple[str, str, Callable[[], str]]] = (
    ("min_minutes", "max_minutes", lambda: _("Found %(high)s, below the least length %(low)s; expected more.")),
    ("acquired_on", "decommissioned_on", lambda: _("Found %(high)s, before %(low)s; expected a later day.")),
    ("calibrated_on", "calibration_due_on", lambda: _("Found %(high)s, before %(low)s; expected a later day.")),
    ("outside_hours", "run_hours", lambda: _("Found %(high)s h in all, but %(low)s h for others; expected more.")),
)
