"""Where clocks change, the calendar and the server take what a clock shows for the same moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser

from liqi.catalogue.models import Instrument
from liqi.web import periods

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ZONE_JS = Path(__file__).parents[2] / "frontend" / "islands" / "calendar" / "zone.js"
CHANGES = [
    ("Europe/Berlin", datetime(2027, 3, 28)),
    ("Europe/Berlin", datetime(2027, 10, 31)),
    ("America/New_York", datetime(2027, 3, 14)),
    ("America/New_York", datetime(2027, 11, 7)),
    ("Australia/Lord_Howe", datetime(2027, 4, 4)),
    ("Asia/Shanghai", datetime(2027, 3, 28)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_every_quarter_hour_of_that_day_is_the_same_moment(chromium: Browser, zone: str, day: datetime) -> None:
    walls = [day + number * timedelta(minutes=15) for number in range(-8, 40)]
    source = ZONE_JS.read_text("utf-8").replace("export ", "")
    page = chromium.new_page()
    asked = f"([zone, walls]) => {{ {source}; return walls.map((one) => toInstant(one, zone)) }}"
    found = page.evaluate(asked, [zone, [one.isoformat() for one in walls]])
    page.close()
    fields = [{"date": f"{one:%Y-%m-%d}", "start": f"{one:%H:%M}", "minutes": "60", "zone": zone} for one in walls]
    read = [periods.read(each, Instrument()).starts_at for each in fields]
    assert [datetime.fromtimestamp(each / 1000, UTC) for each in found] == read
    assert read == [one.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for one in walls]
