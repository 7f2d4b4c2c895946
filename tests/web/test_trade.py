import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from liqi.accounts.models import Person
from liqi.observatory import trade
from liqi.observatory.models import TradeTable
from tests.observatory.conftest import NOW, data_folder  # noqa: F401
from tests.observatory.test_trade import BACI, file  # noqa: F401
from tests.web.world import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    yield client
    translation.activate("zh-hans")


@pytest.fixture
def operator(english):
    english.force_login(Person.objects.create(email="o@example.org", name="O", is_operator=True))
    return english


@pytest.fixture
def table(file):  # noqa: F811
    return trade.take_in(file, file_name="BACI_2022.csv", person=None, now=NOW, synthetic=True).table


def test_the_card_shows_balance_and_partners_and_says_what_is_made_up(english, table):
    page = flat(english.get("/observatory/trade/").content.decode())
    assert "<strong>2022</strong>" in page
    assert "8 000 000" in page
    assert "7 000 000" in page
    assert "Germany" in page
    assert "tag-synthetic" in page


def test_a_side_that_is_not_on_record_is_blank(english, table):
    page = flat(english.get("/observatory/trade/?country=US&product=9027").content.decode())
    assert '<td class="number" data-label="Exported"><span class="blank">none recorded</span>' in page


def test_the_card_is_a_file_too(english, table):
    lines = english.get("/observatory/trade/?product=9027&format=csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert [(row["side"], row["partner"], row["value"]) for row in rows] == [
        ("import", "", "8000000.0"), ("export", "", "1000000.0"), ("import", "DE", "5000000.0"),
        ("import", "JP", "3000000.0"),
    ]  # fmt: skip


def test_without_a_table_the_page_says_how_one_comes_in(english):
    assert "liqi trade import FILE" in english.get("/observatory/trade/").content.decode()


def test_an_operator_tries_takes_in_and_takes_back(operator):
    def drop(text, **given):
        return operator.post(
            "/observatory/trade/tables/", {"file": SimpleUploadedFile("b.csv", text.encode()), **given}
        )

    tried = drop(BACI, dry="yes")
    assert "4 would be kept" in flat(tried.content.decode())
    assert TradeTable.objects.count() == 0
    bad = drop(BACI + "2022,000,156,902781,5,1\n")
    assert bad.status_code == 422
    assert "Row 6" in bad.content.decode()
    assert drop(BACI, products="90").status_code == 302
    held = TradeTable.objects.get()
    assert held.rows == 3
    operator.post(f"/observatory/trade/tables/{held.pk}/back/")
    assert TradeTable.objects.get().withdrawn_at is not None


def test_a_mapping_is_typed_a_line_a_column(operator):
    text = "an,de,vers,bien,combien\n2020,FR,DE,9027,5\n"
    lines = "an = period\nde = exporter\nvers = importer\nbien = product\ncombien = value_usd"
    given = {"file": SimpleUploadedFile("m.csv", text.encode()), "mapping": lines}
    assert operator.post("/observatory/trade/tables/", given).status_code == 302


@pytest.mark.parametrize(
    "given",
    [{}, {"file": b"nothing"}, {"file": BACI.encode(), "mapping": "{"},
     {"file": BACI.encode(), "mapping": '{"a":' * 20_000}],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(operator, given):
    if "file" in given:
        given = {**given, "file": SimpleUploadedFile("x.csv", given["file"])}
    answer = operator.post("/observatory/trade/tables/", given)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_tables_are_for_operators(english):
    assert english.get("/observatory/trade/tables/").status_code == 302
    english.force_login(Person.objects.create(email="m@example.org", name="M"))
    assert english.get("/observatory/trade/tables/").status_code == 403


@pytest.mark.parametrize("query", ["product=x", "product=12345678901"])
def test_a_code_that_is_none_is_no_page(english, table, query):
    assert english.get(f"/observatory/trade/?{query}").status_code == 404


@pytest.mark.parametrize("year", ["²", "9" * 5000, "-1", "soon"])
def test_a_year_that_is_none_is_not_asked_for(english, table, year):
    assert english.get("/observatory/trade/", {"year": year}).status_code == 200
