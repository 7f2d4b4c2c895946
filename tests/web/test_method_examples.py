"""The example of every method, from the press of its button to its page, figures, tables and reports."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.answers import execution
from liqi.answers.models import Run
from liqi.methods import method_ids

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
NOTHING = re.compile(r'="(None|nan|NaN|undefined)"|>(None|nan|NaN)<')


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    settings.LIQI_APART = False


def taken(response: Any) -> str:
    assert response.status_code == 200
    if not response.streaming:
        return str(response.content.decode("utf-8-sig"))
    whole = b"".join(response.streaming_content)
    response.close()
    return whole.decode("utf-8-sig")


@pytest.mark.parametrize("method", method_ids())
def test_the_example_of_a_method_is_answered_and_shown_whole(method: str) -> None:
    visitor = Client(headers={"Accept-Language": "zh-hans"})
    started = visitor.post(f"/answers/example/{method}/")
    key = started["Location"].split("/")[2]
    execution.perform(key=key, clock=lambda: NOW)
    run = Run.objects.get(key=key)
    assert (run.state, run.message) == ("done", "")
    page = taken(visitor.get(f"/runs/{key}/"))
    assert run.sentence("zh-hans") in page
    assert not NOTHING.findall(page)
    links = sorted(set(re.findall(rf'href="(/runs/{key}/[^"#?]+)"', page)))
    tables = [link for link in links if link.endswith(".csv")]
    assert tables
    for link in tables:
        assert len(taken(visitor.get(link)).splitlines()) >= 1
    report = taken(visitor.get(f"/runs/{key}/report-zh-Hans.html"))
    assert run.sentence("zh-hans") in report
    assert not NOTHING.findall(report)
