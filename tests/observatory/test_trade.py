import pytest
from django.utils import translation

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from liqi.insight.origin import UnusableTable
from liqi.observatory import trade
from liqi.observatory.models import TradeFlow, TradeTable
from tests.observatory.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


BACI = (
    "t,i,j,k,v,q\n2022,276,156,902781,5000,3\n2022,392,156,902781,3000,\n"
    "2022,156,842,902781,1000,1\n2022,276,156,010121,9,1\n"
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "BACI_2022.csv"
    path.write_text(BACI)
    return path


def take(file, **given):
    return trade.take_in(file, file_name=file.name, **{"person": None, "now": NOW, **given})


def test_a_table_is_taken_in_whole_and_makes_a_card(file):
    done = take(file, products=["90"])
    assert (done.kind, done.read, done.created, done.table.rows) == ("baci", 4, 3, 3)
    card = trade.card(done.table, country="CN", product="9027")
    assert (card.years[0].imports, card.years[0].exports, card.years[0].deficit) == (8_000_000, 1_000_000, 7_000_000)
    assert [one.country for one in card.partners] == ["DE", "JP"]
    assert trade.countries(done.table) == ["CN", "US"]
    assert trade.products(done.table) == ["902781"]
    assert JournalEntry.objects.filter(thing="observatory.tradetable", verb="added").count() == 1


def test_a_dry_run_keeps_nothing_and_says_the_same(file):
    done = take(file, dry_run=True)
    assert (done.created, done.table, TradeTable.objects.count()) == (4, None, 0)


def test_one_faulty_row_keeps_all_of_it_out(file):
    file.write_text(BACI + "2022,000,156,902781,5,1\n2022,276,156,902781,7,1\n")
    done = take(file)
    assert [(one.row, one.code) for one in done.problems] == [(6, "no_country"), (7, "twice")]
    assert (TradeTable.objects.count(), TradeFlow.objects.count()) == (0, 0)


def test_the_same_file_is_not_taken_twice_but_again_after_it_was_taken_back(file):
    done = take(file)
    with pytest.raises(trade.TradeRefused, match="here already"):
        take(file)
    trade.take_back(done.table, person=None, now=NOW)
    assert TradeFlow.objects.count() == 0
    assert list(trade.tables()) == []
    assert take(file).table.pk != done.table.pk
    with pytest.raises(trade.TradeRefused, match="taken back already"):
        trade.take_back(done.table, person=None, now=NOW)


def test_only_operators_keep_tables(file):
    member = Person.objects.create(email="m@example.org", name="M")
    with pytest.raises(NotAllowed, match="operators"):
        take(file, person=member)
    assert take(file, person=Person.objects.create(email="o@example.org", name="O", is_operator=True)).table


@pytest.mark.parametrize(
    ("given", "problem", "words"),
    [
        ({"products": ["77"]}, trade.TradeRefused, "without a flow of these products"),
        ({"reporter": "nowhere"}, trade.TradeRefused, "expected a country such as CN"),
        ({"mapping": {"luck": "period"}}, UnusableTable, "which is no column"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_was_expected(file, given, problem, words):
    with pytest.raises(problem, match=words):
        take(file, **given)


def test_a_card_of_what_the_table_has_not_is_empty(file):
    card = trade.card(take(file).table, country="FR", product="9027")
    assert (card.years, card.partners, card.hhi) == ((), (), None)
