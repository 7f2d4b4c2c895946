"""/api/match: a need in words answered with techniques and offers, limit by limit."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from liqi.access import matching
from liqi.catalogue import misses

router = Router(tags=["catalogue"])


class MatchWhy(Schema):
    """What of the need met what of the technique; field `meaning` says that no word did."""

    asked: str
    field: str
    text: str


class TechniqueOut(Schema):
    """A technique for the need; `score` is 1 when it is first by words and by meaning."""

    id: str
    label: str
    label_zh: str
    score: float
    why: list[MatchWhy]


class ConstraintOut(Schema):
    """A limit against an offer: pass, fail or unknown; what is not on record never passes."""

    limit: str
    result: Literal["pass", "fail", "unknown"]
    asked: str
    found: str


class MatchOffer(Schema):
    """An instrument or service that does the technique and breaks no limit."""

    id: str
    kind: str
    name: str
    name_en: str
    institution: str
    place: str
    technique: str
    price: float | None
    price_unit: str
    earliest: str | None
    km: float | None
    score: float
    fits: Literal["pass", "unknown"]
    synthetic: bool
    constraints: list[ConstraintOut]
    why: list[MatchWhy]


class UnderstoodOut(Schema):
    """A limit of the need: its value and the words that said it."""

    limit: str
    value: str
    words: str


class AnswerOut(Schema):
    """Techniques best first, offers best first, and what was understood."""

    techniques: list[TechniqueOut]
    offers: list[MatchOffer]
    good: bool
    by_meaning: bool
    text: str
    understood: list[UnderstoodOut]
    left_out: dict[str, int]


@router.get("", response=AnswerOut, summary="Need in words")
def match(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=400)],
    budget: Annotated[Decimal | None, Query(ge=0)] = None,
    within_km: Annotated[float | None, Query(gt=0)] = None,
    from_: Annotated[str, Query(alias="from", max_length=80)] = "",
    before: date | None = None,
    limit: Annotated[int, Query(ge=0, le=200)] = 20,
    language: Literal["zh-hans", "zh-hant", "en"] = "en",
) -> Any:
    """Techniques and offers for the need; limits are read from the words, and given ones stand in their place."""
    now = timezone.now()
    need = matching.understand(q, now=now, budget_cny=budget, within_km=within_km, from_place=from_, before=before)
    answer = matching.match(need, now=now, limit=limit)
    if answer.missed:
        misses.record("match", need.question, day=now.date(), language=language)
    return matching.as_json(answer, language)
