"""Location: how strongly an industry gathers in a region."""


def quotient(jobs: float, region_jobs: float, industry_jobs: float, all_jobs: float) -> float | None:
    """Location quotient: the industry's share here over its share everywhere; None without a base.

    >>> round(quotient(1714, 79006, 879213, 15593224), 7)
    0.3847623
    """
    return (jobs / region_jobs) / (industry_jobs / all_jobs) if region_jobs and industry_jobs and all_jobs else None
