"""A need in words answered with techniques and offers: who can do it, by when, how far, at what price."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import _offered
from liqi.catalogue import technique_words
from liqi.planning import matching
from liqi.planning.matching import FAIL, PASS, Need, Verdict, Why
from liqi.taxonomy import quantities, written
from liqi.taxonomy import techniques as technique_table

TECHNIQUES = 5
"""Techniques named for a need; offers are looked for of those that come near the first."""
NEAR_THE_FIRST = 0.85
"""A technique below this share of the first one's score brings no offers."""
LIMIT = 20
FITTING = 6
"""How strongly the technique decides between offers: the score of a technique to this power."""


class UnknownPlace(ValueError):
    """No place has this name; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An instrument or service that can do it; `fits` is pass where every limit is kept, else unknown.

    `price_unit` says what the price is for; `earliest` is the first free time of an instrument, or for a service the
    day on which its result can be there.
    """

    key: str
    kind: str
    name: str
    name_en: str
    institution: str
    institution_en: str
    place: str
    technique: str
    synthetic: bool
    bookable: bool
    price_cny: Decimal | None
    price_unit: str
    earliest: datetime | date | None
    km: float | None
    score: float
    fits: str
    verdicts: tuple[Verdict, ...]
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The need as understood, its techniques, the offers that break no limit, and how many broke which."""

    need: Need
    techniques: tuple[matching.Match, ...]
    good: bool
    by_meaning: bool
    offers: tuple[Offer, ...]
    left_out: dict[str, int]

    @property
    def missed(self) -> bool:
        """Whether the need is unmet: no technique comes near enough, or nobody offers it within the limits."""
        return not self.good or not self.offers


def understand(
    question: str,
    *,
    now: datetime,
    budget_cny: Decimal | None = None,
    within_km: float | None = None,
    from_place: str = "",
    before: date | None = None,
) -> Need:
    """The need in the question, with what is given here in place of what the words say; UnknownPlace for no place."""
    need = matching.parse_need(question, today=now.date())
    changes: dict[str, Any] = {}
    words = dict(need.words)
    if budget_cny is not None:
        changes["budget_cny"] = budget_cny
        words.pop("budget", None)
    if from_place:
        found = matching.located(from_place)
        if found is None:
            said = _("found place %(found)r; expected a city or province such as 合肥 or Hefei.")
            raise UnknownPlace(said % {"found": from_place})
        changes |= {"from_place": found[0], "near": found[1], "within_km": need.within_km}
        words.pop("place", None)
    if within_km is not None:
        changes["within_km"] = within_km
        words.pop("distance", None)
    if before is not None:
        changes["before"] = before
        words.pop("before", None)
    return matching.corrected(need, words=words, **changes) if changes else need


def match(need: Need, *, now: datetime, limit: int = LIMIT, techniques: Iterable[str] = ()) -> Answer:
    """Techniques and offers for the need, best first; with `techniques` given, offers of these alone."""
    found = matching.match(need.text or need.question, limit=TECHNIQUES, added=technique_words.added())
    wanted = dict.fromkeys(techniques, 1.0)
    if not wanted and found.good:
        first = found.found[0].score
        wanted = {
            one.technique: one.score
            for one in found.found
            if one.score >= first * NEAR_THE_FIRST and matching.is_good(one)
        }
    offers, left_out = _judged(need, wanted, now, limit) if wanted else ([], {})
    why = {one.technique: one.why for one in found.found}
    return Answer(
        need=need,
        techniques=found.found,
        good=found.good,
        by_meaning=found.by_meaning,
        offers=tuple(_offer(one, why.get(one.candidate.technique, ())) for one in offers),
        left_out=left_out,
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    candidate: matching.Candidate
    row: _offered.Row
    verdicts: tuple[Verdict, ...]
    score: float


def _judged(need: Need, wanted: dict[str, float], now: datetime, limit: int) -> tuple[list[_Ranked], dict[str, int]]:
    """The offers that break no limit, those that keep every one first; and how many others broke which."""
    rows = _offered.rows(wanted, need, now)
    cheapest: dict[str, Decimal] = {}
    for one in (row.candidate for row in rows):
        if one.price_cny is not None:
            cheapest[one.technique] = min(one.price_cny, cheapest.get(one.technique, one.price_cny))
    kept: list[_Ranked] = []
    left_out: dict[str, int] = {}
    for row in rows:
        verdicts = matching.judge(need, row.candidate, today=now.date())
        if broken := [one.limit for one in verdicts if one.result == FAIL]:
            for name in broken:
                left_out[name] = left_out.get(name, 0) + 1
            continue
        text_score = wanted[row.candidate.technique] ** FITTING * row.certainty
        floor = cheapest.get(row.candidate.technique)
        score = matching.worth(text_score, row.candidate, cheapest=floor, today=now.date())
        kept.append(_Ranked(row.candidate, row, verdicts, score))
    kept.sort(key=lambda one: (sum(v.result != PASS for v in one.verdicts), -one.score, one.candidate.key))
    return kept[:limit], left_out


def _offer(one: _Ranked, why: tuple[Why, ...]) -> Offer:
    candidate, row = one.candidate, one.row
    return Offer(
        key=candidate.key,
        kind=candidate.kind,
        name=row.name,
        name_en=row.name_en,
        institution=row.institution,
        institution_en=row.institution_en,
        place=row.place,
        technique=candidate.technique,
        synthetic=row.synthetic,
        bookable=row.bookable,
        price_cny=candidate.price_cny,
        price_unit=candidate.price_unit,
        earliest=candidate.earliest or row.ready_on,
        km=None if candidate.km is None else round(candidate.km, 1),
        score=one.score,
        fits=matching.fits(one.verdicts),
        verdicts=one.verdicts,
        why=why,
    )


def understood(need: Need) -> list[dict[str, str]]:
    """Every limit of the need with its value and the words that said it, in one order."""
    rows = [
        ("price", need.budget_cny and f"{need.budget_cny:f} CNY", need.words.get("budget", "")),
        ("distance", need.within_km and need.near and f"{need.within_km:g} km", need.words.get("distance", "")),
        ("place", need.from_place, need.words.get("place", "")),
        ("time", need.before and need.before.isoformat(), need.words.get("before", "")),
        *((one, "yes", need.words.get("qualification", "")) for one in need.qualifications),
        *((one.quantity, written(one.low, one.high, quantities()[one.quantity].unit), one.words) for one in need.asked),
    ]
    return [{"limit": name, "value": value, "words": words} for name, value, words in rows if value]


def as_json(answer: Answer, language: str = "en") -> dict[str, Any]:
    """The JSON document of `liqi match` and of the interface."""
    known = technique_table()
    return {
        "techniques": [
            {
                "id": one.technique,
                "label": known[one.technique].label_en if language == "en" else known[one.technique].label(language),
                "label_zh": known[one.technique].labels_zh[0],
                "score": one.score,
                "why": [{"asked": why.asked, "field": why.field, "text": why.text} for why in one.why],
            }
            for one in answer.techniques
        ],
        "offers": [_offer_json(offer) for offer in answer.offers],
        "good": answer.good,
        "by_meaning": answer.by_meaning,
        "text": answer.need.text,
        "understood": understood(answer.need),
        "left_out": answer.left_out,
    }


def _offer_json(offer: Offer) -> dict[str, Any]:
    verdicts = [{"limit": v.limit, "result": v.result, "asked": v.asked, "found": v.found} for v in offer.verdicts]
    return {
        "id": offer.key,
        "kind": offer.kind,
        "name": offer.name,
        "name_en": offer.name_en,
        "institution": offer.institution,
        "place": offer.place,
        "technique": offer.technique,
        "price": None if offer.price_cny is None else float(offer.price_cny),
        "price_unit": offer.price_unit,
        "earliest": offer.earliest.isoformat() if offer.earliest else None,
        "km": offer.km,
        "score": offer.score,
        "fits": offer.fits,
        "synthetic": offer.synthetic,
        "constraints": verdicts,
        "why": [{"asked": why.asked, "field": why.field, "text": why.text} for why in offer.why],
    }
