"""Boards: what people keep in the observatory is added, changed, taken away and undone, and bad input is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.observatory import boards
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import DemandLine, Firm, Need, Park, Project, Scenario, Target
from tests.observatory.conftest import NOW, TODAY, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.mark.parametrize("name", boards.BOARDS)
def test_every_board_has_labels_a_key_and_columns_of_its_own_fields(name):
    board = boards.board(name)
    assert set(board.key) <= set(board.fields)
    assert set(board.columns) <= set(board.fields)
    assert all(boards.label(board.model, field) for field in board.fields)


def test_a_record_is_added_changed_and_undone_and_the_journal_knows(operator):
    board = boards.board("firms")
    firm = put("firms", operator, name="盛瀚", founded="2002", staff="1,200")
    assert (firm.founded, firm.staff, firm.places) == (2002, 1200, 1)
    boards.change(board, firm, {"staff": "1300"}, person=operator, now=NOW)
    assert journal.read(firm).first().facts["before"] == {"staff": "1200"}
    assert boards.undo(board, firm, person=operator, now=NOW + timedelta(seconds=1)) == "changed"
    assert Firm.objects.get().staff == 1200
    boards.withdraw(board, firm, person=operator, now=NOW + timedelta(seconds=2))
    assert not boards.read(board).exists()
    assert boards.undo(board, firm, person=operator, now=NOW + timedelta(seconds=3)) == "withdrawn"
    assert boards.read(board).get() == firm


def test_who_does_not_run_the_platform_adds_needs_and_no_firms(operator, member):
    with pytest.raises(NotAllowed, match="operators of the platform"):
        put("firms", member, name="X")
    need = put("needs", member, title="原位池", who="课题组")
    boards.change(boards.board("needs"), need, {"field": "电化学"}, person=member, now=NOW)
    other = put("needs", operator, title="探头", who="另一组")
    with pytest.raises(NotAllowed):
        boards.change(boards.board("needs"), other, {"field": "x"}, person=member, now=NOW)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("firms", {}, "Name: found nothing"),
        ("firms", {"name": "A", "founded": "12"}, "year 12"),
        ("firms", {"name": "A", "staff": "many"}, "found “many”, expected a whole number"),
        ("firms", {"name": "A", "staff": "9" * 40}, "expected a whole number"),
        ("firms", {"name": "A", "revenue_m_eur": "9" * 40}, "expected a number from 0 to below"),
        ("firms", {"name": "A", "revenue_m_eur": "-1"}, "expected a number from 0"),
        ("firms", {"name": "A" * 201}, "at most 200 characters"),
        ("firms", {"name": "A\x00"}, "characters of text"),
        ("firms", {"name": "A", "listing": "moon"}, "found “moon”, expected private"),
        ("firms", {"name": "A", "world_rank": "0"}, "rank 0"),
        ("projects", {"name": "A", "level": "10", "begun_on": "2020-01-01"}, "readiness 10"),
        ("projects", {"name": "A", "level": "3", "sold": "yes", "begun_on": "2020-01-01"}, "sold before readiness 9"),
        ("projects", {"name": "A", "begun_on": "2020-02-30"}, "found “2020-02-30”, expected a day"),
        ("projects", {"name": "A", "begun_on": "2020-01-01", "firm": "nobody"}, "“nobody”, which is not on record"),
        ("demand", {"programme": "A", "code": "1", "item": "x", "quantity": "0"}, "quantity 0"),
        ("demand", {"programme": "A", "code": "1", "item": "x", "quantity": "1", "custom": "maybe"}, "yes or no"),
        ("targets", {"plan": "A", "name": "x", "amount": "0", "begun_on": "2020-01-01", "due_on": "2021-01-01"},
         "equal to where it starts"),
        ("targets", {"plan": "A", "name": "x", "amount": "1", "begun_on": "2021-01-01", "due_on": "2021-01-01"},
         "not after the first"),
        ("parks", {"name": "A", "area_km2": "0"}, "area 0"),
        ("trials", {"title": "A", "value_cny": "0"}, "value 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_in_a_sentence(operator, name, given, says):
    with pytest.raises(NotPossible, match=says):
        put(name, operator, **given)
    assert not boards.board(name).model.objects.exists()


def test_a_name_stands_once_and_is_free_again_when_taken_away(operator):
    board = boards.board("parks")
    first = put("parks", operator, name="A")
    with pytest.raises(NotPossible, match="Another park has this name"):
        put("parks", operator, name="A")
    boards.withdraw(board, first, person=operator, now=NOW)
    put("parks", operator, name="A")
    with pytest.raises(NotPossible, match="has this name"):
        boards.restore(board, first, person=operator, now=NOW)


def test_an_entry_of_a_park_fits_its_kind(operator):
    put("parks", operator, name="A")
    with pytest.raises(NotPossible, match="five functions"):
        put("park-entries", operator, park="A", kind="alliance", title="x")
    with pytest.raises(NotPossible, match="milestone without its day"):
        put("park-entries", operator, park="A", kind="milestone", title="x")


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        (Project, {"name": "x", "level": 10, "begun_on": TODAY}),
        (Project, {"name": "x", "level": 8, "sold": True, "begun_on": TODAY}),
        (Scenario, {"title": "x", "owner": "a", "published_at": NOW}),
        (DemandLine, {"programme": "x", "code": "1", "item": "y", "quantity": 0}),
        (Target, {"plan": "x", "name": "y", "amount": 1, "begun_on": TODAY, "due_on": TODAY}),
        (Firm, {"name": "x", "world_rank": 0}),
        (Need, {"title": "x", "who": ""}),
        (Park, {"name": "x", "area_km2": 0}),
    ],
)
def test_the_database_itself_refuses(model, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(created_at=NOW, updated_at=NOW, **facts)
