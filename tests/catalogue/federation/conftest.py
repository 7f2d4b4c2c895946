"""A small catalogue that others harvest, and its answers read as XML."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from pytest_django import Settings

from liqi.catalogue.federation import provider, sources
from liqi.catalogue.models import Contact, Facility, Harvest, Institution, Instrument, Maker, Service
from tests.catalogue.federation.elsewhere import BASE, NOW, SITE, Elsewhere, pages_of

NS = {"o": "http://www.openarchives.org/OAI/2.0/"}


def record(at: int = 0, **more: Any) -> dict[str, Any]:
    """The facts that every record has, changed `at` seconds after the first."""
    changed = NOW + timedelta(seconds=at)
    return {"source": "test", "created_at": changed, "updated_at": changed, **more}


def ask(**arguments: str) -> Any:
    """The root of the provider's answer."""
    pairs = [(name.rstrip("_"), value) for name, value in arguments.items()]
    return etree.fromstring(provider.answer(pairs, base_url=BASE, site=SITE, now=NOW + timedelta(days=1)))


def error(root: Any) -> str:
    """The code of the error in the answer, blank for none."""
    found = root.find("o:error", NS)
    return "" if found is None else str(found.get("code"))


def identifiers(root: Any) -> list[str]:
    """The local part of every identifier in the answer, in order."""
    found = root.iterfind(".//o:header/o:identifier", NS)
    return [str(one.text).removeprefix("oai:one.example.org:") for one in found]


@pytest.fixture
def repository(settings: Settings) -> None:
    """This catalogue is one.example.org."""
    settings.LIQI_REPOSITORY = "one.example.org"
    settings.LIQI_SITE = SITE


@pytest.fixture
def small(db: None, repository: None) -> Instrument:
    """One of each kind, an institution with a private contact, a removed instrument; gives the orbitrap."""
    host = Institution.objects.create(
        key="ustc",
        name="中国科学技术大学",
        name_en="USTC",
        ror_id="https://ror.org/04c4dkn09",
        country="CN",
        **record(1),
    )
    centre = Facility.objects.create(
        key="centre", name="理化中心", institution=host, facility_class="support", kind="service_platform", **record(2)
    )
    maker = Maker.objects.create(key="thermo", name="赛默飞", name_en="Thermo Fisher", brand_country="US", **record())
    orbitrap = Instrument.objects.create(
        key="orbitrap", name="轨道阱质谱仪", name_en="Orbitrap & <mass> spectrometer", institution=host,
        facility=centre, maker=maker, maker_text="Thermo", model="Exploris 480", serial="MM10", class_code="010201",
        class_scheme="cn-instr", class_edition="current", value_cny=Decimal("4999999.90"), shared=True, bookable=True,
        acquired_on=date(2024, 5, 6), doi="10.5442/NI000001", techniques=["lcms"], source_row={"tel": "139 private"},
        capabilities=[{"quantity": "mass resolution", "low": 1, "high": 480000, "unit": "1"}],
        opening_hours={"mon": [["09:00", "17:30"]]}, description="A line\nand \u0007 a bell", latitude=31.8,
        longitude=117.3, country="CN", time_zone="Asia/Shanghai", **record(3),
    )  # fmt: skip
    Instrument.objects.create(key="gone", name="旧仪器", institution=host, removed_at=NOW, **record(4))
    service = Service.objects.create(
        key="unknowns", name="未知物鉴定", institution=host, facility=centre, price_cny=Decimal(800), **record(5)
    )
    service.instruments.add(orbitrap)
    Contact.objects.create(instrument=orbitrap, name="Private Person", phone="13900000000", public=False)
    Contact.objects.create(instrument=orbitrap, name="Front desk", email="desk@example.org", public=True)
    return orbitrap


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Elsewhere:
    settings.LIQI_REPOSITORY = "two.example.org"
    return Elsewhere(monkeypatch)


@pytest.fixture
def source(elsewhere: Elsewhere) -> Harvest:
    return sources.add(url=BASE, person=None, now=NOW)


@pytest.fixture
def served(
    small: Instrument, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[Elsewhere]:
    """The small catalogue on another server, two records a page, in our own format."""
    kept = pages_of("liqi", monkeypatch, settings)
    elsewhere.answer = lambda arguments: kept[arguments.get("resumptionToken", "")]
    return elsewhere
