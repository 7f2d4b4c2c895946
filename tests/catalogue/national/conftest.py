"""An institution that reports: a centre, instruments, a customs record, service records, all as the platform wants."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from liqi.catalogue.exchange.national.records import CLOCK
from liqi.catalogue.models import (
    Contact,
    CustomsRecord,
    Facility,
    Institution,
    Instrument,
    ServiceRecord,
)

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
YEAR = 2026
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}
Make = Callable[..., Any]


def at(day: int, hour: int, minute: int = 0, *, month: int = 5, year: int = YEAR) -> datetime:
    """A moment on the platform's clock."""
    return datetime(year, month, day, hour, minute, tzinfo=CLOCK)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def institution(db: None) -> Institution:
    return Institution.objects.create(key="hefei", name="合肥测试大学", national_code="JG0001", country="CN", **RECORD)


@pytest.fixture
def centre(institution: Institution) -> Facility:
    made = Facility.objects.create(
        key="centre", name="分析测试中心", institution=institution, register="centre", facility_class="support",
        kind="service_platform", applied_research=True, floor_area_m2=Decimal("1200.5"), founded_on=date(1999, 9, 1),
        accredited=True, subjects=["150", "140"], description="为全校服务", cost_cny=Decimal("120000000"),
        instrument_count=2, website="https://example.org/", **RECORD,
    )  # fmt: skip
    Contact.objects.create(facility=made, role="contact", name="林芳", phone="0551-63600001")
    return made


@pytest.fixture
def make_instrument(institution: Institution, centre: Facility) -> Make:
    """Makes instruments that the platform takes."""

    def made(key: str = "ms-1", **fields: Any) -> Instrument:
        given: dict[str, Any] = {
            "key": key, "name": "液相色谱质谱联用仪", "name_en": "LC-MS", "institution": institution,
            "facility": centre,
            "department": "分析测试中心", "class_code": "010201", "class_scheme": "cn-instr",
            "class_edition": "current",
            "obtained": "bought",
            "customs_supervised": False, "value_cny": Decimal("4150000"),
            "made_in": "US",
            "maker_text": "赛默飞世尔科技", "acquired_on": date(2020, 3, 1), "purpose": "general",
            "model": "Q Exactive",
            "specification": "分辨率 140000", "functions": "未知物鉴定", "subjects": ["150"], "funds": ["中央财政资金"],
            "service_content": "定性定量", "achievements": "支撑三项国家重点研发计划", "user_rules": "持证上机",
            "fees": "300 元/小时", "run_hours": Decimal("1200.5"), "outside_hours": Decimal("2"), "hours_year": YEAR,
            "province": "340000", "city": "合肥市", "county": "蜀山区", "address": "金寨路 96 号", "postcode": "230026",
            "shared": True, "status": "working", "country": "CN", **RECORD,
        }  # fmt: skip
        one = Instrument.objects.create(**(given | fields))
        Contact.objects.create(
            instrument=one, role="contact", name="王伟", phone="0551-63600002", email="wei@example.org",
            address="金寨路 96 号", postcode="230026",
        )  # fmt: skip
        return one

    return made


@pytest.fixture
def instrument(make_instrument: Make) -> Instrument:
    found: Instrument = make_instrument()
    return found


@pytest.fixture
def make_service(instrument: Instrument) -> Make:
    """Makes service records that the platform takes."""

    def made(ref: str = "s-1", **fields: Any) -> ServiceRecord:
        given: dict[str, Any] = {
            "instrument": instrument, "source": "test", "source_ref": ref, "starts_at": at(6, 9), "ends_at": at(6, 11),
            "amount_cny": Decimal("600"), "quantity": Decimal("2"), "quantity_unit": "hours", "content": "未知物鉴定",
            "ways": ["1"], "audience": "130", "direction": "135", "subject_name": "茶叶农残", "subject_income": "2",
            "subjects": ["150"], "applicant": "高嵩", "applicant_unit": "小公司", "comment": "1",
            "agreement_signed": True, "off_site": False, "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip
        return ServiceRecord.objects.create(**(given | fields))

    return made


@pytest.fixture
def make_customs(instrument: Instrument) -> Make:
    """Makes customs records that the platform takes."""

    def made(**fields: Any) -> CustomsRecord:
        given: dict[str, Any] = {
            "instrument": instrument, "source": "test", "source_ref": "c-1", "declaration_number": "331020201000000123",
            "item_number": "01", "released_on": date(2020, 2, 1), "declared_name": "液质联用仪",
            "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip
        return CustomsRecord.objects.create(**(given | fields))

    return made
