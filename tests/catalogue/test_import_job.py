"""A file brought in through the pages: looked at, mapped, checked, imported, undone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue import _import_work, column_mapping, editing, import_job, import_undo, importer
from liqi.catalogue.models import (
    Contact,
    ImportedFile,
    ImportJob,
    IndexChange,
    Institution,
    Instrument,
    RecordChange,
)
from tests.catalogue.conftest import NOW, Write

THEIRS = "Asset,What it is,Make,Bought,Who\nA1,Mass spectrometer,Thermo,20240517,Ada\nA2,Centrifuge,Beckman,2023,\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


@pytest.fixture
def ours(db: None) -> Institution:
    organisation = Organisation.objects.create(name="测试大学", kind="institution")
    return Institution.objects.create(
        key="ours", name="测试大学", source="test", organisation=organisation, created_at=NOW, updated_at=NOW
    )


@pytest.fixture
def manager(ours: Institution) -> Person:
    person = Person.objects.create_user(email="m@example.org", password="gong-yu-shan-qi-shi")
    assert ours.organisation is not None
    Membership.objects.create(person=person, organisation=ours.organisation, role=Membership.Role.LEAD)
    return person


def bring(text: str | bytes, person: Person, institution: Institution | None, name: str = "list.csv") -> ImportJob:
    content = text.encode() if isinstance(text, str) else text
    job = import_job.begin(name=name, pieces=[content], person=person, institution=institution, now=NOW)
    return work(job)


def work(job: ImportJob, after: int = 0) -> ImportJob:
    _import_work.perform(job.key, now=NOW + timedelta(seconds=after))
    job.refresh_from_db()
    return job


def choose(job: ImportJob, person: Person, **fields: str) -> ImportJob:
    theirs = {"Asset": "id", "What it is": "name", "Make": "maker", "Bought": "acquired_on", "Who": "contact_name"}
    import_job.choose(job, fields=theirs | fields, sheet="", source="", save_as="theirs", person=person, now=NOW)
    return work(job)


def test_a_list_with_other_headers_waits_for_its_mapping(manager: Person, ours: Institution) -> None:
    job = bring(THEIRS, manager, ours)
    assert job.state == "mapping"
    assert job.header == ["Asset", "What it is", "Make", "Bought", "Who"]
    assert job.examples["What it is"] == ["Mass spectrometer", "Centrifuge"]
    assert job.fields["Make"] == "maker"


def test_a_mapped_list_is_checked_then_imported_and_its_mapping_found_again(manager: Person, ours: Institution) -> None:
    job = choose(bring(THEIRS, manager, ours), manager)
    assert (job.state, job.found["created"], job.found["rejected"]) == ("checked", 2, 0)
    first = import_job.preview(job)[0]
    assert first["fields"]["name"] == "Mass spectrometer"
    assert any("20240517" in one["message"] for one in first["problems"])
    assert not Instrument.objects.exists()
    import_job.confirm(job, person=manager, now=NOW)
    assert work(job).state == "done"
    assert set(Instrument.objects.values_list("institution__key", flat=True)) == {"ours"}
    assert Contact.objects.get().name == "Ada"
    assert "Ada" not in str(Instrument.objects.get(source_ref="A1").source_row)
    again = bring(THEIRS, manager, ours)
    assert (again.state, again.found["unchanged"], again.found["mapping"]) == ("checked", 2, "theirs")


def test_two_columns_cannot_mean_one_field(manager: Person, ours: Institution) -> None:
    job = bring(THEIRS, manager, ours)
    with pytest.raises(import_job.UnreadableFile, match="each field once"):
        choose(job, manager, Make="name")
    with pytest.raises(import_job.UnreadableFile, match="no column for name"):
        choose(job, manager, **{"What it is": ""})


def test_nobody_imports_for_an_institution_that_they_do_not_lead(manager: Person, ours: Institution) -> None:
    other = Institution.objects.create(key="o", name="别的大学", source="test", created_at=NOW, updated_at=NOW)
    with pytest.raises(import_job.NotAllowed):
        bring(THEIRS, manager, other)
    stranger = Person.objects.create_user(email="s@example.org", password="gong-yu-shan-qi-shi")
    with pytest.raises(import_job.NotAllowed):
        bring(THEIRS, stranger, ours)
    job = bring("name,institution\nX,别的大学\n", manager, ours)
    assert (job.state, job.found["rejected"]) == ("checked", 1)
    assert "别的大学" in import_job.rejected_path(job).read_text("utf-8-sig")
    with pytest.raises(import_job.UnreadableFile, match="rejected rows"):
        import_job.confirm(job, person=manager, now=NOW)
    assert not Instrument.objects.exists()


def test_records_of_another_institution_cannot_be_overwritten_under_their_source(
    manager: Person, ours: Institution, write: Write
) -> None:
    importer.import_file(write("a.csv", "id,name,institution\n1,X,别的大学\n"), now=NOW, source="registry")
    job = import_job.begin(
        name="a.csv", pieces=[b"id,name\n1,Mine now\n"], person=manager, institution=ours, now=NOW, source="registry"
    )
    assert work(job).found["rejected"] == 1
    assert Instrument.objects.get().name == "X"


def test_rejected_rows_come_back_with_their_reason_and_no_formula(manager: Person, ours: Institution) -> None:
    job = bring('name,value_cny,description\nX,minus,"=cmd()"\n', manager, ours)
    text = import_job.rejected_path(job).read_text("utf-8-sig")
    assert "value_unreadable" not in text
    assert "expected an amount" in text
    assert "'=cmd()" in text


def test_a_file_that_cannot_be_read_says_why(manager: Person, ours: Institution) -> None:
    job = bring(b"\x00\x01binary", manager, ours)
    assert job.state == "failed"
    assert "binary data" in job.message


def test_a_cancelled_job_does_nothing_more(manager: Person, ours: Institution) -> None:
    job = choose(bring(THEIRS, manager, ours), manager)
    import_job.confirm(job, person=manager, now=NOW)
    import_job.cancel(job, person=manager, now=NOW)
    assert work(job).state == "cancelled"
    assert not Instrument.objects.exists()


def test_a_job_whose_worker_died_is_taken_up_again_and_given_up_in_the_end(manager: Person, ours: Institution) -> None:
    job = choose(bring(THEIRS, manager, ours), manager)
    import_job.confirm(job, person=manager, now=NOW)
    ImportJob.objects.filter(pk=job.pk).update(attempts=1)
    later = NOW + timedelta(days=4000)
    assert import_job.requeue_silent(now=later) == 1
    ImportJob.objects.filter(pk=job.pk).update(attempts=import_job.MOST_ATTEMPTS)
    import_job.requeue_silent(now=later)
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "stopped")


def test_a_file_over_the_limit_is_refused(
    manager: Person, ours: Institution, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(import_job, "MOST_BYTES", 10)
    with pytest.raises(import_job.UnreadableFile, match="liqi import"):
        bring(THEIRS, manager, ours)
    assert not ImportJob.objects.exists()
    assert not list((folder / "imports").iterdir())


def imported(manager: Person, ours: Institution) -> ImportedFile:
    job = choose(bring(THEIRS, manager, ours), manager)
    import_job.confirm(job, person=manager, now=NOW)
    kept = work(job).imported
    assert kept is not None
    return kept


def test_an_import_is_undone_and_can_be_done_again(manager: Person, ours: Institution) -> None:
    kept = imported(manager, ours)
    later = NOW + timedelta(hours=1)
    IndexChange.objects.all().delete()
    assert import_undo.undo(kept, person=manager, now=later) == {"restored": 0, "removed": 2}
    assert not Instrument.objects.exists()
    assert IndexChange.objects.count() == 2
    assert JournalEntry.objects.filter(verb="undid").exists()
    kept.refresh_from_db()
    assert "was undone" in import_undo.obstacle(kept)
    job = bring(THEIRS, manager, ours)
    assert job.found["created"] == 2
    import_job.confirm(job, person=manager, now=later)
    assert work(job, after=7200).found["created"] == 2
    assert Instrument.objects.count() == Instrument.everything.count() == 2


def test_what_an_import_changed_is_as_before_when_it_is_undone(manager: Person, ours: Institution) -> None:
    imported(manager, ours)
    job = bring(THEIRS.replace("Centrifuge", "Ultracentrifuge").replace("Beckman", "Hitachi"), manager, ours)
    import_job.confirm(job, person=manager, now=NOW)
    second = work(job, after=60).imported
    assert second is not None
    one = Instrument.objects.get(source_ref="A2")
    assert (one.name, one.maker_text) == ("Ultracentrifuge", "Hitachi")
    change = RecordChange.objects.get(cause="import")
    assert change.fields["name"] == ["Centrifuge", "Ultracentrifuge"]
    import_undo.undo(second, person=manager, now=NOW + timedelta(hours=1))
    one.refresh_from_db()
    assert (one.name, one.maker_text, one.maker.name_en) == ("Centrifuge", "Beckman", "Beckman Coulter")
    assert one.source_row["What it is"] == "Centrifuge"
    assert RecordChange.objects.filter(cause="undo").count() == 1


def test_an_import_is_not_undone_over_a_later_change(manager: Person, ours: Institution) -> None:
    kept = imported(manager, ours)
    one = Instrument.objects.get(source_ref="A2")
    editing.change(one, {"name": "Edited"}, person=manager, now=NOW + timedelta(hours=1))
    with pytest.raises(import_undo.ChangedSince, match="changed since"):
        import_undo.undo(kept, person=manager, now=NOW + timedelta(hours=2))
    assert Instrument.objects.count() == 2


def test_a_removed_record_stays_removed(manager: Person, ours: Institution) -> None:
    imported(manager, ours)
    editing.remove(Instrument.objects.get(source_ref="A2"), person=manager, now=NOW + timedelta(hours=1))
    job = bring(THEIRS.replace("Centrifuge", "Other"), manager, ours)
    assert (job.found["created"], job.found["unchanged"]) == (0, 2)
    assert "left_out" in {kind["code"] for kind in job.found["kinds"]}


def test_guesses_take_each_field_once() -> None:
    found = column_mapping.guess(["Name", "Equipment name", "Manufcturer", "zzz"])
    assert found == {"Name": "name", "Equipment name": "", "Manufcturer": "maker", "zzz": ""}
