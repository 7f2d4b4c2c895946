"""The example cluster: what a first-time visitor sees. Real open records, and synthetic ones marked as such.

Real: institutions (ROR), makers, facilities (ROR, MERIL, ESFRI, light sources), instruments of St Andrews, PNNL, the
ocean observatories and X-ray absorption beamlines. Synthetic (`synthetic=True`): instruments placed in real Chinese
institutions, platforms, services. data/SOURCES.md names every source and licence.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from liqi.accounts import journal
from liqi.catalogue import search
from liqi.catalogue._example.facilities import facilities as build_facilities
from liqi.catalogue._example.institutions import institutions as build_institutions
from liqi.catalogue._example.institutions import makers as build_makers
from liqi.catalogue._example.platform_services import services as build_services
from liqi.catalogue._example.real_instruments import RealInstruments
from liqi.catalogue._example.synthetic_instruments import SyntheticInstruments
from liqi.catalogue.models import Facility, Institution, Instrument, Maker, MakerOwner, Service

SEED = 20260901
SYNTHETIC_INSTRUMENTS = 3_200
_BATCH = 500


def load(*, now: datetime) -> dict[str, int]:
    """The example cluster is in the catalogue and in the search index; how many records of each kind."""
    with transaction.atomic():
        makers, institutions, facilities = load_ground(now=now)
        real = list(RealInstruments(institutions, facilities, makers, now).all())
        stream = SyntheticInstruments(institutions, facilities, makers, seed=SEED, now=now, prefix="syn")
        instruments = _keep(Instrument, [*real, *stream.take(SYNTHETIC_INSTRUMENTS)])
        offered = list(build_services(instruments, institutions, now))
        services = _keep(Service, [service for service, _ in offered])
        link = Service.instruments.through
        link.objects.bulk_create(
            [link(service=service, instrument=one) for service, machines in offered for one in machines]
        )
        counts = {
            "makers": len(makers),
            "institutions": len(institutions),
            "facilities": len(facilities),
            "instruments": len(instruments),
            "services": len(services),
        }
        journal.write(person=None, verb="loaded the example", thing=institutions[0], at=now, **counts)
    search.rebuild()
    return counts


def load_ground(*, now: datetime) -> tuple[list[Maker], list[Institution], list[Facility]]:
    """The example's makers, institutions and facilities are in the catalogue; call it inside a transaction."""
    makers, owners = build_makers(now)
    _keep(Maker, makers)
    _keep(MakerOwner, owners)
    institutions = _keep(Institution, build_institutions(now))
    facilities = _keep(Facility, build_facilities(institutions, now))
    return makers, institutions, facilities


def complete_ground(*, now: datetime) -> None:
    """What made-up instruments stand on is in the catalogue, beside whatever was there before."""
    if not Institution.everything.exists():
        load_ground(now=now)
        return
    makers, owners = build_makers(now)
    known = set(Maker.everything.values_list("key", flat=True))
    missing = [one for one in makers if one.key not in known]
    _keep(Maker, missing)
    _keep(MakerOwner, [one for one in owners if one.maker.key not in known])
    if not Institution.objects.filter(country="CN", latitude__isnull=False).exists():
        known = set(Institution.everything.values_list("key", flat=True))
        rors = set(Institution.everything.exclude(ror_id=None).values_list("ror_id", flat=True))
        _keep(Institution, [one for one in build_institutions(now) if one.key not in known and one.ror_id not in rors])


def _keep(model: type[models.Model], rows: Sequence[Any]) -> list[Any]:
    manager: Any = model._meta.default_manager
    return list(manager.bulk_create(rows, batch_size=_BATCH))
