"""Plans and pipelines: the mission's rows with their published numbers."""

import itertools
import random
from datetime import date, timedelta

import pytest

from liqi.insight import adoption, chain, funding, pipeline, portfolio, survival, targets
from liqi.insight.survival import Spell

# Remission of acute leukaemia in weeks, E. J. Freireich et al., Blood 21 (1963) 699-716; a plus is not ended yet.
DRUG = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def freireich() -> list[Spell]:
    return [
        Spell(float(said.rstrip("+")), "" if said.endswith("+") else "relapse", group)
        for group, times in (("drug", DRUG), ("placebo", PLACEBO))
        for said in times.split()
    ]


def test_row_001_07_the_medians_of_freireich_are_23_and_8_and_the_log_rank_16_79():
    spells = freireich()
    assert survival.median([one for one in spells if one.group == "drug"]) == 23
    assert survival.median([one for one in spells if one.group == "placebo"]) == 8
    found = survival.log_rank(spells)
    assert found.statistic == pytest.approx(16.7929, abs=1e-4)
    assert found.degrees == 1
    assert found.p_value == pytest.approx(4.17e-5, rel=0.01)


def test_the_curve_of_freireich_has_the_published_values_and_errors():
    steps = {step.time: step for step in survival.kaplan_meier([s for s in freireich() if s.group == "drug"])}
    published = {6: (0.857, 0.0764), 7: (0.807, 0.0869), 10: (0.753, 0.0963), 13: (0.690, 0.1068), 23: (0.448, 0.1346)}
    for time, (left, error) in published.items():
        assert steps[time].survival == pytest.approx(left, abs=0.0005)
        assert steps[time].error == pytest.approx(error, abs=0.0001)


def test_competing_exits_and_survival_make_one():
    chance = random.Random(7)
    spells = [Spell(chance.randint(1, 40), chance.choice(["", "sold", "dropped", "moved"])) for _n in range(200)]
    for time in range(1, 41):
        left = [step.survival for step in survival.kaplan_meier(spells) if step.time <= time]
        gone = sum(
            max((p for t, p in curve if t <= time), default=0.0) for curve in survival.incidence(spells).values()
        )
        assert gone + (left[-1] if left else 1.0) == pytest.approx(1.0)


def test_competing_exits_of_a_small_case_by_hand():
    found = survival.incidence([Spell(1, "sold"), Spell(2), Spell(3, "dropped"), Spell(4, "sold")])
    assert found["sold"] == [(1, pytest.approx(0.25)), (4, pytest.approx(0.25 + 0.375))]
    assert found["dropped"] == [(3, pytest.approx(0.375))]


@pytest.mark.parametrize(
    ("spells", "says"),
    [([Spell(-1, "x"), Spell(2, "x", "b")], "found the time -1"), ([Spell(1, "x")], "found 1 group"),
     ([Spell(1, "", "a"), Spell(2, "", "b")], "found no time")],
)  # fmt: skip
def test_times_that_cannot_be_compared_are_refused(spells, says):
    with pytest.raises(survival.UnusableTimes, match=says):
        survival.log_rank(spells)


def test_nothing_and_nobody_gone_have_no_median():
    assert survival.median([]) is None
    assert survival.median([Spell(3), Spell(4)]) is None


def test_a_project_that_goes_from_sample_to_product_to_commodity_leaves_spells():
    begun = date(2020, 1, 1)
    moves = [
        pipeline.Move("a", begun, 4),
        pipeline.Move("a", begun + timedelta(100), 6),
        pipeline.Move("a", begun + timedelta(400), 7),
        pipeline.Move("b", begun, 5),
        pipeline.Move("b", begun + timedelta(50), 5, "dropped"),
        pipeline.Move("c", begun + timedelta(900), 5),
    ]
    found = pipeline.spells(moves, until=begun + timedelta(500))
    assert found == {"sample": [Spell(400, "product"), Spell(50, "dropped")], "product": [Spell(100)]}


def test_row_001_08_the_ends_are_ten_times_heavier_than_the_middle():
    assert chain.mid_gap([50, 50], 5) == 10


def test_a_readiness_level_that_there_is_not_is_named():
    with pytest.raises(pipeline.UnusableStage, match="level 10"):
        pipeline.stage(10)


def test_row_003_08_six_signed_of_those_found():
    rungs = {one.state: one for one in pipeline.funnel({"found": 24, "screened": 10, "reserved": 8, "signed": 6})}
    assert rungs["found"].reached == 48
    assert (rungs["signed"].reached, rungs["signed"].of_first) == (6, pytest.approx(6 / 48))
    assert rungs["screened"].of_before == pytest.approx(0.5)
    assert rungs["settled"].reached == 0
    assert pipeline.funnel({})[1].of_before is None
    with pytest.raises(pipeline.UnusableStage, match="state 'lost'"):
        pipeline.funnel(["lost"])


def brute(candidates, budget, conflicts):
    best = 0.0
    for count in range(len(candidates) + 1):
        for some in itertools.combinations(candidates, count):
            ids = {one.id for one in some}
            if sum(one.cost for one in some) <= budget and not any({a, b} <= ids for a, b in conflicts):
                best = max(best, sum(one.score for one in some))
    return best


def test_row_003_07_the_portfolio_is_the_best_of_all_sets_on_random_cases():
    chance = random.Random(11)
    for _case in range(12):
        names = [f"p{n}" for n in range(9)]
        candidates = [portfolio.Candidate(name, chance.randint(1, 30), chance.randint(-2, 40)) for name in names]
        conflicts = [tuple(chance.sample(names, 2)) for _n in range(5)]
        budget = chance.randint(10, 80)
        found = portfolio.choose(candidates, budget, conflicts)
        assert found.score == pytest.approx(brute(candidates, budget, conflicts))
        assert found.cost <= budget
        assert found.proved
        assert not any({a, b} <= set(found.ids) for a, b in conflicts)


def test_a_known_knapsack_and_one_conflict_that_turns_it():
    sack = [portfolio.Candidate(*row) for row in (("a", 10, 60), ("b", 20, 100), ("c", 30, 120))]
    assert portfolio.choose(sack, 50).ids == ("b", "c")
    assert portfolio.choose(sack, 50, [("b", "c")]).ids == ("a", "c")
    assert portfolio.choose([], 50).ids == ()
    assert portfolio.choose(sack, 5).ids == ()


@pytest.mark.parametrize(
    ("rows", "budget", "conflicts", "says"),
    [([("a", 1, 1)] * 2, 5, [], "candidate twice"), ([("a", -1, 1)], 5, [], "cost -1"),
     ([("a", 1, 1)], -5, [], "budget -5"), ([("a", 1, 1)], 5, [("a", "z")], "conflict with 'z'")],
)  # fmt: skip
def test_candidates_that_cannot_be_chosen_from_are_refused(rows, budget, conflicts, says):
    with pytest.raises(portfolio.UnusableCandidates, match=says):
        portfolio.choose([portfolio.Candidate(*row) for row in rows], budget, conflicts)


def test_row_003_07_a_judge_with_a_declared_interest_does_not_count():
    scores = {"x": {"Wang": 90.0, "Li": 50.0}, "y": {"Wang": 80.0}}
    assert portfolio.judged(scores, [("Wang", "x"), ("Wang", "y")]) == {"x": 50.0, "y": None}


def test_row_003_09_an_applicant_inside_the_focus_fits_wholly():
    focus = ["海洋仪器", "分析仪器", "智能仪器仪表", "医疗器械"]
    assert portfolio.fit(["分析仪器"], focus) == 1
    assert portfolio.fit(["分析仪器", "玩具"], focus) == 0.5
    assert portfolio.fit([], focus) is None


def test_row_000_36_and_004_05_done_against_time_gone():
    found = targets.standing(100, 35, begun=date(2018, 11, 1), due=date(2025, 12, 31), on=date(2021, 6, 1))
    assert found.done == pytest.approx(0.35)
    assert found.elapsed == pytest.approx(943 / 2617)
    assert found.state == "behind"
    assert targets.density(35, 30) == pytest.approx(1.1667, abs=1e-4)
    valley = targets.standing(1, None, begun=date(2020, 5, 1), due=date(2030, 12, 31), on=date(2026, 11, 22))
    assert valley.state == "not known"
    assert valley.elapsed == pytest.approx(2396 / 3896)


@pytest.mark.parametrize(
    ("reached", "on", "state"),
    [(100, date(2021, 1, 1), "met"), (90, date(2027, 1, 1), "missed"), (50, date(2021, 1, 1), "on track")],
)
def test_a_target_has_a_state_in_words(reached, on, state):
    assert targets.standing(100, reached, begun=date(2020, 1, 1), due=date(2026, 1, 1), on=on).state == state


def test_a_target_that_cannot_be_measured_is_refused():
    with pytest.raises(targets.UnusableTarget, match="not after the start"):
        targets.standing(1, 0, begun=date(2020, 1, 1), due=date(2020, 1, 1), on=date(2020, 1, 1))
    with pytest.raises(targets.UnusableTarget, match="equal to the baseline"):
        targets.standing(5, 0, begun=date(2020, 1, 1), due=date(2021, 1, 1), on=date(2020, 1, 1), baseline=5)


def test_a_target_below_its_baseline_is_reached_downwards():
    found = targets.standing(20, 30, baseline=60, begun=date(2020, 1, 1), due=date(2021, 1, 1), on=date(2020, 7, 1))
    assert found.done == pytest.approx(0.75)


def test_row_003_05_from_signing_to_opening_took_258_days():
    assert targets.span(date(2020, 11, 2), date(2021, 7, 18)) == targets.Span(258, 8)
    with pytest.raises(targets.UnusableTarget, match="swap"):
        targets.span(date(2021, 7, 18), date(2020, 11, 2))


def test_row_004_10_four_of_fifty_nine_kilometres_are_built():
    assert targets.built(4, 55) == pytest.approx(0.067797, abs=1e-6)


def test_row_004_16_eighteen_months_from_signing_to_production():
    assert targets.span(date(2019, 6, 23), date(2020, 12, 23)).months == 18


def test_row_004_12_three_of_ten_results_stay():
    given = [adoption.Transfer(str(n), 2019 + n % 2, n < 3) for n in range(10)]
    whole, years = adoption.retention([*given, adoption.Transfer("lost", 2020, None)])
    assert (whole.share, whole.not_said) == (pytest.approx(0.3), 1)
    assert {year: one.here for year, one in years.items()} == {2019: 2, 2020: 1}
    assert adoption.retention([])[0].share is None


def test_row_004_02_and_04_customers_at_home_and_abroad_make_two_series():
    bought = [
        ("Tokyo", 2018, True),
        ("MIT", 2018, True),
        ("Tokyo", 2019, True),
        ("PKU", 2020, False),
        ("?", 2020, None),
    ]
    found = adoption.curves([adoption.Customer(key, date(year, 6, 1), away) for key, year, away in bought])
    assert found.abroad == {2018: 2, 2019: 2, 2020: 2}
    assert found.home == {2018: 0, 2019: 0, 2020: 1}
    assert found.abroad_share == pytest.approx(2 / 3)
    assert found.not_said == 1
    assert adoption.curves([]).abroad_share is None


def test_row_004_07_a_new_user_is_counted_once():
    uses = [("a", date(2021, 3, 1)), ("a", date(2020, 3, 1)), ("b", date(2021, 1, 1)), ("b", date(2021, 2, 1))]
    assert adoption.first_time_users(uses) == {2020: 1, 2021: 1}


def test_row_001_17_the_shares_make_one_and_early_money_is_told():
    shares = funding.mix({"stable": 55.0, "competitive": 30.0, "firm": 15.0})
    assert sum(shares.values()) == pytest.approx(1.0)
    assert funding.early_share({"seed": 10, "angel": 20, "series_a": 10, "growth": 60}) == pytest.approx(0.4)
    assert funding.mix({"stable": 0}) == {}
    with pytest.raises(funding.UnusableFunding, match="stage 'late'"):
        funding.early_share({"late": 1})
    with pytest.raises(funding.UnusableFunding, match="found -1"):
        funding.mix({"x": -1})


def test_row_002_16_the_ladder_of_listing_is_ordered():
    rung, climbed = "private", ["private"]
    while above := funding.next_rung(rung):
        rung = above
        climbed.append(rung)
    assert tuple(climbed) == funding.LADDER


def test_row_004_14_a_stake_has_a_multiple_and_a_rate():
    flows = [funding.Flow(date(2018, 1, 1), -100), funding.Flow(date(2020, 1, 1), 121)]
    assert funding.multiple(flows) == pytest.approx(1.21)
    assert funding.internal_rate(flows) == pytest.approx(0.1)
    assert funding.internal_rate(flows[:1]) is None
    assert funding.multiple([]) is None


def test_row_004_15_the_mix_of_help_in_shares():
    counts = {"money": 2, "land": 1, "platform": 4, "scenario": 2, "talent": 1}
    assert funding.mix(counts)["platform"] == pytest.approx(0.4)


def test_levels_of_readiness_are_samples_products_and_commodities_as_published():
    """TRL 1-3 nothing to show, 4 a sample, 7-8 a product, 9 and sold a commodity; the advice follows 1-3, 4-6, 7-9."""
    from liqi.insight.chain import advise

    assert [pipeline.form(level) for level in (4, 7, 8, 9)] == ["sample", "product", "product", "product"]
    assert pipeline.form(9, sold=True) == "commodity"
    spans = [range(1, 4), range(4, 7), range(7, 10)]
    forms = [{pipeline.form(level) for level in span} for span in spans]
    assert forms == [{"idea"}, {"sample"}, {"product"}]
    stages = [{advise(level).stage for level in span} for span in spans]
    assert stages == [{"frontier_research", "applied_research"}, {"industrial_technology"}, {"industrialisation"}]
