"""Offers against a need: which limits are kept, broken or not on record; what is better among those that fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from liqi.planning.matching._need import Asked, Need
from liqi.taxonomy import Reading, quantities, written

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
NEAR_KM, SOON_DAYS, FRESH_DAYS = 300.0, 14.0, 366
"""Where distance and waiting have cost half of what they can cost; how long a confirmation is fresh."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is on record of an instrument or service that does a technique; None and "" are where nothing is.

    `price_cny` is for `price_unit` (hour, sample, batch, project); `km` from the place of the need; `earliest` the
    first free time of an instrument; `days` the turnaround of a service; `qualified` says of CMA and CNAS yes or no.
    """

    key: str
    kind: str
    technique: str
    open: bool | None
    price_cny: Decimal | None = None
    price_unit: str = ""
    km: float | None = None
    earliest: datetime | None = None
    days: int | None = None
    qualified: Mapping[str, bool] | None = None
    readings: tuple[Reading, ...] = ()
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit of the need against one offer: `result` is pass, fail or unknown, `found` what is on record.

    `limit` is price, distance, time, open, CMA, CNAS or the key of a quantity.
    """

    limit: str
    result: str
    asked: str
    found: str


def judge(need: Need, offer: Candidate, *, today: date) -> tuple[Verdict, ...]:
    """Every limit of the need against the offer; what is not on record is unknown and never passes."""
    said = need.words.get
    verdicts = [Verdict("open", _of(offer.open), "", "")]
    if need.budget_cny is not None:
        found = f"¥{offer.price_cny:f}/{offer.price_unit}" if offer.price_cny is not None else ""
        fits = None if offer.price_cny is None else offer.price_cny <= need.budget_cny
        verdicts.append(Verdict("price", _of(fits), said("budget") or f"¥{need.budget_cny:f}", found))
    if need.within_km is not None and (need.near or need.from_place):
        fits = None if offer.km is None else offer.km <= need.within_km
        found = f"{offer.km:.0f} km" if offer.km is not None else ""
        verdicts.append(Verdict("distance", _of(fits), said("distance") or said("place") or "", found))
    if need.before is not None:
        fits, found = _in_time(need.before, offer, today)
        verdicts.append(Verdict("time", _of(fits), said("before") or need.before.isoformat(), found))
    for one in need.qualifications:
        fits = (offer.qualified or {}).get(one)
        verdicts.append(Verdict(one, _of(fits), said("qualification") or one, one if fits else ""))
    verdicts += [_measured(asked, offer.readings) for asked in need.asked]
    return tuple(verdicts)


def _of(fits: bool | None) -> str:
    return UNKNOWN if fits is None else PASS if fits else FAIL


def _in_time(before: date, offer: Candidate, today: date) -> tuple[bool | None, str]:
    if offer.days is not None:
        return (before - today).days >= offer.days, f"{offer.days} d"
    if offer.earliest is not None:
        return offer.earliest.date() <= before, offer.earliest.date().isoformat()
    return None, ""


def _measured(asked: Asked, readings: Iterable[Reading]) -> Verdict:
    """Whether an instrument reaches what was asked: at least one of its readings of the quantity does."""
    of_it = [one for one in readings if one.quantity.key == asked.quantity]
    quantity = quantities()[asked.quantity]
    shown = " / ".join(written(one.low, one.high, quantity.unit) for one in of_it)
    fits = [_reaches(asked, one, quantity.better) for one in of_it]
    known = [one for one in fits if one is not None]
    return Verdict(asked.quantity, _of(any(known) if known else None), asked.words, shown)


def _reaches(asked: Asked, reading: Reading, better: str) -> bool | None:
    """Smaller is better: its smallest is at most what is asked; larger: its largest is at least that; else inside."""
    wanted = asked.high if asked.high is not None else asked.low
    least = asked.low if asked.low is not None else asked.high
    if wanted is None or least is None:
        return None
    low = reading.low if reading.low is not None else reading.high
    high = reading.high if reading.high is not None else reading.low
    if better == "smaller":
        return None if low is None else low <= wanted * (1 + 1e-9)
    if better == "larger":
        return None if high is None else high >= least * (1 - 1e-9)
    inside_low = reading.low is None or reading.low <= least + abs(least) * 1e-9
    inside_high = reading.high is None or reading.high >= wanted - abs(wanted) * 1e-9
    return inside_low and inside_high


def fits(verdicts: Iterable[Verdict]) -> str:
    """Pass when every limit is kept, fail when one is broken, else unknown."""
    results = {one.result for one in verdicts}
    return FAIL if FAIL in results else UNKNOWN if UNKNOWN in results else PASS


def worth(
    text_score: float,
    offer: Candidate,
    *,
    cheapest: Decimal | None,
    today: date,
) -> float:
    """The score of an offer: how well its technique fits, times how cheap, near, soon and freshly confirmed it is.

    Each factor lies between a half and one; what is not on record counts three quarters.
    """
    return round(
        text_score
        * _half_to_one(None if offer.price_cny is None else float(offer.price_cny), float(cheapest or 1) * 4 + 1)
        * _half_to_one(offer.km, NEAR_KM)
        * _half_to_one(_waiting(offer, today), SOON_DAYS)
        * (1.0 if offer.confirmed_on and (today - offer.confirmed_on).days <= FRESH_DAYS else 0.95),
        4,
    )


def _half_to_one(value: float | None, middle: float) -> float:
    return 0.75 if value is None else 0.5 + 0.5 / (1 + max(value, 0.0) / middle)


def _waiting(offer: Candidate, today: date) -> float | None:
    if offer.earliest is not None:
        return float((offer.earliest.date() - today).days)
    return None if offer.days is None else float(offer.days)
