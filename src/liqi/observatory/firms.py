"""Firms on record: which are hidden champions, what the official rules answer apart, how sizes are spread."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from liqi import policy
from liqi.insight import champions, sizes
from liqi.observatory import policies
from liqi.observatory.models import Firm

GENERAL = ("综合", "綜合", "general")
OFFICIAL = ("rec.littlegiant", "rec.single_champion")
RESULTS = ("found", "cannot tell", "not found")


@dataclass(frozen=True, slots=True)
class Official:
    """What one official rule says of a firm, with what it would have to know."""

    id: str
    title: str
    result: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm with the finder's verdict and the official answers, which are never mixed."""

    firm: Firm
    verdict: champions.Verdict
    official: tuple[Official, ...]


@dataclass(frozen=True, slots=True)
class Finder:
    """Every firm held against the tests, and the sizes of all."""

    candidates: list[Candidate]
    counts: dict[str, int]
    spread: sizes.Spread
    intensity: dict[str, sizes.Intensity]
    as_of: date


def find(*, on: date, language: str, limits: champions.Limits | None = None, result: str = "") -> Finder:
    """The finder over the firms on record that day."""
    rows = {str(firm.pk): firm for firm in Firm.objects.there()}
    verdicts = champions.find([_seen(firm, on) for firm in rows.values()], limits)
    shown = [one for one in verdicts if not result or one.result == result]
    known = policies.in_use()
    rules = [known[name] for name in OFFICIAL if name in known]
    return Finder(
        candidates=[Candidate(rows[one.id], one, _official(rows[one.id], rules, on, language)) for one in shown],
        counts={name: sum(one.result == name for one in verdicts) for name in RESULTS},
        spread=sizes.spread([firm.staff for firm in rows.values()]),
        intensity=sizes.research_intensity([_spends(firm) for firm in rows.values()]),
        as_of=on,
    )


def age(firm: Firm, on: date) -> int | None:
    """Years since it was founded, or at least so many; None where neither is said."""
    return firm.age_years if firm.founded is None else on.year - firm.founded


def _seen(firm: Firm, on: date) -> champions.Firm:
    return champions.Firm(
        id=str(firm.pk),
        field=firm.field,
        product_lines=firm.product_lines,
        world_rank=firm.world_rank,
        age_years=age(firm, on),
        staff=firm.staff,
        revenue_m_eur=None if firm.revenue_m_eur is None else float(firm.revenue_m_eur),
        mentions=firm.mentions,
        general=firm.field.strip().lower() in GENERAL,
    )


def _spends(firm: Firm) -> sizes.Spender:
    research, revenue = (None if money is None else float(money) for money in (firm.research_m_eur, firm.revenue_m_eur))
    return sizes.Spender(str(firm.pk), research, revenue, firm.staff)


def _official(firm: Firm, rules: list[policy.Rule], on: date, language: str) -> tuple[Official, ...]:
    subject: dict[str, Any] = {}
    for name, value in (("products", firm.product_lines), ("world_rank", firm.world_rank), ("years", age(firm, on))):
        if value is not None:
            subject[name] = value
    answers = [policy.judge(rule, subject, on=on, language=language) for rule in rules]
    return tuple(Official(one.rule.id, one.rule.title.said(language), one.result, one.missing) for one in answers)
