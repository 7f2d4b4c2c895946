"""The pages that keep records clean: classes, duplicates, many records at once, quality."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liqi.access.models import Booking, Order
from liqi.accounts.models import Person
from liqi.catalogue import duplicates, search
from liqi.catalogue.models import BulkEdit, Instrument, Maker, Merge, RecordChange, Twins
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    return


@pytest.fixture
def home() -> Place:
    return place()


@pytest.fixture
def manager(home: Place) -> Client:
    return signed_in(home.manager)


def signed_in(person: Person, language: str = "en") -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def made(home: Place, key: str, **fields: Any) -> Instrument:
    record: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}
    own = {"institution": home.facility.institution, "facility": home.facility, "name": key}
    return Instrument.objects.create(key=key, **{**own, **record, **fields})


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def told(answer: Any) -> tuple[str, str]:
    """The newest message and the address of its undo."""
    message = list(answer.context["messages"])[-1]
    return str(message), message.extra_tags


@pytest.fixture
def pair(home: Place) -> Twins:
    for key in ("a", "b"):
        made(home, key, handle="20.1/x", model="QE" if key == "b" else "")
    duplicates.propose(now=NOW)
    return Twins.objects.get()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_pages_open_in_three_languages(home: Place, pair: Twins, language: str) -> None:
    client = signed_in(home.manager, language)
    for address in (
        reverse("class_queue"), reverse("class_preview"), reverse("duplicates"), reverse("quality_index"),
        reverse("quality", args=["host"]), f"{reverse('quality', args=['host'])}?show=unconfirmed",
        f"{reverse('quality', args=['host'])}?show=no_serial", f"{reverse('quality', args=['host'])}?show=words",
        f"{reverse('quality', args=['host'])}?show=files", f"{reverse('bulk')}?key=a&key=b",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert f'<html lang="{language}"' in text_of(answer)


def test_the_queue_shows_both_candidates_and_why_and_sets_nothing(home: Place, manager: Client) -> None:
    one = made(home, "afm", name="原子力显微镜")
    page = text_of(manager.get(reverse("class_queue")))
    assert "010803" in page
    assert "030118" in page
    assert "is a known name" in page
    one.refresh_from_db()
    assert one.class_code == ""


def test_a_chosen_class_is_set_and_can_be_undone(home: Place, manager: Client) -> None:
    one = made(home, "afm", name="原子力显微镜")
    answer = manager.post(reverse("class_choose"), {"key": "afm", "code": "010803"}, follow=True)
    one.refresh_from_db()
    assert (one.class_code, one.class_edition) == ("010803", "current")
    words, undo = told(answer)
    assert "Scanning probe microscope" in words
    manager.post(undo)
    one.refresh_from_db()
    assert one.class_code == ""


def test_another_class_can_be_typed_and_a_wrong_one_is_said(home: Place, manager: Client) -> None:
    one = made(home, "x", name="Inv 34761")
    answer = manager.post(reverse("class_choose"), {"key": "x", "other": "nonsense"}, follow=True)
    assert "expected a class by its code or name" in told(answer)[0]
    manager.post(reverse("class_choose"), {"key": "x", "other": "010501 Gas chromatograph", "code": "990000"})
    one.refresh_from_db()
    assert one.class_code == "010501"


def test_many_are_accepted_only_as_they_were_ticked_and_undone_together(home: Place, manager: Client) -> None:
    for key, name in (("gc", "气相色谱仪"), ("nmr", "600MHz核磁共振谱仪"), ("odd", "Inv 1")):
        made(home, key, name=name)
    page = text_of(manager.get(reverse("class_preview"), {"at_least": "0.8"}))
    assert "gc=010501" in page
    assert "odd=" not in page
    answer = manager.post(reverse("class_accept"), {"chosen": ["gc=010501", "nmr=010601"]}, follow=True)
    codes = dict(Instrument.objects.filter(key__in=["gc", "nmr", "odd"]).values_list("key", "class_code"))
    assert codes == {"gc": "010501", "nmr": "010601", "odd": ""}
    words, undo = told(answer)
    assert "2 records have a class now" in words
    manager.post(undo)
    assert set(Instrument.objects.filter(key__in=["gc", "nmr"]).values_list("class_code", flat=True)) == {""}


def test_two_records_are_merged_with_a_choice_for_each_field_and_parted_again(
    home: Place, manager: Client, pair: Twins
) -> None:
    page = text_of(manager.get(reverse("duplicates")))
    assert "same Handle" in page
    answer = manager.post(
        reverse("twins_merge", args=[pair.pk]), {"keep": "first", "field-model": "second"}, follow=True
    )
    kept = Instrument.objects.get(key="a")
    assert kept.model == "QE"
    assert not Instrument.objects.filter(key="b").exists()
    assert manager.get("/instruments/b/").status_code == 301
    words, undo = told(answer)
    assert words == "Merged: b is now part of a."
    manager.post(undo)
    assert Instrument.objects.get(key="a").model == ""
    assert Instrument.objects.filter(key="b").exists()


def test_a_pair_called_different_goes_and_comes_back(home: Place, manager: Client, pair: Twins) -> None:
    answer = manager.post(reverse("twins_different", args=[pair.pk]), follow=True)
    assert "No pair waits" in text_of(answer)
    manager.post(told(answer)[1])
    assert "1 pair waits" in text_of(manager.get(reverse("duplicates")))


def test_bookings_that_meet_refuse_the_merge_in_words(home: Place, manager: Client, pair: Twins) -> None:
    for key in ("a", "b"):
        one = Instrument.objects.get(key=key)
        order = Order.objects.create(title="o", person=home.member, instrument=one, created_at=NOW)
        Booking.objects.create(
            order=order, instrument=one, person=home.member, starts_at=NOW, ends_at=NOW + timedelta(hours=1),
            created_at=NOW,
        )  # fmt: skip
    answer = manager.post(reverse("twins_merge", args=[pair.pk]), {"keep": "first"}, follow=True)
    assert "booked at the same time" in told(answer)[0]
    assert not Merge.objects.exists()


def test_only_those_who_look_after_both_decide(home: Place, pair: Twins) -> None:
    stranger = signed_in(home.member)
    assert "No pair waits" in text_of(stranger.get(reverse("duplicates")))
    assert stranger.post(reverse("twins_merge", args=[pair.pk]), {"keep": "first"}).status_code == 403
    assert stranger.post(reverse("twins_different", args=[pair.pk])).status_code == 403
    assert stranger.post(reverse("duplicates_find")).status_code == 403
    assert stranger.get(reverse("quality", args=["host"])).status_code == 403
    assert Client().get(reverse("duplicates")).status_code == 302


def test_many_records_are_looked_at_then_changed_then_taken_back(home: Place, manager: Client) -> None:
    Maker.objects.create(key="m", name="Thermo", source="test", created_at=NOW, updated_at=NOW)
    keys = [made(home, f"i{number}").key for number in range(3)]
    form: dict[str, Any] = {"key": keys, "field": ["maker", "shared"], "maker": "Thermo", "shared": "true"}
    page = text_of(manager.post(reverse("bulk"), {**form, "step": "preview"}))
    assert "3 would change" in page
    assert not BulkEdit.objects.exists()
    answer = manager.post(reverse("bulk"), {**form, "step": "apply"}, follow=True)
    assert "3 records were changed." in told(answer)[0]
    assert Instrument.objects.filter(key__in=keys, maker__key="m", shared=True).count() == 3
    assert answer.redirect_chain[-1][0] == reverse("bulk_done", args=[BulkEdit.objects.get().pk])
    manager.post(told(answer)[1])
    assert Instrument.objects.filter(key__in=keys, maker=None, shared=False).count() == 3


def test_the_records_of_a_question_are_changed(home: Place, manager: Client) -> None:
    made(home, "gc", name="气相色谱仪")
    search.rebuild()
    page = text_of(manager.get(f"{reverse('bulk')}?q=气相色谱"))
    assert "1 instrument chosen" in page
    manager.post(f"{reverse('bulk')}?q=气相色谱", {"field": "class_code", "class_code": "010501 GC", "step": "apply"})
    assert Instrument.objects.get(key="gc").class_code == "010501"
    assert BulkEdit.objects.get().question == "q=%E6%B0%94%E7%9B%B8%E8%89%B2%E8%B0%B1"


def test_techniques_are_named_in_words(home: Place, manager: Client) -> None:
    made(home, "gc")
    manager.post(reverse("bulk"), {"key": "gc", "techniques.add": "GC-MS; 核磁共振波谱", "step": "apply"})
    assert "gcms" in Instrument.objects.get(key="gc").techniques


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"step": "apply"}, "Found nothing to change"),
        ({"step": "apply", "field": "class_code", "class_code": "zzz"}, "class_code"),
        ({"step": "preview", "field": "maker", "maker": "nobody"}, "nobody"),
        ({"step": "apply", "field": "key", "key2": "x"}, "Found nothing to change"),
    ],
)
def test_a_bulk_edit_that_cannot_be_made_says_why(home: Place, manager: Client, form: Any, said: str) -> None:
    made(home, "gc")
    answer = manager.post(reverse("bulk"), {"key": "gc", **form})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not RecordChange.objects.exists()


def test_each_figure_opens_its_rows_and_leaves_as_a_file(home: Place, manager: Client) -> None:
    made(home, "plain")
    made(home, "full", class_code="010501", class_scheme="cn-instr", class_edition="current", serial="X-17")
    address = reverse("quality", args=["host"])
    page = text_of(manager.get(address, {"show": "no_serial"}))
    assert "/instruments/plain/" in page
    assert "/instruments/full/" not in page
    rows = text_of(manager.get(address, {"show": "no_serial", "format": "csv"}))
    assert "plain" in rows
    assert "full" not in rows
    assert manager.get(address, {"show": "nonsense"}).status_code == 404


def test_those_that_are_right_are_confirmed_from_the_quality_page(home: Place, manager: Client) -> None:
    made(home, "one")
    manager.post(
        reverse("bulk"), {"key": "one", "field": "confirmed_on", "confirmed_on": "2026-11-21", "step": "apply"}
    )
    assert str(Instrument.objects.get(key="one").confirmed_on) == "2026-11-21"


def test_the_pages_need_few_queries_however_many_records(home: Place, manager: Client) -> None:
    for number in range(30):
        made(home, f"i{number}", name=f"气相色谱仪 {number}")
    pages = (
        reverse("class_queue"),
        reverse("quality", args=["host"]),
        reverse("quality_index"),
        reverse("bulk") + "?key=i1",
    )
    for address in pages:
        with CaptureQueriesContext(connection) as queries:
            manager.get(address)
        assert len(queries) <= 16, (address, len(queries))
