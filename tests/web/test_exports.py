"""Exports by page: one record in each standard, what a search found as an archive, and what each format loses."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from liqi.catalogue import exporter, search
from liqi.catalogue.models import Contact, Instrument
from liqi.web import fieldnames
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Place:
    settings.LIQI_DATA = tmp_path
    made = place()
    search.rebuild()
    return made


def body(client: Client, address: str) -> tuple[Any, bytes]:
    answer = client.get(address)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("name", exporter.ONE)
def test_one_instrument_comes_as_a_file_of_each_standard(name: str, home: Place) -> None:
    answer, content = body(Client(), f"/instruments/{home.orbitrap.key}/export/{name}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{home.orbitrap.key}.')
    assert home.orbitrap.name in content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/instruments/{key}/export/pdf", 422),
        ("/instruments/none/export/cerif", 404),
        ("/facilities/none/export/datacite", 404),
        ("/export/?format=pdf", 200),
        ("/export/file/?format=pdf", 422),
        ("/export/file/?format=pidinst-json&kind=service", 422),
        ("/export/file/?format=csv&class=nonsense", 422),
        ("/export/?class=nonsense", 200),
    ],
)
def test_what_is_not_there_or_cannot_be_said_is_refused(address: str, status: int, home: Place) -> None:
    answer, content = body(Client(), address.format(key=home.orbitrap.key))
    assert answer.status_code == status
    assert b"Traceback" not in content


def test_what_a_search_found_comes_as_an_archive_with_its_losses(home: Place) -> None:
    answer, content = body(Client(), f"/export/file/?format=pidinst-json&q={home.orbitrap.name}")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert f"{home.orbitrap.key}.json" in names
        assert "losses.csv" in names
        assert json.loads(archive.read(f"{home.orbitrap.key}.json"))["schemaVersion"] == "1.0"
    everything = Instrument.objects.count()
    assert len(names) - 1 < everything or everything == 1


def test_one_kind_comes_as_one_table(home: Place) -> None:
    answer, content = body(Client(), "/export/file/?format=csv&kind=instrument")
    assert answer["Content-Type"].startswith("text/csv")
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("kind,id,name,")
    assert len(lines) == 1 + Instrument.objects.count()


def test_the_page_says_how_many_and_what_is_lost(home: Place) -> None:
    Instrument.objects.filter(pk=home.orbitrap.pk).update(functions="measures masses")
    client = Client()
    client.cookies["django_language"] = "en"
    _answer, content = body(client, "/export/?format=cerif&kind=instrument")
    text = content.decode()
    assert f">{fieldnames.LABELS['functions']}<" in text
    assert "format=cerif" in text
    assert f">{Instrument.objects.count()}<" in text


def test_the_data_block_of_a_page_cannot_be_ended_from_inside(home: Place) -> None:
    home.orbitrap.name = "</script><script>alert(1)</script>"
    Contact.objects.create(instrument=home.orbitrap, email="private@example.org")
    request = RequestFactory().get("/", SERVER_NAME="localhost")
    page = Template("{% load exports %}{% linked one %}{% exports one %}").render(
        Context({"one": home.orbitrap, "request": request})
    )
    assert page.count("</script>") == 1
    block = page.split(">", 1)[1].split("</script>")[0]
    document = json.loads(block)
    assert (document["@type"], document["name"]) == ("IndividualProduct", home.orbitrap.name)
    assert "private@" not in page
    assert f"/instruments/{home.orbitrap.key}/export/jsonld" in page


def test_the_page_shows_the_command_that_writes_the_same(client: Client) -> None:
    page = client.get("/export/?q=mass+spectrometer&class=010200&shared=1&format=datacite").content.decode()
    assert "liqi export datacite --out liqi-export --text &#x27;mass spectrometer&#x27; --class 010200 --shared" in page
