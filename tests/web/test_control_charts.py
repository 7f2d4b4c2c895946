"""The page of an instrument's control charts: begun, out of limits, released with a reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from liqi.access.care import control_charts
from liqi.access.models import ControlChart
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
BEGIN = {
    "name": "Caffeine", "method": "ms.identify", "finding": "area", "first_n": "20", "centre": "10", "sigma": "1",
    "action": "block", "rule": ["beyond 3 sigma"],
}  # fmt: skip


@pytest.fixture
def there() -> Place:
    return place()


def client_of(person: Any) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def test_a_steward_begins_a_chart_sees_it_out_and_releases_it(there: Place) -> None:
    client, address = client_of(there.manager), "/instruments/orbitrap/control/"
    assert b"No control chart here" in client.get(address).content
    assert client.post(address, BEGIN).status_code == 302
    chart = ControlChart.objects.get()
    control_charts.add_point(chart=chart, value=10.0, unit="mg", run="r1", now=NOW)
    assert b"within its limits" in client.get(address).content
    control_charts.add_point(chart=chart, value=20.0, unit="mg", run="r2", now=NOW)
    said = client.get(address).content.decode()
    assert "out of its limits" in said
    assert 'data-kind="line"' in said
    client.post(f"/control/{chart.key}/act/", {"reason": ""})
    chart.refresh_from_db()
    assert chart.out_since is not None
    client.post(f"/control/{chart.key}/act/", {"reason": "new lamp"})
    chart.refresh_from_db()
    assert chart.out_since is None
    rows = b"".join(client.get(f"/control/{chart.key}/points.csv").streaming_content).decode()
    assert "20.0,mg,r2,beyond 3 sigma" in rows
    assert "new lamp" in rows
    client.post(f"/control/{chart.key}/act/", {"end": "1"})
    chart.refresh_from_db()
    assert chart.ended_at is not None


@pytest.mark.parametrize("wrong", [{"sigma": "x"}, {"sigma": "0"}, {"first_n": "1", "centre": "", "sigma": ""}])
def test_a_chart_that_makes_no_sense_is_one_sentence(there: Place, wrong: dict[str, str]) -> None:
    answer = client_of(there.manager).post("/instruments/orbitrap/control/", BEGIN | wrong)
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert not ControlChart.objects.exists()


def test_others_neither_see_nor_release(there: Place) -> None:
    client_of(there.manager).post("/instruments/orbitrap/control/", BEGIN)
    chart = ControlChart.objects.get()
    control_charts.add_point(chart=chart, value=20.0, unit="mg", run="r2", now=NOW)
    member = client_of(there.member)
    assert member.get("/instruments/orbitrap/control/").status_code == 403
    assert member.get(f"/control/{chart.key}/points.csv").status_code == 403
    assert member.post(f"/control/{chart.key}/act/", {"reason": "mine"}).status_code == 403
    chart.refresh_from_db()
    assert chart.out_since is not None
