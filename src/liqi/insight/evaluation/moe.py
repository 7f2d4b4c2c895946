"""The benefit of an instrument at a university in a year: the form of the Ministry of Education.

Source: 教高司条函〔2000〕10号 and the supplementary letter 22号. Five parts of at most 100 points each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from liqi.insight.evaluation._editions import Edition
from liqi.insight.evaluation._score import HUNDRED, Part, Score, capped, decimal, scored


@dataclass(frozen=True)
class Year:
    """What an instrument did in a year; None is not known and never zero."""

    effective_h: Decimal | None
    special: bool = False
    """Special instruments and those of asset class 04 have the shorter quota."""
    independent: int | None = None
    """People trained to work alone."""
    guided: int | None = None
    shown: int | None = None
    national_awards: int | None = None
    provincial_awards: int | None = None
    school_awards: int | None = None
    core_papers: int | None = None
    outside_income_cny: Decimal | None = None
    inside_income_cny: Decimal | None = None
    functions: int | None = None
    """How many functions it was bought with; with `functions_used` and `new_functions`."""
    functions_used: int | None = None
    new_functions: int | None = None


def benefit(year: Year, form: Edition, hours: Edition) -> Score:
    """The score of the form: 35 % hours, 20 % training, 25 % results, 15 % income, 5 % functions, and the grade."""
    weights = form.values["weights"]
    parts = (
        _hours(year, hours),
        _training(year, form.values["training"]),
        _results(year, form.values["results"]),
        _income(year, form.values["income"]),
        _functions(year, form.values["functions"]),
    )
    return scored(
        (Part(name, points, decimal(weights[name]), fed=fed, formula=formula) for name, points, fed, formula in parts),
        form.values["grades"],
        form.values["failed"],
    )


_Line = tuple[str, Decimal | None, dict[str, Decimal | None], str]


def _hours(year: Year, hours: Edition) -> _Line:
    quota = decimal(hours.values["moe_special_h" if year.special else "moe_general_h"])
    points = None if year.effective_h is None else capped(year.effective_h / quota * HUNDRED)
    fed = {"effective_h": year.effective_h, "quota_h": quota}
    return "hours", points, fed, "min(100, effective_h / quota_h x 100)"


def _training(year: Year, each: Mapping[str, Any]) -> _Line:
    fed = {name: _count(getattr(year, name)) for name in ("independent", "guided", "shown")}
    formula = "10 x independent + 3 x guided + shown / 30, at most 100"
    if None in fed.values():
        return "training", None, fed, formula
    shown = decimal(fed["shown"]) // decimal(each["shown_people"]) * decimal(each["shown"])
    points = decimal(fed["independent"]) * decimal(each["independent"]) + decimal(fed["guided"]) * decimal(
        each["guided"]
    )
    return "training", capped(points + shown), fed, formula


def _results(year: Year, each: Mapping[str, Any]) -> _Line:
    names = {
        "national_awards": "national_award",
        "provincial_awards": "provincial_award",
        "school_awards": "school_award",
        "core_papers": "core_paper",
    }
    fed = {name: _count(getattr(year, name)) for name in names}
    formula = "80 x national_awards + 60 x provincial_awards + 20 x school_awards + 5 x core_papers, at most 100"
    if None in fed.values():
        return "results", None, fed, formula
    points = sum((decimal(fed[name]) * decimal(each[one]) for name, one in names.items()), Decimal(0))
    return "results", capped(points), fed, formula


def _income(year: Year, each: Mapping[str, Any]) -> _Line:
    fed = {"outside_income_cny": year.outside_income_cny, "inside_income_cny": year.inside_income_cny}
    formula = "points for each 1,000 CNY of outside and inside income, at most 100"
    if year.outside_income_cny is None or year.inside_income_cny is None:
        return "income", None, fed, formula
    points = year.outside_income_cny / 1000 * decimal(each["outside_per_1000_cny"])
    points += year.inside_income_cny / 1000 * decimal(each["inside_per_1000_cny"])
    return "income", capped(points), fed, formula


def _functions(year: Year, each: Mapping[str, Any]) -> _Line:
    fed = {name: _count(getattr(year, name)) for name in ("functions", "functions_used", "new_functions")}
    formula = "points by functions_used / functions (60 at 100 %) + 10 x new_functions, at most 100"
    if None in fed.values() or not year.functions:
        return "functions", None, fed, formula
    percent = decimal(fed["functions_used"]) / decimal(fed["functions"]) * HUNDRED
    points = next((decimal(points) for least, points in each["steps"] if percent >= decimal(least)), Decimal(0))
    return (
        "functions",
        capped(points + decimal(fed["new_functions"]) * decimal(each["new_function"])),
        fed,
        formula,
    )


def _count(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
