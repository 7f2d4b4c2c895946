"""The forms of one instrument and year: the ministry's benefit form and the points of a university."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from liqi.access.evaluation import given, income
from liqi.access.evaluation.editions import Rules
from liqi.access.models import Course, Enrolment, GivenFigure, Level, Qualification
from liqi.access.training.course import covers
from liqi.catalogue.models import Instrument
from liqi.catalogue.national.figures import year_bounds
from liqi.insight.evaluation import Score, moe
from liqi.insight.evaluation.use import Used, points

__all__ = ["Form", "Trained", "read", "trained"]


@dataclass(frozen=True)
class Trained:
    """People trained on an instrument in a year, each counted once, at the highest level reached."""

    independent: int
    guided: int
    shown: int
    """Who attended a course and was not qualified for it in the year."""


@dataclass(frozen=True)
class Form:
    """What the forms of an instrument were fed, and their scores."""

    year: moe.Year
    benefit: Score
    points: Score
    given: dict[str, GivenFigure] = field(hash=False)
    earned: income.Income | None = None
    trained: Trained | None = None


def read(instruments: Sequence[Any], year: int, rules: Rules) -> dict[int, Form]:
    """The forms of the instruments (as `use.of` gives them) by id; the same few queries for one or for hundreds."""
    pks = [one.pk for one in instruments]
    said, earned = given.of_instruments(year, pks), income.of_instruments(pks, year)
    taught = trained(instruments, year)
    return {
        one.pk: _form(one, said.get(one.pk, {}), earned.get(one.pk), taught.get(one.pk), rules) for one in instruments
    }


def _form(
    one: Any, said: dict[str, GivenFigure], earned: income.Income | None, taught: Trained | None, rules: Rules
) -> Form:
    counts: dict[str, Any] = {
        name: int(figure.value) for name, figure in said.items() if name in moe.Year.__dataclass_fields__
    }
    if taught is not None:
        counts |= {"independent": taught.independent, "guided": taught.guided, "shown": taught.shown}
    if earned is not None:
        counts |= {"outside_income_cny": earned.outside_cny, "inside_income_cny": earned.inside_cny}
    year = moe.Year(effective_h=one.effective_h, special=one.purpose == "special" or _is_machine(one), **counts)
    used = Used(
        effective_h=one.effective_h, outside_h=one.outside_h, value_cny=one.value_cny, open=one.open,
        inside_income_cny=year.inside_income_cny, outside_income_cny=year.outside_income_cny,
    )  # fmt: skip
    return Form(
        year, moe.benefit(year, rules["moe_benefit"], rules["hours"]), points(used, rules["university"]), said, earned,
        taught,
    )  # fmt: skip


def _is_machine(one: Instrument) -> bool:
    """Whether its code of the ministry's asset classes is of class 04, machines."""
    return any(str(code.get("scheme", "")).startswith("moe") and str(code.get("code", "")).startswith("04")
               for code in one.codes)  # fmt: skip


def trained(instruments: Iterable[Instrument], year: int) -> dict[int, Trained]:
    """Who was trained on each instrument; an instrument that no course covers is absent."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    courses = list(Course.objects.select_related("instrument", "facility").prefetch_related("instruments"))
    if not courses:
        return {}
    named = {course.pk: {one.pk for one in course.instruments.all()} for course in courses}
    qualified: dict[int, dict[int, bool]] = {}
    alone = Level.from_(Level.SELF)
    rows = Qualification.objects.filter(granted_on__gte=first, granted_on__lt=after, revoked_at=None)
    for course_pk, person, level in rows.values_list("course", "person", "level"):
        before = qualified.setdefault(course_pk, {})
        before[person] = before.get(person, False) or level in alone
    starts_at, ends_at = year_bounds(year)
    came = Enrolment.objects.filter(
        state=Enrolment.State.ATTENDED, session__ends_at__gte=starts_at, session__ends_at__lt=ends_at
    )
    attended: dict[int, set[int]] = {}
    for course_pk, person in came.values_list("session__course", "person"):
        attended.setdefault(course_pk, set()).add(person)
    found = {}
    for one in instruments:
        mine = [course.pk for course in courses if one.pk in named[course.pk] or covers(course, one)]
        if mine:
            reached: dict[int, bool] = {}
            for course_pk in mine:
                for person, is_alone in qualified.get(course_pk, {}).items():
                    reached[person] = reached.get(person, False) or is_alone
            seen = set().union(*(attended.get(course_pk, set()) for course_pk in mine)) - set(reached)
            found[one.pk] = Trained(sum(reached.values()), len(reached) - sum(reached.values()), len(seen))
    return found
