"""Tables of a board: taken in whole or not at all, brought up by a later one, taken back."""

import pytest
from django.utils import translation

from liqi.observatory import boards, example
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import DemandLine, Park
from tests.observatory.conftest import NOW, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_table_is_taken_in_brought_up_and_taken_back(operator):
    first = table("programme,code,item,quantity,custom\nA,1,pump,3,yes\nA,2,gauge,4,\n", operator)
    assert (first.read, first.created, first.problems) == (2, 2, [])
    second = table(
        "设施,行号,内容,数量\nA,1,pump,5\nA,2,gauge,4\nA,3,valve,1\n".replace(
            "设施,行号,内容,数量", "programme,code,item,quantity"
        ),
        operator,
    )
    assert (second.created, second.updated, second.unchanged) == (1, 1, 1)
    assert DemandLine.objects.get(code="1").custom is True
    boards.undo_intake(boards.board("demand"), second.intake, person=operator, now=NOW)
    assert DemandLine.objects.there().count() == 2
    assert DemandLine.objects.get(code="1").quantity == 3
    with pytest.raises(NotPossible, match="taken back already"):
        boards.undo_intake(boards.board("demand"), second.intake, person=operator, now=NOW)


def test_a_table_with_a_fault_is_not_taken_at_all_and_every_fault_has_its_row(operator):
    found = table("programme,code,item,quantity\nA,1,pump,3\nA,2,gauge,none\nA,1,pump,3\n,,,\nA,4,,1\n", operator)
    assert (found.read, found.rejected) == (4, 3)
    assert [one.row for one in found.problems] == [3, 4, 6]
    assert not DemandLine.objects.exists()


def test_a_dry_run_keeps_nothing(operator):
    assert table("programme,code,item,quantity\nA,1,pump,3\n", operator, dry_run=True).created == 1
    assert not DemandLine.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Found the columns none"),
        (b"colour\nred\n", "expected programme, code too"),
        (b"programme,code,item,quantity\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "no text"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(operator, content, says):
    with pytest.raises(NotPossible, match=says):
        boards.take_in(boards.board("demand"), content, "t", person=operator, now=NOW)


def test_twenty_cuts_of_a_table_never_break_the_reader(operator):
    whole = (example.DATA / "firms.csv").read_bytes()
    for cut in range(0, len(whole), len(whole) // 20):
        try:
            found = boards.take_in(boards.board("firms"), whole[:cut], "t", person=operator, now=NOW, dry_run=True)
        except NotPossible:
            continue
        assert found.read == found.created + found.rejected


def test_a_table_in_gb18030_with_chinese_headings_is_read(operator):
    with translation.override("zh-hans"):
        heads = [boards.label(Park, name) for name in ("name", "place")]
    content = f"{heads[0]},{heads[1]}\n青岛园,青岛\n".encode("gb18030")
    assert boards.take_in(boards.board("parks"), content, "t", person=operator, now=NOW).created == 1
    assert Park.objects.get().place == "青岛"


def test_row_003_11_likely_swapped_words_of_a_table_are_listed_and_kept_as_written(operator):
    done = table("name,place,words\n青岛园,青岛,技能攻关与工业推进\n", operator, "parks")
    assert [(one.row, one.field, one.code) for one in done.remarks] == [(2, "words", "swap_suspected")] * 2
    assert "技术攻关" in done.remarks[0].message
    assert (done.created, Park.objects.get().words) == (1, "技能攻关与工业推进")
