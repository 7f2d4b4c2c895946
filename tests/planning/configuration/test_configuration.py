"""Configurations: published counts, proved prices, every smallest conflict, and sentences for what cannot be read."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqi.planning import configuration
from liqi.planning.configuration import Limit, Model, Rule, UnusableModel

HERE = Path(__file__).parent
MODULES = HERE / "modinst-8x6-s1.json"
COUNTS = {
    "berkeleydb.uvl": 4_080_389_785, "berkeleydb.dimacs": 4_080_389_785, "axTLS.uvl": 826_244_333_568, "miband2.uvl": 5,
    "NamasteRincon_Pizza.uvl": 3_019_898_880, "model_20190411_1457420991.uvl": 0,
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_row_000_07_the_count_of_configurations_is_the_published_one(name):
    assert configuration.count(configuration.read(HERE / name), []) == COUNTS[name]


def test_the_cheapest_instrument_and_the_options_that_a_budget_rules_out_are_the_proved_ones():
    model, answers = configuration.read(MODULES), json.loads(MODULES.read_text())["answers"]
    found = configuration.configure(model, budget=answers["budget"], counted=False)
    assert (found.price, len(found.selection)) == (answers["cheapest"], 8)
    slot, option = answers["dead_options_at_budget"][0]
    dead = configuration.configure(model, [f"{slot}.{option}"], budget=answers["budget"], counted=False)
    assert dead.conflicts == [[f"{slot}.{option}", f"budget {answers['budget']}"]]


def test_row_000_07_every_smallest_conflict_is_the_proved_one_and_says_why():
    model, answers = configuration.read(MODULES), json.loads(MODULES.read_text())["answers"]
    case = answers["conflicts"][0]
    wishes = [f"{slot}.{option}" for slot, option in case["wishes"]]
    found = configuration.configure(model, wishes, budget=case["budget"])
    proved = [
        {f"{each[1]}.{each[2]}" if each[0] == "wish" else f"budget {case['budget']}" for each in some}
        for some in case["smallest_conflicts"]
    ]
    assert sorted(map(sorted, found.conflicts)) == sorted(map(sorted, proved))
    assert found.because == ["4.4 needs 0.0 or 0.3"]
    assert (found.selection, found.price, found.count) == ([], None, 0)


def test_wishes_that_clash_are_told_with_the_rule_and_what_to_give_up():
    model = configuration.read(HERE / "NamasteRincon_Pizza.uvl")
    found = configuration.configure(model, ["Medium", "Half & Half", "Egg"])
    assert found.conflicts == [["Medium", "Half & Half"]]
    assert found.because == ['Medium => !"Half & Half"']
    assert found.give_up == [["Medium"], ["Half & Half"]]
    without = configuration.configure(model, ["Half & Half"], ["Egg"])
    assert "Medium" in without.ruled_out
    assert {"Big", "Cheese", "Oregano"} <= set(without.needed)
    assert "Egg" not in without.selection


def test_a_model_without_any_configuration_says_which_of_its_rules_clash():
    found = configuration.configure(configuration.read(HERE / "model_20190411_1457420991.uvl"))
    assert (found.satisfiable, found.conflicts, found.count) == (False, [[]], 0)
    assert len(found.because) > 2


LITERALS = st.sampled_from([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5])
CLAUSES = st.lists(st.lists(LITERALS, min_size=1, max_size=3).map(lambda some: tuple(dict.fromkeys(some))), max_size=9)


def brute(clauses, wishes=()):
    """Every configuration of five features."""
    for signs in itertools.product([-1, 1], repeat=5):
        there = {sign * number for number, sign in enumerate(signs, 1)}
        if all(there & set(clause) for clause in clauses) and set(wishes) <= there:
            yield there


def five(clauses, **more):
    """A model of five features."""
    return Model("five", ("a", "b", "c", "d", "e"), tuple(Rule(str(each), (each,)) for each in clauses), **more)


@settings(max_examples=60, deadline=None)
@given(CLAUSES, st.sets(st.integers(1, 5), max_size=3))
def test_counts_settled_features_and_the_fewest_are_those_of_listing_all(clauses, wishes):
    every, model = list(brute(clauses, wishes)), five(clauses)
    names = [model.features[each - 1] for each in sorted(wishes)]
    found = configuration.configure(model, names)
    assert (found.satisfiable, found.count) == (bool(every), len(every))
    if not every:
        assert not any(list(brute(clauses, {model.number(name) for name in some})) for some in found.conflicts)
        return
    assert len(found.selection) == min(sum(each > 0 for each in one) for one in every)
    assert found.needed == [model.features[n - 1] for n in range(1, 6) if all(n in one for one in every)]
    assert found.ruled_out == [model.features[n - 1] for n in range(1, 6) if all(-n in one for one in every)]


@settings(max_examples=40, deadline=None)
@given(CLAUSES, st.integers(0, 12))
def test_sums_are_kept_and_the_cheapest_is_that_of_listing_all(clauses, most):
    prices = {number: float(number) for number in range(1, 6)}
    model = five(
        clauses, limits=(Limit("mass", high=4),), attributes={"price": prices, "mass": dict.fromkeys(prices, 2)}
    )
    sums = [sum(each for each in one if each > 0) for one in brute(clauses) if sum(each > 0 for each in one) <= 2]
    fit = [each for each in sums if each <= most]
    found = configuration.configure(model, budget=most)
    assert (found.price, found.count) == (min(fit, default=None), len(fit))


FORMULAS = ["a => b | c", "!(a & b) <=> (c | !d)", "a => b => c", "!!a", "(a <=> b) <=> (c <=> (d <=> e))"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_rule_means_what_it_says(formula, tmp_path):
    path = tmp_path / "rule.uvl"
    tree = "features\n\troot\n\t\toptional\n" + "".join(f"\t\t\t{name}\n" for name in "abcde")
    path.write_text(f"{tree}constraints\n\t{formula}\n\te | !e\n")
    said = {
        FORMULAS[0]: lambda a, b, c, d, e: not a or b or c,
        FORMULAS[1]: lambda a, b, c, d, e: (not (a and b)) == (c or not d),
        FORMULAS[2]: lambda a, b, c, d, e: not a or not b or c,
        FORMULAS[3]: lambda a, b, c, d, e: a,
        FORMULAS[4]: lambda a, b, c, d, e: (a == b) == (c == (d == e)),
    }[formula]
    assert configuration.count(configuration.read(path), []) == sum(
        said(*each) for each in itertools.product([False, True], repeat=5)
    )


def test_a_rule_too_long_to_multiply_out_counts_the_same(tmp_path):
    names = [f"f{number}" for number in range(16)]
    tree = "features\n\troot\n\t\toptional\n" + "".join(f"\t\t\t{name}\n" for name in names)
    parity = " <=> ".join(f"({one} & {other})" for one, other in itertools.batched(names, 2)) if hasattr(
        itertools, "batched"
    ) else " <=> ".join(f"({one} & {other})" for one, other in zip(names[::2], names[1::2], strict=True))  # fmt: skip
    path = tmp_path / "long.uvl"
    path.write_text(f"{tree}constraints\n\t{parity}\n")
    model = configuration.read(path)
    even = sum(
        sum(value == 3 for value in values) % 2 == 0 for values in itertools.product(range(4), repeat=8)
    )  # eight pairs: the chain of <=> holds where an even number of them does not
    assert model.helpers
    assert configuration.count(model, []) == even


def test_choices_of_a_group_are_kept(tmp_path):
    path = tmp_path / "choice.uvl"
    path.write_text("features\n\tr\n\t\t[1..2]\n" + "".join(f"\t\t\t{name}\n" for name in "abcd"))
    assert configuration.count(configuration.read(path), []) == 4 + 6


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.uvl", "", "no line `features`"),
        ("x.uvl", "features\n", "no feature"),
        ("x.uvl", "features\n\tmandatory\n", "without a feature above"),
        ("x.uvl", "features\n\ta\n\tb\n", "second root"),
        ("x.uvl", "features\n\ta\n\t\tor\n\t\t\ta\n", "twice"),
        ("x.uvl", "features\n\ta b c\n", "line 2"),
        ("x.uvl", "features\n\ta\nconstraints\n\tb => a\n", "'b' in a rule"),
        ("x.uvl", "features\n\ta\nconstraints\n\ta => => a\n", "where it cannot stand"),
        ("x.uvl", "features\n\ta\nconstraints\n\t(a\n", "the end"),
        ("x.uvl", "features\n\ta\nconstraints\n\t" + "(" * 5000 + "a\n", "200 deep"),
        ("x.uvl", "features\n\ta\nconstraints\n\ta > 3\n", "found ' > 3'"),
        ("x.cnf", "p cnf x y\n", "line 1"),
        ("x.cnf", "p cnf 2 1\n1 3 0\n", "go beyond"),
        ("x.cnf", "p cnf 2 1\n1 2\n", "end in 0"),
        ("x.cnf", "c 1 A\nc 2 A\np cnf 2 1\n1 2 0\n", "'A' as the name of two"),
        ("x.uvl", "features\n\ta {price 1e999}\n", "line 2: found price inf"),
        ("x.uvl", "features\n\ta\nconstraints\n\t" + " | ".join("a" * 5000) + "\n", "line 4: found a rule of hundreds"),
        ("x.json", '{"options": [[{"price": 1}]], "rules": 5}', "of another kind"),
        ("x.json", '{"options": [[{"price": 1}]], "limits": []}', "of another kind"),
        ("x.json", '{"options": [[{"price": NaN}]]}', "found price of 0.0 nan"),
        ("x.json", '{"options": [[{"price": 1' + "0" * 400 + "}]]}", "found price of 0.0 1000"),
        ("x.json", '{"options": [[{"price": 1}]], "limits": {"price": Infinity}}', "found limit price inf"),
        ("x.json", "[]", "no `options`"),
        ("x.json", "{", "not JSON"),
        ("x.json", '{"options": [[{"price": 1}]], "rules": [["excl", [0, 0], [9, 9]]]}', "found rule"),
        ("x.json", '{"options": [[{"price": 1}]], "limits": {"mass": 3}}', "found limit 'mass'"),
        ("x.json", '{"options": [[{"name": "a"}, {"name": "a"}]]}', "two options of one name"),
        ("x.txt", "", "found the ending '.txt'"),
    ],
)
def test_what_is_no_model_is_told_in_a_sentence(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UnusableModel, match=words):
        configuration.read(path)


def test_a_feature_or_sum_that_is_not_there_is_told_with_those_that_are():
    model = configuration.read(HERE / "miband2.uvl")
    with pytest.raises(UnusableModel, match="such as"):
        configuration.configure(model, ["Bluetoth"])
    with pytest.raises(UnusableModel, match="no attribute 'price'"):
        configuration.configure(model, budget=3)
    with pytest.raises(UnusableModel, match="the budget nan"):
        configuration.configure(configuration.read(MODULES), budget=float("nan"))


def test_variables_without_a_clause_are_free_and_the_mark_of_the_end_is_no_clause(tmp_path):
    path = tmp_path / "x.cnf"
    path.write_text("p cnf 4 1\n-1 2 0\n%\n0\n")
    found = configuration.configure(configuration.read(path), ["1"])
    assert (found.selection, found.needed, found.ruled_out, found.count) == (["1", "2"], ["1", "2"], [], 4)


def test_a_sum_that_is_over_its_limit_by_rounding_alone_is_counted_and_a_budget_is_told_to_its_last_digit(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"options": [[{"price": 0.1}], [{"price": 0.2}], [{"price": 1234567}, {"price": 0}]]}')
    model = configuration.read(path)
    within = configuration.configure(model, budget=0.3)
    assert (within.price, within.count) == (0.3, 1)
    assert configuration.configure(model, ["2.0"], budget=1234567).conflicts == [["2.0", "budget 1234567"]]


def test_a_long_chain_of_equivalences_is_read_at_once(tmp_path):
    path, names = tmp_path / "x.uvl", [f"f{each}" for each in range(40)]
    chain = "features\n\tr\n\t\toptional\n" + "".join(f"\t\t\t{name}\n" for name in names)
    path.write_text(f"{chain}constraints\n\t{' <=> '.join(names)}\n")
    assert configuration.count(configuration.read(path), []) == 2**39


def test_the_best_that_was_found_when_the_time_ran_out_is_not_told_as_the_cheapest(monkeypatch, tmp_path):
    """The solver stops with the first plan that it has: SciPy says so by status 1, and the answer says it too."""
    from click.testing import CliRunner
    from scipy.optimize import OptimizeResult

    from liqi.planning.configuration import _solving
    from liqi.server.commands.configure import configure

    assert configuration.configure(configuration.read(MODULES), counted=False).proved
    real = _solving.milp

    def stopped(*given, **more):
        return OptimizeResult({**real(*given, **more), "status": 1})

    monkeypatch.setattr(_solving, "milp", stopped)
    found = configuration.configure(configuration.read(MODULES), counted=False)
    assert (found.satisfiable, found.proved, found.as_json()["proved"]) == (True, False, False)
    said = CliRunner().invoke(configure, [str(MODULES)])
    assert said.exit_code == 0
    assert "best found, not proved" in said.output
