"""Boards: what people keep in the observatory, taken in, changed, undone, and what follows from it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue.models import Miss
from liqi.observatory import (
    benchmarks,
    boards,
    demand,
    example,
    firms,
    needs,
    parks,
    projects,
    radar,
    scenarios,
    targets,
)
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import (
    DemandLine,
    Firm,
    Need,
    Park,
    ParkEntry,
    Project,
    Scenario,
    Target,
    Trial,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def operator():
    return Person.objects.create_user("operator@example.org", "x", name="Operator", is_operator=True)


@pytest.fixture
def member():
    return Person.objects.create_user("member@example.org", "x", name="Member")


@pytest.fixture
def loaded(operator):
    return example.load(now=NOW)


def put(board, person, /, **given):
    return boards.add(boards.board(board), given, person=person, now=NOW)


# --- keeping ---------------------------------------------------------------------------------------------------------


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


# --- tables ----------------------------------------------------------------------------------------------------------


def table(text, operator, name="demand", **more):
    return boards.take_in(boards.board(name), text.encode(), "t.csv", person=operator, now=NOW, **more)


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


# --- what follows ----------------------------------------------------------------------------------------------------


def test_the_example_is_made_once_and_what_was_generated_is_marked(loaded):
    assert loaded > 300
    assert example.load(now=NOW) == 0
    assert not Firm.objects.filter(synthetic=True).exists()
    assert not Project.objects.filter(synthetic=False).exists()


def test_row_000_22_champions_of_the_example_are_found_and_the_official_rule_answers_apart(loaded):
    found = firms.find(on=TODAY, language="en")
    names = {one.firm.name_en or one.firm.name: one for one in found.candidates}
    assert {"Elementar", "Metrohm", "JULABO"} <= {n for n, one in names.items() if one.verdict.result == "found"}
    assert names["Thermo Fisher Scientific"].verdict.result == "not found"
    official = {one.id: one for one in names["Elementar"].official}
    assert official["rec.single_champion"].result == "no"
    assert found.spread.unknown > 20


def test_row_000_24_the_three_domestic_examples_are_on_record(loaded):
    founded = dict(Firm.objects.filter(country="CN", founded__isnull=False).values_list("name", "founded"))
    assert founded["青岛盛瀚色谱技术有限公司"] == 2002
    assert founded["杭州谱育科技发展有限公司"] == 2015
    assert founded["国仪量子(合肥)技术有限公司"] == 2016


def test_row_000_37_the_light_source_needs_50_000_pieces_most_of_them_to_order(loaded):
    found = demand.register(on=TODAY, programme=example.PROGRAMME)
    assert found.quantity == 50_000
    assert found.custom_share > 0.5
    assert found.custom + found.not_custom + found.not_said == 50_000
    listed = DemandLine.objects.there().filter(programme=example.PROGRAMME, firm=None)
    assert listed.count() == found.unmatched_lines > 0


def test_row_000_38_each_short_board_is_covered_or_a_gap(loaded):
    found = demand.register(on=TODAY)
    assert (found.short_board, found.short_board_covered) == (4, 1)


def test_row_000_05_the_needs_of_the_example_are_paired_as_in_the_worked_case(loaded):
    pairs = {one.need.who[4]: one.firm.name if one.firm else None for one in needs.pair()}
    assert pairs["L"] == pairs["S"] == "瑞士万通"
    assert pairs["D"] == pairs["A"] != pairs["J"]


def test_wishes_are_kept_and_refused(operator, member):
    need = put("needs", member, title="x", who="y")
    firm, other = put("firms", operator, name="F"), put("firms", operator, name="G")
    needs.wish(need, firm, person=member, now=NOW, rank_by_need=1)
    with pytest.raises(NotPossible, match="rank already"):
        needs.wish(need, other, person=member, now=NOW, rank_by_need=1)
    with pytest.raises(NotAllowed):
        needs.wish(need, firm, person=member, now=NOW, rank_by_firm=1)
    with pytest.raises(NotPossible, match="rank 0"):
        needs.wish(need, firm, person=member, now=NOW, rank_by_need=0)
    assert needs.pair()[0].firm is None
    needs.wish(need, firm, person=operator, now=NOW, rank_by_need=1, rank_by_firm=1)
    assert needs.pair()[0].firm == firm
    needs.wish(need, firm, person=operator, now=NOW)
    assert not need.wishes.exists()


def test_row_004_09_an_incomplete_scenario_is_not_published(operator, member):
    scenario = put("scenarios", member, title="x", owner="区", science="大学")
    with pytest.raises(NotPossible, match="Found no Who runs it"):
        scenarios.publish(scenario, person=member, now=NOW)
    boards.change(boards.board("scenarios"), scenario, {"operator": "公司"}, person=member, now=NOW)
    assert not boards.read(boards.board("scenarios")).exists()
    scenarios.publish(scenario, person=member, now=NOW)
    assert boards.read(boards.board("scenarios")).get() == scenario
    scenarios.unpublish(scenario, person=member, now=NOW)
    assert boards.read(boards.board("scenarios"), person=member).get() == scenario


def test_row_004_13_a_trial_goes_trial_log_fix_second_trial_and_is_insured(loaded):
    trial = Trial.objects.get()
    assert [one.kind for one in trial.steps.all()] == ["trial", "log", "fix", "again"]
    assert scenarios.next_steps(trial) == ()
    found = scenarios.insurance(trial, on=TODAY, language="en")
    assert found.amount_cny == Decimal("0.8") * min(Decimal(15_000), Decimal("0.03") * 600_000)


def test_a_step_out_of_order_is_refused_and_the_last_is_taken_back(operator):
    trial = put("trials", operator, title="x")
    with pytest.raises(NotPossible, match="expected trial"):
        scenarios.step(trial, kind="fix", on=TODAY, person=operator, now=NOW)
    with pytest.raises(NotPossible, match="whether it passed"):
        scenarios.step(trial, kind="trial", on=TODAY, person=operator, now=NOW)
    scenarios.step(trial, kind="trial", on=TODAY, person=operator, now=NOW, passed=False)
    with pytest.raises(NotPossible, match="before the step"):
        scenarios.step(trial, kind="log", on=TODAY - timedelta(1), person=operator, now=NOW)
    scenarios.take_back_step(trial, person=operator, now=NOW)
    assert scenarios.next_steps(trial) == ("trial",)


def test_row_004_05_and_004_10_targets_stand_at_35_percent_and_6_8_percent(loaded):
    lines = {one.target.name: one for one in targets.standings(Target.objects.there(), on=TODAY)}
    assert lines["院所"].standing.done == pytest.approx(0.35)
    assert lines["院所"].per_km2 == pytest.approx(1.1667, abs=1e-4)
    assert lines["院所"].standing.state == "missed"
    assert lines["示范线建成"].standing.done == pytest.approx(0.0678, abs=1e-4)
    assert lines["产业规模"].standing.state == "not known"


def test_row_002_15_the_work_plan_has_its_four_tasks(loaded):
    assert Target.objects.exclude(task="").values("task").distinct().count() == 4


def test_a_reading_of_a_day_to_come_is_refused(operator, loaded):
    target = Target.objects.first()
    with pytest.raises(NotPossible, match="a day to come"):
        targets.record(target, on=TODAY + timedelta(1), amount=Decimal(1), person=operator, now=NOW)
    made = targets.record(target, on=TODAY, amount=Decimal(1), person=operator, now=NOW)
    targets.forget(target, made, person=operator, now=NOW)
    assert not target.readings.exists()


def test_row_003_01_a_park_has_alliance_fund_projects_and_milestones_on_one_page(loaded):
    found = parks.read(Park.objects.get(place="青岛"), on=TODAY)
    assert list(found.alliance) == ["research", "coordination", "transfer", "industry", "talent"]
    assert all(found.alliance.values())
    assert found.funds
    assert found.projects
    assert found.milestones[-1].since_first.days == 258
    assert sorted(int(one.amount) for one in found.assets) == [11, 26, 33]
    zone = parks.read(Park.objects.get(place="重庆"), on=TODAY)
    assert zone.tenants_per_km2 == pytest.approx(35 / 30)
    assert sum(zone.help_mix.values()) == pytest.approx(1)


def test_row_001_13_to_15_benchmark_cards_say_what_follows():
    cards = {card.key: card for card in benchmarks.cards()}
    facts = {fact.en: fact for card in cards.values() for fact in card.facts}
    assert facts["share of core firms"].value == pytest.approx(0.431, abs=5e-4)
    assert facts["Shanghai's share of the nation"].value == pytest.approx(0.4167, abs=5e-5)
    assert cards["songshan-lake"].by_status == {"built": 1, "building": 2, "planned": 0}
    assert all(card.source for card in cards.values())


def test_row_000_06_ten_misses_for_a_class_stand_first(db):
    for text, count in (("质谱仪", 6), ("mass spectrometer", 4), ("原子力显微镜", 3), ("zzz", 20)):
        Miss.objects.create(where="search", text=text, day=TODAY, count=count)
    Miss.objects.create(where="search", text="质谱仪", day=TODAY - timedelta(400), count=99)
    found = radar.read(now=NOW)
    assert (found.echoes[0].class_code[:4], found.echoes[0].count) == ("0102", 10)
    assert found.echoes[0].words == ("质谱仪", "mass spectrometer")
    assert (found.echoes[-1].class_code, found.echoes[-1].searches) == ("", 20)


# --- the pipeline ----------------------------------------------------------------------------------------------------


def test_a_project_moves_and_the_last_move_is_taken_back(operator):
    one = put("projects", operator, name="A", level="4", begun_on="2024-01-01")
    projects.move(one, level=7, state="signed", on=date(2025, 1, 1), person=operator, now=NOW)
    assert (one.level, one.state, one.moves.count()) == (7, "signed", 2)
    with pytest.raises(NotPossible, match="before the last move"):
        projects.move(one, level=8, state="signed", on=date(2024, 6, 1), person=operator, now=NOW)
    with pytest.raises(NotPossible, match="9 for what is sold"):
        projects.move(one, level=8, state="signed", on=TODAY, person=operator, now=NOW, sold=True)
    with pytest.raises(NotPossible, match="follow from its moves"):
        boards.change(boards.board("projects"), one, {"level": "9"}, person=operator, now=NOW)
    again = table("name,level,begun_on\nA,9,2024-01-01\n", operator, "projects")
    assert "follow from its moves" in again.problems[0].message
    one.refresh_from_db()
    assert not boards.can_undo(journal.read(one).first())
    projects.take_back(one, person=operator, now=NOW)
    assert (Project.objects.get().level, one.state) == (4, "found")
    with pytest.raises(NotPossible, match="no move to take back"):
        projects.take_back(one, person=operator, now=NOW)


def test_row_003_08_six_signed_projects_stand_in_the_funnel_and_the_times_are_told(operator):
    for number in range(10):
        one = put("projects", operator, name=f"P{number}", level="4", begun_on="2024-01-01")
        if number < 6:
            on = date(2024, 1, 1) + timedelta(100 * (number + 1))
            projects.move(one, level=7, state="signed", on=on, person=operator, now=NOW)
        elif number == 6:
            projects.move(one, level=4, state="found", on=TODAY, person=operator, now=NOW, exit="sold_away")
    found = projects.read_all(now=NOW)
    rungs = {rung.state: rung for rung in found.funnel}
    assert (rungs["signed"].reached, rungs["signed"].of_first) == (6, 0.6)
    assert found.left["sold_away"] == 1
    sample = next(stay for stay in found.stays if stay.form == "sample")
    assert (sample.spells, sample.ended, sample.median_days) == (10, 7, 500)
    assert found.forms == {"idea": 0, "sample": 3, "product": 6, "commodity": 0}
    assert found.mid_gap == pytest.approx(1.0)


def test_row_003_07_a_screening_takes_the_best_set_without_conflicts_and_without_judges_of_interest(operator):
    made = []
    for name, cost, score in (("a", 10, 60), ("b", 20, 100), ("c", 30, 90)):
        one = put("projects", operator, name=name, cost_cny=str(cost), begun_on="2024-01-01", fields="分析仪器")
        projects.judge(one, judge="Li", score=Decimal(score), interest=False, person=operator, now=NOW)
        made.append(one)
    assert [x.project.name for x in projects.screen(Decimal(50)).lines if x.taken] == ["b", "c"]
    projects.exclude(made[1], made[2], person=operator, now=NOW)
    assert [x.project.name for x in projects.screen(Decimal(50)).lines if x.taken] == ["b", "a"]
    projects.judge(made[1], judge="Li", score=Decimal(100), interest=True, person=operator, now=NOW)
    found = projects.screen(Decimal(50))
    assert [x.project.name for x in found.lines if x.taken] == ["c", "a"]
    assert found.not_judged == 1
    assert projects.screen(Decimal(50), focus=["海洋仪器"]).score == 0
    with pytest.raises(NotPossible, match="0 to 100"):
        projects.judge(made[0], judge="Li", score=Decimal(101), interest=False, person=operator, now=NOW)


def test_every_change_stands_in_the_journal(loaded):
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {"took in", "moved on", "published", "stepped", "read"} <= verbs
    assert ParkEntry.objects.filter(kind="alliance").count() == 5
