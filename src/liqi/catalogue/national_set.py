"""A synthetic national set made to published margins: as a country's register could look, describing nothing real.

Margins at full size: 160,000 instruments, 100,000 of at least 500,000 CNY, 21,300 mass spectrometers; of those above
2 million CNY bought from 2016 to 2019 fewer than 1.5 % domestic, by brand or by where they were made; optical
microscopes never domestic. Every record carries the synthetic flag, its source says so, and its name is made up.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from liqi.accounts import journal
from liqi.catalogue import example
from liqi.catalogue._example.synthetic_instruments import SyntheticInstruments
from liqi.catalogue.generate import SeedUsed
from liqi.catalogue.models import Facility, Institution, Instrument, Maker

ALL, ABOVE, MASS_SPECTROMETERS = 160_000, 100_000, 21_300
THRESHOLD_CNY, HIGH_CNY = 500_000, 2_000_000
MASS_SPECTROMETRY = "0102"
YEARS = range(2016, 2020)
DOMESTIC_HIGH = 0.0145
"""The most that may be domestic of those above 2 million CNY bought in these years."""
_AT_ONCE, _BATCH = 10_000, 500
_PATIENCE = 200
"""Draws for one accepted record after which the source is taken to have run dry."""


class SourceDry(ValueError):
    """The products of the example cannot fill a margin; the message says which."""


@dataclass(slots=True)
class _Quota:
    """How many records are still wanted above the threshold and below it, and how many domestic high ones there are."""

    above: int
    below: int
    high: int = 0
    high_domestic: int = 0

    def takes(self, one: Instrument, makers: dict[int, str]) -> bool:
        """Whether the record still fits the margins; it is counted where it does."""
        value = one.value_cny or 0
        above = value >= THRESHOLD_CNY
        if not (self.above if above else self.below):
            return False
        if value > HIGH_CNY and one.acquired_on is not None and one.acquired_on.year in YEARS:
            domestic = one.made_in == "CN" or makers.get(one.maker_id or 0) == "CN"
            if domestic and self.high_domestic + 1 > DOMESTIC_HIGH * self.high:
                return False
            self.high, self.high_domestic = self.high + 1, self.high_domestic + domestic
        self.above, self.below = self.above - above, self.below - (not above)
        return True


def make(
    *, scale: float = 1.0, seed: int, now: datetime, report: Callable[[int], None] = lambda done: None
) -> dict[str, float]:
    """The set is in the catalogue at this scale (0 to 1); the same seed makes the same one.

    The search index is left to `search.rebuild`. Raises SeedUsed where the seed was used in this catalogue before.
    """
    started = time.perf_counter()
    if Instrument.objects.filter(key=f"nat{seed}-000001").exists():
        raise SeedUsed(f"found a national set of seed {seed} in the catalogue; choose another with --seed.")
    with transaction.atomic():
        example.complete_ground(now=now)
    makers = list(Maker.objects.order_by("id"))
    stream, done = _stream(scale, seed, now, makers), 0
    while some := list(islice(stream, _AT_ONCE)):
        with transaction.atomic():
            Instrument.objects.bulk_create(some, batch_size=_BATCH)
            journal.write(person=None, verb="generated", thing=makers[0], at=now, instruments=len(some), seed=seed)
        done += len(some)
        report(done)
    return {"instruments": done, "seed": seed, "scale": scale, "seconds": round(time.perf_counter() - started, 2)}


def _stream(scale: float, seed: int, now: datetime, makers: list[Maker]) -> Iterator[Instrument]:
    """Synthetic instruments, those left out that would break a margin, numbered anew."""
    institutions = list(Institution.objects.order_by("id"))
    facilities = list(Facility.objects.filter(synthetic=True).order_by("id"))
    whole, above, mass_wanted = (round(n * scale) for n in (ALL, ABOVE, MASS_SPECTROMETERS))
    quota, brands = _Quota(above=above, below=whole - above), {one.pk: one.brand_country for one in makers}
    serial = 0
    for mass, wanted in ((True, mass_wanted), (False, whole - mass_wanted)):
        source = SyntheticInstruments(
            institutions,
            facilities,
            makers,
            seed=2 * seed + mass,
            now=now,
            prefix=f"nat{seed}",
            made=_spectrometers if mass else _others,
        )
        drawn = source.take(max(wanted, 1) * _PATIENCE)
        for _turn in range(wanted):
            one = next((candidate for candidate in drawn if quota.takes(candidate, brands)), None)
            if one is None:
                raise SourceDry(f"found too few products for the margins {quota}; expected some of each.")
            serial += 1
            one.key, one.source_ref = f"nat{seed}-{serial:06d}", f"nat{seed} {serial}"
            yield one


def _spectrometers(class_code: str) -> bool:
    return class_code.startswith(MASS_SPECTROMETRY)


def _others(class_code: str) -> bool:
    return not class_code.startswith(MASS_SPECTROMETRY)
