"""What a loss report does not name survives writing and reading, for every standard that is read and written."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from liqi.catalogue import exporter
from liqi.catalogue._losses import BOOKKEEPING, EMPTY, Losses
from liqi.catalogue.exchange import FORMATS
from liqi.catalogue.models import Instrument
from tests.catalogue.exchange import made

READ_BY = {
    "pidinst-json": "pidinst",
    "pidinst-xml": "pidinst",
    "datacite": "datacite",
    "cerif": "cerif",
    "jisc": "jisc",
    "csv": "csv",
}


def losses_of(module: Any, one: Instrument) -> Losses:
    losses = Losses(module.CARRIES, module.REASON, getattr(module, "lost", None))
    losses.look("instrument", one)
    return losses


def survived(name: str, value: Any, fields: dict[str, Any]) -> bool:
    """Whether the field has come back; lists may have grown, and parts are relations once they are outside."""
    after = fields.get(name)
    if name == "institution":
        return after is not None and after["name"] in (value.name, value.name_en)
    if name in ("maker", "maker_text"):
        return fields.get("maker") in (getattr(value, "name_en", value), "Dectris AG")
    if name in ("facility", "parent") and isinstance(after, str):
        return bool(after == value.key)
    if name == "parent":
        return any(entry["identifier"] == value.doi for entry in fields["related"])
    if isinstance(value, list):
        return all(entry in (after or []) for entry in value)
    if name == "status":
        return after == value
    return bool(after == value)


@pytest.mark.parametrize("name", list(READ_BY))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=made.instruments())
def test_what_is_not_named_as_lost_comes_back(name: str, one: Instrument) -> None:
    module: Any = exporter.form(name)
    losses = losses_of(module, one)
    lost = {entry["field"] for entry in losses.listed}
    drafts = list(FORMATS[READ_BY[name]].read(module.content(one, made.SITE)))
    assert [draft.rejected for draft in drafts] == [False]
    for field in Instrument._meta.concrete_fields:
        value = getattr(one, field.name)
        if value in EMPTY or field.name in lost or field.name in BOOKKEEPING:
            continue
        if field.has_default() and value == field.get_default():
            continue
        if field.name == "maker_text" and "maker" in lost:
            continue
        assert survived(field.name, value, drafts[0].fields), (field.name, value, drafts[0].fields)


@pytest.mark.parametrize("name", [name for name in READ_BY if name != "csv"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=made.instruments())
def test_a_field_without_a_place_is_named_each_time_it_says_something(name: str, one: Instrument) -> None:
    lost = {entry["field"] for entry in losses_of(exporter.form(name), one).listed}
    assert ("functions" in lost) == bool(one.functions)
    assert ("value_cny" in lost) == (one.value_cny is not None)
    assert ("portable" in lost) == (one.portable is not None)


@pytest.mark.parametrize("name", list(READ_BY))
def test_private_contacts_are_never_written(name: str) -> None:
    one = made.cached(
        Instrument(pk=1, key="one", name="One", created_at=made.NOW, institution=made.OWNER), contacts=[made.PRIVATE]
    )
    text = exporter.form(name).content(one, made.SITE).decode()
    assert "secret@" not in text
    assert "0551" not in text
    assert "Nobody" not in text
