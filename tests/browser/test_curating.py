"""What keepers of records do in the browser, each with its undo: import, merge, change many; and a need to an offer."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from liqi.accounts.models import Person
from liqi.catalogue import _import_work, duplicates, search
from liqi.catalogue.models import ImportJob, Institution, Instrument
from tests.browser.visiting import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LIST = "Asset,What it is,Make\nA1,质谱仪,Thermo\nA2,离心机,Beckman\n"
Made = Callable[..., Instrument]


@pytest.fixture
def operator(tmp_path: Path, settings: Settings) -> Person:
    settings.LIQI_DATA = tmp_path
    return Person.objects.create_superuser(email="o@example.org", password="x", name="Operator", language="en")


@pytest.fixture
def made(operator: Person) -> Made:
    host = Institution.objects.create(key="host", name="测试大学", source="test", created_at=NOW, updated_at=NOW)

    def make(key: str, name: str, **facts: Any) -> Instrument:
        return Instrument.objects.create(
            key=key, name=name, institution=host, source="test", source_ref=key, created_at=NOW, updated_at=NOW, **facts
        )

    return make


def work() -> None:
    """What a worker does with the file that waits."""
    _import_work.perform(ImportJob.objects.get().key, now=datetime.now(UTC))


def test_a_list_is_mapped_imported_and_undone(visit: Visit, operator: Person, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text(LIST, "utf-8")
    page: Page = visit("/import/", person=operator)
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Send and look").click()
    page.wait_for_url("**/import/*/")
    work()
    page.reload()
    page.get_by_role("row", name="What it is").get_by_role("combobox").select_option("name")
    page.get_by_role("row", name="Asset").get_by_role("combobox").select_option("id")
    page.get_by_role("row", name="Make").get_by_role("combobox").select_option("maker")
    page.get_by_role("button", name="Read the rows").click()
    work()
    page.reload()
    expect(page.get_by_text("质谱仪").first).to_be_visible()
    assert not Instrument.objects.exists()
    page.get_by_role("button", name="Import", exact=True).click()
    work()
    page.reload()
    assert set(Instrument.objects.values_list("name", flat=True)) == {"质谱仪", "离心机"}
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("This import was undone")).to_be_visible()
    assert not Instrument.objects.exists()


def test_a_pair_is_merged_and_parted_again(visit: Visit, operator: Person, made: Made) -> None:
    for key in ("first", "second"):
        made(key, "轨道阱质谱仪", maker_text="Thermo", serial="SN-4711", model="Exploris")
    duplicates.propose(now=NOW)
    page = visit("/desk/duplicates/", person=operator)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", name="Merged last")).to_be_visible()
    assert Instrument.objects.count() == 1
    page.locator("section", has=page.get_by_role("heading", name="Merged last")).get_by_role(
        "button", name="Undo"
    ).click()
    page.wait_for_load_state("networkidle")
    assert Instrument.objects.count() == 2


def test_many_are_changed_at_once_and_changed_back(visit: Visit, operator: Person, made: Made) -> None:
    for key in ("first", "second", "third"):
        made(key, f"质谱仪 {key}", department="化学系")
    page = visit("/bulk/?key=first&key=second", person=operator)
    page.locator("input[name=field][value=department]").check()
    page.locator("[name=department]").fill("理化中心")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_role("button", name="Change 2 records").click()
    page.wait_for_load_state("networkidle")
    told = ("first", "second", "third")
    assert [Instrument.objects.get(key=key).department for key in told] == ["理化中心", "理化中心", "化学系"]
    page.get_by_role("button", name="Undo").or_(page.get_by_role("button", name="Take it back")).first.click()
    page.wait_for_load_state("networkidle")
    assert [Instrument.objects.get(key=key).department for key in told] == ["化学系"] * 3


def test_a_need_in_words_leads_to_an_offer(visit: Visit, made: Made) -> None:
    made(
        "lcms",
        "液相色谱-质谱联用仪",
        name_en="LC-MS",
        techniques=["lcms"],
        shared=True,
        bookable=True,
        status="working",
    )
    search.rebuild()
    page = visit("/match/")
    page.get_by_label("What do you want to know or make").fill("测定牛奶中四环素残留")
    page.get_by_role("button", name="Ask", exact=True).click()
    offers = page.locator("section[aria-labelledby=offers]")
    expect(offers.get_by_role("link", name="LC-MS").first).to_be_visible(timeout=30_000)
    offers.get_by_role("link", name="LC-MS").first.click()
    page.wait_for_url("**/instruments/lcms/**")
