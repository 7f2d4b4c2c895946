"""A database of the first release is upgraded with its data, to the tables that a new folder gets at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import tables

FIRST = [("accounts", "0001"), ("catalogue", "0001_first"), ("access", "0001_first"), ("answers", "0001_first")]
FILL = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from datetime import datetime, UTC
import sys, json
plan = [tuple(one) for one in json.loads(sys.argv[1])]
executor = MigrationExecutor(connection)
executor.loader.replace_migrations = False
executor.loader.build_graph()
known = list(executor.loader.graph.nodes)
nodes = [node for app, name in plan for node in known if node[0] == app and node[1].startswith(name)]
executor.migrate(nodes)
apps = executor.loader.project_state(nodes).apps
now = datetime(2026, 1, 5, tzinfo=UTC)
told = dict(source="first", source_ref="1", created_at=now, updated_at=now)
host = apps.get_model("catalogue", "Institution").objects.create(key="host", name="测试大学", **told)
made = apps.get_model("catalogue", "Instrument").objects.create(
    key="orbitrap", name="轨道阱质谱仪", institution=host, serial="S-1", value_cny="5000000.00", **told
)
person = apps.get_model("accounts", "Person").objects.create(email="old@example.org", name="Old", is_active=True)
order = apps.get_model("access", "Order").objects.create(title="Old need", person=person, created_at=now)
service = apps.get_model("access", "Order").objects.create(
    key="sample123", title="Old sample", kind="commissioned", person=person, created_at=now
)
start, end = datetime(2026, 1, 6, 9, tzinfo=UTC), datetime(2026, 1, 6, 11, tzinfo=UTC)
apps.get_model("access", "Booking").objects.create(
    order=order, instrument=made, person=person, starts_at=start, ends_at=end, created_at=now
)
print(json.dumps([made.pk, host.pk]))
"""
LACKS = "c('migrate', check_unapplied=True)"
READ = """
import django; django.setup()
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument, RecordChange
from liqi.access.models import Booking, Commission
from liqi.catalogue import editing
from datetime import datetime, UTC
import json
one = Instrument.objects.select_related("institution").get(key="orbitrap")
editing.change(one, {"model": "Exploris"}, person=None, now=datetime.now(UTC))
booked = Booking.objects.get()
print(json.dumps({
    "pk": [one.pk, one.institution.pk], "name": one.name, "serial": one.serial, "value": str(one.value_cny),
    "created": one.created_at.isoformat(), "person": Person.objects.get(email="old@example.org").name,
    "changes": RecordChange.objects.count(), "commissions": list(Commission.objects.values_list("order__key", "state")),
    "held": [booked.state, booked.position, booked.held_from.isoformat(), booked.held_until.isoformat()],
}))
"""


def run(code: str, folder: Path, *words: str) -> str:
    env = os.environ | {"LIQI_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "liqi.server.settings"}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def test_a_database_of_the_first_release_is_upgraded_with_its_data(tmp_path: Path) -> None:
    keys = json.loads(run(FILL, tmp_path, json.dumps(FIRST)))
    run("from liqi.server.setup import prepare; prepare()", tmp_path)
    made, upgraded = tables.described(tables.made()), tables.described(tmp_path / tables.NAME)
    assert made.keys() == upgraded.keys()
    assert [name for name in made if made[name] != upgraded[name]] == []
    run("import django; django.setup(); from django.core.management import call_command as c; " + LACKS, tmp_path)
    found = json.loads(run(READ, tmp_path))
    assert found["pk"] == keys
    assert (found["name"], found["serial"], found["value"]) == ("轨道阱质谱仪", "S-1", "5000000.00")
    assert found["created"] == "2026-01-05T00:00:00+00:00"
    assert (found["person"], found["changes"]) == ("Old", 1)
    assert found["held"] == ["confirmed", 0, "2026-01-06T09:00:00+00:00", "2026-01-06T11:00:00+00:00"]
    assert found["commissions"] == [["sample123", "submitted"]]
