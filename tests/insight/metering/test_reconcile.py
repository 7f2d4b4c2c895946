"""Four sources held against each other: each contradiction is found, with what speaks for it and what to do."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liqi.insight.metering import (
    Claim,
    Held,
    Kind,
    Level,
    LoggedOn,
    Sources,
    Stretch,
    Verb,
    intersect,
    length,
    reconcile,
    subtract,
    union,
)

DAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
NONE = timedelta(0)
LIN, WEI = 1, 2


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def claim(start: datetime, end: datetime, idle: timedelta = NONE) -> Claim:
    return Claim(7, start, end, idle, LIN)


def meter(*steps: tuple[Level, int, int]) -> list[Stretch]:
    """Stretches by level and minutes of the day."""
    return [Stretch(level, DAY + timedelta(minutes=one), DAY + timedelta(minutes=other)) for level, one, other in steps]


def test_a_session_that_all_sources_bear_out_has_nothing_against_it() -> None:
    checked = reconcile(
        Sources(
            claims=[claim(at(8), at(10))], bookings=[Held(3, at(8), at(10), LIN)],
            log_ons=[LoggedOn(5, at(8), at(10), LIN)],
            stretches=meter((Level.IDLE, 0, 490), (Level.WORKING, 490, 595), (Level.IDLE, 595, 700)),
            files=[at(9, 30)],
        )
    )  # fmt: skip
    assert checked.findings == ()
    assert checked.agreed == ((at(8), at(10)),)
    assert checked.support[7] == {"booking", "log-on", "sensor", "files"}


def test_start_up_measuring_and_post_processing_count_and_idle_running_does_not() -> None:
    working = [(Level.WORKING, 8 * 60 + 50, 10 * 60), (Level.WORKING, 11 * 60, 12 * 60)]
    stretches = meter(
        (Level.IDLE, 8 * 60, 8 * 60 + 50), working[0], (Level.IDLE, 10 * 60, 11 * 60), working[1],
        (Level.IDLE, 12 * 60, 14 * 60),
    )  # fmt: skip
    seen = reconcile(
        Sources(claims=[claim(at(8), at(14))], bookings=[Held(3, at(8), at(14), LIN)], stretches=stretches)
    )
    found = seen.parts[7]
    assert (found.startup, found.measuring, found.post) == (HOUR / 2, 2 * HOUR + HOUR / 6, HOUR / 2)
    assert found.idle == HOUR / 3 + HOUR + 1.5 * HOUR
    assert found.effective + found.idle == 6 * HOUR
    (finding,) = seen.findings
    assert (finding.kind, finding.claim) == (Kind.IDLE, 7)
    assert finding.proposal is not None
    assert (finding.proposal.verb, finding.proposal.idle) == (Verb.SET_IDLE, found.idle)
    assert finding.evidence["worked"] == 2.17


def test_idle_time_that_the_session_already_says_is_no_finding() -> None:
    stretches = meter((Level.WORKING, 480, 540), (Level.IDLE, 540, 660))
    told = claim(at(8), at(11), idle=timedelta(minutes=80))
    checked = reconcile(Sources(claims=[told], bookings=[Held(3, at(8), at(11), LIN)], stretches=stretches))
    assert checked.findings == ()


def test_work_without_anybody_is_a_ghost_and_the_booking_says_whose_it_may_be() -> None:
    checked = reconcile(Sources(bookings=[Held(3, at(8), at(10), WEI)], stretches=meter((Level.WORKING, 490, 590))))
    (finding,) = checked.findings
    assert (finding.kind, finding.booking, finding.length) == (Kind.GHOST, 3, timedelta(minutes=100))
    assert finding.proposal is not None
    assert (finding.proposal.verb, finding.proposal.person, finding.proposal.booking) == (Verb.ADD, WEI, 3)


def test_pauses_of_a_ghost_are_one_piece_of_work_and_long_ones_are_idle_or_end_it() -> None:
    worked = meter((Level.WORKING, 480, 520), (Level.IDLE, 520, 530), (Level.WORKING, 530, 600))
    (finding,) = reconcile(Sources(stretches=worked)).findings
    assert finding.periods == ((at(8), at(10)),)
    apart = meter((Level.WORKING, 480, 520), (Level.IDLE, 520, 580), (Level.WORKING, 580, 640))
    assert [one.starts_at for one in reconcile(Sources(stretches=apart)).findings] == [at(8), at(9, 40)]


def test_somebody_at_the_pc_without_a_session_is_unrecorded_and_theirs() -> None:
    (finding,) = reconcile(
        Sources(log_ons=[LoggedOn(5, at(8), at(10), WEI)], stretches=meter((Level.WORKING, 480, 600)))
    ).findings
    assert (finding.kind, finding.log_on) == (Kind.UNRECORDED, 5)
    assert finding.proposal is not None
    assert finding.proposal.person == WEI


def test_a_log_on_counts_where_there_is_no_meter_and_not_against_one_that_says_off() -> None:
    log_on = LoggedOn(5, at(8), at(10), WEI)
    (finding,) = reconcile(Sources(log_ons=[log_on])).findings
    assert (finding.kind, finding.periods) == (Kind.UNRECORDED, ((at(8), at(10)),))
    assert reconcile(Sources(log_ons=[log_on], stretches=meter((Level.OFF, 0, 1440)))).findings == ()


def test_files_alone_show_that_somebody_measured() -> None:
    (finding,) = reconcile(Sources(files=[at(9), at(9, 5), at(9, 20)])).findings
    assert (finding.kind, finding.starts_at, finding.ends_at) == (Kind.GHOST, at(8, 50), at(9, 20))
    assert finding.evidence["files"] == 2  # the last one falls on the end


def test_a_file_written_while_the_meter_sees_idling_keeps_that_time_from_being_idle() -> None:
    stretches = meter((Level.WORKING, 480, 540), (Level.IDLE, 540, 600), (Level.WORKING, 600, 660))
    base = {"claims": [claim(at(8), at(11))], "bookings": [Held(3, at(8), at(11), LIN)], "stretches": stretches}
    assert [one.kind for one in reconcile(Sources(**base)).findings] == [Kind.IDLE]
    files = [at(9, 10), at(9, 20), at(9, 30), at(9, 40), at(9, 50)]
    assert reconcile(Sources(**base, files=files)).findings == ()


def test_a_booking_that_nobody_came_to_and_a_session_that_nobody_booked() -> None:
    checked = reconcile(Sources(claims=[claim(at(8), at(10))], bookings=[Held(3, at(14), at(16), LIN)]))
    assert [(one.kind, one.claim, one.booking) for one in checked.findings] == [
        (Kind.UNBOOKED, 7, None),
        (Kind.UNUSED, None, 3),
    ]
    assert checked.agreed == ()


def test_a_quarter_of_an_hour_beside_the_booking_is_allowed_and_more_is_not() -> None:
    booked = [Held(3, at(8), at(10), LIN)]
    assert reconcile(Sources(claims=[claim(at(7, 45), at(10, 15))], bookings=booked)).findings == ()
    (over,) = reconcile(Sources(claims=[claim(at(8), at(10, 40))], bookings=booked)).findings
    assert (over.kind, over.periods) == (Kind.UNBOOKED, ((at(10), at(10, 40)),))


def test_a_meter_that_fell_silent_during_a_session_is_said() -> None:
    (finding,) = reconcile(
        Sources(
            claims=[claim(at(8), at(10))], bookings=[Held(3, at(8), at(10), LIN)],
            stretches=meter((Level.WORKING, 480, 520)),
        )
    ).findings  # fmt: skip
    assert (finding.kind, finding.periods) == (Kind.SILENT, ((at(8, 40), at(10)),))


quarter = st.integers(0, 95)
spans = st.lists(st.tuples(quarter, quarter), max_size=6).map(
    lambda pairs: [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
)


def quarters(span: tuple[int, int]) -> tuple[datetime, datetime]:
    return DAY + span[0] * HOUR / 4, DAY + span[1] * HOUR / 4


@given(spans, spans, spans, spans)
def test_whatever_the_sources_say_parts_add_up_and_what_is_agreed_is_claimed_and_uncontested(
    sessions: list[tuple[int, int]],
    booked: list[tuple[int, int]],
    logged: list[tuple[int, int]],
    worked: list[tuple[int, int]],
) -> None:
    claims = [Claim(n, *quarters(span), NONE, LIN) for n, span in enumerate(sessions)]
    checked = reconcile(
        Sources(
            claims=claims,
            bookings=[Held(n, *quarters(span), LIN) for n, span in enumerate(booked)],
            log_ons=[LoggedOn(n, *quarters(span), WEI) for n, span in enumerate(logged)],
            stretches=[Stretch(Level.WORKING, *quarters(span)) for span in worked],
        )
    )
    for one in claims:
        seen = checked.parts[one.key]
        assert seen.effective + seen.idle == one.ends_at - one.starts_at
        assert length(seen.pauses) == seen.idle
    for finding in checked.findings:
        assert finding.length > NONE
        assert not intersect(sorted(finding.periods), checked.agreed)
    assert subtract(checked.agreed, union((one.starts_at, one.ends_at) for one in claims)) == []
