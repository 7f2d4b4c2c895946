from datetime import UTC, datetime

import pytest

from liqi.access import upkeep

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_every_task_is_asked_with_the_moment():
    seen = []

    def due(*, now: datetime) -> int:
        seen.append(now)
        return 3

    assert list(upkeep.run(now=NOW, tasks=(due,)).values()) == [3]
    assert seen == [NOW]


def test_a_task_that_fails_is_logged_and_holds_up_no_other(caplog: pytest.LogCaptureFixture):
    def broken(*, now: datetime) -> int:
        raise RuntimeError("a row that cannot be")

    def fine(*, now: datetime) -> int:
        return 1

    done = upkeep.run(now=NOW, tasks=(broken, fine))
    assert [name.rsplit(".", 1)[1] for name in done] == ["fine"]
    assert "a row that cannot be" in caplog.text
