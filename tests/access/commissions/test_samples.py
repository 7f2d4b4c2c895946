"""Samples are registered all or none, handed over in an unbroken chain, and lie where the database says."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from liqi.access.commissions import bulk, custody, samples, storage
from liqi.access.commissions.custody import HandOver
from liqi.access.commissions.samples import Entry, Taken, WrongSamples
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Commission, Custody, Order, Sample, StoragePlace
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility
from tests.access.commissions.conftest import register, take
from tests.access.conftest import NOW

Bring = Callable[[Order, str], Commission]


@pytest.fixture
def box(facility: Facility, wei: Person) -> StoragePlace:
    def add(parent: StoragePlace | None, kind: str, name: str, **size: int) -> StoragePlace:
        return storage.add(facility=facility, parent=parent, kind=kind, name=name, person=wei, now=NOW, **size)

    return add(add(add(None, "room", "R 101"), "freezer", "F 1"), "box", "Box 1", rows=1, columns=2)


def test_samples_have_numbers_and_keys_of_their_own(order: Order, guest: Person) -> None:
    made = register(order, guest, "A", "B", quantity="1,5", unit="ml", storage="-80", hazards=("GHS02",))
    assert [(one.number, one.name, one.quantity, one.unit, one.storage) for one in made] == [
        (1, "A", Decimal("1.5"), "mL", "-90..-65 °C"),
        (2, "B", Decimal("1.5"), "mL", "-90..-65 °C"),
    ]
    assert len({one.key for one in made}) == 2
    assert samples.find(f"https://example.org/samples/{made[0].key}/") == made[0]
    assert samples.find("") is None


def test_all_samples_are_taken_or_none_with_every_problem_by_row(order: Order, guest: Person) -> None:
    register(order, guest, "A", barcode="T1")
    wrong = [
        Entry("B"), Entry("A"), Entry("C", quantity="much", unit="g"), Entry("D", quantity="1"),
        Entry("E", barcode="T1"), Entry("F", hazards=("GHS99",)), Entry("G", storage="tepid"), Entry(""),
    ]  # fmt: skip
    with pytest.raises(WrongSamples) as refused:
        samples.register(order=order, entries=wrong, person=guest, now=NOW)
    assert [(one.row, one.field) for one in refused.value.problems] == [
        (2, "name"), (3, "quantity"), (4, "unit"), (5, "barcode"), (6, "hazards"), (7, "storage"), (8, "name"),
    ]  # fmt: skip
    assert order.samples.count() == 1


def test_the_list_is_settled_for_the_customer_once_the_order_is_sent(order: Order, guest: Person, wei: Person) -> None:
    (sample,) = register(order, guest, "A")
    take(order, "submit", guest)
    with pytest.raises(NotPossible, match="settled"):
        register(order, guest, "B")
    with pytest.raises(NotPossible, match="settled"):
        samples.remove(sample=sample, person=guest, now=NOW)
    register(order, wei, "B")
    samples.change(sample=sample, entry=Entry("A2"), person=wei, now=NOW)
    custody.hand_over(sample=sample, verb="receive", person=wei, now=NOW)
    with pytest.raises(NotPossible, match="stays on record"):
        samples.remove(sample=sample, person=wei, now=NOW)
    samples.remove(sample=order.samples.get(name="B"), person=wei, now=NOW)
    assert [one.name for one in order.samples.all()] == ["A2"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filled_template_is_read_back(order: Order, guest: Person, form: Any, kind: str) -> None:
    Commission.objects.filter(order=order).update(form=form)
    order = Order.objects.get(pk=order.pk)
    made = bulk.template(form, kind=kind, language="en")
    if kind == "csv":
        head = made.decode("utf-8-sig").strip()
        content = f"{head}\nA,leaf,tea,1.5,g,bag,GHS02,-80,,first,2.5\nB,leaf,tea,2,g,bag,,RT,,,3\n".encode()
    else:
        book = openpyxl.load_workbook(BytesIO(made))
        sheet: Any = book.worksheets[0]
        sheet.append(["A", "leaf", "tea", 1.5, "g", "bag", "GHS02", -80, None, "first", 2.5])
        sheet.append(["B", "leaf", "tea", 2, "g", "bag", None, "RT", None, None, 3])
        out = BytesIO()
        book.save(out)
        content = out.getvalue()
    sheet_read = bulk.read(order, content)
    assert sheet_read.problems == []
    assert [(one.name, one.quantity, one.facts) for one in sheet_read.entries] == [
        ("A", "1.5", {"mass": 2.5}), ("B", "2", {"mass": 3}),
    ]  # fmt: skip
    made_samples = samples.register(order=order, entries=sheet_read.entries, person=guest, now=NOW)
    assert [one.storage for one in made_samples] == ["-90..-65 °C", "15..25 °C"]


def test_a_spreadsheet_of_their_own_is_read_by_its_headings_and_tells_problems_by_its_rows(
    order: Order, form: Any
) -> None:
    Commission.objects.filter(order=order).update(form=form)
    order = Order.objects.get(pk=order.pk)
    content = "样品名称,称样量,颜色\n甲,1.0,红\n\n乙,heavy,\n".encode()
    found = bulk.read(order, content)
    assert [one.name for one in found.entries] == ["甲", "乙"]
    assert [(one.row, one.field) for one in found.problems] == [(4, "mass")]
    assert found.left_out == ["颜色"]
    with pytest.raises(bulk.UnreadableFile, match="called"):
        bulk.read(order, b"colour,weight\nred,1\n")
    with pytest.raises(bulk.UnreadableFile):
        bulk.read(order, b"")


def test_the_chain_says_who_where_and_when(order: Order, wei: Person, guest: Person, bring: Bring, box: Any) -> None:
    bring(order, "accepted")
    sample = order.samples.get(name="A")
    custody.hand_over(sample=sample, verb="send", person=guest, now=NOW, facts=HandOver(giver="SF 1"))
    custody.hand_over(
        sample=sample, verb="receive", person=wei, now=NOW + timedelta(days=1),
        facts=HandOver(box, giver="courier", temperature_c=Decimal("21.5"), condition="good"),
    )  # fmt: skip
    assert (sample.state, sample.place, sample.slot) == ("held", box, "A1")
    links = list(sample.custody.all())
    assert [(one.number, one.verb, one.person, one.slot) for one in links] == [
        (1, "send", guest, ""), (2, "receive", wei, "A1"),
    ]  # fmt: skip
    assert custody.gaps(sample, links) == []
    assert storage.path_of(sample.place) == "R 101 > F 1 > Box 1"
    assert [branch.samples for branch in storage.tree(box.facility)] == [0, 0, 1]


def test_one_position_holds_one_sample(order: Order, wei: Person, bring: Bring, box: StoragePlace) -> None:
    bring(order, "accepted")
    first, second = order.samples.all()
    custody.hand_over(sample=first, verb="receive", person=wei, now=NOW, facts=HandOver(box, "A2"))
    with pytest.raises(Taken, match="A2"):
        custody.hand_over(sample=second, verb="receive", person=wei, now=NOW, facts=HandOver(box, "a2"))
    with pytest.raises(storage.WrongPlace, match="A1 to A2"):
        custody.hand_over(sample=second, verb="receive", person=wei, now=NOW, facts=HandOver(box, "B1"))
    assert not second.custody.exists()
    custody.hand_over(sample=second, verb="receive", person=wei, now=NOW, facts=HandOver(box))
    assert second.slot == "A1"
    with pytest.raises(storage.WrongPlace, match="full"):
        storage.free_slot(box)
    with pytest.raises(storage.WrongPlace, match="not empty"):
        storage.remove(place=box, person=wei, now=NOW)


def test_a_hand_over_that_the_table_does_not_allow_is_refused(order: Order, wei: Person, bring: Bring) -> None:
    bring(order, "accepted")
    sample = order.samples.get(name="A")
    for state in Sample.State.values:
        Sample.objects.filter(pk=sample.pk).update(state=state)
        for verb in set(Custody.Verb.values) - set(custody.ALLOWED[state]):
            with pytest.raises(NotPossible, match="can be written down"):
                custody.hand_over(sample=sample, verb=verb, person=wei, now=NOW)
    assert not sample.custody.exists()


def test_aliquots_take_their_amount_and_begin_chains_of_their_own(order: Order, wei: Person, bring: Bring) -> None:
    bring(order, "accepted")
    sample = order.samples.get(name="A")
    Sample.objects.filter(pk=sample.pk).update(quantity=10, unit="mL")
    custody.hand_over(sample=sample, verb="receive", person=wei, now=NOW)
    with pytest.raises(NotPossible, match="are left"):
        custody.split(sample=sample, parts=[Decimal(8), Decimal(3)], person=wei, now=NOW)
    made = custody.split(sample=sample, parts=[Decimal(2), Decimal(3)], person=wei, now=NOW)
    assert [(one.name, one.quantity, one.state, one.parent) for one in made] == [
        ("A/1", 2, "out", sample), ("A/2", 3, "out", sample),
    ]  # fmt: skip
    assert Sample.objects.get(pk=sample.pk).quantity == 5
    assert [custody.gaps(one, list(one.custody.all())) for one in made] == [[], []]
    custody.hand_over(sample=made[0], verb="consume", person=wei, now=NOW, facts=HandOver(quantity=Decimal(1)))
    assert (made[0].state, made[0].quantity) == ("out", 1)
    custody.hand_over(sample=made[0], verb="consume", person=wei, now=NOW)
    assert made[0].state == "consumed"


def test_what_breaks_the_chain_is_said(order: Order, wei: Person, han: Person, bring: Bring, box: StoragePlace) -> None:
    bring(order, "accepted")
    sample = order.samples.get(name="A")
    Sample.objects.filter(pk=sample.pk).update(storage="-90..-65 °C")
    sample.refresh_from_db()
    custody.hand_over(
        sample=sample, verb="receive", person=wei, now=NOW, facts=HandOver(box, temperature_c=Decimal(-20))
    )
    custody.hand_over(sample=sample, verb="take", person=wei, now=NOW + timedelta(hours=1))
    custody.hand_over(sample=sample, verb="move", person=han, now=NOW, facts=HandOver(box))
    found = [(one.number, one.words) for one in custody.gaps(sample, list(sample.custody.select_related("person")))]
    assert found == [
        (1, "found at -20.0 °C; to be kept at -90..-65 °C"),
        (3, "it is dated before the link that it follows"),
        (3, "Wei2 had taken it out, Han put it on record without a hand-over"),
    ]
    assert [one.words for one in custody.gaps(sample, list(sample.custody.all()[1:]))][:2] == [
        "a link is missing before this one", "the chain does not begin with a sending or a receipt",
    ]  # fmt: skip


def test_only_the_facility_hands_samples_over(order: Order, guest: Person, bring: Bring) -> None:
    bring(order, "accepted")
    with pytest.raises(NotAllowed):
        custody.hand_over(sample=order.samples.all()[0], verb="receive", person=guest, now=NOW)


def test_a_draft_is_not_handed_over(order: Order, guest: Person, wei: Person) -> None:
    (sample,) = register(order, guest, "A")
    with pytest.raises(NotPossible, match="must be sent"):
        custody.hand_over(sample=sample, verb="receive", person=wei, now=NOW)


def test_places_stand_in_one_another_in_their_order(facility: Facility, wei: Person, guest: Person) -> None:
    def add(parent: Any, kind: str, name: str, **more: Any) -> StoragePlace:
        return storage.add(facility=facility, parent=parent, kind=kind, name=name, person=wei, now=NOW, **more)

    room = add(None, "room", "R")
    box = add(room, "box", "B", rows=8, columns=12)
    assert storage.slots(box)[:2] + storage.slots(box)[-1:] == ["A1", "A2", "H12"]
    for parent, kind, name, more in (
        (None, "freezer", "F", {}), (room, "room", "R2", {}), (box, "rack", "K", {}), (room, "box", "B2", {}),
        (room, "box", "B", {"rows": 1, "columns": 1}), (None, "room", "R", {}), (room, "shed", "S", {}),
        (room, "rack", " ", {}),
    ):  # fmt: skip
        with pytest.raises(storage.WrongPlace):
            add(parent, kind, name, **more)
    with pytest.raises(NotAllowed):
        storage.add(facility=facility, parent=None, kind="room", name="X", person=guest, now=NOW)
