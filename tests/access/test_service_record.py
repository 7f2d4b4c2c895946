"""Service records and the figures of a year, from metered sessions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from liqi.access import service_record
from liqi.access.models import Session
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue.models import Institution, Instrument, ServiceRecord
from liqi.catalogue.national import preflight
from tests.access.conftest import NOW, at, make_instrument

YEAR = 2026


def metered(instrument: Instrument, person: Person, begins: datetime, hours: float, **more: Any) -> Session:
    """An ended session of so many hours."""
    return Session.objects.create(
        instrument=instrument, person=person, organisation=person.organisations.first(), started_at=begins,
        ended_at=begins + timedelta(hours=hours), effective_hours=Decimal(str(hours)), **more,
    )  # fmt: skip


def record(institution: Institution) -> dict[str, int]:
    return service_record.record_year(institution, YEAR, now=NOW)


def test_each_ended_session_is_one_service_record_that_names_it(
    institution: Institution, instrument: Instrument, member: Person, guest: Person
) -> None:
    instrument.price_cny_per_hour = Decimal("300")
    instrument.save()
    one = metered(instrument, guest, at(1), 2.5, outside=True)
    metered(instrument, member, at(5), 1)
    Session.objects.create(instrument=instrument, person=member, started_at=at(9))
    assert record(institution) == {"created": 2, "updated": 0, "unchanged": 0}
    made = ServiceRecord.objects.get(source_ref=f"session-{one.pk}")
    assert made.source_row["session"] == one.pk
    assert (made.quantity, made.amount_cny, made.audience) == (Decimal("2.50"), Decimal("750.00"), "130")
    assert (made.applicant, made.applicant_unit, made.ways) == ("Gast", "Small firm", ["1"])


def test_recording_again_makes_nothing_new_and_keeps_what_people_added(
    institution: Institution, instrument: Instrument, guest: Person
) -> None:
    one = metered(instrument, guest, at(1), 2, outside=True)
    record(institution)
    ServiceRecord.objects.update(comment="1", direction="135")
    assert record(institution) == {"created": 0, "updated": 0, "unchanged": 1}
    assert JournalEntry.objects.filter(verb="recorded services").count() == 1
    Session.objects.filter(pk=one.pk).update(effective_hours=Decimal("1.5"))
    assert record(institution)["updated"] == 1
    made = ServiceRecord.objects.get()
    assert (made.quantity, made.comment, made.direction) == (Decimal("1.50"), "1", "135")


def test_an_instrument_without_a_price_has_no_amount(
    institution: Institution, instrument: Instrument, guest: Person
) -> None:
    metered(instrument, guest, at(1), 2)
    record(institution)
    assert ServiceRecord.objects.get().amount_cny is None


def test_sessions_of_other_years_and_institutions_are_left_out(
    institution: Institution, instrument: Instrument, guest: Person
) -> None:
    metered(instrument, guest, at(1).replace(year=YEAR - 1), 2)
    metered(make_instrument(), guest, at(3), 2)
    assert record(institution)["created"] == 0


def test_computed_records_pass_the_rules_of_time(
    institution: Institution, instrument: Instrument, guest: Person
) -> None:
    metered(instrument, guest, at(1, 10), 0.4, outside=True)
    record(institution)
    report = preflight.check(institution, YEAR, now=NOW)
    wrong = {one.code for one in report.problems if one.record == "service_record" and one.field != "innerId"}
    assert not wrong & {"ends_before", "hours_too_many", "outside_year"}


def test_every_figure_of_the_year_has_its_row_count(
    institution: Institution, instrument: Instrument, member: Person, guest: Person
) -> None:
    Instrument.objects.update(value_cny=Decimal("900000"), price_cny_per_hour=Decimal("100"))
    instrument.refresh_from_db()
    metered(instrument, guest, at(1), 2, outside=True)
    metered(instrument, member, at(5), 1)
    record(institution)
    found = service_record.institution_year(institution, YEAR)
    assert (found["effectiveHours"].value, found["effectiveHours"].rows) == (Decimal(3), 2)
    assert (found["outsideHours"].value, found["recordedHours"].value) == (Decimal(2), Decimal(3))
    assert found["recordedOutsideHours"].text == "2.00"
    assert (found["serviceIncome"].text, found["serviceIncome"].rows) == ("0.02", 1)
    assert (found["billWorth"].text, found["billWorth"].rows) == ("0.03", 2)
    assert (found["instrNum"].value, found["instrWorth"].text) == (1, "90.00")
    assert found["totalShareRates"].text == "100.00"
    assert all(figure.rows >= 0 for figure in found.values())


@pytest.mark.django_db
def test_a_year_without_sessions_has_no_hours_rather_than_none_at_all(institution: Institution) -> None:
    found = service_record.institution_year(institution, YEAR)
    assert (found["effectiveHours"].value, found["effectiveHours"].rows) == (None, 0)
