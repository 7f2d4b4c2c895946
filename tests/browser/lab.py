"""The facility of the journeys, its clock, and what every journey does with a page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from liqi.catalogue.models import Service
from tests.web.access import Place, place

HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def lab(transactional_db: None, settings: Settings, tmp_path: Path) -> Place:
    """A facility with two instruments, a member, another user and a steward; its files in a fresh folder."""
    settings.LIQI_DATA = tmp_path
    return place()


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """That hour so many days from today, on the instrument's clock."""
    day = datetime.now(HERE) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


def day(days: int) -> str:
    """The day so many days from today, as a field of a form takes it."""
    return at(days, 12).astimezone(HERE).strftime("%Y-%m-%d")


def service_of(lab: Place) -> Service:
    """A service of the facility that firms may order, at 600 a sample."""
    now = datetime.now(UTC)
    return Service.objects.create(
        key="residues", name="农药残留检测", name_en="Pesticide residues", institution=lab.facility.institution,
        facility=lab.facility, price_cny=600, price_unit="sample", turnaround_days=7, source="test",
        created_at=now, updated_at=now,
    )  # fmt: skip


def press(page: Page, name: str) -> None:
    """The button of that name is pressed, and the page that follows stands."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state("networkidle")


def fits(page: Page) -> bool:
    """Whether nothing of the page sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
