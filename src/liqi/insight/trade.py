"""Trade: what the balance of exports and imports says about strength and dependence."""


def competitiveness(exports: float, imports: float) -> float | None:
    """Trade competitiveness (X - M) / (X + M), -1 (only imports) to 1 (only exports); None without trade.

    >>> round(competitiveness(714.7, 1026.2), 4), round(competitiveness(729.5, 987.1), 4)
    (-0.1789, -0.1501)
    """
    return (exports - imports) / (exports + imports) if exports + imports else None


def deficit(exports: float, imports: float) -> float:
    """Imports less exports, in the unit given.

    >>> round(deficit(714.7, 1026.2), 1), round(deficit(729.5, 987.1), 1)
    (311.5, 257.6)
    """
    return imports - exports


def import_dependence(production: float, exports: float, imports: float) -> float | None:
    """Imports over what the country uses, M / (Y + M - X); None where nothing is used.

    >>> import_dependence(60, 10, 50)
    0.5
    """
    used = production + imports - exports
    return imports / used if used > 0 else None
