"""Sizes of firms: giants and workshops, whether the middle is missing, and research intensity by size class."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.insight import concentration

CLASSES = (("micro", 0), ("small", 20), ("medium", 300), ("large", 1000))
"""Size classes by staff, each from its lower edge: 工信部联企业〔2011〕300号, industry (fewer than 20 micro, 20 small,
300 medium, 1,000 large)."""
FEWEST = 10
"""Below so many firms the coefficient says nothing: its correction for small samples outweighs the shape."""
UNEVEN = 5 / 9
"""Sarle's coefficient of the even (uniform) distribution; a larger one hints at two humps."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How the sizes of firms are spread."""

    firms: int
    unknown: int
    """Firms that do not say their size: in no count."""
    by_class: Mapping[str, int]
    cr4: float | None
    """The four largest over all."""
    tail_share: float | None
    """What the firms below `tail_below` have of the whole."""
    tail_firms: int
    bimodality: float | None
    """Sarle's coefficient over the logarithms of the sizes; None for fewer than ten firms or all of one size."""

    @property
    def two_humps(self) -> bool | None:
        """Whether giants and workshops stand apart with little between; None where it cannot be told."""
        return None if self.bimodality is None else self.bimodality > UNEVEN


def size_class(staff: float) -> str:
    """The class of a firm with this staff.

    >>> [size_class(staff) for staff in (19, 20, 300, 1000)]
    ['micro', 'small', 'medium', 'large']
    """
    if not staff >= 0:
        raise concentration.UnusableSizes(f"found a staff of {staff:g}; expected a number from 0 up; correct that row.")
    return next(name for name, edge in reversed(CLASSES) if staff >= edge)


def spread(sizes: Sequence[float | None], *, tail_below: float = 300) -> Spread:
    """The distribution of these sizes; None is not said and stays out of every share."""
    known = [float(size) for size in sizes if size is not None]
    shares = concentration.shares(known)
    whole = math.fsum(known)
    counts = dict.fromkeys((name for name, _edge in CLASSES), 0)
    for size in known:
        counts[size_class(size)] += 1
    tail = [size for size in known if size < tail_below]
    return Spread(
        firms=len(sizes),
        unknown=len(sizes) - len(known),
        by_class=counts,
        cr4=math.fsum(shares[:4]) if shares else None,
        tail_share=math.fsum(tail) / whole if whole else None,
        tail_firms=len(tail),
        bimodality=bimodality([math.log(size) for size in known if size > 0]),
    )


def bimodality(values: Sequence[float]) -> float | None:
    """Sarle's coefficient (g^2 + 1) / (k + 3 (n - 1)^2 / ((n - 2)(n - 3))), sample skewness g and excess kurtosis k.

    SAS/STAT user's guide, procedure CLUSTER; two equal points far apart tend to 1, the uniform to 5/9.
    """
    n = len(values)
    if n < FEWEST:
        return None
    mean = math.fsum(values) / n
    m2, m3, m4 = (math.fsum((value - mean) ** power for value in values) / n for power in (2, 3, 4))
    if m2 <= 1e-12 * max(1.0, mean * mean):
        return None
    skewness = m3 / m2**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    return float(skewness**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


@dataclass(frozen=True, slots=True)
class Spender:
    """A firm as research intensity sees it; None is not said, which is not zero."""

    id: str
    research: float | None
    revenue: float | None
    staff: float | None = None


@dataclass(frozen=True, slots=True)
class Intensity:
    """Research spending over revenue among the firms that say both."""

    value: float | None
    firms: int
    unknown: tuple[str, ...]


def research_intensity(firms: Sequence[Spender]) -> dict[str, Intensity]:
    """Sum of research over sum of revenue: for "all", and for every size class that has a firm.

    A firm that does not say its research or its revenue is named as unknown and adds nothing, not even a zero.
    """
    groups: dict[str, list[Spender]] = {"all": list(firms)}
    for firm in firms:
        groups.setdefault("not said" if firm.staff is None else size_class(firm.staff), []).append(firm)
    return {name: _intensity(part) for name, part in groups.items()}


def _intensity(firms: Sequence[Spender]) -> Intensity:
    told = [(one.research, one.revenue) for one in firms if one.research is not None and one.revenue]
    revenue = math.fsum(whole for _part, whole in told)
    lost = tuple(one.id for one in firms if one.research is None or not one.revenue)
    return Intensity(math.fsum(part for part, _whole in told) / revenue if revenue else None, len(firms), lost)
