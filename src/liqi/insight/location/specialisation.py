"""Specialisation and concentration: how far a region's mix, or an industry's map, is from the rest.

Formulas and worked examples: Farhauer and Kröll, Standorttheorien, Springer 2013 and 2014; the cluster index:
Litzenberger and Sternberg, Geographische Zeitschrift 94 (2006) 209-224.
"""

import math
from collections.abc import Sequence

from liqi.insight.location.quotients import checked, quotient
from liqi.insight.origin import UnusableTable


def gini_of_specialisation(region: Sequence[float], everywhere: Sequence[float]) -> float:
    """Gini coefficient of a region's location quotients over its industries, 0 (the common mix) to 1 - 1/n.

    >>> round(gini_of_specialisation([700, 600, 500, 10000, 40000], [30000, 15000, 10000, 60000, 50000]), 7)
    0.6222222
    """
    return _gini_of_quotients(region, everywhere)


def gini_of_concentration(industry: Sequence[float], regions: Sequence[float]) -> float:
    """Gini coefficient of an industry's location quotients over the regions, 0 (spread as all jobs are) to 1 - 1/n.

    >>> round(gini_of_concentration([500, 500, 1000, 7000, 1000], [20000, 15000, 20000, 40000, 5000]), 7)
    0.4068966
    """
    return _gini_of_quotients(industry, regions)


def krugman(here: Sequence[float], there: Sequence[float]) -> float:
    """Krugman's coefficient: the sum of the differences of two structures' shares, 0 (the same) to 2 (nothing shared).

    >>> krugman([20, 10, 70, 0, 0], [0, 0, 0, 60, 40])
    2.0
    """
    pairs = zip(_shares(here), _shares(there), strict=True)
    return math.fsum(abs(mine - theirs) for mine, theirs in pairs)


def krugman_among(here: Sequence[float], others: Sequence[Sequence[float]]) -> float:
    """Krugman's coefficient against the mean shares of several others.

    >>> mining = [4320, 7811, 3900, 2300, 47560]
    >>> chemistry, social = [20000, 11000, 31000, 8000, 20000], [40000, 10000, 25000, 9000, 16000]
    >>> electronics, wood = [10000, 11000, 14000, 14000, 13000], [7000, 7500, 11000, 1500, 36000]
    >>> round(krugman_among(mining, [chemistry, social, electronics, wood]), 4)
    0.8619
    """
    if not others:
        raise UnusableTable("found no other structure; expected one or more to compare with; add one.")
    shared = [_shares(other) for other in others]
    return krugman(here, [math.fsum(column) / len(shared) for column in zip(*shared, strict=True)])


def cluster_index(
    *,
    jobs: float,
    industry_jobs: float,
    area: float,
    all_area: float,
    people: float,
    all_people: float,
    firms: float,
    industry_firms: float,
) -> float | None:
    """Litzenberger and Sternberg's index: density of industry and of firms here over everywhere, from 0 up; 1 is usual.

    Relative industrial density (jobs by area over people by area) times relative density of firms by people, times
    their size: ((jobs share / people share) x (jobs share / area share)) / (jobs share / firms share).

    >>> round(cluster_index(jobs=1743, industry_jobs=5740, area=50, all_area=576, people=488, all_people=4621,
    ...                     firms=35, industry_firms=53), 5)
    21.87491
    """
    checked((jobs, industry_jobs, area, all_area, people, all_people, firms, industry_firms), "a part of the index")
    if not (industry_jobs and area and all_area and people and all_people and industry_firms):
        return None
    stock = (jobs / industry_jobs) / (people / all_people)
    density = (jobs / industry_jobs) / (area / all_area)
    size = (jobs / industry_jobs) / (firms / industry_firms) if firms and jobs else None
    return stock * density / size if size else 0.0


def _gini_of_quotients(part: Sequence[float], whole: Sequence[float]) -> float:
    if len(part) != len(whole) or len(part) < 2:
        raise UnusableTable(
            f"found {len(part)} and {len(whole)} numbers; expected as many of each, two or more; complete the table."
        )
    checked([*part, *whole], "jobs")
    base = [
        quotient(mine, all_of_it, math.fsum(part), math.fsum(whole))
        for mine, all_of_it in zip(part, whole, strict=True)
    ]
    rising = sorted(one for one in base if one is not None)
    if len(rising) < len(base) or not any(rising):
        raise UnusableTable("found jobs or a base of 0; expected a base above 0 everywhere; drop the empty rows.")
    n, mean = len(rising), math.fsum(rising) / len(rising)
    return 2 / (n**2 * mean) * math.fsum(i * (one - mean) for i, one in enumerate(rising, 1))


def _shares(sizes: Sequence[float]) -> list[float]:
    whole = math.fsum(checked(sizes, "jobs"))
    if not whole:
        raise UnusableTable("found sizes that add up to 0; expected some above 0; drop the empty region or industry.")
    return [size / whole for size in sizes]
