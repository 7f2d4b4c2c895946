"""Records of the example cluster in every format: valid by each standard's schema, with a true report of losses."""

import csv
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from datacite import schema45
from lxml import etree
from python_calamine import CalamineWorkbook

from liqi.catalogue import exporter, importer
from liqi.catalogue.exchange import cerif, datacite, dump, pidinst, recognise
from liqi.catalogue.models import Contact, Instrument
from tests.catalogue.conftest import NOW

SITE = "https://liqi.example.org"
EACH = [name for name in exporter.FORMATS if not name.startswith("national")]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cluster(cluster: dict[str, int], db: None) -> None:
    """The example cluster is there."""


def some(kind: str, count: int) -> list[tuple[str, str]]:
    keys = exporter.KINDS[kind].objects.order_by("pk").values_list("key", flat=True)
    return [(kind, key) for key in keys[:count]]


def made(name: str, out: Path, **asked: Any) -> dict[str, Any]:
    return exporter.export(name, out, site=SITE, now=NOW, **asked)


def rich(count: int) -> Iterator[Any]:
    """Instruments of all sources, and facilities."""
    step = max(1, Instrument.objects.count() // count)
    keys = list(Instrument.objects.order_by("pk").values_list("key", flat=True))[::step]
    yield from (one for _kind, one in exporter.records(["instrument"], [("instrument", key) for key in keys]))
    yield from islice((one for _kind, one in exporter.records(["facility"])), count)


@pytest.mark.parametrize("name", EACH)
def test_every_format_writes_what_is_asked_and_says_what_it_lost(name: str, tmp_path: Path) -> None:
    found = made(name, tmp_path, chosen=some("instrument", 7))
    assert set(found) == {"written", "files", "files_total", "losses", "losses_total"}
    assert found["written"] == (7 if name != "dcat" else 5)
    assert found["files_total"] == len(found["files"])
    assert all((tmp_path / file).stat().st_size > 50 for file in found["files"])
    assert all(set(loss) == {"record", "field", "reason"} for loss in found["losses"])
    if found["losses"]:
        with (tmp_path / "losses.csv").open(encoding="utf-8-sig") as file:
            counted = list(csv.DictReader(file))
        assert sum(int(row["records"]) for row in counted) == found["losses_total"]


def test_pidinst_is_valid_by_both_schemas_of_the_working_group() -> None:
    checked = 0
    for one in rich(150):
        if isinstance(one, Instrument):
            pidinst.validator().validate(json.loads(pidinst.json_files.content(one, SITE)))
            pidinst.xsd().assertValid(etree.fromstring(pidinst.xml_files.content(one, SITE)))
            checked += 1
    assert checked >= 150


def test_datacite_is_valid_by_the_schema_of_version_4_5_and_its_xml_says_the_same_as_the_reference_writer() -> None:
    for one in rich(100):
        document = datacite.document(one, SITE)
        schema45.validator.validate(document)
        if "doi" not in document:
            document |= {"doi": "10.5072/example"}
        ours = etree.fromstring(datacite.as_xml(document))
        theirs = etree.fromstring(schema45.tostring(document).encode())
        assert said(ours) == said(theirs)


def said(root: Any) -> list[Any]:
    """Every text of the document with its element, attributes apart from those that the reference writer leaves out."""
    left_out = {"classificationCode"}
    found = []
    for node in root.iter():
        attributes = sorted((key, value) for key, value in node.attrib.items() if key not in left_out)
        found.append((node.tag, (node.text or "").strip(), attributes))
    return sorted(found[1:])


def test_cerif_has_the_elements_of_the_profile_in_its_order() -> None:
    order = ["Type", "Acronym", "Name", "Identifier", "Description", "Owner"]
    unit = ["Name", "RORID", "Identifier", "ElectronicAddress", "PartOf"]
    for one in rich(60):
        root = cerif.element(one, SITE)
        assert (root.tag, root.get("id")) == (f"{{{cerif.NAMESPACE}}}Equipment", one.key)
        assert len(one.key) <= 128
        names = [etree.QName(child).localname for child in root]
        assert names == sorted(names, key=order.index)
        assert all(child.get("{http://www.w3.org/XML/1998/namespace}lang") for child in root.findall("{*}Name"))
        assert all(child.get("type", "").startswith("https://") for child in root.findall("{*}Identifier"))
        assert all(child.get("scheme") for child in root.findall("{*}Type"))
        for owner in root.findall("{*}Owner/{*}OrgUnit"):
            assert [etree.QName(child).localname for child in owner] == sorted(
                (etree.QName(child).localname for child in owner), key=unit.index
            )


def test_parts_wholes_and_merged_twins_are_said_as_relations() -> None:
    whole, part, twin = Instrument.objects.order_by("pk")[:3]
    Instrument.objects.filter(pk=part.pk).update(parent=whole)
    Instrument.objects.filter(pk=twin.pk).update(merged_into=whole, removed_at=NOW)
    _kind, one = next(exporter.records(["instrument"], [("instrument", whole.key)]))
    _kind, inner = next(exporter.records(["instrument"], [("instrument", part.key)]))
    told = {(entry["relationType"], entry["relatedIdentifier"]) for entry in related(one)}
    assert ("HasComponent", f"{SITE}/instruments/{part.key}/") in told
    assert ("IsIdenticalTo", f"{SITE}/instruments/{twin.key}/") in told
    assert ("IsComponentOf", f"{SITE}/instruments/{whole.key}/") in {
        (entry["relationType"], entry["relatedIdentifier"]) for entry in related(inner)
    }
    assert {entry["relationType"] for entry in datacite.document(one, SITE)["relatedIdentifiers"]} >= {
        "HasPart",
        "IsIdenticalTo",
    }


def related(one: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = pidinst.document(one, SITE)["relatedIdentifiers"]
    return found


def test_only_public_contacts_leave_the_catalogue(tmp_path: Path) -> None:
    one = Instrument.objects.order_by("pk")[0]
    Contact.objects.create(instrument=one, name="Private Person", email="private@example.org", phone="13800000000")
    Contact.objects.create(instrument=one, name="Front desk", email="desk@example.org", public=True)
    texts = {}
    for name in EACH:
        found = made(name, tmp_path / name, chosen=[("instrument", one.key)])
        texts[name] = b"".join((tmp_path / name / file).read_bytes() for file in found["files"])
    assert not [name for name, text in texts.items() if b"private@" in text or b"13800000000" in text]
    assert b"desk@example.org" in texts["pidinst-json"]
    assert b"desk@example.org" in texts["csv"]


def test_records_that_have_gone_since_they_were_chosen_are_left_out(tmp_path: Path) -> None:
    here = Instrument.objects.order_by("pk")[0].key
    assert made("datacite", tmp_path / "none", chosen=[("instrument", "gone")])["written"] == 0
    assert made("datacite", tmp_path / "one", chosen=[("instrument", "gone"), ("instrument", here)])["written"] == 1


def test_tables_hold_the_same_records_in_each_form(tmp_path: Path) -> None:
    wanted = some("instrument", 40) + some("facility", 10) + some("service", 3) + some("maker", 5)
    for name in ("csv", "xlsx", "parquet"):
        assert made(name, tmp_path / name, chosen=wanted)["written"] == 58
    with (tmp_path / "csv" / "instruments.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    frame = pl.read_parquet(tmp_path / "parquet" / "instruments.parquet")
    sheet = CalamineWorkbook.from_path(str(tmp_path / "xlsx" / "instruments.xlsx")).get_sheet_by_index(0).to_python()
    keys = sorted(key for _kind, key in wanted[:40])
    assert sorted(row["id"] for row in rows) == sorted(frame["id"]) == sorted(row[1] for row in sheet[1:]) == keys
    assert list(rows[0]) == frame.columns == sheet[0]
    assert frame.schema["value_cny"] == pl.Decimal(18, 2)
    assert frame.schema["acquired_on"] == pl.Date


def test_parts_of_a_large_table_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from liqi.catalogue.exchange.dump import parquet_files

    monkeypatch.setattr(parquet_files, "A_PART", 10)
    found = made("parquet", tmp_path, chosen=some("instrument", 25))
    assert found["files"] == [f"instruments-{number:04}.parquet" for number in (1, 2, 3)]
    assert pl.read_parquet(tmp_path / "instruments-*.parquet").height == 25


def test_losses_of_many_are_listed_to_a_limit_and_counted_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liqi.catalogue import _losses

    monkeypatch.setattr(_losses, "LISTED", 20)
    found = made("cerif", tmp_path, chosen=some("instrument", 30))
    assert len(found["losses"]) == 20
    assert found["losses_total"] > 60


@pytest.mark.parametrize(
    ("name", "kinds", "expected"),
    [
        ("pdf", (), "expected one of pidinst-json"),
        ("pidinst-json", ("service",), "expected what pidinst-json can say: instrument"),
        ("csv", ("spaceship",), "expected what csv can say: instrument, facility"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_sentence(
    name: str, kinds: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(exporter.NotExportable, match=expected):
        made(name, tmp_path / "none", kinds=kinds)
    assert not (tmp_path / "none").exists()


def test_keys_become_names_of_files_that_stay_in_the_folder(tmp_path: Path) -> None:
    from liqi.catalogue.exchange import _files

    for key in ("../../etc/passwd", "..", "a/b", "仪器" * 60, "CON?*"):
        name = _files.file_name(key)
        assert "/" not in name
        assert len(name) <= 150
        (tmp_path / f"{name}.json").write_text("x")
        assert (tmp_path / f"{name}.json").resolve().parent == tmp_path.resolve()


def test_the_catalogue_says_its_datasets_and_services_in_dcat(tmp_path: Path) -> None:
    made("dcat", tmp_path)
    document = json.loads((tmp_path / "catalogue.jsonld").read_text())
    assert document["@type"] == "dcat:Catalog"
    sizes = {entry["@id"].rsplit("#")[-1]: entry["dct:description"]["@value"] for entry in document["dcat:dataset"]}
    assert str(Instrument.objects.count()) in sizes["instrument"]
    assert {entry["@type"] for entry in document["dcat:service"]} == {"dcat:DataService"}
    urls = [
        form["dcat:downloadURL"]["@id"] for entry in document["dcat:dataset"] for form in entry["dcat:distribution"]
    ]
    assert all(url.startswith(f"{SITE}/export/file/?format=") for url in urls)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("pidinst-json", "pidinst"), ("pidinst-xml", "pidinst"), ("datacite", "datacite"), ("cerif", "cerif")),
        *(("jisc", "jisc"), ("csv", "csv"), ("xlsx", "csv")),
    ],
)
def test_what_is_written_is_recognised_for_what_it_is(name: str, expected: str, tmp_path: Path) -> None:
    found = made(name, tmp_path, chosen=some("instrument", 1))
    assert [recognise(tmp_path / file) for file in found["files"]] == [expected]


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_a_table_comes_in_again_as_it_went_out_and_then_stays_unchanged(name: str, tmp_path: Path) -> None:
    step = Instrument.objects.count() // 60
    keys = list(Instrument.objects.order_by("pk").values_list("key", flat=True))[::step]
    wanted = [("instrument", key) for key in keys] + some("facility", 20)
    files = sorted(tmp_path / "out" / file for file in made(name, tmp_path / "out", chosen=wanted)["files"])
    for path in files:
        first = importer.import_file(path, now=NOW, source="copy")
        assert (first["rejected"], first["created"]) == (0, first["read"])
        again = importer.import_file(path, now=NOW, source="copy")
        assert (again["updated"], again["created"], again["unchanged"]) == (0, 0, again["read"])
    copies = {
        kind: dict(exporter.KINDS[kind].objects.filter(source="copy").values_list("source_ref", "key"))
        for kind in ("instrument", "facility")
    }
    own = {"id", "source", "source_ref", "created_at", "updated_at", "facility", "parent"}
    for kind, key in wanted:
        before, after = (row_of(kind, one) for one in (key, copies[kind][key]))
        assert {title: cell for title, cell in after.items() if title not in own} == {
            title: cell for title, cell in before.items() if title not in own
        }


def row_of(kind: str, key: str) -> dict[str, Any]:
    ((_kind, one),) = exporter.records([kind], [(kind, key)])
    (row,) = csv.DictReader("".join(dump.lines(kind, [one])).splitlines(keepends=True))
    for entry in (capabilities := json.loads(row.get("capabilities") or "[]")):
        del entry["quantity"]  # import takes the taxonomy's key for a word that it knows
    return {**row, "capabilities": capabilities}
