"""Whatever sixteen processes do at once, no two live bookings of an instrument meet.

Each slot is wanted by eight racers at the same moment, on SQLite and on PostgreSQL, through the verb and
over HTTP. `./run bench races` runs every race at full size.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600), pytest.mark.xdist_group("races")]

SQLITE, POSTGRESQL = "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh database."""
    if request.param == SQLITE:
        yield {"LIQI_DATA": str(tmp_path)}
    else:
        yield {
            "LIQI_DATA": str(tmp_path),
            "LIQI_DATABASE_URL": course.new_database(request.getfixturevalue("postgresql")),
        }


def wins(seen: dict[str, Any], *, live: int, won: int) -> None:
    """Every racer won or was told kindly; each slot is held once."""
    tries = seen["slots"] * seen["racers"]
    assert seen["processes"] == 16
    assert {name: count for name, count in seen["outcomes"].items() if count} == {
        name: count for name, count in (("won", won), ("taken", tries - won)) if count
    }
    assert (seen["doubles"], seen["live"]) == (0, live)


@pytest.mark.parametrize("where", [SQLITE, POSTGRESQL], indirect=True)
@pytest.mark.parametrize(("kind", "slots"), [("create", 1000), ("move", 60), ("revive", 60)])
def test_of_eight_who_want_a_slot_one_gets_it(where: dict[str, str], kind: str, slots: int) -> None:
    seen = course.run(kind, slots=slots, where=where)
    wins(seen, live=slots * 8 if kind == "move" else slots, won=slots)


@pytest.mark.parametrize("where", [SQLITE, POSTGRESQL], indirect=True)
def test_eight_identical_requests_of_one_person_give_one_booking_to_all(where: dict[str, str]) -> None:
    wins(course.run("repeat", slots=100, where=where), live=100, won=800)


@pytest.mark.parametrize("where", [SQLITE, POSTGRESQL], indirect=True)
def test_of_eight_who_want_a_slot_over_http_one_gets_it(where: dict[str, str]) -> None:
    wins(course.run("create", slots=200, where=where, way="http"), live=200, won=200)


@pytest.mark.parametrize("where", [SQLITE], indirect=True)
def test_eight_identical_requests_over_http_give_one_booking_to_all(where: dict[str, str]) -> None:
    wins(course.run("repeat", slots=50, where=where, way="http"), live=50, won=400)
