"""The platform's own rules and traps, each found before anything is sent."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.models import Facility, Institution, InstitutionYear, Instrument, Picture, Push
from liqi.catalogue.national import preflight
from liqi.catalogue.national.stand_in import fault
from tests.catalogue.national.conftest import NOW, YEAR, Make, at


def check(institution: Institution, **more: Any) -> preflight.Report:
    return preflight.check(institution, YEAR, now=NOW, **more)


def found(institution: Institution, **more: Any) -> set[tuple[str, str]]:
    """Field and code of every problem that holds a record back."""
    return {(one.field, one.code) for one in check(institution, **more).problems if one.fatal}


def noticed(institution: Institution) -> set[tuple[str, str]]:
    """Field and code of every problem."""
    return {(one.field, one.code) for one in check(institution).problems}


@pytest.mark.django_db
def test_an_institution_in_order_has_nothing_held_back_and_the_stand_in_agrees(
    institution: Institution, instrument: Instrument, make_service: Make, make_customs: Make
) -> None:
    make_service()
    make_customs()
    instrument.customs_supervised = True
    instrument.save()
    report = check(institution)
    assert [one.record for one in report.records] == [
        "center", "instrument", "customs", "service_record", "institution_year",
    ]  # fmt: skip
    assert not found(institution)
    for one in report.records:
        assert fault(dictionary.RECORDS[one.record], one.payload) == ""
    assert report.counts == {"records": 5, "ready": 5, "held": 0, "problems": len(report.problems)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["achievements", "fees", "department"])
def test_a_blank_that_the_live_interface_refuses_is_filled_or_reported(
    institution: Institution, make_instrument: Make, name: str
) -> None:
    make_instrument(**{name: ""})
    key = {"achievements": "achievement", "fees": "fee", "department": "insideDepart"}[name]
    report = check(institution)
    assert report.records[1].payload[key] == "无"
    assert (key, "empty") not in found(institution)
    assert (key, "empty") in found(institution, policy="report")
    blank = check(institution, policy="report").records[1].payload
    assert "不能为空" in fault("4", blank)


@pytest.mark.django_db
def test_every_class_that_is_only_called_other_is_sent_as_990000(
    institution: Institution, make_instrument: Make
) -> None:
    make_instrument(class_code="010299")
    report = check(institution)
    assert report.records[1].payload["instrCategory"] == "990000"
    assert not found(institution)


def test_a_code_that_ends_in_99_is_never_sent() -> None:
    from liqi.catalogue.national._record_rules import _class

    assert [code for _key, code, _found, _facts in _class("010299")] == ["class_other"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": "仪" * 101}, ("cname", "too_long")),
        ({"specification": "标" * 501}, ("technical", "too_long")),
        ({"value_cny": None}, ("worth", "missing")),
        ({"made_in": ""}, ("nation", "missing")),
        ({"obtained": ""}, ("instrSource", "missing")),
        ({"purpose": ""}, ("type", "missing")),
        ({"class_code": "", "class_scheme": "", "class_edition": ""}, ("instrCategory", "missing")),
        ({"class_code": "010200"}, ("instrCategory", "class_too_wide")),
        ({"class_code": "010298"}, ("instrCategory", "class_unknown")),
        ({"value_cny": Decimal("41500000000")}, ("worth", "worth_unit")),
        ({"subjects": ["110", "120", "130", "140", "150"]}, ("subject", "too_many")),
        ({"subjects": ["999"]}, ("subject", "not_in_list")),
        ({"funds": ["私房钱"]}, ("funds", "not_in_list")),
        ({"acquired_on": None, "commissioned_on": date(2020, 5, 1)}, ("beginDate", "begin_date_meaning")),
        ({"acquired_on": date(2030, 1, 1)}, ("beginDate", "in_the_future")),
        ({"obtained": "made", "made_in": "DE"}, ("nation", "developed_here")),
        ({"city": "349999"}, ("city", "division_unknown")),
        ({"customs_supervised": True}, ("instrSupervise", "customs_missing")),
        ({"facility": None, "carrier_kind": "6"}, ("resourceName", "carrier_unnamed")),
        ({"facility": None, "carrier_kind": "1"}, ("instrBelongsName", "carrier_missing")),
        ({"facility": None, "carrier_kind": "3"}, ("instrBelongsType", "carrier_dropped")),
        ({"run_hours": Decimal("9000")}, ("runMachine", "hours_of_year")),
        ({"outside_hours": Decimal("1300")}, ("serviceMachine", "hours_outside")),
    ],
)
def test_each_fault_of_an_instrument_is_found(
    institution: Institution, make_instrument: Make, changed: dict[str, Any], problem: tuple[str, str]
) -> None:
    make_instrument(**changed)
    assert problem in found(institution)


@pytest.mark.django_db
def test_a_problem_says_found_expected_and_what_to_do(institution: Institution, make_instrument: Make) -> None:
    make_instrument(name="仪" * 101)
    one = next(one for one in check(institution).problems if one.code == "too_long")
    said = one.as_json()
    assert (said["record"], said["id"], said["field"], said["holds"]) == ("instrument", "ms-1", "cname", True)
    assert said["found"] == "101"
    assert "100" in said["expected"]
    assert said["do"]
    assert said["label"] == "仪器设备名称"


@pytest.mark.parametrize("code", preflight.WORDS)
def test_every_problem_has_words(code: str) -> None:
    words = preflight.WORDS[code]
    assert str(words.expected) % {"most": 1, "list": "a"}
    assert str(words.do)


@pytest.mark.django_db
def test_money_goes_in_wan_and_income_in_yuan_with_two_decimals_at_most(
    institution: Institution, make_instrument: Make, make_service: Make
) -> None:
    Instrument.objects.update(value_cny=Decimal("4150049.99"))
    make_service(amount_cny=Decimal("1234.56"), quantity=Decimal("1.33"))
    by_record = {one.record: one.payload for one in check(institution).records}
    assert by_record["instrument"]["worth"] == "415.00"
    assert by_record["service_record"]["amounts"] == "1234.56"
    assert by_record["service_record"]["serviceAmount"] == "1.33"
    make_service("s-2", amount_cny=Decimal("0.06"), starts_at=at(7, 9), ends_at=at(7, 11))
    assert ("amounts", "amount_unit") in noticed(institution)


@pytest.mark.django_db
def test_names_come_from_division_codes(institution: Institution, make_instrument: Make) -> None:
    make_instrument(province="340000", city="340100", county="340104")
    made = check(institution).records[1].payload
    assert (made["province"], made["city"], made["county"]) == ("安徽省", "合肥市", "蜀山区")
    assert made["nation"] == "美国"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number", ["33102020100000012", "3310202010000001234", "33102020100000012X", "331018501000000123"]
)
def test_a_declaration_number_has_18_digits_in_their_order(
    institution: Institution, make_customs: Make, number: str
) -> None:
    make_customs(declaration_number=number[:18])
    good = number == "3310202010000001234"[:18]
    assert (("declarationNumber", "declaration_number") in found(institution)) is not good or len(number) > 18


@pytest.mark.django_db
def test_records_of_an_instrument_that_is_held_are_held_with_it(
    institution: Institution, instrument: Instrument, make_service: Make, make_customs: Make
) -> None:
    make_service()
    make_customs()
    instrument.value_cny = None
    instrument.save()
    held = {one.record for one in check(institution).records if one.held}
    assert held == {"instrument", "customs", "service_record"}
    assert ("innerId", "instrument_first") in found(institution)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"ends_at": at(6, 9)}, ("endTime", "ends_before")),
        ({"quantity": Decimal("2.5")}, ("serviceAmount", "hours_too_many")),
        ({"starts_at": at(31, 22, month=12), "ends_at": at(1, 2, month=1, year=YEAR + 1)}, ("endTime", "outside_year")),
        ({"off_site": True}, ("moveAddress", "address_missing")),
        ({"audience": ""}, ("serviceType", "missing")),
        ({"ways": ["9"]}, ("serviceWay", "not_in_list")),
        ({"content": "测" * 200, "applicant_unit": "单" * 51}, ("applicantUnit", "too_long")),
    ],
)
def test_each_fault_of_a_service_record_is_found(
    institution: Institution, make_service: Make, changed: dict[str, Any], problem: tuple[str, str]
) -> None:
    make_service(**changed)
    assert problem in found(institution)


@pytest.mark.django_db
def test_a_service_that_ends_with_the_year_is_inside_it(institution: Institution, make_service: Make) -> None:
    make_service(starts_at=at(31, 22, month=12), ends_at=at(1, 0, month=1, year=YEAR + 1))
    assert ("endTime", "outside_year") not in found(institution)


@pytest.mark.django_db
def test_a_short_service_still_ends_after_it_began_when_written_to_the_hour(
    institution: Institution, make_service: Make
) -> None:
    make_service(starts_at=at(6, 9, 10), ends_at=at(6, 9, 40), quantity=Decimal("0.5"))
    made = next(one.payload for one in check(institution).records if one.record == "service_record")
    assert (made["serviceTime"], made["endTime"]) == ("2026-05-06 09", "2026-05-06 10")
    assert fault("6", made) == ""


@pytest.mark.django_db
def test_samples_are_counted_for_commissioned_work_alone(institution: Institution, make_service: Make) -> None:
    make_service(quantity=Decimal(12), quantity_unit="samples", ways=["1"])
    assert ("serviceWay", "samples_not_commissioned") in noticed(institution)


@pytest.mark.django_db
def test_totals_are_computed_and_compared_with_what_was_declared(
    institution: Institution, instrument: Instrument, make_service: Make
) -> None:
    make_service()
    make_service("s-2", audience="120", amount_cny=Decimal("400"), starts_at=at(8, 9), ends_at=at(8, 12), quantity=3)
    InstitutionYear.objects.create(
        institution=institution, year=YEAR, source="typed", source_ref="2026", created_at=NOW, updated_at=NOW,
        reported={"serviceIncome": "0.06", "billWorth": "0.2", "instrNum": "1", "externalShareRates": "100%"},
        typed={"thesis": "三篇", "billNum": "2"},
    )  # fmt: skip
    report = check(institution)
    year = report.records[-1]
    assert {one.field for one in year.problems if one.code == "total_differs"} == {"billWorth"}
    assert year.payload["billWorth"] == "0.10"
    assert year.payload["serviceIncome"] == "0.06"
    assert year.payload["thesis"] == "三篇"
    assert year.payload["serviceAmounts"] == "服务机时 5 小时；样品 0 个；服务 2 次"
    assert year.payload["intensityFile"]["rows"] == 1
    assert "600" in year.payload["intensityFile"]["text"]
    assert (report.figures["billWorth"].rows, report.figures["instrNum"].rows) == (2, 1)


@pytest.mark.django_db
def test_nothing_to_compute_from_is_none_recorded_and_never_zero(institution: Institution) -> None:
    year = check(institution).records[-1]
    assert {one.code for one in year.problems} == {"nothing_to_compute"}
    assert year.payload["serviceIncome"] == ""


@pytest.mark.django_db
def test_hours_that_service_records_exceed_are_noticed(
    institution: Institution, instrument: Instrument, make_service: Make
) -> None:
    make_service()
    assert ("runMachine", "hours_differ") not in noticed(institution)
    Instrument.objects.update(run_hours=Decimal(1), outside_hours=Decimal(1))
    assert {("runMachine", "hours_differ"), ("serviceMachine", "hours_differ")} <= noticed(institution)


@pytest.mark.django_db
def test_hours_that_nobody_declared_are_those_of_the_service_records(
    institution: Institution, instrument: Instrument, make_service: Make
) -> None:
    Instrument.objects.update(run_hours=None, outside_hours=None)
    make_service()
    made = check(institution).records[1].payload
    assert (made["runMachine"], made["serviceMachine"]) == ("2", "2")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("media_type", "size", "fits"),
    [("image/jpeg", 900_000, True), ("image/jpeg", 1_200_000, False), ("image/png", 1000, False)],
)
def test_a_picture_is_a_jpeg_of_at_most_1_mb(
    institution: Institution, instrument: Instrument, media_type: str, size: int, fits: bool
) -> None:
    Picture.objects.create(
        instrument=instrument, sha256="a" * 64, media_type=media_type, size=size, width=10, height=10, added_at=NOW
    )
    assert (("image", "picture_unfit") in noticed(institution)) is not fits
    assert (check(institution).records[1].payload["image"] == "无") is not fits


@pytest.mark.django_db
def test_a_number_that_stands_for_two_instruments_is_a_problem_of_both(
    institution: Institution, make_instrument: Make
) -> None:
    for key in ("a", "b"):
        make_instrument(key, identifiers=[{"type": "InventoryNumber", "value": "20200001"}])
    twins = [one for one in check(institution).problems if one.code == "number_twice"]
    assert len(twins) == 2


@pytest.mark.django_db
def test_an_institution_without_a_code_is_told_to_enter_it(institution: Institution, instrument: Instrument) -> None:
    Institution.objects.update(national_code="")
    assert ("insCode", "institution_code") in found(institution)


@pytest.mark.django_db
def test_a_change_after_submission_is_a_problem_until_the_platform_rejects(
    institution: Institution, instrument: Instrument
) -> None:
    sent = check(institution).records[1]
    Push.objects.create(
        target="national", institution=institution, record_type="4", record=sent.number, place=2, payload=sent.payload,
        sha256="x", state="locked", submit=True, queued_at=NOW,
    )  # fmt: skip
    assert ("auditStatus", "locked") not in found(institution)
    Instrument.objects.update(functions="别的功能")
    one = next(one for one in check(institution).problems if one.code == "locked")
    assert one.found == "function"


@pytest.mark.django_db
def test_a_maker_that_is_an_agent_is_noticed(institution: Institution, make_instrument: Make) -> None:
    make_instrument(maker_text="某某国际贸易有限公司")
    assert ("manufacturer", "maker_is_agent") in noticed(institution)


@pytest.mark.django_db
def test_retired_and_removed_instruments_are_not_reported(institution: Institution, make_instrument: Make) -> None:
    make_instrument("a", status="retired")
    make_instrument("b", removed_at=NOW)
    assert [one.record for one in check(institution).records] == ["center", "institution_year"]


@pytest.mark.django_db
def test_a_thousand_instruments_are_checked_in_few_queries(
    institution: Institution, centre: Facility, make_instrument: Make, django_assert_max_num_queries: Any
) -> None:
    first = make_instrument()
    fields = {
        f.attname: getattr(first, f.attname) for f in Instrument._meta.concrete_fields if f.name not in ("id", "key")
    }
    Instrument.objects.bulk_create(Instrument(**fields, key=f"x{n}") for n in range(1000))
    with django_assert_max_num_queries(20):
        assert check(institution).counts["records"] == 1003


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "held"), [("", True), ("https://example.org", True), ("http://127.0.0.1:1", False)]
)
def test_examples_go_to_a_stand_in_alone(
    institution: Institution, make_instrument: Make, monkeypatch: pytest.MonkeyPatch, address: str, held: bool
) -> None:
    monkeypatch.setenv("LIQI_NATIONAL_URL", address)
    make_instrument(synthetic=True)
    assert {one.record for one in check(institution).records if one.held} == (
        {"instrument", "institution_year"} if held else set()
    )
