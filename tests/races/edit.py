"""One race of editors, run as a program: several processes read one record, wait for one another, and save.

``python -m tests.races.edit --rounds N --racers K`` races on the database that LIQI_DATA and LIQI_DATABASE_URL name,
and prints what happened as JSON.
"""

import itertools
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)


def prepare(racers: int) -> None:
    """A migrated database with one instrument and its operators."""
    ready()
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    make_tables()
    for number in range(racers):
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", is_operator=True)
    Instrument.objects.create(key="raced", name="Raced", source="race", created_at=NOW, updated_at=NOW)


def edit(racer: int, rounds: int, barrier: Any, results: Any) -> None:
    """The racer saves what it read in every round, and tells how each went."""
    ready()
    from liqi.accounts.models import Person
    from liqi.catalogue import editing
    from liqi.catalogue.models import Instrument

    person = Person.objects.get(email=f"racer{racer}@example.org")
    outcomes: Counter[str] = Counter()
    for number in range(rounds):
        barrier.wait(120)
        seen = Instrument.objects.get(key="raced")
        barrier.wait(120)
        try:
            editing.change(seen, {"model": f"round {number} of racer {racer}"}, person=person, now=NOW)
            outcomes["saved"] += 1
        except editing.Conflict:
            outcomes["conflict"] += 1
    results.put(outcomes)


def main(rounds: int, racers: int) -> dict[str, Any]:
    """What came of the race: outcomes, changes on record, the length of their chain."""
    alone(prepare, racers)
    outcomes = abreast(racers, edit, rounds)
    from liqi.catalogue.models import Instrument, RecordChange

    changes = [change.fields["model"] for change in RecordChange.objects.filter(key="raced").order_by("pk")]
    chained = all(before[1] == after[0] for before, after in itertools.pairwise(changes))
    last = Instrument.objects.get(key="raced").model
    return {
        "outcomes": outcomes,
        "changes": len(changes),
        "chained": chained and changes[-1][1] == last,
        "processes": racers,
    }


if __name__ == "__main__":
    words = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    print(json.dumps(main(int(words["--rounds"]), int(words["--racers"]))))
