"""Preference among candidates of a screening: ranked by several criteria at once, with how firm the order is.

TOPSIS (Hwang and Yoon 1981) over mean score, fit to the focus, readiness (more is better) and what is asked for (less
is better); weights from the order of the criteria (rank-order centroid), each moved by 20 % in 1,000 draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from liqi.insight import sites
from liqi.observatory.boards import NotPossible
from liqi.observatory.projects import Screened

CRITERIA = {"score": True, "fit": True, "level": True, "cost": False}
"""Each criterion and whether more of it is better."""
ORDER = tuple(CRITERIA)


@dataclass(frozen=True, slots=True)
class Preference:
    """The candidates that could be ranked, and by which weights."""

    places: dict[int, sites.Place]
    """By the project's number."""
    weights: dict[str, float]
    agreement: float | None
    """With the order of PROMETHEE II; None for fewer than three."""
    draws: int


def order_of(text: str, *, focus: bool) -> tuple[str, ...]:
    """The criteria in the order that was typed, `score>fit>level>cost`; without a focus there is no fit.

    Raises NotPossible for a word that is no criterion, or one that stands twice.
    """
    known = [name for name in ORDER if focus or name != "fit"]
    said = [part.strip() for part in text.replace("＞", ">").split(">") if part.strip()] or known
    said = [name for name in said if name in known or name not in ORDER]
    if set(said) - set(known) or len(set(said)) < len(said) or not said:
        words = _("Found the order “%(found)s”; expected criteria among %(known)s with > between, each once; mend it.")
        raise NotPossible(words % {"found": text[:60], "known": ", ".join(known)})
    return tuple(said)


def rank(lines: Sequence[Screened], order: Sequence[str]) -> Preference | None:
    """The judged candidates ranked by these criteria, the most important first; None for fewer than two."""
    judged = [line for line in lines if line.score is not None and ("fit" not in order or line.fit is not None)]
    if len(judged) < 2:
        return None
    weights = sites.rank_order_centroid(len(order))
    table = [[_value(line, name) for name in order] for line in judged]
    found = sites.ranked(
        [str(line.project.pk) for line in judged], table, weights, [CRITERIA[name] for name in order], seed=1
    )
    return Preference(
        {int(place.name): place for place in found.places},
        dict(zip(order, weights, strict=True)),
        found.agreement,
        found.draws,
    )


def _value(line: Screened, name: str) -> float:
    values = {
        "score": line.score, "fit": line.fit, "level": line.project.level, "cost": line.project.cost_cny,
    }  # fmt: skip
    return float(values[name] or 0)
