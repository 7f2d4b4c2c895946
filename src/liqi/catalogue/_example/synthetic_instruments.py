"""Synthetic instruments: any number, the same for the same seed, with the margins of the published documents.

Real are the names of institutions, makers and models. Made up is that this institution has this instrument, its price,
where it was made, its terms. Margins: about a quarter domestic by number; 1.5 % or less above 2 million CNY; optical
microscopes all imported; magnetic resonance the least dependent class.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import exp, log
from typing import Any

from liqi.catalogue._example.real_instruments import classed
from liqi.catalogue._example.rows import Row, synthetic, table
from liqi.catalogue.models import Facility, Institution, Instrument, InstrumentStatus, Maker, Obtained, Purpose
from liqi.taxonomy import to_hant

HIGH_VALUE_CNY = 2_000_000
TRAINED_ABOVE_CNY = 500_000
DOMESTIC_ABOVE = 0.0145
DOMESTIC_BELOW = 0.46
DOMESTIC_RESONANCE = 0.85
HOURS = {day: [["08:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SAMPLE_PREPARATION = "0112"
"""Classes that only prepare samples carry the technique that they prepare for, but none of its figures."""


class SyntheticInstruments:
    """A stream of made-up instruments over real institutions, makers and models, of the classes that `made` takes."""

    def __init__(
        self,
        institutions: Sequence[Institution],
        facilities: Sequence[Facility],
        makers: Sequence[Maker],
        *,
        seed: int,
        now: datetime,
        prefix: str,
        made: Callable[[str], bool] = lambda class_code: True,
    ) -> None:
        self._dice = random.Random(seed)
        self._now = now
        self._prefix = prefix
        self._makers = {one.key: one for one in makers}
        self._owners = [one for one in institutions if one.country in ("CN", "TW", "HK") and one.latitude is not None]
        self._owners = [one for one in self._owners if one.kind in ("education", "facility", "company", "healthcare")]
        self._platforms: dict[str, list[Facility]] = {}
        for one in facilities:
            if one.synthetic and one.kind == "service_platform":
                self._platforms.setdefault(one.province, []).append(one)
        lines: dict[tuple[str, str], list[Row]] = {}
        for row in table("example_products.csv"):
            if made(row["class_code"]):
                lines.setdefault((row["class_code"], row["name"]), []).append(row)
        self._lines = list(lines.values())
        self._weights = [1 / (log(float(line[0]["to_wan_cny"]) + 3)) for line in self._lines]
        self._figures: dict[str, list[Row]] = {}
        for row in table("example_capabilities.csv"):
            self._figures.setdefault(row["technique"], []).append(row)
        self._credit = 0.0

    def take(self, count: int) -> Iterator[Instrument]:
        """That many instruments; the next call goes on where this one ended."""
        for serial in range(1, count + 1):
            yield self._one(serial)

    def _one(self, serial: int) -> Instrument:
        dice = self._dice
        line = dice.choices(self._lines, self._weights)[0]
        low, high = float(line[0]["from_wan_cny"]), float(line[0]["to_wan_cny"])
        value = Decimal(round(exp(dice.uniform(log(low), log(high))) * 100)) * 100
        if value > HIGH_VALUE_CNY and all(self._is_domestic(row) for row in line):
            value = Decimal(HIGH_VALUE_CNY)
        product = self._product(line, value)
        maker = self._makers[product["maker"]]
        owner = self._owners[min(int(dice.expovariate(1) * len(self._owners) / 6), len(self._owners) - 1)]
        name = product["name"] if owner.country == "CN" else to_hant(product["name"])
        shared = dice.random() < 0.62
        platforms = self._platforms.get(owner.province, [])
        acquired = date(2008, 1, 1) + timedelta(days=dice.randrange(6570))
        return Instrument(
            key=f"{self._prefix}-{serial:06d}",
            name=name,
            name_en=product["name_en"][0].upper() + product["name_en"][1:],
            institution=owner,
            facility=dice.choice(platforms) if platforms and dice.random() < 0.3 else None,
            maker=maker,
            model=product["model"],
            serial=f"SYN{dice.randrange(10**8):08d}",
            techniques=[product["technique"]],
            made_in=self._made_in(product),
            value_cny=value,
            acquired_on=acquired,
            commissioned_on=acquired + timedelta(days=dice.randrange(20, 200)),
            obtained=Obtained.BOUGHT,
            purpose=Purpose.GENERAL,
            training_required=value > TRAINED_ABOVE_CNY,
            calibrated_on=(calibrated := date(2025, 9, 1) + timedelta(days=dice.randrange(365))),
            calibration_due_on=calibrated + timedelta(days=365),
            confirmed_on=date(2024, 10, 1) + timedelta(days=dice.randrange(720)),
            built_year=acquired.year - dice.randrange(2),
            status=dice.choices(
                (InstrumentStatus.WORKING, InstrumentStatus.DOWN, InstrumentStatus.RESTRICTED), (88, 5, 7)
            )[0],
            description="合成示例记录：所列机构与此仪器的关系为虚构。 Synthetic example record.",
            capabilities=self._capabilities(product),
            shared=shared,
            bookable=shared and dice.random() < 0.7,
            opening_hours=HOURS,
            time_zone="Asia/Taipei" if owner.country == "TW" else "Asia/Shanghai",
            min_minutes=30,
            max_minutes=dice.choice((240, 480, 720)),
            notice_minutes=dice.choice((0, 60, 1440)),
            price_cny_per_hour=Decimal(max(20, round(float(value) / 12_000 / 10) * 10)),
            country=owner.country,
            province=owner.province,
            city=owner.city,
            latitude=owner.latitude,
            longitude=owner.longitude,
            **classed(product["class_code"]),
            **synthetic(f"{self._prefix} {serial}", self._now),
        )

    def _product(self, line: list[Row], value: Decimal) -> Row:
        """A product of the line, domestic or imported as the margins ask."""
        dice = self._dice
        home = [row for row in line if self._is_domestic(row)]
        abroad = [row for row in line if not self._is_domestic(row)]
        resonance = line[0]["class_code"].startswith("0106")
        if value > HIGH_VALUE_CNY:
            self._credit += DOMESTIC_ABOVE
            domestic = bool(home) and self._credit >= (1.0 if resonance else 1.8)
            self._credit -= 1.0 if domestic and abroad else 0.0
        else:
            domestic = bool(home) and dice.random() < (DOMESTIC_RESONANCE if resonance else DOMESTIC_BELOW)
            if line[0]["class_code"] == "010801":
                domestic = False
        return dice.choice(home if (domestic and home) or not abroad else abroad)

    def _is_domestic(self, row: Row) -> bool:
        return self._makers[row["maker"]].brand_country == "CN"

    def _made_in(self, product: Row) -> str:
        places = product["made_in"].split()
        if self._dice.random() < 0.08:
            return ""
        return places[0] if self._dice.random() < 0.6 else self._dice.choice(places)

    def _capabilities(self, product: Row) -> list[dict[str, Any]]:
        """The figures of the product's technique: the same for every instrument of one model."""
        if product["class_code"].startswith(SAMPLE_PREPARATION):
            return []
        dice = random.Random(f"{product['maker']} {product['model']}")
        found = []
        for row in self._figures.get(product["technique"], ()):
            value = float(dice.choice(row["values"].split("|")))
            figure = {"low": float(row["low"]), "high": value} if row["low"] else {"value": value}
            found.append({"quantity": row["quantity"], **figure, "unit": row["unit"]})
        return found
