"""The observatory as a person uses it: the lens moves the numbers, a cell opens its rows, rules answer at once."""

import re

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.observatory.conftest import catalogue, data_folder  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_question_through_the_lens_to_the_rows(visit, catalogue):  # noqa: F811
    page = visit("/observatory/")
    page.get_by_role("link", name="Where do we depend on imports?", exact=True).click()
    lenses = page.get_by_role("navigation", name="Lens")
    expect(lenses.locator("[aria-current]")).to_contain_text("33.3 %")
    lenses.get_by_role("link", name=re.compile("Owner")).click()
    expect(lenses.locator("[aria-current]")).to_contain_text("100.0 %")
    page.locator("td.heat-cell a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The rows behind the figure")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_an_answered_question_moves_the_verdict_and_the_address_without_losing_the_place(visit, db):
    page = visit("/rules/?topic=vouchers&on=2020-06-01")
    page.locator("#place").select_option("310000")
    verdict = page.locator("[id='voucher.shanghai.2020']")
    expect(verdict).to_contain_text("cannot tell")
    expect(page.locator("article.rule")).to_have_count(1)
    page.locator("#q-contract").fill("300000")
    page.locator("#q-used").fill("0")
    page.locator("#q-team").select_option("no")
    expect(verdict).to_contain_text("150\u202f000 CNY")
    assert page.evaluate("document.activeElement.id") in ("q-team", "q-used")
    page.reload()
    expect(page.locator("[id='voucher.shanghai.2020']")).to_contain_text("150\u202f000 CNY")
    with page.expect_download() as download:
        page.locator("#as-json").click()
    assert '"voucher.shanghai.2020"' in download.value.path().read_text(encoding="utf-8")


def test_what_cannot_be_read_stays_in_its_field(visit, db):
    page = visit("/rules/?topic=vouchers&place=310000&on=2020-06-01&contract=plenty")
    expect(page.locator("#w-contract")).to_contain_text("Found “plenty”; expected a number from 0 up")
    expect(page.locator("#q-contract")).to_have_value("plenty")
