"""NoOverlap holds on every path, and through every change of the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.access.constraints import NoOverlap

START = datetime(2026, 1, 1, tzinfo=UTC)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def constraint(**changes: Any) -> NoOverlap:
    made = {"resource": "room", "start": "starts", "end": "ends", "name": "stay_no_overlap"}
    return NoOverlap(**(made | {"condition": models.Q(state="live")} | changes))


class Table:
    """A throwaway table whose shape is changed by migration operations."""

    def __init__(self, *, kept: NoOverlap | None) -> None:
        self.state = ProjectState()
        fields = [
            ("id", models.BigAutoField(primary_key=True)),
            ("room", models.IntegerField()),
            ("starts", models.DateTimeField()),
            ("ends", models.DateTimeField()),
            ("state", models.CharField(max_length=10, default="live")),
            ("note", models.CharField(max_length=10, default="")),
        ]
        options = {"constraints": [kept] if kept else []}
        self.apply(migrations.CreateModel("Stay", fields, options))

    def apply(self, *operations: Any) -> None:
        for operation in operations:
            after = self.state.clone()
            operation.state_forwards("shape", after)
            with connection.schema_editor() as editor:
                operation.database_forwards("shape", editor, self.state, after)
            self.state = after

    def model(self, name: str = "Stay") -> Any:
        return self.state.apps.get_model("shape", name)

    def stay(self, starts: float, ends: float, room: int = 1, state: str = "live", **more: Any) -> Any:
        return self.model()(room=room, starts=hour(starts), ends=hour(ends), state=state, **more)


@pytest.fixture
def table(transactional_db: None) -> Any:
    made = Table(kept=constraint())
    yield made
    name = next(iter(made.state.models))[1]
    made.apply(migrations.DeleteModel(name))


def refused(write: Any) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def holds(table: Table, name: str = "Stay", start: str = "starts") -> bool:
    """Whether a second row over the first is refused."""
    model = table.model(name)
    model.objects.all().delete()
    rows = [model(**{"room": 1, start: hour(at), "ends": hour(at + 2)}) for at in (0, 1)]
    rows[0].save()
    return refused(rows[1].save)


def test_refuses_a_row_that_meets_another_by_save_and_by_bulk_create(table: Table) -> None:
    table.stay(0, 2).save()
    assert refused(table.stay(1, 3).save)
    assert refused(lambda: table.model().objects.bulk_create([table.stay(5, 6), table.stay(5.5, 7)]))
    assert table.model().objects.count() == 1


def test_lets_touching_periods_other_rooms_and_cancelled_rows_be(table: Table) -> None:
    table.stay(0, 2).save()
    for other in (table.stay(2, 3), table.stay(-1, 0), table.stay(0, 2, room=2), table.stay(0, 2, state="gone")):
        other.save()
    assert table.model().objects.count() == 5


def test_refuses_an_update_that_moves_or_revives_a_row_into_another(table: Table) -> None:
    table.stay(0, 2).save()
    table.stay(2, 4).save()
    table.stay(1, 3, state="gone").save()
    rows = table.model().objects
    assert refused(lambda: rows.filter(starts=hour(2)).update(starts=hour(1.5)))
    assert refused(lambda: rows.filter(state="gone").update(state="live"))
    assert refused(lambda: rows.filter(state="gone").update(room=1, state="live"))
    assert rows.filter(starts=hour(2)).update(ends=hour(9)) == 1


def test_survives_every_remake_and_rename_of_the_table(table: Table) -> None:
    text = models.CharField(max_length=20, default="")
    table.apply(migrations.AddField("Stay", "more", models.IntegerField(default=0)))
    assert holds(table)
    table.apply(migrations.AlterField("Stay", "note", models.TextField(default="", unique=False, db_index=True)))
    assert holds(table)
    table.apply(migrations.RemoveField("Stay", "note"), migrations.RemoveField("Stay", "more"))
    assert holds(table)
    table.apply(migrations.AddField("Stay", "later", text), migrations.RenameField("Stay", "later", "sooner"))
    assert holds(table)
    table.apply(migrations.AddIndex("Stay", models.Index(fields=["room", "ends"], name="stay_room_ends")))
    assert holds(table)
    table.apply(migrations.RenameModel("Stay", "Visit"))
    assert holds(table, "Visit")


def test_goes_when_removed_and_comes_back_when_added(table: Table) -> None:
    table.apply(migrations.RemoveConstraint("Stay", "stay_no_overlap"))
    assert not holds(table)
    table.model().objects.all().delete()
    table.apply(migrations.AddConstraint("Stay", constraint()))
    assert holds(table)


def test_cannot_be_added_over_rows_that_already_meet_on_postgresql(transactional_db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's triggers judge the rows that come, not those that are there")
    table = Table(kept=None)
    table.stay(0, 2).save()
    table.stay(1, 3).save()
    with pytest.raises(IntegrityError):
        table.apply(migrations.AddConstraint("Stay", constraint()))
    table.apply(migrations.DeleteModel("Stay"))


def test_validate_says_it_before_the_database_does(table: Table) -> None:
    table.stay(0, 2).save()
    kept = constraint(violation_error_message="taken")
    model = table.model()
    with pytest.raises(ValidationError, match="taken"):
        kept.validate(model, table.stay(1, 3))
    for fine in (table.stay(2, 3), table.stay(1, 3, room=2), table.stay(1, 3, state="gone"), model.objects.get()):
        kept.validate(model, fine)
    kept.validate(model, table.stay(1, 3), exclude={"room"})
    kept.validate(model, model(room=1))


def test_is_written_into_migrations_and_equals_its_copy() -> None:
    kept = constraint()
    path, positional, named = kept.deconstruct()
    assert (path, positional) == ("liqi.access.constraints.NoOverlap", ())
    assert NoOverlap(**named) == kept
    assert constraint(end="other") != kept
    assert kept != "stay_no_overlap"
    assert "NoOverlap" in MigrationWriter.serialize(kept)[0]


@given(
    periods=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 40), st.integers(1, 12), st.booleans()), max_size=25)
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_accepts_exactly_the_rows_that_meet_none(table: Table, periods: list[tuple[int, int, int, bool]]) -> None:
    table.model().objects.all().delete()
    held: list[tuple[int, int, int]] = []
    for room, starts, length, live in periods:
        meets = any(room == r and starts < e and starts + length > s for r, s, e in held)
        row = table.stay(starts, starts + length, room=room, state="live" if live else "gone")
        assert refused(row.save) == (live and meets)
        if live and not meets:
            held.append((room, starts, starts + length))
