"""Answers leave by the page and by the API: each format, three lists, three languages, and who may not."""

import pytest
from django.test import Client

from liqi.answers import answer, run, storage
from liqi.answers.models import Run
from tests.methods.exports.mztab_rules import broken
from tests.methods.samples import RUN
from tests.web.test_answers import NOW, client, data, example, person  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(client: Client) -> Run:  # noqa: F811
    return example(client)


def test_the_menu_offers_the_formats_that_can_say_the_answer(client: Client, done: Run) -> None:  # noqa: F811
    page = client.get(f"/runs/{done.key}/").content.decode()
    for form in ("mztab", "mzspeclib"):
        assert f"/runs/{done.key}/exports/{form}" in page
    assert f"/runs/{done.key}/exports/mzqc" not in page
    quality = example(client, "ms.quality")
    assert f"/runs/{quality.key}/exports/mzqc" in client.get(f"/runs/{quality.key}/").content.decode()


def test_each_format_comes_as_a_file(client: Client, done: Run) -> None:  # noqa: F811
    table = client.get(f"/runs/{done.key}/exports/mztab")
    assert table["Content-Disposition"] == f'attachment; filename="liqi-{done.key}.mztab"'
    assert broken(table.content.decode()) == []
    assert client.get(f"/runs/{done.key}/exports/mzspeclib").content.startswith(b"<mzSpecLib>")
    for form in ("mzqc", "xls"):
        assert client.get(f"/runs/{done.key}/exports/{form}").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh-Hans", "化合物"), ("zh-Hant", "化合物"), ("en", "compound")])
def test_the_three_lists_come_in_three_languages(client: Client, done: Run, language: str, word: str) -> None:  # noqa: F811
    lists = [
        client.get(f"/runs/{done.key}/lists/{verdict}.csv", {"language": language}).content.decode("utf-8-sig")
        for verdict in ("identified", "isomers", "unknown")
    ]
    assert all(word in text.splitlines()[0] for text in lists)
    assert sum(len(text.splitlines()) - 1 for text in lists) == len(answer.read(done)["detail"]["features"])
    assert client.get(f"/runs/{done.key}/lists/other.csv").status_code == 404


def test_the_interface_gives_the_same_files(client: Client, done: Run) -> None:  # noqa: F811
    listed = client.get(f"/api/runs/{done.key}/exports").json()
    assert [one["key"] for one in listed] == ["mztab", "mzspeclib", "csv"]
    taken = client.get(f"/api/runs/{done.key}/exports/mztab")
    assert taken["Content-Type"] == "text/tab-separated-values; charset=utf-8"
    assert taken.content == client.get(f"/runs/{done.key}/exports/mztab").content
    assert client.get(f"/api/runs/{done.key}/exports/mzqc").status_code == 404
    refused = client.get(f"/api/runs/{done.key}/exports/csv?language=fr")
    assert (refused.status_code, "zh-Hans" in refused.json()["detail"]) == (422, True)


def test_what_is_not_mine_or_not_there_is_not_given(client: Client, person) -> None:  # noqa: F811
    with RUN.open("rb") as stream:
        file = storage.keep(stream, name="mine.mzML", person=person, now=NOW)
    waiting = run.start(method="ms.identify", files=[file], person=person, now=NOW)
    assert client.get(f"/runs/{waiting.key}/exports/mztab").status_code == 404
    assert client.get(f"/api/runs/{waiting.key}/exports/mztab").status_code == 409
    for address in (f"/runs/{waiting.key}/exports/mztab", f"/api/runs/{waiting.key}/exports/mztab"):
        assert Client().get(address).status_code == 404
