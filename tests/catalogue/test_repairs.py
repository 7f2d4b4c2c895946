"""Repairs that are made and said, and what is only said: each by an example; reading again changes nothing."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.catalogue import importer
from liqi.catalogue.exchange import Draft, table
from liqi.catalogue.models import Contact, Facility, Institution, Instrument, RecordChange, Service
from tests.catalogue.conftest import NOW, Write

DATA = Path(__file__).parents[3] / "shared" / "data" / "catalogue"


def one(**cells: str) -> Draft:
    header, row = ",".join(cells), ",".join(f'"{cell}"' for cell in cells.values())
    (draft,) = table.read(f"{header}\n{row}\n".encode())
    return draft


def codes(draft: Draft) -> list[str]:
    return [problem.code for problem in draft.problems]


@pytest.mark.parametrize(
    ("cells", "field", "value", "code"),
    [
        ({"class": "30122"}, "class_code", "030122", "repaired_class_code"),
        ({"class": "质谱仪器"}, "class_code", "010200", "repaired_class_code"),
        ({"value_cny": "415000.00万"}, "value_cny", Decimal("4150000000.00"), "repaired_value"),
        ({"value_cny": "41.5 万元"}, "value_cny", Decimal("415000.00"), "repaired_value"),
        ({"acquired_on": "20240517"}, "acquired_on", date(2024, 5, 17), "repaired_date"),
        ({"acquired_on": "2024年5月17日"}, "acquired_on", date(2024, 5, 17), "repaired_date"),
        ({"acquired_on": "2024/5/17"}, "acquired_on", date(2024, 5, 17), "repaired_date"),
        ({"acquired_on": "202405"}, "acquired_on", date(2024, 5, 1), "repaired_date"),
        ({"maker": "Agilent Technologies, Inc."}, "maker", "Agilent Technologies, Inc.", "repaired_maker"),
    ],
)
def test_a_cell_is_mended_and_the_repair_is_said(cells: dict[str, str], field: str, value: object, code: str) -> None:
    draft = one(name="仪器", **cells)
    assert draft.fields[field] == value
    assert codes(draft) == [code]
    assert next(iter(cells.values())) in draft.problems[0].message
    assert not draft.rejected


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({"原值(元)": "1,250,000元"}, "1250000.00"),
        ({"原值(万元)": "125"}, "1250000.00"),
        ({"worth": "¥125"}, "1250000.00"),
        ({"value_cny": "1 250 000"}, "1250000.00"),
        ({"value_cny": "1.25億"}, "125000000.00"),
    ],
)
def test_amounts_are_read_in_the_unit_of_their_heading(cells: dict[str, str], value: str) -> None:
    assert one(name="仪器", **cells).fields["value_cny"] == Decimal(value)


@pytest.mark.parametrize(
    ("name", "made", "model"),
    [
        ("气相色谱仪（GC-2010 Plus）", "气相色谱仪", "GC-2010 Plus"),
        ("質譜儀(QE-HF 2)", "質譜儀", "QE-HF 2"),
        ("X射线衍射仪（XRD）", "X射线衍射仪（XRD）", None),
        ("激光器（532nm）", "激光器（532nm）", None),
        ("Mass spectrometer (LTQ-2)", "Mass spectrometer (LTQ-2)", None),
    ],
)
def test_a_model_in_brackets_is_taken_out_of_a_chinese_name(name: str, made: str, model: str | None) -> None:
    draft = one(name=name)
    assert (draft.fields["name"], draft.fields.get("model")) == (made, model)
    assert codes(draft) == (["repaired_name"] if model else [])


def test_a_given_model_is_not_overwritten_by_one_in_the_name() -> None:
    draft = one(name="气相色谱仪（GC-2010 Plus）", model="other")
    assert (draft.fields["name"], draft.fields["model"]) == ("气相色谱仪（GC-2010 Plus）", "other")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("岛津气象色谱仪", "misprint_suspected"),
        ("激光共聚焦显微境", "misprint_suspected"),
        ("高速离心积", "misprint_suspected"),
        ("UV spectophotometer", "misprint_suspected"),
        ("离心机 厂家直销", "spam_suspected"),
        ("质谱仪 www.example.com", "spam_suspected"),
        ("电镜 联系13812345678", "spam_suspected"),
        ("Microscope best price", "spam_suspected"),
        ("联想台式电脑", "not_an_instrument"),
        ("HP LASER PRINTER", "not_an_instrument"),
        ("UNKNOWN", "name_placeholder"),
        ("不详", "name_placeholder"),
    ],
)
def test_what_looks_wrong_is_said_and_never_changed(name: str, code: str) -> None:
    draft = one(name=name)
    assert code in codes(draft)
    assert draft.fields["name"] == name
    assert not draft.rejected


@pytest.mark.parametrize(
    "name",
    [
        *(
            "气相色谱仪",
            "液相色谱-质谱联用仪",
            "3D打印机",
            "计算机断层扫描仪",
            "分光光度计",
            "聚合酶链反应仪",
            "微型离心机",
        ),
        *("Computed tomography scanner", "Orbitrap Exploris 480", "PCR machine", "光电子能谱仪", "电子显微镜"),
    ],
)
def test_good_names_are_left_in_peace(name: str) -> None:
    assert codes(one(name=name)) == []


def test_row_003_11_likely_swapped_words_are_listed_and_nothing_is_edited() -> None:
    text = "技能攻关、協同立異、成果转化、工业推进、人才培养；开展严重科技项目"
    draft = one(name="科学仪器工业园 共享平台", description=text)
    said = [problem for problem in draft.problems if problem.code == "swap_suspected"]
    assert [(problem.field, "重大科技" in problem.message) for problem in said] == [
        *[("name", False)], *[("description", False)] * 3, ("description", True),
    ]  # fmt: skip
    assert (draft.fields["name"], draft.fields["description"]) == ("科学仪器工业园 共享平台", text)
    assert not draft.rejected


def test_row_001_22_odd_inserts_are_flagged_the_source_is_kept_and_scripts_go_round() -> None:
    from liqi.taxonomy import to_hans, to_hant

    draft = one(name="創新基礎設施 www.example.com", description="集群")
    assert codes(draft) == ["spam_suspected"]
    assert draft.fields["name"] == "創新基礎設施 www.example.com"
    assert draft.raw["name"] == "創新基礎設施 www.example.com"
    text = "前沿基礎研究、應用基礎研究、產業技術研究、產業轉化：重大科技基礎設施"
    assert to_hant(to_hans(text)) == text
    hans = f"{to_hans(text)}集群"
    assert to_hans(to_hant(hans)) == hans


def test_good_phrases_are_not_taken_for_swapped_ones() -> None:
    good = "开展技术攻关，支持产业链发展；工业机器人、工业园区与严重事故监测；发展方针；新能源轿车"
    assert codes(one(name="发展中心", description=good)) == []


def test_no_name_of_a_class_is_taken_for_a_misprint() -> None:
    from liqi.taxonomy import classes, misprint_in, to_hant

    names = [kind.name_zh for kind in classes().values()]
    assert [name for name in names if misprint_in(name)] == []
    assert [name for name in names if misprint_in(to_hant(name))] == []


@pytest.mark.django_db
def test_an_institution_in_traditional_script_is_the_same_institution(write: Write) -> None:
    importer.import_file(write("a.csv", "name,institution\nA,重庆测试大学\n"), now=NOW)
    found = importer.import_file(write("b.csv", "name,institution\nB,重慶測試大學\n"), now=NOW)
    assert Institution.objects.count() == 1
    assert [problem["code"] for problem in found["problems"]] == ["repaired_script"]


@pytest.mark.django_db
def test_a_cost_far_above_the_rest_and_a_counted_serial_are_said(write: Write) -> None:
    lines = [f"Sensor {n},{100 + n},{1 if n < 6 else n + 1000}" for n in range(20)]
    text = "name,value_cny,serial\n" + "\n".join([*lines, "Odd,1000000,9\n"])
    found = importer.import_file(write("a.csv", text), now=NOW)
    said = {problem["code"]: problem for problem in found["problems"]}
    assert said.keys() == {"cost_outlier", "serial_repeated"}
    assert said["cost_outlier"]["row"] == 22
    assert "6 rows" in said["serial_repeated"]["message"]
    assert found["created"] == 21


@pytest.mark.django_db
def test_every_kind_of_record_comes_in_from_one_table_with_its_links(write: Write) -> None:
    text = (
        "kind,id,name,facility_kind,institution,facility,parent,instruments,capabilities,training_required,portable,"
        "end_of_life_on,subjects,keywords,measured_variables,doi,handle,department,calibrated_on,contact_name,"
        "contact_email,price_cny,stages\n"
        "service,S1,Measuring,,测试大学,F1,,I1;I2,,,,,,,,,,,,,,500,\n"
        "instrument,I2,Detector,,测试大学,F1,I1,,,,,,,,,,,,,,,,\n"
        "instrument,I1,Microscope,,测试大学,F1,,,smallest feature=2 um; mass resolution=140000,yes,no,2031-01-01,"
        "150;430,light; life,wave length,10.1234/abc,20.500/1,Physics,2025-01-02,Ada,ada@example.org,,\n"
        "facility,F1,Platform,service_platform,测试大学,,,,,,,,,,,,,,,,,,applied_research\n"
        "institution,U1,测试大学,,,,,,,,,,,,,,,,,,,,\n"
        "contact,F1,,,,,,,,,,,,,,,,,,Grace,grace@example.org,,\n"
    )
    path = write("all.csv", text)
    found = importer.import_file(path, now=NOW)
    assert (found["created"], found["rejected"]) == (6, 0), found["problems"]
    thing = Instrument.objects.get(source_ref="I1")
    assert [(one["quantity"], one["value"], one["unit"]) for one in thing.capabilities] == [
        ("smallest_feature", 2, "µm"),
        ("mass_resolution", 140000, ""),
    ]
    assert (thing.training_required, thing.portable, thing.end_of_life_on) == (True, False, date(2031, 1, 1))
    assert (thing.subjects, thing.keywords, thing.measured_variables) == (
        ["150", "430"],
        ["light", "life"],
        ["wave length"],
    )
    assert (thing.doi, thing.handle, thing.department) == ("10.1234/abc", "20.500/1", "Physics")
    assert thing.facility == Facility.objects.get()
    assert Facility.objects.get().applied_research
    assert Instrument.objects.get(source_ref="I2").parent == thing
    assert {one.source_ref for one in Service.objects.get().instruments.all()} == {"I1", "I2"}
    assert {(one.name, one.public) for one in Contact.objects.all()} == {("Ada", False), ("Grace", False)}
    assert "ada@example.org" not in str(thing.source_row)
    again = importer.import_file(path, now=NOW)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 6)
    assert not RecordChange.objects.exists()


@pytest.mark.django_db
def test_a_link_to_nothing_is_said_or_rejected(write: Write) -> None:
    found = importer.import_file(write("a.csv", "id,name,facility\n1,A,nowhere\n"), now=NOW)
    assert [problem["code"] for problem in found["problems"]] == ["facility_unknown"]
    found = importer.import_file(write("b.csv", "kind,id,name,contact_name\ncontact,nobody,,Ada\n,1,A,\n"), now=NOW)
    assert found["rejected"] == 1
    assert Instrument.objects.count() == 1


CELL = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\x00'), max_size=15)
ROWS = st.lists(st.tuples(CELL, CELL, CELL, st.sampled_from(["", "41.5万", "3", "5.5"])), min_size=1, max_size=8)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(ROWS)
def test_importing_twice_changes_nothing_whatever_the_rows_say(
    write: Write, django_db_blocker: Any, lines: list[tuple[str, str, str, str]]
) -> None:
    from django.db import transaction

    body = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    path = write("p.csv", f"name,model,institution,value_cny\n{body}\n")
    with transaction.atomic():
        try:
            first = importer.import_file(path, now=NOW)
        except importer.UnreadableFile:
            return
        second = importer.import_file(path, now=NOW)
        if first["rejected"]:
            assert (first["created"], second["rejected"]) == (0, first["rejected"])
        else:
            assert second["unchanged"] == first["read"] == first["created"]
            assert (second["created"], second["updated"]) == (0, 0)
        transaction.set_rollback(True)


needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real lists are not beside this checkout")


@needs_data
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        (
            "us_ooi_sensor_assets.csv",
            2876,
            {"repaired_date": 2050, "repaired_maker": 988, "serial_repeated": 5, "cost_outlier": 1},
        ),
        ("uk_st_andrews_equipment_uniquip.csv", 623, {"name_placeholder": 1, "misprint_suspected": 1}),
    ],
)
def test_real_lists_come_in_whole_and_again_unchanged(name: str, rows: int, said: dict[str, int]) -> None:
    found = importer.import_file(DATA / name, now=NOW)
    assert (found["created"], found["rejected"]) == (rows, 0)
    counts = {code: sum(problem["code"] == code for problem in found["problems"]) for code in said}
    assert counts == said
    assert importer.import_file(DATA / name, now=NOW)["unchanged"] == rows
