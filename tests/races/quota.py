"""One race for what a group may still book, run as a program.

``python -m tests.races.quota --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. The racers are of one group, and each books an instrument of its own in one
facility, where the group may have two bookings a day; every round is another day.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import Turn, abreast, alone, in_rounds

NOW = datetime(2040, 1, 1, tzinfo=UTC)
RACERS, MOST = 8, 2


def prepare() -> None:
    """A migrated database with a facility of eight instruments, a quota on each, and a group of eight people."""
    ready()
    from liqi.access.models import RuleSetting
    from liqi.accounts.models import Membership, Organisation, Person
    from liqi.catalogue.models import Facility, Institution, Instrument
    from liqi.taxonomy import FACILITY_KINDS

    make_tables()
    record: dict[str, Any] = {"source": "race", "created_at": NOW, "updated_at": NOW}
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    house = Institution.objects.create(key="house", name="House", **record)
    place = Facility.objects.create(
        key="raced", name="Raced", institution=house, kind=kind.code, facility_class=kind.facility_class, **record
    )
    group = Organisation.objects.create(name="Group")
    limit = {"whose": "group", "what": "bookings", "per": "day", "most": MOST}
    for number in range(RACERS):
        person = Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}")
        Membership.objects.create(person=person, organisation=group)
        thing = Instrument.objects.create(
            key=f"raced-{number}", name=f"Raced {number}", institution=house, facility=place, shared=True,
            bookable=True, min_minutes=15, horizon_days=10_000, **record,
        )  # fmt: skip
        RuleSetting.objects.create(
            instrument=thing, rule="quota", parameters={"limits": [limit], "counted_on": "facility"}, updated_at=NOW
        )


def run(racer: int, rounds: int, gate: Any, told: Any) -> None:
    """The racer books an hour of its own instrument in every round."""
    ready()
    from liqi.access import booking
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    me = Person.objects.get(email=f"racer{racer}@example.org")
    thing = Instrument.objects.select_related("institution", "facility").get(key=f"raced-{racer}")

    def get_ready(number: int) -> Turn:
        start = NOW + timedelta(days=number + 1, hours=6)

        def turn() -> str:
            try:
                booking.book(instrument=thing, person=me, starts_at=start, ends_at=start + timedelta(hours=1), now=NOW)
            except booking.Refused as refused:
                return "refused: " + ", ".join(sorted(each.code for each in refused.objections))
            return "booked"

        return turn

    in_rounds(get_ready, rounds, gate, told)


def summary() -> dict[str, int]:
    """The most that the group has on one day, and by how much that is over its quota."""
    from liqi.access.models import Booking

    days = Counter(start.date() for start in Booking.objects.live().values_list("starts_at", flat=True))
    most = max(days.values())
    return {"most": most, "over": max(0, most - MOST), "live": sum(days.values())}


def main(rounds: int) -> dict[str, Any]:
    """What came of the race, and what the group has."""
    alone(prepare)
    return {"outcomes": dict(abreast(RACERS, run, rounds)), "processes": RACERS, **alone(summary)}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[sys.argv.index("--rounds") + 1]))))
