"""What the database itself refuses, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.catalogue.models import Facility, Institution, Instrument, Maker, MakerOwner, Service
from tests.catalogue.conftest import NOW
from tests.races import course

RECORD = {"key": "k", "name": "n", "source": "s", "created_at": NOW, "updated_at": NOW}
LABORATORY = {"facility_class": "research", "kind": "laboratory"}

REFUSED: list[tuple[Any, dict[str, Any]]] = [
    (Instrument, {"key": ""}),
    (Instrument, {"name": ""}),
    (Instrument, {"source": ""}),
    (Instrument, {"confidence": "sure"}),
    (Instrument, {"latitude": 91, "longitude": 0}),
    (Instrument, {"latitude": 45}),
    (Instrument, {"class_code": "010201"}),
    (Instrument, {"value_cny": -1}),
    (Instrument, {"status": "broken"}),
    (Instrument, {"min_minutes": 60, "max_minutes": 30}),
    (Institution, {"kind": "club"}),
    (Facility, {"facility_class": "support", "kind": "laboratory"}),
    (Facility, LABORATORY | {"status": "dreamt"}),
    (Facility, LABORATORY | {"cost_cny": -1}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "fields"), REFUSED)
def test_a_wrong_record_is_refused_by_the_database(model: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**(RECORD | fields))


@pytest.mark.django_db
def test_one_row_of_a_source_is_there_once() -> None:
    Instrument.objects.create(**RECORD, source_ref="7")
    with pytest.raises(IntegrityError), transaction.atomic():
        Instrument.objects.create(**(RECORD | {"key": "other"}), source_ref="7")


@pytest.mark.django_db
def test_an_owner_before_its_beginning_is_refused() -> None:
    maker = Maker.objects.create(**RECORD)
    owned = {"maker": maker, "owner": "o", "owner_country": "US"}
    with pytest.raises(IntegrityError), transaction.atomic():
        MakerOwner.objects.create(**owned, from_on=date(2020, 1, 1), to_on=date(2019, 1, 1))
    MakerOwner.objects.create(**owned, from_on=date(2020, 1, 1))
    assert maker.owner_on(date(2019, 12, 31)) is None
    assert maker.owner_on(date(2020, 1, 1)) is not None


@pytest.mark.django_db
def test_a_service_with_a_negative_price_is_refused() -> None:
    institution = Institution.objects.create(**RECORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.create(**RECORD, institution=institution, price_cny=-1)


def test_stages_are_set_by_their_codes() -> None:
    facility = Facility(**RECORD, **LABORATORY, stages=["industrialisation", "frontier_research"])
    assert facility.stages == ["frontier_research", "industrialisation"]
    with pytest.raises(ValueError, match="expected some of"):
        facility.stages = ["sales"]


@pytest.mark.postgresql
def test_the_same_holds_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    script = (
        "import django; django.setup()\n"
        "from django.db import IntegrityError, transaction\n"
        "from tests.catalogue.test_models import RECORD, REFUSED\n"
        "refused = 0\n"
        "for model, fields in REFUSED:\n"
        "    try:\n"
        "        with transaction.atomic(): model.objects.create(**(RECORD | fields))\n"
        "    except IntegrityError: refused += 1\n"
        "print(refused)\n"
    )
    settings = {**course.fresh(tmp_path, postgresql), "DJANGO_SETTINGS_MODULE": "liqi.server.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(len(REFUSED)), done.stderr
