"""Towns: which city of China a record stands in, from its city in words, else from the nearest division's point."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl

from liqi import taxonomy

TOWN = "town"
"""Six digits of a prefecture-level city (of the municipality itself for Beijing, Shanghai, Tianjin and Chongqing)."""
MUNICIPALITIES = ("110000", "120000", "310000", "500000")
AT_ONCE = 2_000


def with_town(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with `town`, null outside China and where neither words nor point tell."""
    wanted = ["country", "province", "city", "latitude", "longitude"]
    spots = frame.select(wanted).filter(pl.col("country") == "CN").unique(maintain_order=True)
    said = [_said(row["province"] or "", row["city"] or "") for row in spots.iter_rows(named=True)]
    spots = spots.with_columns(pl.Series(TOWN, said, dtype=pl.String))
    mute = (spots[TOWN].is_null() & spots["latitude"].is_not_null()).to_numpy()
    if mute.any():
        points = spots.select("latitude", "longitude").to_numpy()[mute]
        near = _nearest(points, spots["province"].to_list(), np.flatnonzero(mute))
        filled = spots[TOWN].to_list()
        for at, code in zip(np.flatnonzero(mute), near, strict=True):
            filled[at] = code
        spots = spots.with_columns(pl.Series(TOWN, filled, dtype=pl.String))
    return frame.join(spots, on=wanted, how="left", nulls_equal=True, maintain_order="left")


def town_of(code: str) -> str:
    """The city that a division lies in: of a district its city, of a municipality's district the municipality.

    >>> town_of("370202"), town_of("110105")
    ('370200', '110000')
    """
    province = taxonomy.province_of(code)
    return province if province in MUNICIPALITIES else f"{code[:4]}00"


def _said(province: str, city: str) -> str | None:
    """The city that the words name, within the province where one is given."""
    if province in MUNICIPALITIES:
        return province
    found = taxonomy.find_place(city) if city else None
    if found is None or not found.isdigit() or (found.endswith("0000") and found not in MUNICIPALITIES):
        return None
    return town_of(found) if not province or found[:2] == province[:2] else None


@cache
def _known() -> tuple[Any, list[str]]:
    """Points (in degrees) and codes of the cities and districts of China."""
    entries = [one for one in taxonomy.divisions().values() if not one.code.endswith("0000")]
    return np.array([[one.latitude, one.longitude] for one in entries]), [one.code for one in entries]


def _nearest(points: Any, provinces: list[str | None], rows: Any) -> list[str | None]:
    """The city of the division nearest to each point; None where that lies in another province than was said."""
    known, codes = _known()
    found: list[str | None] = []
    for start in range(0, len(points), AT_ONCE):
        part = points[start : start + AT_ONCE]
        north = part[:, :1] - known[:, 0]
        east = (part[:, 1:] - known[:, 1]) * np.cos(np.radians(part[:, :1]))
        found += [town_of(codes[at]) for at in (north**2 + east**2).argmin(axis=1)]
    said = [provinces[row] for row in rows]
    return [code if not p or code[:2] == p[:2] else None for code, p in zip(found, said, strict=True) if code]
