"""How the product speaks with PostgreSQL."""

import pytest

from liqi.server import settings


def test_plans_are_not_compiled_unless_the_address_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIQI_DATABASE_URL", "postgresql://liqi@db.example.org/liqi")
    assert settings.database()["OPTIONS"]["options"] == "-c jit=off"
    monkeypatch.setenv("LIQI_DATABASE_URL", "postgresql://liqi@db.example.org/liqi?options=-c%20jit%3Don")
    found = settings.database()
    assert found["OPTIONS"]["options"] == "-c jit=on"
    assert found["OPTIONS"]["prepare_threshold"] == 3


@pytest.mark.postgresql
def test_the_server_takes_it(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    monkeypatch.setenv("LIQI_DATABASE_URL", postgresql)
    options = settings.database()["OPTIONS"]["options"]
    with psycopg.connect(postgresql, options=options) as server:
        assert server.execute("SHOW jit").fetchone() == ("off",)
