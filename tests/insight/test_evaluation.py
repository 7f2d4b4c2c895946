from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from liqi.insight.evaluation import Edition, NoEdition, duplicates, edition, moe, national, shipped, use

TODAY = date(2026, 11, 22)
HOURS = edition("hours", TODAY)
D = Decimal

YEAR = moe.Year(
    effective_h=D(1050), independent=6, guided=5, shown=65, national_awards=0, provincial_awards=1, school_awards=0,
    core_papers=4, outside_income_cny=D(20_000), inside_income_cny=D(10_000), functions=10, functions_used=8,
    new_functions=1,
)  # fmt: skip


def test_utilisation_of_the_2025_round_is_that_of_its_mean_hours():
    # the notice of 2025: 1,599 effective and 273 outside hours on the mean
    assert round(use.utilisation_percent(D(1599), HOURS), 2) == D("99.94")
    assert round(use.sharing_percent(D(273), D(1599)), 1) == D("17.1")
    assert use.utilisation_percent(D(2000), HOURS) == 125


def test_sharing_is_zero_without_effective_hours_and_not_an_error():
    assert use.sharing_percent(D(0), D(0)) == 0


def test_shares_leave_out_cheap_and_unpriced_instruments_and_say_how_many_are_not_known():
    rows = [
        use.Used(D(1600), D(400), D(500_000), open=True),
        use.Used(None, None, D(900_000), open=False),
        use.Used(D(9000), D(9000), D(499_999), open=True),
        use.Used(D(9000), D(9000), None, open=True),
    ]
    found = use.shares(rows, HOURS)
    assert (found.instruments, found.missing) == (2, 1)
    assert (found.mean_effective_h, found.utilisation_percent, found.sharing_percent) == (1600, 100, 25)
    assert found.open_percent == 50


def test_shares_of_nothing_are_not_zero():
    found = use.shares([], HOURS)
    assert (found.mean_effective_h, found.sharing_percent, found.open_percent) == (None, None, None)


def test_the_form_of_the_ministry_gives_each_part_its_points_and_weight():
    score = moe.benefit(YEAR, edition("moe_benefit", TODAY), HOURS)
    points = {part.name: part.points for part in score.parts}
    # 1,050 of 1,400 h; 6 x 10 + 5 x 3 + 65 // 30; 60 + 4 x 5; 20 x 1.5 + 10 x 1; 80 % used 48 + one new 10
    assert points == {"hours": 75, "training": 77, "results": 80, "income": 40, "functions": 58}
    assert score.total == D("26.25") + D("15.40") + D("20.00") + D("6.00") + D("2.90")
    assert score.grade == "passed"


def test_every_part_of_the_form_is_capped_at_a_hundred():
    best = replace(YEAR, effective_h=D(3000), independent=99, core_papers=99, outside_income_cny=D(10_000_000))
    best = replace(best, functions_used=10, new_functions=9)
    score = moe.benefit(best, edition("moe_benefit", TODAY), HOURS)
    assert {part.points for part in score.parts} == {D(100)}
    assert (score.total, score.grade) == (100, "excellent")


def test_a_special_instrument_has_the_quota_of_800_hours():
    score = moe.benefit(replace(YEAR, effective_h=D(800), special=True), edition("moe_benefit", TODAY), HOURS)
    assert score.parts[0].points == 100


def test_what_is_not_known_is_no_zero_and_leaves_the_grade_open():
    score = moe.benefit(replace(YEAR, core_papers=None), edition("moe_benefit", TODAY), HOURS)
    assert score.total is None
    assert score.unknown == ("results",)
    assert score.high - score.low == 25
    assert score.grade == ""


def test_row_001_18_the_university_table_gives_ten_points_at_a_tenth_fifteen_at_a_fifth_and_one_a_hundred_hours():
    one = use.Used(D(1000), D(50), D(1_000_000), inside_income_cny=D(50_000), outside_income_cny=D(50_000))
    score = use.points(one, edition("university", TODAY))
    assert [part.points for part in score.parts] == [5, D("9.375"), 10]
    much = use.Used(D(5000), D(5000), D(1000), inside_income_cny=D(0), outside_income_cny=D(90_000))
    assert [part.points for part in use.points(much, edition("university", TODAY)).parts] == [10, 15, 15]


def test_the_national_rule_has_three_heads_nine_indicators_and_weights_of_a_hundred():
    rule = edition("national", TODAY)
    assert [len(names) for names in rule.values["heads"].values()] == [4, 2, 3]
    assert sum(rule.values["weights"].values()) == 100
    assert "weights" in rule.assumed


def test_the_national_score_is_full_at_the_full_marks_and_half_at_their_halves():
    rule = edition("national", TODAY)
    full = {name: D(str(value)) for name, value in rule.values["full_at"].items()} | dict.fromkeys(
        national.JUDGED, D(100)
    )
    assert national.score(full, rule).total == 100
    assert national.score({name: value / 2 for name, value in full.items()}, rule).total == 50
    assert national.score({name: value * 3 for name, value in full.items()}, rule).total == 100


def test_a_measure_that_the_rule_does_not_name_is_refused():
    with pytest.raises(KeyError, match="charm"):
        national.score({"charm": D(1)}, edition("national", TODAY))


def test_equal_scores_are_ranked_by_sharing_and_share_a_rank_when_that_is_equal_too():
    rule = edition("national", TODAY)
    sharing = national.score({"shared_hours": D(273)}, rule)
    running = national.score({"running_hours": D(1600)}, rule)
    assert sharing.low == running.low
    units = {"runs": running, "shares": sharing, "shares too": sharing, "rests": national.score({}, rule)}
    assert national.ranking(units, rule) == [(1, "shares"), (1, "shares too"), (3, "runs"), (4, "rests")]


def test_many_units_are_scored_together_as_each_is_alone():
    rule = edition("national", TODAY)
    units: dict[str, dict[str, D | None]] = {
        "runs": {"running_hours": D(800)}, "the same": {"running_hours": D(800)},
        "shares": {"running_hours": D(800), "shared_hours": D(20)}, "judged": {"platform": D(90)}, "rests": {},
    }  # fmt: skip
    together = national.scores(units, rule)
    assert together == {key: national.score(measures, rule) for key, measures in units.items()}
    assert together["runs"] != together["shares"]
    assert together["judged"].low > together["rests"].low


def test_sums_of_no_instruments_are_nothing_and_add_nothing():
    one = use.Sums(3, 2, D("10.5"), D(4), 3, 1)
    assert use.added([]) == use.Sums(0, 0, D(0), D(0), 0, 0)
    assert use.added([one, use.added([]), one]) == use.Sums(6, 4, D(21), D(8), 6, 2)


def test_an_instrument_with_time_to_spare_near_is_a_reason_not_to_buy():
    like = [
        duplicates.Like("full", D(1200), open=True),
        duplicates.Like("spare", D(1199), open=True),
        duplicates.Like("closed", D(10), open=False),
        duplicates.Like("other use", D(10), open=True, fits=False),
    ]
    found = duplicates.check(like, HOURS)
    assert found.verdict == "time to spare"
    assert [one.key for one in found.spare] == ["spare"]
    assert [one.key for one in found.unfit] == ["closed", "other use"]
    assert duplicates.check(like[:1], HOURS).verdict == "all are full"
    assert duplicates.check([], HOURS).verdict == "none near"


def test_unknown_hours_are_neither_spare_nor_full():
    found = duplicates.check([duplicates.Like("a", None, open=True), duplicates.Like("b", D(1300), open=True)], HOURS)
    assert found.verdict == "cannot tell"
    assert [one.key for one in found.unknown] == ["a"]


def test_an_edition_holds_from_its_day_and_an_operators_one_wins():
    own = Edition("national", date(2026, 2, 1), "letter of the evaluators", {"weights": {}})
    assert edition("national", TODAY, [own]) is own
    later = replace(own, since=date(2027, 1, 1))
    assert edition("national", TODAY, [later]) is shipped("national")[-1]
    assert edition("national", date(2027, 1, 1), [later]) is later
    with pytest.raises(NoEdition, match="2026-02-01"):
        edition("national", date(2026, 1, 31))
