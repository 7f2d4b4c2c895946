"""Two people merge the same record at the same moment: it goes one way."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.races import course

ROUNDS = 12

PROGRAM = """
import json, os, sys, multiprocessing
from datetime import UTC, datetime
NOW = datetime(2040, 1, 1, tzinfo=UTC)

def ready():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django
    django.setup()

def racer(number, rounds, gate, said):
    ready()
    from liqi.accounts.models import Person
    from liqi.catalogue import merging
    from liqi.catalogue.models import Instrument
    person = Person.objects.get()
    found = []
    for turn in range(rounds):
        other = Instrument.objects.get(key=f"o{turn}")
        kept = Instrument.objects.get(key=f"k{turn}-{number}")
        gate.wait()
        try:
            merging.merge(kept, other, person=person, now=NOW)
            found.append("merged")
        except merging.NotAsItWas:
            found.append("refused")
    said.put(found)

if __name__ == "__main__":
    rounds, racers = int(sys.argv[1]), 4
    ready()
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument, Merge
    Person.objects.create_user("op@example.org", "x", name="Op", is_operator=True)
    about = {"source": "race", "created_at": NOW, "updated_at": NOW}
    for turn in range(rounds):
        for key in (f"o{turn}", *(f"k{turn}-{number}" for number in range(racers))):
            Instrument.objects.create(key=key, name=key, **about)
    from django.db import connections
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, said = context.Barrier(racers), context.Queue()
    workers = [context.Process(target=racer, args=(number, rounds, gate, said)) for number in range(racers)]
    for worker in workers:
        worker.start()
    found = [said.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    gone = Instrument.everything.exclude(merged_into=None)
    print(json.dumps({
        "merged": [sum(one[turn] == "merged" for one in found) for turn in range(rounds)],
        "merges": Merge.objects.count(), "gone": gone.count(),
        "twice": max(len(one.related) for one in gone),
    }))
"""


@pytest.mark.race
@pytest.mark.timeout(300)
def test_of_four_merges_of_one_record_one_is_done(tmp_path: Path, where: dict[str, str]) -> None:
    program = tmp_path / "race_merges.py"
    program.write_text(PROGRAM)
    found = subprocess.run(
        [sys.executable, str(program), str(ROUNDS)],
        env=course.environment(where), capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-2000:]
    seen = json.loads(found.stdout.splitlines()[-1])
    assert seen == {"merged": [1] * ROUNDS, "merges": ROUNDS, "gone": ROUNDS, "twice": 1}
