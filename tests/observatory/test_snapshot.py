from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from liqi.access.models import UseTally
from liqi.catalogue.models import Instrument, Maker
from liqi.insight.chokepoints import items
from liqi.insight.cohorts import cohorts
from liqi.insight.dependence import overlap, share
from liqi.insight.league import league
from liqi.observatory import snapshot
from liqi.observatory.models import Snapshot
from liqi.observatory.population import choose
from liqi.observatory.snapshot import _tables
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


def test_a_gathered_table_gives_the_same_figures_as_its_instruments(catalogue):
    own, other = Maker.objects.get(key="own"), Maker.objects.get(key="bought")
    for n in range(60):
        instrument(
            f"more-{n}", made_in=["CN", "US", ""][n % 3], value=Decimal(n * 90_000) if n % 4 else None,
            maker=[own, other, None][n % 5 % 3], province=["110000", "370000"][n % 2], code=f"0{n % 2 + 1}0100",
            acquired_on=date(2010 + n % 6, 3, 1) if n % 7 else None, city=["青岛", ""][n % 2],
        )  # fmt: skip
    taken = snapshot.take(now=NOW)
    rows, cells, spread = snapshot.instruments(taken), snapshot.cells(taken), snapshot.spread(taken)
    assert cells["instruments"].sum() == spread["instruments"].sum() == rows.height == 65
    assert cells.height < rows.height
    terms = {"with_ids": False, "times": snapshot.TIMES}
    for lens in ("made_in", "brand", "owner"):
        for by in ((), ("class_code",), ("class_code", "band")):
            assert share(cells, lens, by=by, **terms) == share(rows, lens, by=by, with_ids=False)
    assert overlap(cells, **terms) == overlap(rows, with_ids=False)
    assert cohorts(cells, weight="value_cny", **terms) == cohorts(rows, weight="value_cny", with_ids=False)
    assert cohorts(cells, **terms) == cohorts(rows, with_ids=False)
    assert league(cells, **terms) == league(rows, with_ids=False)
    assert items(cells, by="class_code", **terms) == items(rows, by="class_code", with_ids=False)
    for times, table in ((snapshot.TIMES, cells), (None, rows)):
        assert choose(table, "CN", "370000", times)[0] == choose(rows, "CN", "370000")[0]


def test_one_catalogue_gives_one_hash(catalogue):
    assert snapshot.take(now=NOW).sha256 == snapshot.take(now=NOW + timedelta(hours=1)).sha256


def test_a_snapshot_is_kept_while_young_and_taken_anew_once_the_catalogue_changed(catalogue):
    first = snapshot.refresh(now=NOW)
    instrument("new", updated_at=NOW + timedelta(seconds=1))
    assert snapshot.refresh(now=NOW + timedelta(minutes=1)) == first
    later = snapshot.refresh(now=NOW + timedelta(minutes=6))
    assert later.rows == 6
    assert snapshot.refresh(now=NOW + timedelta(hours=9)) == later


def test_a_removed_record_makes_it_stale_too(catalogue):
    snapshot.refresh(now=NOW)
    Instrument.objects.filter(key="uk-1").delete()
    assert snapshot.refresh(now=NOW + timedelta(minutes=6)).rows == 4


def test_no_page_waits_for_a_snapshot_but_the_very_first(catalogue, monkeypatch):
    first = snapshot.current(now=NOW)
    instrument("new", updated_at=NOW + timedelta(seconds=1))
    monkeypatch.setattr(snapshot, "take", lambda **_given: pytest.fail("a page took a snapshot"))
    assert snapshot.current(now=NOW + timedelta(days=9)) == first


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


def test_what_did_not_change_is_taken_over_and_gives_the_same_table_as_reading_all(catalogue, monkeypatch):
    monkeypatch.setattr(_tables, "SAME_MOMENT", timedelta(0))
    snapshot.take(now=NOW)
    later = NOW + timedelta(hours=1)
    instrument("new", updated_at=later, city="青岛市", province="370000")
    Instrument.objects.filter(key="ms-1").update(made_in="DE", updated_at=later)
    Instrument.objects.filter(key="uk-1").update(removed_at=later, updated_at=later)
    changed = snapshot.take(now=later)
    whole = snapshot.take(now=later + timedelta(hours=1), anew=True)
    assert snapshot.instruments(changed)["id"].to_list() == ["ms-1", "ms-2", "ms-3", "nmr-1", "new"]
    assert snapshot.instruments(changed)["made_in"].to_list()[0] == "DE"
    assert changed.sha256 == whole.sha256


def test_only_the_changed_rows_are_read_again(catalogue, monkeypatch):
    snapshot.take(now=NOW)
    Instrument.objects.filter(key="ms-1").update(name="hidden", made_in="DE")
    instrument("new", updated_at=NOW + timedelta(minutes=1))
    monkeypatch.setattr(_tables, "SAME_MOMENT", timedelta(0))
    Instrument.objects.exclude(key="new").update(updated_at=NOW - timedelta(days=1))
    frame = snapshot.instruments(snapshot.take(now=NOW + timedelta(hours=1)))
    assert frame["name"].to_list() == ["ms-1", "ms-2", "ms-3", "nmr-1", "uk-1", "new"]


def test_a_snapshot_of_an_older_version_is_made_anew(catalogue):
    first = snapshot.current(now=NOW)
    file = snapshot.folder(first) / snapshot.INSTRUMENTS
    snapshot.instruments(first).drop("town").write_parquet(file)
    assert "town" in snapshot.instruments(snapshot.current(now=NOW + timedelta(seconds=1))).columns


@pytest.mark.parametrize(
    ("facts", "town"),
    [
        ({"province": "370000", "city": "青岛市"}, "370200"),
        ({"province": "370000", "city": "Qingdao"}, "370200"),
        ({"province": "110000", "city": "朝阳"}, "110000"),
        ({"province": "340000", "city": "高新区", "latitude": 31.82, "longitude": 117.13}, "340100"),
        ({"province": "340000", "city": "高新区", "latitude": 36.07, "longitude": 120.38}, None),
        ({"province": "340000", "city": ""}, None),
        ({"country": "GB", "city": "London", "latitude": 51.5, "longitude": 0.1}, None),
    ],
)
def test_a_record_has_the_town_that_its_words_or_its_point_tell(db, facts, town):
    instrument("one", **facts)
    assert snapshot.instruments(snapshot.take(now=NOW))["town"].to_list() == [town]


def test_metered_hours_are_in_the_snapshot(db):
    one = instrument("one")
    hours = {"effective_h": 3, "outside_h": 1, "teaching_h": 0, "research_h": 3, "service_h": 0}
    UseTally.objects.create(instrument=one, year=2026, confirmed=True, time_zone="UTC", sessions=2, **hours)
    assert snapshot.use(snapshot.take(now=NOW)).rows() == [("one", 2026, True, 2, 3.0, 1.0)]
