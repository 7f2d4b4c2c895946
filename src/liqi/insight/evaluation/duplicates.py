"""The check before an instrument is bought (查重评议): are there like ones near with time to spare?

Source: 财科教〔2019〕1号: an instrument of at least 2 million CNY may be bought where there is none of its kind near,
where those that there are do not fit, or where they are used for 1,200 hours a year and more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from liqi.insight.evaluation._editions import Edition
from liqi.insight.evaluation._score import decimal

Verdict = Literal["none near", "all are full", "time to spare", "cannot tell"]


@dataclass(frozen=True)
class Like:
    """An instrument of the same class near: its effective hours of the year, whether it is open to others."""

    key: str
    effective_h: Decimal | None
    open: bool | None
    km: Decimal | None = None
    fits: bool | None = None
    """Whether it can do what the wanted one should; None until somebody said."""


@dataclass(frozen=True)
class Finding:
    """The verdict, and on which instruments it rests."""

    verdict: Verdict
    spare: tuple[Like, ...]
    """Those that fit, are open and used below the limit: a reason not to buy."""
    full: tuple[Like, ...]
    unknown: tuple[Like, ...]
    """Those whose hours or openness are not known: they may change the verdict."""
    unfit: tuple[Like, ...]
    """Those that somebody found not to fit, and those closed to others."""
    limit_h: Decimal


def check(like: Iterable[Like], hours: Edition) -> Finding:
    """Whether the like instruments near have time to spare; unknown hours never count as spare or as full."""
    limit = decimal(hours.values["full_enough_h"])
    spare, full, unknown, unfit = [], [], [], []
    for one in like:
        if one.fits is False or one.open is False:
            unfit.append(one)
        elif one.effective_h is None or (one.open is None and one.effective_h < limit):
            unknown.append(one)
        elif one.effective_h >= limit:
            full.append(one)
        else:
            spare.append(one)
    found: Verdict = "time to spare" if spare else "cannot tell" if unknown else "all are full" if full else "none near"
    return Finding(found, tuple(spare), tuple(full), tuple(unknown), tuple(unfit), limit)
