"""One race under idempotency keys, run as a program: `python -m tests.races.once --rounds N --racers K`.

In every round everybody sends the same order under the same key at once, as one person, through the whole interface;
who hears that the first is at work asks again until there is an answer. What came of it is JSON.
"""

import argparse
import importlib
import json
import time
from datetime import UTC, datetime
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone, in_rounds

NOW = datetime(2040, 1, 1, tzinfo=UTC)


def prepare() -> None:
    """A migrated database with a person and a service."""
    ready()
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Institution, Service

    make_tables()
    about = {"source": "race", "created_at": NOW, "updated_at": NOW}
    home = Institution.objects.create(key="home", name="Home", **about)
    Service.objects.create(key="tea", name="Tea", institution=home, **about)
    Person.objects.create_user("racer@example.org", name="Racer")


def racer(_number: int, rounds: int, gate: Any, told: Any) -> None:
    """Send the order of each round, and go on asking while it is at work."""
    ready()
    from django.test import Client

    from liqi.accounts.models import Person

    person = Person.objects.get()
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)

    def get_ready(number: int) -> Any:
        wish = json.dumps({"service": "tea", "title": f"Tea {number}", "need": "?"})

        def turn() -> str:
            for _try in range(600):
                head = {"Idempotency-Key": f"round {number}"}
                answer = client.post("/api/orders", wish, "application/json", headers=head)
                if answer.status_code != 409:
                    again = "Idempotency-Replayed" in answer
                    return ("heard it again" if again else "made it") if answer.status_code == 201 else answer.text
                time.sleep(0.02)
            return "was never answered"

        return turn

    in_rounds(get_ready, rounds, gate, told)


def run(rounds: int, racers: int) -> dict[str, Any]:
    """What the racers were told, and what stands in the database afterwards."""
    alone(prepare)
    importlib.import_module("liqi.web.urls")  # before the fork, so that no racer need
    outcomes = abreast(racers, racer, rounds)
    from liqi.access.models import KeptAnswer, Order

    return {
        "outcomes": dict(outcomes),
        "orders": Order.objects.count(),
        "titles": Order.objects.values("title").distinct().count(),
        "kept": KeptAnswer.objects.filter(status=201).count(),
        "open": KeptAnswer.objects.filter(status=None).count(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--racers", type=int, default=8)
    given = parser.parse_args()
    print(json.dumps(run(given.rounds, given.racers)))
