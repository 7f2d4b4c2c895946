"""Incidents are reported once, told to the stewards, closed with a lesson; tasks follow from them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access import outages
from liqi.access.care import chores, incidents
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.metering import trouble
from liqi.access.models import Chore, Incident
from liqi.accounts.models import JournalEntry, Notice, Person
from liqi.catalogue import pictures
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW
from tests.catalogue.test_pictures import JPEG

EXIF = b"Exif\0\0GPSLatitude 31.8"
PHOTO = JPEG[:2] + b"\xff\xe1" + (len(EXIF) + 2).to_bytes(2, "big") + EXIF + JPEG[2:]
"""A JPEG with a place in it."""


def report(instrument: Instrument, person: Person, **more: Any) -> Incident:
    given: dict[str, Any] = {"words": "The pump leaks oil", "now": NOW}
    return incidents.report(instrument=instrument, person=person, **(given | more))


def test_a_report_tells_the_stewards_once_however_often_it_is_sent(
    instrument: Instrument, guest: Person, steward: Person
) -> None:
    made = report(instrument, guest, severity="dangerous")
    assert report(instrument, guest, now=NOW + timedelta(minutes=2)) == made
    told = Notice.objects.get(kind="instrument.trouble")
    assert (told.person, told.link) == (steward, f"/incidents/{made.pk}/")
    assert JournalEntry.objects.get(verb="reported a problem").facts["severity"] == "dangerous"
    assert report(instrument, guest, now=NOW + timedelta(hours=1)) != made, "an hour later it is another one"


def test_what_is_said_at_the_kiosk_is_an_incident_too(instrument: Instrument, guest: Person) -> None:
    assert trouble.report(instrument=instrument, person=guest, words=" no \n gas ", now=NOW).words == "no gas"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"words": "  "}, "Found 0 characters"),
        ({"words": "x" * 2001}, "Found 2001"),
        ({"severity": "huge"}, "“huge”"),
        ({"happened_at": NOW + timedelta(days=1)}, "future"),
    ],
)
def test_what_cannot_be_kept_is_refused(instrument: Instrument, guest: Person, more: Any, said: str) -> None:
    with pytest.raises(NotPossible, match=said):
        report(instrument, guest, **more)
    assert not Incident.objects.exists()


def test_pictures_lose_their_place_and_a_bad_one_keeps_nothing(
    instrument: Instrument, guest: Person, settings: Any, tmp_path: Any
) -> None:
    settings.LIQI_DATA = tmp_path
    made = report(instrument, guest, contents=[PHOTO])
    kept = made.pictures.get()
    assert (kept.width, kept.height, kept.media_type) == (640, 480, "image/jpeg")
    assert b"GPSLatitude" in PHOTO
    assert b"GPSLatitude" not in pictures.path_of(kept.sha256).read_bytes()
    assert incidents.add_pictures(incident=made, person=guest, contents=[PHOTO], now=NOW) == 0
    with pytest.raises(pictures.UnusablePicture):
        report(instrument, guest, words="Another", contents=[b"MZ"])
    assert Incident.objects.count() == 1


def test_only_a_steward_closes_it_and_only_with_a_lesson(
    instrument: Instrument, guest: Person, steward: Person
) -> None:
    made = report(instrument, guest)
    with pytest.raises(NotAllowed, match="stewards"):
        incidents.close(incident=made, person=guest, lesson="Look at the oil", now=NOW)
    with pytest.raises(NotPossible):
        incidents.close(incident=made, person=steward, lesson=" ", now=NOW)
    closed = incidents.close(incident=made, person=steward, lesson="Look at the oil weekly", now=NOW)
    assert not closed.is_open
    assert Notice.objects.get(kind="incident.closed").person == guest
    assert incidents.reopen(incident=made, person=steward, now=NOW).is_open
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=made.pk).update(closed_at=NOW, lesson="")


def test_it_takes_the_instrument_out_of_use_once(instrument: Instrument, guest: Person, steward: Person) -> None:
    made = report(instrument, guest)
    first = incidents.take_out(incident=made, person=steward, now=NOW)
    assert incidents.take_out(incident=made, person=steward, now=NOW) == first
    assert Instrument.objects.get(pk=instrument.pk).status == "down"
    outages.end(outage=first, person=steward, now=NOW + timedelta(hours=1))
    assert Instrument.objects.get(pk=instrument.pk).status != "down"


def test_a_task_is_given_ticked_and_done(instrument: Instrument, guest: Person, steward: Person) -> None:
    made = report(instrument, guest)
    task = chores.write(
        instrument=instrument, person=steward, title="Change the oil", assignee=guest, incident=made, now=NOW,
        due_on=NOW.date(), items=["drain", "", "fill"], priority=Chore.Priority.HIGH,
    )  # fmt: skip
    assert Notice.objects.get(kind="chore.given").person == guest
    drain, fill = task.items.all()
    chores.tick(item=drain, person=guest, done=True, now=NOW)
    with pytest.raises(NotPossible, match="Found 1 line"):
        chores.settle(chore=task, person=guest, now=NOW)
    chores.tick(item=fill, person=guest, done=True, now=NOW)
    chores.comment(chore=task, person=guest, words="It was black", now=NOW)
    assert Notice.objects.get(kind="chore.comment").person == steward
    assert chores.settle(chore=task, person=guest, now=NOW).state == "done"
    assert chores.reopen(chore=task, person=steward, now=NOW).state == "open"


def test_others_neither_write_nor_work_on_tasks(instrument: Instrument, guest: Person, steward: Person) -> None:
    with pytest.raises(NotAllowed):
        chores.write(instrument=instrument, person=guest, title="Dust", now=NOW)
    task = chores.write(instrument=instrument, person=steward, title="Dust", now=NOW)
    for act in (chores.settle, chores.reopen):
        with pytest.raises(NotAllowed, match="who is to do it"):
            act(chore=task, person=guest, now=NOW)


def test_an_overdue_task_is_told_once_and_again_after_its_day_was_changed(
    instrument: Instrument, steward: Person
) -> None:
    day = NOW.date()
    task = chores.write(instrument=instrument, person=steward, title="Dust", now=NOW, due_on=day)
    assert chores.due(now=NOW) == 0
    assert [chores.due(now=NOW + timedelta(days=2)) for _ in range(2)] == [1, 0]
    chores.change(chore=task, person=steward, now=NOW, assignee=steward, due_on=day, priority=1)
    assert chores.due(now=NOW + timedelta(days=3)) == 1
