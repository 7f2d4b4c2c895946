"""What an agent is told: amounts, hours, folders; and what its journal keeps."""

from pathlib import Path

import pytest

from liqi.agent import Unusable
from liqi.agent._journal import Journal
from liqi.agent._settings import amount, hours, settings


@pytest.mark.parametrize(
    "more",
    [
        {"server": "liqi.example.org"}, {"folder": "/nowhere"}, {"rule": "soon"}, {"bandwidth": "fast"},
        {"window": "20-7"}, {"rule": "marker=done"}, {"ca": "/nowhere.pem"},
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_in_one_sentence(tmp_path: Path, more: dict[str, str]) -> None:
    given = {"folder": str(tmp_path), "server": "https://liqi.example.org", "token_file": "t", "state": "/s", **more}
    with pytest.raises(Unusable, match="found"):
        settings(given.pop("folder"), given.pop("server"), given.pop("token_file"), **given)  # type: ignore[arg-type]


def test_amounts_and_hours_are_read() -> None:
    assert (amount("2MB"), amount("500k/s"), amount("")) == (2_000_000, 500_000, 0)
    assert hours("20:00-07:30") == (1200, 450)


def test_the_state_may_not_lie_in_the_watched_folder(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="inside the watched folder"):
        settings(str(tmp_path), "http://a", "t", state=str(tmp_path / "state"))


def test_the_journal_forgets_nothing_that_it_was_told(tmp_path: Path) -> None:
    one = Journal(tmp_path / "j.sqlite3")
    assert one.database.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert one.database.execute("pragma synchronous").fetchone()[0] == 2
    one.close()
