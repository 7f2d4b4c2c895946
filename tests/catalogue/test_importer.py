"""Files taken into the catalogue: all of a file or nothing of it."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqi.accounts.models import JournalEntry
from liqi.catalogue import importer
from liqi.catalogue.exchange import FORMATS, Incoming, UnreadableFile, look_at, recognise
from liqi.catalogue.models import Facility, ImportedFile, IndexChange, Institution, Instrument, Maker
from tests.catalogue.conftest import NOW, Write

TABLE = """id,name,name_en,class,maker,model,institution,place,value_cny,acquired_on
A1,质谱仪,Mass spectrometer,010201,赛默飞,Q Exactive,合肥测试大学,合肥市蜀山区,1250000,2024-05-17
A2,气相色谱仪,,10501,"Agilent Technologies, Inc.",8890,合肥测试大学,Anhui,41.5万,20240517
"""


def take(path: Path, **more: Any) -> dict[str, Any]:
    return importer.import_file(path, now=NOW, **more)


def codes(found: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in found["problems"]]


@pytest.mark.django_db
def test_a_table_is_taken_in_and_its_repairs_are_said(write: Write) -> None:
    found = take(write("list.csv", TABLE))
    assert {name: found[name] for name in ("read", "created", "updated", "unchanged", "rejected")} == {
        "read": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    assert codes(found) == [
        (2, "repaired_maker"),
        (3, "repaired_value"),
        (3, "repaired_date"),
        (3, "repaired_maker"),
        (3, "repaired_class_code"),
    ]
    one, two = Instrument.objects.order_by("id").select_related("maker", "institution")
    assert (one.class_code, one.class_scheme, one.class_edition) == ("010201", "cn-instr", "current")
    assert (one.maker.key, one.province, one.city, one.address) == ("thermo", "340000", "合肥市", "合肥市蜀山区")  # type: ignore[union-attr]
    assert (two.class_code, two.maker.key, str(two.value_cny)) == ("010501", "agilent", "415000.00")  # type: ignore[union-attr]
    assert one.institution == two.institution == Institution.objects.get()
    assert one.source_row["name"] == "质谱仪"


@pytest.mark.django_db
def test_importing_again_changes_nothing(write: Write) -> None:
    path = write("list.csv", TABLE)
    take(path)
    again = take(path)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert (Instrument.objects.count(), Institution.objects.count(), Maker.objects.count()) == (2, 1, 2)


@pytest.mark.django_db
def test_a_changed_row_is_updated_and_the_journal_says_from_what_to_what(write: Write) -> None:
    take(write("list.csv", TABLE))
    found = take(write("list.csv", TABLE.replace("1250000", "1300000")))
    assert (found["created"], found["updated"], found["unchanged"]) == (0, 1, 1)
    entry = JournalEntry.objects.latest("id")
    assert entry.verb == "imported"
    changed = next(iter(entry.facts["changed"].values()))
    assert changed["value_cny"] == ["1250000.00", "1300000.00"]
    assert ImportedFile.objects.count() == 2


@pytest.mark.django_db
def test_one_bad_row_keeps_the_whole_file_out(write: Write) -> None:
    found = take(write("list.csv", TABLE + "A3,,,010201,,,,,,\nA4,x,,999999,,,,,minus,2024-13-01\n"))
    assert (found["read"], found["created"], found["rejected"]) == (4, 0, 2)
    assert [code for code in codes(found) if code[0] > 3] == [
        (4, "name_missing"),
        (5, "value_unreadable"),
        (5, "date_unreadable"),
        (5, "class_unknown"),
    ]
    assert not Instrument.objects.exists()
    assert not Institution.objects.exists()
    assert not JournalEntry.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_counts_and_writes_nothing(write: Write) -> None:
    found = take(write("list.csv", TABLE), dry_run=True)
    assert found["created"] == 2
    assert not Instrument.objects.exists()
    assert not IndexChange.objects.exists()


@pytest.mark.django_db
def test_an_id_that_comes_twice_is_rejected(write: Write) -> None:
    assert (3, "id_twice") in codes(take(write("list.csv", "id,name\n1,a\n1,b\n")))


@pytest.mark.django_db
def test_what_was_taken_in_waits_for_the_index(write: Write) -> None:
    take(write("list.csv", TABLE))
    kinds = sorted(IndexChange.objects.values_list("kind", flat=True))
    assert kinds == ["institution", "instrument", "instrument"]


@pytest.mark.django_db
def test_gb18030_is_read(write: Write) -> None:
    text = "名称,型号,价格(万元)\n" + "\n".join(f"高分辨质谱仪{n},型号{n},12.5" for n in range(20))
    assert take(write("list.csv", text.encode("gb18030")))["created"] == 20
    one = Instrument.objects.order_by("id")[0]
    assert (one.name, str(one.value_cny)) == ("高分辨质谱仪0", "125000.00")


@pytest.mark.django_db
def test_a_mapping_names_the_columns_of_others(write: Write) -> None:
    path = write("theirs.csv", "Asset,Title,Cost\n7,Balance,1200\n")
    mapping = importer.read_mapping(write("map.toml", 'Asset = "id"\nTitle = "name"\nCost = "value_cny"\n'))
    assert take(path, mapping=mapping)["created"] == 1
    assert Instrument.objects.get().name == "Balance"


@pytest.mark.django_db
def test_uniquip_rows_without_ids_are_known_again(write: Write) -> None:
    text = (
        "Description,Site Location,Contact Telephone,Contact URL,Contact Email,Department\n"
        "UNKNOWN,St Andrews,0123,https://www.example.ac.uk/,a@example.ac.uk,Physics\n"
        "BENCHTOP GC-MS,St Andrews,0123,,a@example.ac.uk,Chemistry\n"
        "BENCHTOP GC-MS,St Andrews,0123,,a@example.ac.uk,Chemistry\n"
    )
    path = write("feed.csv", text)
    found = take(path)
    assert found["created"] == 3
    assert [one["row"] for one in found["problems"] if one["code"] == "class_suggested"] == [3, 4]
    assert take(path)["unchanged"] == 3
    one = Instrument.objects.get(name="UNKNOWN")
    assert "0123" not in str(one.source_row)
    assert "a@example" not in str(one.source_row)
    assert set(Instrument.objects.values_list("class_code", flat=True)) == {""}


@pytest.mark.django_db
def test_uniquip_facilities_become_facilities(write: Write) -> None:
    text = "Type,ID,Name,Site Location,Department\nFacility,F1,Imaging suite,Leeds,Biology\n"
    assert take(write("feed.csv", text))["created"] == 1
    assert Facility.objects.get().facility_class == "support"


@pytest.mark.django_db
def test_ror_organisations_are_taken_in_once(write: Write) -> None:
    text = (
        "ror_id,name,names_zh,types,country_code,city,geonames_id,lat,lng\n"
        "https://ror.org/04c4dkn09,University of Science and Technology of China,中国科学技术大学,"
        "education|funder,CN,Hefei,1808722,31.84,117.26\n"
    )
    path = write("ror.csv", text)
    assert take(path)["created"] == 1
    assert take(path, source="another name")["unchanged"] == 1
    one = Institution.objects.get()
    assert (one.name, one.province, one.kind) == ("中国科学技术大学", "340000", "education")


@pytest.mark.django_db
@pytest.mark.parametrize("ror", ["https://ror.org/04c4dkn08", "04c4dkn"])
def test_a_ror_identifier_whose_check_digits_do_not_fit_is_given_back(ror: str, write: Write) -> None:
    found = take(write("ror.csv", f"ror_id,name,types,country_code\n{ror},Somewhere,education,CN\n"))
    assert [one["code"] for one in found["problems"]] == ["id_unreadable"]
    assert not Institution.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty file"),
        (b"\x00\x01\x02binary", "binary data"),
        (b"\xff\xfe\x00", "UTF-16"),
        (bytes(range(128, 256)) * 4, "neither UTF-8, UTF-16, GB 18030 nor Big5"),
        (b"a,b\n1,2\n", "expected one of"),
        (b"%PDF-1.7 whatever", "expected one of"),
        (b'{"landingPage": 1, "manufacturers": [', "cannot be parsed"),
        (b"<instrument><unclosed></instrument>", "cannot be parsed"),
        (b"<instrument></instrument>", "PIDINST"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, says: str, write: Write) -> None:
    with pytest.raises(UnreadableFile, match=says):
        take(write("bad.bin", content))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    for name, module in FORMATS.items():
        try:
            recognise(content)
            list(FORMATS[name].read(content, None))
        except UnreadableFile as problem:
            assert "found" in str(problem)  # noqa: PT017 - most bytes raise, some do not
        with suppress(UnreadableFile):
            assert module.recognises(look_at(Incoming(content), ())) in (True, False)


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), max_size=6))
def test_any_cells_give_drafts_or_words(rows: list[list[str]]) -> None:
    header = "name,value_cny,acquired_on,class,place,latitude\n"
    body = "\n".join(",".join(cell.replace('"', "") for cell in row) for row in rows)
    try:
        for draft in FORMATS["csv"].read((header + body).encode("utf-8", "replace"), None):
            assert draft.rejected or draft.fields["name"]
    except UnreadableFile as problem:
        assert "found" in str(problem)  # noqa: PT017 - most cells make a table, some do not
