"""Readings are kept once whatever their order, and what they say follows."""

import random
from datetime import timedelta
from typing import Any

import pytest

from liqi.access.metering import log_ons, meters
from liqi.access.metering.meters import Read, Rejected
from liqi.access.metering.terms import NotPossible
from liqi.access.models import LogOn, Meter, MeteredStretch, Reading
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from tests.access.conftest import NOW, at

DAY = 21
LATE = NOW + timedelta(hours=12)


@pytest.fixture
def meter(instrument: Any, steward: Person) -> Meter:
    return meters.keep(instrument=instrument, person=steward, now=NOW, name="power")


def reads(*values: float, hour: int = 2) -> list[Read]:
    return [Read("power", at(hour, n, day=DAY), value) for n, value in enumerate(values)]


def said(meter: Meter) -> list[tuple[str, int, int]]:
    start = at(2, day=DAY)
    return [
        (one.level, (one.starts_at - start).seconds // 60, (one.ends_at - start).seconds // 60)
        for one in meter.stretches.order_by("starts_at")
    ]


def test_readings_become_stretches_and_the_same_again_changes_nothing(meter: Meter) -> None:
    first = meters.take(instrument=meter.instrument, readings=reads(0, 20, 300, 300, 5), now=LATE)
    assert (first.taken, first.known) == (5, 0)
    told = [("off", 0, 1), ("idle", 1, 2), ("working", 2, 4), ("off", 4, 4)]
    assert said(meter) == told
    again = meters.take(instrument=meter.instrument, readings=reads(0, 20, 300, 300, 5), now=LATE)
    assert (again.taken, again.known) == (0, 5)
    assert said(meter) == told
    assert Reading.objects.count() == 5


def test_a_second_value_for_a_moment_does_not_replace_the_first(meter: Meter) -> None:
    meters.take(instrument=meter.instrument, readings=reads(300), now=LATE)
    meters.take(instrument=meter.instrument, readings=reads(0), now=LATE)
    assert Reading.objects.get().value == 300


@pytest.mark.parametrize("seed", range(5))
def test_any_order_and_any_parts_say_the_same(meter: Meter, seed: int) -> None:
    chance = random.Random(seed)
    values = [chance.choice([0, 9, 20, 150, 170, 250]) for _n in range(40)]
    whole = reads(*values)
    meters.take(instrument=meter.instrument, readings=whole, now=LATE)
    expected = said(meter)
    meter.stretches.all().delete()
    Reading.objects.all().delete()
    Meter.objects.update(last_at=None, last_value=None)
    shuffled = whole[:]
    chance.shuffle(shuffled)
    while shuffled:
        cut = chance.randint(1, 8)
        part, shuffled = shuffled[:cut], shuffled[cut:]
        meters.take(instrument=meter.instrument, readings=part, now=LATE)
    assert said(meter) == expected


def test_one_reading_that_cannot_be_taken_refuses_all(meter: Meter) -> None:
    wrong = [
        Read("steam", at(2, day=DAY), 1), Read("power", LATE + timedelta(hours=1), 1),
        Read("power", at(2, 5, day=DAY), float("nan")), Read("power", LATE - timedelta(days=91), 1),
    ]  # fmt: skip
    with pytest.raises(Rejected, match="steam") as refused:
        meters.take(instrument=meter.instrument, readings=[*reads(300), *wrong], now=LATE)
    assert [position for position, _words in refused.value.problems] == [1, 2, 3, 4]
    assert not Reading.objects.exists()


def test_a_meter_of_another_instrument_or_a_removed_one_takes_nothing(meter: Meter, steward: Person) -> None:
    meters.remove(meter=meter, person=steward, now=NOW)
    with pytest.raises(Rejected, match="no active meter"):
        meters.take(instrument=meter.instrument, readings=reads(300), now=LATE)


def test_only_stewards_set_up_meters_and_thresholds_have_to_make_sense(
    instrument: Any, steward: Person, member: Person
) -> None:
    with pytest.raises(NotAllowed):
        meters.keep(instrument=instrument, person=member, now=NOW, name="power")
    for wrong in ({"on_below": 50.0}, {"on_from": 300.0}, {"name": "two words"}, {"working_from": float("inf")}):
        with pytest.raises(NotPossible):
            meters.keep(instrument=instrument, person=steward, now=NOW, **({"name": "power"} | wrong))
    made = meters.keep(instrument=instrument, person=steward, now=NOW, name="power", working_from=500.0)
    with pytest.raises(NotPossible):
        meters.keep(instrument=instrument, person=steward, now=NOW, name="power")
    assert JournalEntry.objects.filter(verb="set up meter", thing_id=str(made.pk)).count() == 1


def test_old_readings_go_and_what_they_said_stays(meter: Meter) -> None:
    meters.take(instrument=meter.instrument, readings=reads(300, 300), now=LATE)
    assert meters.thin(now=LATE) == 0
    assert meters.thin(now=LATE + timedelta(days=91)) == 2
    assert MeteredStretch.objects.count() == 1


def told(name: str, **given: Any) -> log_ons.Told:
    return log_ons.Told(name, **({"account": "lab", "started_at": at(2, day=DAY)} | given))


def test_a_log_on_is_kept_once_gets_its_end_and_does_not_open_again(instrument: Any, member: Person) -> None:
    open_ = told("pc-1", account="LIN@example.org ")
    assert log_ons.take(instrument=instrument, log_ons=[open_, told("pc-2")], now=LATE).taken == 2
    ended = told("pc-1", ended_at=at(4, day=DAY))
    assert log_ons.take(instrument=instrument, log_ons=[ended], now=LATE).taken == 1
    assert log_ons.take(instrument=instrument, log_ons=[open_, ended], now=LATE).known == 2
    first, second = LogOn.objects.order_by("name")
    assert (first.person, first.ended_at, second.person) == (member, at(4, day=DAY), None)


def test_a_log_on_that_cannot_be_refuses_all(instrument: Any) -> None:
    wrong = [told(""), told("a", ended_at=at(1, day=DAY)), told("b", started_at=LATE + timedelta(hours=1))]
    with pytest.raises(Rejected) as refused:
        log_ons.take(instrument=instrument, log_ons=[told("fine"), *wrong], now=LATE)
    assert [position for position, _words in refused.value.problems] == [1, 2, 3]
    assert not LogOn.objects.exists()
