"""Agglomeration: whether the plants of an industry gather more than darts thrown at the map (Ellison and Glaeser 1997).

Journal of Political Economy 105 (1997) 889-927. The baseline decides the sign, so every answer says which it was.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.insight.location.quotients import checked
from liqi.insight.origin import UnusableTable


@dataclass(frozen=True, slots=True)
class Agglomeration:
    """The index and what it was made of."""

    gamma: float
    """Above 0: more gathered than chance and plant sizes explain; above 0.05 is called strong, under 0 dispersed."""
    gini: float
    """G: the sum of squared differences of the industry's and the baseline's shares."""
    herfindahl: float
    """H: the sum of squared plant shares."""
    z: float | None
    """(G - E(G)) / sd(G) where plants fall by chance; None where chance leaves no room."""
    plants: int
    baseline: Mapping[str, float]
    """The share of each region that an industry without any pull would have."""


def ellison_glaeser(
    sizes: Sequence[float], regions: Sequence[str], baseline: Mapping[str, float] | None = None
) -> Agglomeration:
    """The index of plants of these sizes in these regions, against a baseline of the regions' jobs.

    gamma = (G - (1 - sum x^2) H) / ((1 - sum x^2) (1 - H)). Without a baseline every region seen weighs the same,
    which is a choice and is said in the answer.

    >>> cities = ["Wien"] * 5 + ["Linz"] * 4 + ["Graz"]
    >>> plants = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]
    >>> found = ellison_glaeser(plants, cities, {"Wien": 500000, "Linz": 400000, "Graz": 100000})
    >>> round(found.gamma, 8), round(found.z, 4)
    (0.05990628, 0.1959)
    """
    if len(sizes) != len(regions):
        raise UnusableTable(f"found {len(sizes)} sizes and {len(regions)} regions; expected one region a plant.")
    weights = dict(baseline) if baseline is not None else dict.fromkeys(regions, 1.0)
    if lost := sorted(set(regions) - set(weights)):
        raise UnusableTable(f"found plants in {lost[0]}, which the baseline leaves out; add its jobs to the baseline.")
    whole, base = math.fsum(checked(sizes, "a plant's size")), math.fsum(checked([*weights.values()], "baseline jobs"))
    if not whole or not base:
        raise UnusableTable("found sizes or a baseline that add up to 0; expected some above 0; complete the table.")
    x = {region: weight / base for region, weight in weights.items()}
    s = dict.fromkeys(x, 0.0)
    for size, region in zip(sizes, regions, strict=True):
        s[region] += size / whole
    room = 1 - math.fsum(share**2 for share in x.values())
    plant_shares = [size / whole for size in sizes]
    h = math.fsum(share**2 for share in plant_shares)
    if room <= 1e-12 or 1 - h <= 1e-12:
        raise UnusableTable(
            "found one region or one plant that holds everything; expected two or more of each; widen the table."
        )
    g = math.fsum((s[region] - x[region]) ** 2 for region in x)
    return Agglomeration((g - room * h) / (room * (1 - h)), g, h, _z(g, h, room, x, plant_shares), len(sizes), x)


def _z(g: float, h: float, room: float, x: Mapping[str, float], plants: Sequence[float]) -> float | None:
    """How many standard deviations G lies from what chance gives (Ellison and Glaeser 1997, appendix)."""
    second, third = (math.fsum(share**power for share in x.values()) for power in (2, 3))
    fourth = math.fsum(share**4 for share in plants)
    spread = 2 * (h**2 * (second - 2 * third + second**2) - fourth * (second - 4 * third + 3 * second**2))
    return (g - room * h) / math.sqrt(spread) if spread > 0 else None
