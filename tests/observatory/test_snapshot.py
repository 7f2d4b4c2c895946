from datetime import timedelta
from pathlib import Path

import pytest

from liqi.catalogue.models import Instrument
from liqi.observatory import snapshot
from liqi.observatory.models import Snapshot
from tests.observatory.conftest import NOW, instrument

pytestmark = pytest.mark.django_db


def test_a_snapshot_holds_the_catalogue(catalogue):
    taken = snapshot.take(now=NOW)
    assert (taken.rows, taken.facilities) == (5, 2)
    frame = snapshot.instruments(taken)
    assert frame["id"].to_list() == ["ms-1", "ms-2", "ms-3", "nmr-1", "uk-1"]
    assert frame["made_in"].to_list() == ["CN", "US", None, "DE", "GB"]
    assert frame["owner_country"].to_list() == ["CN", "CN", None, None, None]
    assert frame["value_cny"].to_list() == [300_000, 3_000_000, None, 3_000_000, 10]
    assert frame["large_class"].to_list()[0] == "030000"


def test_an_empty_catalogue_makes_an_empty_snapshot():
    taken = snapshot.take(now=NOW)
    assert taken.rows == snapshot.instruments(taken).height == snapshot.facilities(taken).height == 0


def test_one_catalogue_gives_one_hash(catalogue):
    assert snapshot.take(now=NOW).sha256 == snapshot.take(now=NOW + timedelta(hours=1)).sha256


def test_a_snapshot_is_kept_while_young_and_taken_anew_once_the_catalogue_changed(catalogue):
    first = snapshot.current(now=NOW)
    instrument("new", updated_at=NOW + timedelta(seconds=1))
    assert snapshot.current(now=NOW + timedelta(minutes=1)) == first
    later = snapshot.current(now=NOW + timedelta(minutes=6))
    assert later.rows == 6
    assert snapshot.current(now=NOW + timedelta(hours=9)) == later


def test_a_removed_record_makes_it_stale_too(catalogue):
    snapshot.current(now=NOW)
    Instrument.objects.filter(key="uk-1").delete()
    assert snapshot.current(now=NOW + timedelta(minutes=6)).rows == 4


def test_a_lost_folder_is_made_again(catalogue):
    first = snapshot.current(now=NOW)
    for file in snapshot.folder(first).iterdir():
        file.unlink()
    snapshot.folder(first).rmdir()
    again = snapshot.current(now=NOW + timedelta(seconds=1))
    assert snapshot.instruments(again).height == 5


def test_only_the_last_two_are_kept(catalogue, settings):
    for hour in range(4):
        snapshot.take(now=NOW + timedelta(hours=hour))
    assert Snapshot.objects.count() == 2
    assert len(list((Path(settings.LIQI_DATA) / "snapshots").iterdir())) == 2
