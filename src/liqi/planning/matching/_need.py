"""A need understood: price, place, time, qualification and quantities, each with the words that said it."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from liqi.planning.matching import _asked, _limits
from liqi.taxonomy import same_length


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity that the instrument must reach: its key and the ends, in the unit of the quantity."""

    quantity: str
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Need:
    """A question with what limits its answer taken out; None is where nothing was said.

    `text` is what is left to find techniques by; `words` maps the name of a limit to the words that said it.
    `from_place` is the code of a place (taxonomy), `near` its point; `within_km` counts from there.
    """

    question: str
    text: str
    budget_cny: Decimal | None = None
    within_km: float | None = None
    from_place: str = ""
    near: tuple[float, float] | None = None
    before: date | None = None
    qualifications: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    words: dict[str, str] = field(default_factory=dict)


def parse_need(question: str, *, today: date) -> Need:
    """What the question asks for, with its limits; what was not understood stays in the text.

    >>> need = parse_need("print a 5 mm part with 2 um features under 3,000 CNY within 200 km", today=date(2026, 1, 5))
    >>> need.text, need.budget_cny, need.within_km
    ('print a 5 mm part with 2 um features', Decimal('3000'), 200.0)
    >>> [(one.quantity, one.low, one.high, one.words) for one in need.asked]
    [('part_size', 5.0, 5.0, '5 mm'), ('smallest_feature', 2.0, 2.0, '2 um')]
    """
    question = " ".join(question.split())
    plain = same_length(question)
    found = _limits.find(plain, today)
    text = _without(question, [(one.start, one.end) for one in found.values()])
    place = found.get("place")
    code, point = place.value if place else ("", None)
    return Need(
        question=question,
        text=text,
        budget_cny=found["budget"].value if "budget" in found else None,
        within_km=found["distance"].value if "distance" in found else (_limits.NEARBY_KM if point else None),
        from_place=code,
        near=point,
        before=found["before"].value if "before" in found else None,
        qualifications=found["qualification"].value if "qualification" in found else (),
        asked=tuple(Asked(*one) for one in _asked.find(_blanked(plain, found), question)),
        words={name: question[one.start : one.end].strip(" ,，。.;；、") for name, one in found.items()},
    )


def corrected(need: Need, **changes: object) -> Need:
    """The need with some of its limits as the person corrected them."""
    return replace(need, **changes)  # type: ignore[arg-type]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split()).strip(" ,，。.;；、")


def _blanked(plain: str, found: dict[str, _limits.Limit]) -> str:
    for one in found.values():
        plain = plain[: one.start] + " " * (one.end - one.start) + plain[one.end :]
    return plain
