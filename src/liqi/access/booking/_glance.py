"""One look at all that could stand in the way of a booking, in one statement.

Most instruments have no terms, rules, outage or budget of their own, and most wished periods are free: then the seven
questions that the ORM would ask one after the other have no answer. What the glance sees is asked in full.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from liqi.access.booking._asking import Asking, Wanted
from liqi.access.models.booking import HOLDING
from liqi.accounts.models import Organisation

HOME = ("id", "name", "name_en", "kind", "parent_id")
_HOLDING = ", ".join(f"'{state}'" for state in HOLDING)
SQL = f"""
SELECT EXISTS (SELECT 1 FROM access_bookingterms t WHERE t.instrument_id = %s OR t.facility_id = %s),
       EXISTS (SELECT 1 FROM access_rulesetting s WHERE s.instrument_id = %s OR s.facility_id = %s),
       EXISTS (SELECT 1 FROM access_outage u WHERE u.instrument_id = %s AND u.withdrawn_at IS NULL
               AND u.starts_at < %s AND (u.ends_at IS NULL OR u.ends_at > %s)),
       EXISTS (SELECT 1 FROM access_booking b WHERE b.instrument_id = %s AND b.state IN ({_HOLDING})
               AND b.held_from < %s AND b.held_until > %s),
       EXISTS (SELECT 1 FROM access_budget g WHERE g.organisation_id = o.id AND g.seller_id = %s AND NOT g.closed),
       {", ".join(f"o.{column}" for column in HOME)}
FROM (SELECT 1 AS one) AS here LEFT JOIN accounts_organisation o ON o.id = COALESCE(
       %s, (SELECT m.organisation_id FROM accounts_membership m WHERE m.person_id = %s ORDER BY m.id LIMIT 1))
"""


@dataclass(frozen=True)
class Glance:
    """What there is for one period on one instrument."""

    terms: bool
    """Booking terms of the instrument or of its facility."""
    settings: bool
    """Rules that are set for either, whether or not they hold then."""
    outage: bool
    """An outage of the instrument, or of a place of it, in the period."""
    held: bool
    """A booking that holds any place of it in the period."""
    budget: bool
    """An open budget that the organisation has with the institution."""


ALL = Glance(terms=True, settings=True, outage=True, held=True, budget=True)
"""What has to be taken to be there where nobody looked."""


def look(wanted: Wanted, asking: Asking) -> Glance:
    """What there is now; with it comes the organisation that it is for."""
    instrument, named = wanted.instrument, asking.named
    place = (instrument.pk, instrument.facility_id)
    start, end = (connection.ops.adapt_datetimefield_value(each) for each in (wanted.starts_at, wanted.ends_at))
    period = (instrument.pk, end, start)
    given: list[Any] = [*place, *place, *period, *period, instrument.institution_id]
    given += [named.pk if named else None, asking.person.pk if asking.is_for_home else None]
    with connection.cursor() as cursor:
        cursor.execute(SQL, given)
        row = cursor.fetchone()
    if asking.is_for_home:
        asking.know_home(Organisation.from_db(connection.alias, HOME, row[5:]) if row[5] is not None else None)
    return Glance(*(bool(each) for each in row[:5]))
