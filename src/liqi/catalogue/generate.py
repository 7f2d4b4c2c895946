"""Any number of synthetic instruments, for benchmarks and trials of scale."""

import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice

from django.db import transaction

from liqi.accounts import journal
from liqi.catalogue import example
from liqi.catalogue._example.synthetic_instruments import SyntheticInstruments
from liqi.catalogue.models import Facility, Institution, Instrument, Maker

_AT_ONCE = 10_000
_BATCH = 500


class SeedUsed(ValueError):
    """Instruments of this seed are there already; the message says what to do."""


def generate(
    *, instruments: int, seed: int, now: datetime, report: Callable[[int], None] = lambda done: None
) -> dict[str, float]:
    """That many synthetic instruments more are in the catalogue; the same seed makes the same ones.

    The search index is left to `search.rebuild`. Raises SeedUsed where the seed was used in this catalogue before.
    """
    started = time.perf_counter()
    if Instrument.objects.filter(key=f"gen{seed}-000001").exists():
        raise SeedUsed(f"found instruments of seed {seed} in the catalogue; choose another with --seed.")
    with transaction.atomic():
        example.complete_ground(now=now)
    institutions = list(Institution.objects.order_by("id"))
    facilities = list(Facility.objects.filter(synthetic=True).order_by("id"))
    makers = list(Maker.objects.order_by("id"))
    source = SyntheticInstruments(institutions, facilities, makers, seed=seed, now=now, prefix=f"gen{seed}")
    stream = source.take(instruments)
    done = 0
    while some := list(islice(stream, _AT_ONCE)):
        with transaction.atomic():
            Instrument.objects.bulk_create(some, batch_size=_BATCH)
            journal.write(person=None, verb="generated", thing=makers[0], at=now, instruments=len(some), seed=seed)
        done += len(some)
        report(done)
    seconds = time.perf_counter() - started
    return {"instruments": done, "seed": seed, "seconds": round(seconds, 2), "per_second": round(done / seconds)}
