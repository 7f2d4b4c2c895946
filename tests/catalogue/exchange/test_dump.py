"""A table of everything reads back whole: every field of every kind that import knows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from liqi.catalogue.exchange import FORMATS
from liqi.catalogue.exchange.dump import csv_files
from liqi.catalogue.models import Facility, Institution, Instrument, Service
from tests.catalogue.exchange import made

OWN = {
    "name": '=Mass; spectrometer, "big"\nand heavy',
    "name_en": "-80 °C freezer",
    "website": "https://www.example.org/a",
    "booking_url": "https://www.example.org/b",
    "doi": "10.1000/xyz",
    "country": "CN",
    "province": "340000",
    "city": "合肥",
    "made_in": "DE",
    "class_code": "010201",
    "class_scheme": "cn-instr",
    "class_edition": "current",
    "latitude": 31.82,
    "longitude": 117.23,
    "techniques": ["lcms"],
    "subjects": ["140", "150"],
    "keywords": ["a; b", "c"],
    "identifiers": [{"type": "InventoryNumber", "value": "7"}],
    "codes": [{"scheme": "hs", "edition": "2022", "code": "902781"}],
    "related": [{"relation": "References", "identifier": "10.1000/a", "type": "DOI"}],
    "capabilities": [{"quantity": "mass_resolution", "value": 140000, "unit": ""}],
    "opening_hours": {"mon": [["09:00", "17:30"]]},
    "documents": [{"kind": "rule", "name": "Rules", "address": "https://www.example.org/r"}],
    "time_zone": "Asia/Shanghai",
    "status": "working",
    "confidence": "high",
    "obtained": "bought",
    "purpose": "special",
    "register": "centre",
    "price_unit": "hour",
    "min_minutes": 45,
    "max_minutes": 600,
    "ror_id": "https://ror.org/02aj13c28",
    "credit_code": "12340000485001086E",
}
NOT_OURS = {
    *("id", "key", "source", "source_ref", "source_row", "created_at", "updated_at", "removed_at", "merged_into"),
    *("organisation", "facility_class", "kind", "maker_text", "maker", "parent", "institution", "facility"),
}


def value_of(field: Any, kind: type) -> Any:
    if field.name in OWN and not (kind is Facility and field.name == "status"):
        return OWN[field.name]
    if kind is Facility and field.name == "status":
        return "building"
    if isinstance(field, models.BooleanField):
        return field.default is not True
    if isinstance(field, models.DateField):
        return date(2020, 2, 29)
    if isinstance(field, models.DecimalField):
        return Decimal("1234.50")
    if isinstance(field, models.IntegerField):
        return 2019
    if isinstance(field, models.JSONField):
        return ["one", "two"]
    return f"+{field.name}"[: field.max_length or 100]


@pytest.mark.parametrize("kind", [Instrument, Facility, Institution, Service])
def test_every_field_of_a_record_survives_the_table(kind: Any) -> None:
    own = {} if kind is not Facility else {"kind": "laboratory", "facility_class": "research"}
    own |= {"kind": "company"} if kind is Institution else {}
    fields = {field.name: value_of(field, kind) for field in kind._meta.concrete_fields if field.name not in NOT_OURS}
    one = made.cached(kind(pk=1, key="one", created_at=made.NOW, updated_at=made.NOW, **fields, **own))
    if kind is not Institution:
        one.institution = made.OWNER
    (draft,) = FORMATS["csv"].read(csv_files.content(one, made.SITE))
    assert [problem.message for problem in draft.problems if problem.fatal] == []
    assert draft.ref == "one"
    wrong = {name: (value, draft.fields.get(name)) for name, value in fields.items() if draft.fields.get(name) != value}
    assert {name for name in wrong if name not in ("class_scheme",)} == set()
    if "kind" in own:
        assert draft.fields["kind"] == own["kind"]


def test_what_a_spreadsheet_would_run_is_kept_from_it() -> None:
    one = made.cached(Instrument(pk=1, key="one", name="=HYPERLINK(1)", created_at=made.NOW, updated_at=made.NOW))
    text = csv_files.content(one, made.SITE).decode("utf-8-sig")
    assert ",'=HYPERLINK(1)," in text
    (draft,) = FORMATS["csv"].read(text.encode())
    assert draft.fields["name"] == "=HYPERLINK(1)"
