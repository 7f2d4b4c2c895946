from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument, Maker, MakerOwner
from liqi.observatory import boards, example
from tests.web.again import again

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.LIQI_DATA = tmp_path


def made(model, key, /, **facts):
    facts = {"name": key, "source": "test", "created_at": NOW, "updated_at": NOW, **facts}
    return model.objects.create(key=key, **facts)


def instrument(key, /, *, made_in="", value=None, code="030100", **facts):
    facts = {"country": "CN", "class_scheme": "cn-instr", "class_edition": "current", **facts}
    return made(Instrument, key, class_code=code, made_in=made_in, value_cny=value, **facts)


@pytest.fixture
def catalogue(db):
    """Three instruments of one class (one domestic, one foreign, one that does not say), one of another, one abroad."""
    bought = made(Maker, "bought", brand_country="US")
    MakerOwner.objects.create(maker=bought, owner="X", owner_country="CN", from_on=date(2020, 1, 1))
    own = made(Maker, "own", brand_country="CN")
    instrument("ms-1", made_in="CN", value=Decimal(300_000), maker=own, province="110000")
    instrument("ms-2", made_in="US", value=Decimal(3_000_000), maker=bought, synthetic=True)
    instrument("ms-3", made_in="", value=None)
    instrument("nmr-1", made_in="DE", value=Decimal(3_000_000), code="040000")
    instrument("uk-1", made_in="GB", country="GB", value=Decimal(10))
    made(Facility, "lab", facility_class="research", kind="laboratory", field="materials", country="CN",
         frontier_research=True, applied_research=True)  # fmt: skip
    made(Facility, "park", facility_class="transformation", kind="industrial_park", field="energy", country="CN",
         industrialisation=True, synthetic=True)  # fmt: skip


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def operator():
    return Person.objects.create_user("operator@example.org", "x", name="Operator", is_operator=True)


@pytest.fixture
def member():
    return Person.objects.create_user("member@example.org", "x", name="Member")


@pytest.fixture
def loaded(operator):
    return again("observatory", lambda: example.load(now=NOW), beside={"accounts_person"})


def put(board, person, /, **given):
    return boards.add(boards.board(board), given, person=person, now=NOW)


def table(text, operator, name="demand", **more):
    return boards.take_in(boards.board(name), text.encode(), "t.csv", person=operator, now=NOW, **more)
