"""The import pages: a list is dropped, mapped, checked, imported and undone, in three languages."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liqi.accounts.models import Membership, Person
from liqi.catalogue import _import_work, editing
from liqi.catalogue.models import ImportJob, Instrument
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
THEIRS = "Asset,What it is,Make\nA1,Mass spectrometer,Thermo\nA2,Centrifuge,Beckman\n"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    return


@pytest.fixture
def home() -> Place:
    made = place()
    institution = made.facility.institution
    assert institution is not None
    assert institution.organisation is not None
    Membership.objects.create(person=made.manager, organisation=institution.organisation, role=Membership.Role.LEAD)
    return made


@pytest.fixture
def client(home: Place) -> Client:
    return signed_in(home.manager)


def signed_in(person: Person, language: str = "en") -> Client:
    made = Client()
    made.force_login(person)
    made.cookies["django_language"] = language
    return made


def bring(client: Client, text: str = THEIRS) -> ImportJob:
    file = SimpleUploadedFile("list.csv", text.encode())
    answer = client.post(reverse("imports"), {"file": file, "institution": "host", "source": "our list"})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return work(ImportJob.objects.latest("pk"))


def work(job: ImportJob) -> ImportJob:
    _import_work.perform(job.key, now=timezone.now())
    job.refresh_from_db()
    return job


def page(client: Client, job: ImportJob) -> str:
    answer = client.get(reverse("import", args=[job.key]))
    assert answer.status_code == 200
    return answer.content.decode()


def choose(client: Client, job: ImportJob, *fields: str) -> Any:
    typed = {f"column-{n}": field for n, field in enumerate(fields)}
    return client.post(reverse("import", args=[job.key]), {**typed, "source": "our list", "save_as": "assets"})


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_a_list_goes_all_the_way_in_every_language(home: Place, language: str) -> None:
    client = signed_in(home.manager, language)
    assert client.get(reverse("imports")).status_code == 200
    job = bring(client)
    assert job.state == "mapping"
    text = page(client, job)
    assert "Mass spectrometer" in text
    assert choose(client, job, "id", "name", "maker").status_code == 302
    assert 'hx-get="' in page(client, job)
    assert client.get(reverse("import_progress", args=[job.key])).status_code == 200
    work(job)
    text = page(client, job)
    assert "Centrifuge" in text
    assert reverse("import_confirm", args=[job.key]) in text
    client.post(reverse("import_confirm", args=[job.key]))
    work(job)
    text = page(client, job)
    assert reverse("import_undo", args=[job.key]) in text
    assert Instrument.objects.filter(source="our list").count() == 2
    client.post(reverse("import_undo", args=[job.key]))
    assert not Instrument.objects.filter(source="our list").exists()
    assert reverse("import_undo", args=[job.key]) not in page(client, job)
    assert client.get(reverse("imports")).status_code == 200


def test_what_was_chosen_is_kept_when_it_cannot_be_taken(client: Client) -> None:
    job = bring(client)
    answer = choose(client, job, "id", "", "maker")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "found no column for name" in text
    assert '<option value="maker" selected>' in text
    assert 'value="assets"' in text


def test_a_page_at_work_loads_anew_when_the_work_is_over(client: Client) -> None:
    job = bring(client)
    answer = client.get(reverse("import_progress", args=[job.key]))
    assert answer["HX-Refresh"] == "true"


def test_rejected_rows_are_shown_and_downloaded(client: Client) -> None:
    job = bring(client, "name,value_cny\nX,minus\n")
    text = page(client, job)
    assert reverse("import_rejected", args=[job.key]) in text
    assert reverse("import_confirm", args=[job.key]) not in text
    answer = client.get(reverse("import_rejected", args=[job.key]))
    assert b"expected an amount" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert client.post(reverse("import_confirm", args=[job.key])).status_code == 302
    assert not Instrument.objects.filter(name="X").exists()


def test_a_file_given_up_says_so(client: Client) -> None:
    job = bring(client)
    client.post(reverse("import_cancel", args=[job.key]))
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "Given up" in page(client, job)


def test_an_unreadable_file_says_why_on_its_page(client: Client) -> None:
    job = bring(client, "\x00\x01\x02")
    assert "found binary data" in page(client, job)


def test_an_undo_over_a_later_change_says_why_not(client: Client, home: Place) -> None:
    job = bring(client, "id,name\n1,Later changed\n")
    client.post(reverse("import_confirm", args=[job.key]))
    work(job)
    one = Instrument.objects.get(name="Later changed")
    editing.change(one, {"name": "Changed"}, person=home.manager, now=timezone.now())
    assert "changed since" in page(client, job)
    client.post(reverse("import_undo", args=[job.key]))
    assert Instrument.objects.filter(name="Changed").exists()


def test_others_neither_see_nor_bring_files(client: Client, home: Place) -> None:
    job = bring(client)
    other = signed_in(home.other)
    assert other.get(reverse("imports")).status_code == 403
    assert other.get(reverse("import", args=[job.key])).status_code == 404
    assert other.post(reverse("import_cancel", args=[job.key])).status_code == 404
    assert Client().get(reverse("imports")).status_code == 302


def test_a_form_without_a_file_says_what_is_missing(client: Client) -> None:
    answer = client.post(reverse("imports"), {"institution": "host", "source": "typed"})
    assert answer.status_code == 422
    assert "found no file" in answer.content.decode()
    assert 'value="typed"' in answer.content.decode()
