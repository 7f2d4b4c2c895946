"""A full quota refuses every way to a booking that the interface has, as the pages are refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from liqi.access.models import Booking, RuleSetting
from tests.web.api.test_bookings import World

HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    made = World()
    wednesday = made.now + timedelta(days=9 - made.now.weekday())
    made.start = wednesday.replace(hour=2)  # type: ignore[attr-defined]
    return made


def period(world: Any, hour: int, length: int = 1) -> dict[str, Any]:
    start = world.start + hour * HOUR
    return {"instrument": "ms1", "start": start.isoformat(), "end": (start + length * HOUR).isoformat()}


def create(world: Any, held: int) -> Any:
    return world.ask(world.member, "POST", "/api/bookings", period(world, 5))


def resize(world: Any, held: int) -> Any:
    return world.ask(world.member, "PATCH", f"/api/bookings/{held}", {"end": period(world, 2)["end"]})


def move(world: Any, held: int) -> Any:
    given = period(world, 4, 3)
    return world.ask(world.member, "PATCH", f"/api/bookings/{held}", {"start": given["start"], "end": given["end"]})


def together(world: Any, held: int) -> Any:
    return world.ask(world.member, "POST", "/api/bookings/together", {"periods": [period(world, 5)]})


def series(world: Any, held: int) -> Any:
    body = {"periods": [period(world, 5)], "rule": "FREQ=DAILY;COUNT=2", "time_zone": "Asia/Shanghai"}
    return world.ask(world.member, "POST", "/api/bookings/series", body)


@pytest.mark.parametrize("path", [create, resize, move, together, series], ids=lambda path: path.__name__)
def test_a_full_quota_is_refused_with_its_objection(world: Any, path: Callable[[Any, int], Any]) -> None:
    first = world.ask(world.member, "POST", "/api/bookings", period(world, 0, 2))
    assert first.status_code == 201
    limit = {"whose": "person", "most": 2, "what": "hours", "per": "week"}
    RuleSetting.objects.create(
        instrument=world.instrument, rule="quota", parameters={"limits": [limit]}, updated_at=world.now
    )
    refused = path(world, first.json()["id"])
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json"), refused.content
    assert "每人每周 2 小时" in refused.json()["objections"][0]["words"]
    (only,) = Booking.objects.live()
    assert only.ends_at - only.starts_at == 2 * HOUR
