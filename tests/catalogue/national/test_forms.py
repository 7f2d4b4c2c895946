"""The four official forms: written and read again they say the same."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.catalogue import exporter, importer
from liqi.catalogue.exchange import Draft, recognise
from liqi.catalogue.exchange.national import dictionary, form_files, forms, json_files, read, records
from liqi.catalogue.models import Contact, Facility, Institution, Instrument
from liqi.taxonomy import classes, countries
from tests.catalogue.national.conftest import NOW, RECORD, Make


def kept(draft: Draft, institution: Institution, key: str) -> Any:
    """The record that the draft says, as an import would keep it."""
    fields = {name: value for name, value in draft.fields.items() if name not in ("institution", "maker", "facility")}
    contacts = fields.pop("contacts", [])
    if maker := draft.fields.get("maker"):
        fields["maker_text"] = maker
    model: Any = {"instrument": Instrument, "facility": Facility}[draft.kind]
    one = model.objects.create(
        key=key, institution=institution, source="read", created_at=NOW, updated_at=NOW, **fields
    )
    Contact.objects.bulk_create(Contact(**{draft.kind: one}, **contact) for contact in contacts)
    return one


def as_csv(form: str, rows: list[list[str]], above: int = 0) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for _ in range(above):
        writer.writerow([form_files.NAMES[form], *[""] * 5])
    writer.writerow([column.heading for column in forms.columns(form)])
    writer.writerows([form_files.safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40).filter(
    lambda text: text != "无" and "\ufffd" not in text and text.strip("'") == text
)
some_words = st.one_of(st.just(""), words)
money = st.one_of(
    st.none(), st.decimals(0, 10**9 - 1, places=2).map(lambda value: (value * 10000).quantize(Decimal("0.01")))
)
hours = st.one_of(st.none(), st.decimals(0, 8784, places=2))
days = st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2026, 1, 1)))
some_subjects = st.lists(st.sampled_from(sorted(dictionary.lists()["subject"])), unique=True, max_size=4)
instruments = st.fixed_dictionaries(
    {
        "name": words, "name_en": some_words, "department": some_words, "model": some_words,
        "class_code": st.sampled_from([c.code for c in classes().values() if c.level == 3 and c.name_zh != "其他"]),
        "obtained": st.sampled_from(["", "bought", "made", "given", "other"]),
        "customs_supervised": st.sampled_from([True, False, None]), "value_cny": money, "acquired_on": days,
        "made_in": st.sampled_from(["", *countries()]), "purpose": st.sampled_from(["", "general", "special"]),
        "maker_text": some_words, "specification": some_words, "functions": some_words, "subjects": some_subjects,
        "funds": st.lists(st.sampled_from(list(dictionary.lists()["funds"].values())), unique=True),
        "service_content": some_words, "achievements": some_words, "user_rules": some_words, "fees": some_words,
        "status": st.sampled_from(["working", "restricted", "down"]), "shared": st.booleans(),
        "booking_url": st.sampled_from(["", "https://example.org/book"]), "run_hours": hours, "outside_hours": hours,
        "province": st.sampled_from(["340000", "110000"]), "city": st.sampled_from(["", "合肥市"]),
        "county": st.sampled_from(["", "蜀山区"]), "address": some_words,
        "carrier_kind": st.sampled_from(["", "6", "7"]),
        "carrier_name": some_words,
    }
)  # fmt: skip


@pytest.mark.django_db(transaction=False)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_fields=instruments, number=words, contact=st.tuples(words, some_words))
def test_an_instrument_written_and_read_again_is_the_same(
    institution: Institution, given_fields: dict[str, Any], number: str, contact: tuple[str, str]
) -> None:
    Instrument.objects.all().delete()
    if not given_fields["carrier_kind"]:
        given_fields["carrier_name"] = ""
    one = Instrument.objects.create(
        key="i", institution=institution, class_scheme="cn-instr", class_edition="current",
        identifiers=[{"type": "InventoryNumber", "value": number}], **RECORD, **given_fields,
    )  # fmt: skip
    Contact.objects.create(instrument=one, role="contact", name=contact[0], phone=contact[1])
    row = forms.write("core_instrument", one)
    draft = next(read(as_csv("core_instrument", [row])))
    assert not [problem for problem in draft.problems if problem.fatal]
    again = kept(draft, institution, "again")
    assert forms.write("core_instrument", again) == row
    assert draft.ref == f"JG0001/{number}"
    for name in given_fields.keys() - {"shared"}:
        before, after = getattr(one, name), getattr(Instrument.objects.get(key="again"), name)
        assert after == before, name


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_every_form_is_written_recognised_and_read_again(
    institution: Institution, centre: Facility, instrument: Instrument, tmp_path: Path, suffix: str
) -> None:
    instrument.value_cny = Decimal("12000000")
    instrument.save()
    Facility.objects.create(
        key="ring", name="合肥光源", name_en="Hefei Light Source", acronym="HLS", institution=institution,
        register="infrastructure", facility_class="support", kind="large_facility", cost_cny=Decimal("300000000"),
        accepted_on=date(2016, 1, 1), device_category="2", status="operating", competent_department="中国科学院",
        specification="科学技术中心：加速器\n主要线站与技术指标：十条线站", subjects=["140"],
        achievements="支撑国家重大科研任务：一\n经济社会效益：二\n国际合作成果：三",
        documents=[{"kind": "layout picture", "name": "a.jpg", "address": "https://example.org/a.jpg"}], **RECORD,
    )  # fmt: skip
    for number, role in enumerate(["chief scientist", "head of operations", "contact"]):
        Contact.objects.create(
            facility=Facility.objects.get(key="ring"), role=role, name=f"名{number}", position=f"职{number}",
            unit=f"单位{number}", phone=f"+86-{number}", email=f"p{number}@example.org", public=True,
        )  # fmt: skip
    Contact.objects.update(public=True)
    made = exporter.export("national-forms", tmp_path, site="https://example.org", now=NOW)
    assert sorted(made["files"]) == sorted(f"national_{form}.{end}" for form in forms.COUNTS for end in ("csv", "xlsx"))
    for form in forms.COUNTS:
        path = tmp_path / f"national_{form}.{suffix}"
        assert recognise(path.read_bytes()) == "national"
        drafts = list(read(path.read_bytes()))
        assert [draft.problems for draft in drafts] == [[] for _ in drafts]
        again = [kept(draft, institution, f"{form}{n}") for n, draft in enumerate(drafts)]
        originals = [Facility.objects.get(key="ring")] if form == "facility" else []
        originals = originals or ([centre] if form == "center" else [instrument])
        assert [forms.write(form, one) for one in again] == [forms.write(form, one) for one in originals]
        assert all(contact.public is False for one in again for contact in one.contacts.all())


@pytest.mark.django_db
def test_private_contacts_are_not_in_exported_files(instrument: Instrument, tmp_path: Path) -> None:
    exporter.export("national-forms", tmp_path, site="https://example.org", now=NOW)
    exporter.export("national-json", tmp_path, site="https://example.org", now=NOW)
    texts = "".join(path.read_text("utf-8-sig") for path in tmp_path.glob("national_*.*") if path.suffix != ".xlsx")
    assert "液相色谱质谱联用仪" in texts
    assert "王伟" not in texts
    assert "wei@example.org" not in texts


@pytest.mark.django_db
def test_exports_name_what_the_forms_cannot_say(make_instrument: Make, tmp_path: Path) -> None:
    make_instrument(capabilities=[{"quantity": "mass resolution", "value": 140000, "unit": "1"}],
                    commissioned_on=date(2020, 5, 1))  # fmt: skip
    for form in ("national-forms", "national-json"):
        losses = {
            one["field"] for one in exporter.export(form, tmp_path, site="https://example.org", now=NOW)["losses"]
        }
        assert {"capabilities", "commissioned_on"} <= losses
        assert not losses & {"value_cny", "class_code", "subjects"}


@pytest.mark.django_db
def test_payloads_read_back_say_the_same(instrument: Instrument, centre: Facility, institution: Institution) -> None:
    for record, one in (("instrument", instrument), ("center", centre)):
        made = records.payload(record, one)
        draft = records.read(record, made)
        again = kept(draft, institution, f"again-{record}")
        if record == "instrument":
            again.facility = centre
        assert records.payload(record, again) == made
    assert json_files.envelope("instrument", instrument)["insCode"] == "JG0001"


@pytest.mark.django_db
def test_reported_records_read_back_say_the_same(make_service: Make, make_customs: Make) -> None:
    for record, one in (("service_record", make_service()), ("customs", make_customs())):
        made = records.payload(record, one)
        draft = records.read(record, made)
        assert not draft.problems
        assert draft.fields.pop("instrument") == "ms-1"
        for name, value in draft.fields.items():
            found = getattr(one, name)
            assert value == (found.astimezone(value.tzinfo) if isinstance(value, datetime) else found), name


def row_of(instrument: Instrument, **changed: str) -> list[str]:
    row = forms.write("instrument", instrument)
    for place, column in enumerate(forms.columns("instrument")):
        row[place] = changed.get(column.key, row[place])
    return row


@pytest.mark.django_db
def test_what_spreadsheets_do_to_a_form_is_repaired_and_said(instrument: Instrument) -> None:
    row = row_of(instrument, instrCategory="30122", beginDate="20200301", worth="415.00万元", nation="开发")
    draft = next(read(as_csv("instrument", [row])))
    assert draft.fields["class_code"] == "030122"
    assert draft.fields["acquired_on"] == date(2020, 3, 1)
    assert draft.fields["value_cny"] == Decimal("4150000")
    assert draft.fields["made_in"] == "CN"
    assert {problem.code for problem in draft.problems} >= {"repaired_class_code", "repaired_date", "repaired_country"}
    assert not draft.rejected


@pytest.mark.django_db
@pytest.mark.parametrize("above", [0, 1, 2])
def test_the_header_may_stand_below_titles(instrument: Instrument, above: int) -> None:
    content = as_csv("instrument", [row_of(instrument)], above)
    assert recognise(content) == "national"
    assert [draft.row for draft in read(content)] == [above + 2]


@pytest.mark.django_db
def test_api_keys_and_other_orders_are_understood(instrument: Instrument) -> None:
    columns = list(reversed(forms.columns("instrument")))
    cells = dict(zip(forms.columns("instrument"), forms.write("instrument", instrument), strict=True))
    text = ",".join(column.key for column in columns) + "\n" + ",".join(cells[column] for column in columns)
    draft = next(read(text.encode()))
    assert draft.fields["name"] == instrument.name
    assert draft.fields["institution"]["name"] == "合肥测试大学"


def test_a_header_of_two_levels_with_merged_people_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    titles = [column.heading for column in forms.columns("facility")]
    sheet.append(["重大科研基础设施信息表"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(titles))
    for place, title in enumerate(titles, start=1):
        for who in ("首席科学家", "运行负责人", "填报联系人"):
            if title.startswith(who):
                sheet.cell(2, place, who if title.endswith("姓名") else None)
                sheet.cell(3, place, title.removeprefix(who))
                break
        else:
            sheet.cell(2, place, title)
            sheet.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
    for who in ("首席科学家", "运行负责人", "填报联系人"):
        first = titles.index(f"{who}姓名") + 1
        sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=first + 4)
    values = {"装置名称": "合肥光源", "所属单位科学装置编号": "HLS", "首席科学家姓名": "甲", "运行负责人电话": "123"}
    sheet.append([values.get(title, "") for title in titles])
    path = tmp_path / "f.xlsx"
    book.save(path)
    assert recognise(path.read_bytes()) == "national"
    draft = next(read(path.read_bytes()))
    people = {contact["role"]: contact for contact in draft.fields["contacts"]}
    assert people["chief scientist"]["name"] == "甲"
    assert people["head of operations"]["phone"] == "123"


@pytest.mark.django_db
def test_an_older_form_dates_the_first_use_and_not_the_entry_in_the_books(instrument: Instrument) -> None:
    content = as_csv("instrument", [row_of(instrument)]).decode().replace("建账日期", "启用日期").encode()
    draft = next(read(content))
    assert draft.fields["commissioned_on"] == date(2020, 3, 1)
    assert "acquired_on" not in draft.fields


@pytest.mark.django_db
def test_a_value_headed_in_yuan_is_not_multiplied(instrument: Instrument) -> None:
    content = as_csv("instrument", [row_of(instrument, worth="4150000")]).decode().replace("原值(万元)", "原值(元)")
    assert next(read(content.encode())).fields["value_cny"] == Decimal("4150000")


@pytest.mark.django_db
def test_people_do_not_stand_in_the_kept_row(instrument: Instrument) -> None:
    draft = next(read(as_csv("instrument", [row_of(instrument)])))
    assert "王伟" not in str(draft.raw)
    assert draft.fields["contacts"][0]["public"] is False


@pytest.mark.django_db
def test_a_code_that_no_institution_has_is_said(instrument: Instrument) -> None:
    draft = next(read(as_csv("instrument", [row_of(instrument, insCode="JG9999")])))
    assert [problem.code for problem in draft.problems] == ["institution_unknown"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "cell", "code"),
    [
        ("instrSource", "偷来的", "word_unknown"),
        ("cname", "", "name_missing"),
        ("innerId", "", "number_missing"),
        ("runMachine", "很多", "number_unreadable"),
        ("subject", "炼金术", "word_unknown"),
        ("province", "某省", "province_unknown"),
        ("instrCategory", "777777", "class_unknown"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_row(instrument: Instrument, key: str, cell: str, code: str) -> None:
    draft = next(read(as_csv("instrument", [row_of(instrument, **{key: cell})])))
    assert code in [problem.code for problem in draft.problems if problem.fatal]


def test_a_plain_table_is_not_taken_for_a_form() -> None:
    assert recognise("仪器编号,仪器名称,规格型号,原值(万元)\nA,质谱仪,QE,415\n".encode()) == "csv"


@pytest.mark.django_db
def test_forms_are_imported_with_private_contacts_and_importing_again_changes_nothing(
    institution: Institution, centre: Facility, instrument: Instrument, tmp_path: Path
) -> None:
    paths = []
    for form, one in (("center", centre), ("instrument", instrument)):
        paths.append(tmp_path / f"{form}.csv")
        paths[-1].write_bytes(as_csv(form, [forms.write(form, one)]))
    found = [importer.import_file(path, now=NOW) for path in paths]
    assert [(one["created"], one["rejected"], one["problems"]) for one in found] == [(1, 0, []), (1, 0, [])]
    again = Instrument.objects.exclude(pk=instrument.pk).get()
    assert again.institution == institution
    assert again.facility is not None
    assert again.facility.name == "分析测试中心"
    assert [contact.public for contact in again.contacts.all()] == [False]
    assert forms.write("instrument", again) == forms.write("instrument", instrument)
    found = [importer.import_file(path, now=NOW) for path in paths]
    assert [(one["created"], one["updated"], one["unchanged"]) for one in found] == [(0, 0, 1), (0, 0, 1)]


@pytest.mark.django_db
def test_the_same_number_of_two_institutions_is_two_instruments(
    institution: Institution, instrument: Instrument, tmp_path: Path
) -> None:
    content = as_csv("instrument", [row_of(instrument), row_of(instrument, insCode="JG0002")])
    (tmp_path / "two.csv").write_bytes(content)
    assert importer.import_file(tmp_path / "two.csv", now=NOW)["created"] == 2
    assert Institution.objects.get(national_code="JG0002").name == "JG0002"
