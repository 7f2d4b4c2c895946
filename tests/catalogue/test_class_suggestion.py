"""Records without a class."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from liqi.accounts.models import Person
from liqi.catalogue import bulk_edit, class_suggestion
from liqi.catalogue.models import Instrument, Maker, RecordChange

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}
SCHEME = {"class_scheme": "cn-instr", "class_edition": "current"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def operator() -> Person:
    return Person.objects.create_user("op@example.org", "x", name="Op", is_operator=True)


def made(key: str, **fields: Any) -> Instrument:
    return Instrument.objects.create(key=key, **{"name": key, **RECORD, **fields})


def test_only_records_without_a_class_wait(operator: Person) -> None:
    made("a", name="质谱仪")
    made("b", name="质谱仪", class_code="010200", **SCHEME)
    made("c", name="质谱仪", removed_at=NOW)
    assert [one.key for one in class_suggestion.unclassified(operator)] == ["a"]
    assert not class_suggestion.unclassified(Person.objects.create_user("x@example.org", "x", name="X")).exists()


def test_the_makers_other_instruments_are_a_reason(operator: Person) -> None:
    maker = Maker.objects.create(key="m", name="Maker", **RECORD)
    for number in range(4):
        made(f"n{number}", maker=maker, class_code="010900", **SCHEME)
    (found,) = class_suggestion.suggest([made("a", name="54/00873/01", maker=maker)])
    assert found.suggestions[0].code == "010900"
    assert found.suggestions[0].confidence < 0.9
    assert [reason.kind for reason in found.suggestions[0].why] == ["maker"]


def test_names_in_both_languages_count(operator: Person) -> None:
    (found,) = class_suggestion.suggest([made("a", name="设备七号", name_en="Raman microscope")])
    assert found.suggestions[0].code == "010410"


def test_suggesting_changes_nothing_and_choosing_is_on_record(operator: Person) -> None:
    one = made("a", name="质谱仪")
    class_suggestion.suggest([one])
    class_suggestion.sure(class_suggestion.unclassified(operator), 0.1)
    one.refresh_from_db()
    assert one.class_code == ""
    done = class_suggestion.choose(one, "010200", person=operator, now=NOW)
    assert done is not None
    assert done.cause == "class"
    assert done.fields["class_code"] == ["", "010200"]


def test_only_the_sure_ones_are_offered_together_and_accepted_by_class(operator: Person) -> None:
    made("gc", name="气相色谱仪")
    made("gc2", name="气相色谱仪 7890B")
    made("nmr", name="核磁共振波谱仪")
    made("odd", name="Inv 34761")
    sure = class_suggestion.sure(class_suggestion.unclassified(operator), 0.8)
    assert {one.record.key for one in sure} == {"gc", "gc2", "nmr"}
    chosen = {one.record.key: one.suggestions[0].code for one in sure}
    edits = class_suggestion.accept(chosen, person=operator, now=NOW)
    assert sorted(edit.count for edit in edits) == [1, 2]
    assert [one.key for one in class_suggestion.unclassified(operator)] == ["odd"]
    for edit in edits:
        bulk_edit.undo(edit, person=operator, now=NOW)
    assert class_suggestion.unclassified(operator).count() == 4


def test_one_wrong_class_refuses_all(operator: Person) -> None:
    made("gc", name="气相色谱仪")
    with pytest.raises(bulk_edit.NotPossible):
        class_suggestion.accept({"gc": "010501", "gone": "777777"}, person=operator, now=NOW)
    assert not RecordChange.objects.exists()
    assert Instrument.objects.get(key="gc").class_code == ""
