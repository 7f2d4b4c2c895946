"""The pages of the state of instruments: incidents, tasks, maintenance, stock, fittings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liqi.access import booking
from liqi.access.models import Chore, FittingNeed, Incident, MaintenanceRecord, Outage, StockItem, StockLot
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.catalogue.test_pictures import JPEG
from tests.web.access import Place, place

SHOWN = JPEG.replace(b"\xff\xff\xc2", b"\xff\xc2")
"""What is kept of it: fill bytes say nothing."""
pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(settings: Any, tmp_path: Any) -> Place:
    settings.LIQI_DATA = tmp_path
    return place()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def user(lab: Place) -> Client:
    return browser(lab.member)


@pytest.fixture
def keeper(lab: Place) -> Client:
    return browser(lab.manager)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def test_a_problem_is_reported_with_a_picture_becomes_a_task_and_is_closed(
    lab: Place, user: Client, keeper: Client
) -> None:
    sent = {"words": "Oil on the floor", "severity": "major", "pictures": SimpleUploadedFile("a.jpg", JPEG)}
    answer = user.post(reverse("problem", args=["triple"]), sent)
    made = Incident.objects.get()
    address = reverse("incident", args=[made.pk])
    assert answer["Location"] == address
    shot = reverse("incident_picture", args=[made.pk, made.pictures.get().sha256])
    assert shot in text(user, address)
    seen = user.get(shot)
    assert (seen["Content-Type"], b"".join(seen.streaming_content)) == ("image/jpeg", SHOWN)  # type: ignore[arg-type]
    seen.close()
    assert browser(lab.other).get(shot).status_code == 403
    assert browser(lab.other).get(address).status_code == 403
    assert "Oil on the floor" in text(browser(lab.other), reverse("instrument", args=["triple"])), "everybody is warned"
    assert "Oil on the floor" not in text(Client(), reverse("instrument", args=["triple"]))
    assert "Oil on the floor" in text(keeper, reverse("desk_incidents"))
    assert "Oil on the floor" in text(keeper, reverse("desk_incidents") + "?format=csv")
    keeper.post(address, {"do": "task", "title": "Clean", "assignee": str(lab.manager.pk), "priority": "1"})
    assert Chore.objects.get().incident == made
    keeper.post(address, {"do": "out"})
    assert Outage.objects.standing().get().words == "Oil on the floor"
    assert user.post(address, {"do": "close", "lesson": "x"}).status_code == 422
    keeper.post(address, {"do": "close", "lesson": "Look weekly"})
    assert "Look weekly" in text(user, address)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"severity": "x"}, "“x”"),
        ({"happened": "soon"}, "“soon”"),
        ({"pictures": SimpleUploadedFile("a.jpg", b"MZ")}, "no whole PNG"),
    ],
)
def test_a_report_that_cannot_be_kept_says_why_and_keeps_the_words(user: Client, more: Any, said: str) -> None:
    answer = user.post(reverse("problem", args=["triple"]), {"words": "Oil", "severity": "minor"} | more)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ">Oil</textarea>" in answer.content.decode()
    assert not Incident.objects.exists()


def test_a_task_is_written_ticked_talked_about_and_done(lab: Place, user: Client, keeper: Client) -> None:
    address = reverse("instrument_tasks", args=["triple"])
    assert user.get(address).status_code == 403
    sent = {
        "title": "Change oil",
        "assignee": str(lab.manager.pk),
        "priority": "1",
        "items": "drain\nfill",
        "due_on": "",
    }
    keeper.post(address, sent)
    task = Chore.objects.get()
    mine = reverse("task", args=[task.pk])
    assert user.get(mine).status_code == 403
    assert keeper.post(mine, {"do": "done"}).status_code == 422
    for item in task.items.all():
        keeper.post(mine, {"do": "tick", "item": item.pk})
    keeper.post(mine, {"do": "say", "words": "It was black"})
    keeper.post(mine, {"do": "done"})
    task.refresh_from_db()
    assert task.state == "done"
    assert "It was black" in text(keeper, mine)
    assert "Change oil" in text(keeper, address)
    assert "Change oil" in text(keeper, reverse("tasks") + "?state=done&format=csv")


def test_maintenance_is_planned_recorded_and_its_calibration_shown(lab: Place, user: Client, keeper: Client) -> None:
    address = reverse("instrument_maintenance", args=["triple"])
    begin = {"do": "begin", "name": "Mass axis", "kind": "calibration", "months": "12", "hours": "500", "first_on": ""}
    assert user.post(address, begin).status_code == 422
    assert keeper.post(address, begin | {"months": "x"}).status_code == 422
    keeper.post(address, begin)
    page = text(keeper, reverse("desk_maintenance"))
    assert "Mass axis" in page
    plan = Instrument.objects.get(key="triple").maintenance_plans.get()
    done = {
        "do": "record", "plan": plan.pk, "done_on": (datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
        "done_by": "Institute", "words": "Done", "result": "passed", "cost": "10.50",
        "certificate": SimpleUploadedFile("c.pdf", b"%PDF-1.7"),
    }  # fmt: skip
    keeper.post(address, done)
    kept = MaintenanceRecord.objects.get()
    file = keeper.get(reverse("maintenance_certificate", args=[kept.pk]))
    assert b"".join(file.streaming_content) == b"%PDF-1.7"  # type: ignore[arg-type]
    file.close()
    assert user.get(reverse("maintenance_certificate", args=[kept.pk])).status_code == 403
    assert Instrument.objects.get(key="triple").calibration_due_on.isoformat() in text(
        user, reverse("instrument", args=["triple"])
    )
    signed = {"do": "sign", "kind": "warranty", "provider": "Maker", "starts_on": "2026-01-01", "ends_on": "2027-01-01"}
    keeper.post(address, signed)
    assert "Maker" in text(user, address)
    assert keeper.post(address, signed | {"ends_on": "2020-01-01"}).status_code == 422


def test_stock_is_received_issued_counted_and_listed(lab: Place, user: Client, keeper: Client) -> None:
    index = reverse("stock")
    add = {"facility": lab.facility.key, "name": "Vials", "unit": "box", "minimum": "5", "price": "12.34"}
    assert user.post(index, add).status_code == 422
    keeper.post(index, add)
    address = reverse("stock_item", args=[StockItem.objects.get().pk])
    assert user.get(address).status_code == 403
    assert keeper.post(address, {"do": "receive", "number": "L1", "quantity": "abc"}).status_code == 422
    keeper.post(address, {"do": "receive", "number": "L1", "quantity": "10.5"})
    assert keeper.post(address, {"do": "issue", "quantity": "11"}).status_code == 422
    keeper.post(address, {"do": "issue", "quantity": "6"})
    lot = StockLot.objects.get()
    keeper.post(address, {"do": "count", "lot": lot.pk, "quantity": "4", "words": "dropped"})
    move = lot.movements.get(kind="issue")
    keeper.post(address, {"do": "back", "movement": move.pk, "quantity": "0.5"})
    lot.refresh_from_db()
    assert str(lot.left) == "4.5"
    assert "Vials" in text(keeper, index + "?low=1")
    assert "Vials" not in text(keeper, index + "?q=column")
    assert "Vials,,,box,4.5" in text(keeper, index + "?format=csv")
    assert text(keeper, address + "?format=csv").count("\r\n") == 5


def test_what_is_fitted_shows_on_the_instrument_and_its_calendar(lab: Place, user: Client, keeper: Client) -> None:
    address = reverse("instrument_fittings", args=["triple"])
    keeper.post(address, {"do": "add", "name": "Column", "choices": "C18\nHILIC"})
    fitting = lab.triple.fittings.get()
    keeper.post(address, {"do": "fit", "fitting": fitting.pk, "value": "C18"})
    assert user.post(address, {"do": "fit", "fitting": fitting.pk, "value": "HILIC"}).status_code == 422
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    held = booking.book(
        instrument=lab.triple, person=lab.member, starts_at=start, ends_at=start + timedelta(hours=1),
        now=datetime.now(UTC),
    )  # fmt: skip
    user.post(address, {"do": "need", "fitting": fitting.pk, "booking": held.pk, "value": "HILIC"})
    assert FittingNeed.objects.get().value == "HILIC"
    for name in ("instrument", "instrument_calendar", "instrument_fittings"):
        page = text(keeper, reverse(name, args=["triple"]))
        assert "C18" in page, name
        assert "HILIC is needed" in page, name
