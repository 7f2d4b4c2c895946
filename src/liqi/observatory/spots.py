"""Spots: the point on the earth that words or a record mean."""

from dataclasses import dataclass

from liqi import taxonomy
from liqi.observatory.population import CHINA, EVERYWHERE

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by name with its point (latitude, longitude); `code` is its division where it has one."""

    name: str
    point: Point
    code: str = ""

    def km_to(self, latitude: float | None, longitude: float | None) -> float | None:
        """The great-circle distance; None where the other point is not known."""
        if latitude is None or longitude is None:
            return None
        return taxonomy.distance_km(self.point, (latitude, longitude))


def find(text: str, country: str = "") -> Spot | None:
    """The division of China or the city that the words name, None when the tables have none."""
    words = text.strip()
    if not words:
        return None
    code = taxonomy.find_place(words)
    entry = taxonomy.divisions().get(code or "")
    if entry is not None and entry.latitude is not None and entry.longitude is not None:
        return Spot(entry.name_zh, (entry.latitude, entry.longitude), entry.code)
    for one in (country, CHINA) if country and country != EVERYWHERE else (CHINA,):
        city = taxonomy.find_city(words, one)
        if city is not None:
            return Spot(city.name_zh or city.name, (city.latitude, city.longitude))
    anywhere = next((c for c in taxonomy.cities().values() if words.casefold() in (c.name.casefold(), c.name_zh)), None)
    return Spot(anywhere.name_zh or anywhere.name, (anywhere.latitude, anywhere.longitude)) if anywhere else None
