"""Harvests that are cut, led in circles, answered with nonsense or overtaken."""

import pytest

from liqi.catalogue.federation import _fetching, harvesting
from liqi.catalogue.models import (
    Harvest,
    HarvestState,
    Instrument,
)
from tests.catalogue.federation.elsewhere import NOW, Elsewhere, envelope, harvest, page, told

pytestmark = pytest.mark.django_db


def test_a_cut_pass_goes_on_from_its_token(elsewhere: Elsewhere, source: Harvest) -> None:
    def cut(arguments: dict[str, str]) -> bytes:
        if arguments.get("resumptionToken") == "two":
            raise KeyboardInterrupt
        return page(told("a"), token="two")

    elsewhere.answer = cut
    with pytest.raises(KeyboardInterrupt):
        harvest(source)
    source.refresh_from_db()
    assert (source.state, source.token, source.seen) == (HarvestState.RUNNING, "two", 1)
    elsewhere.asked.clear()
    elsewhere.answer = lambda _: page(told("b"))
    harvest(source)
    assert elsewhere.asked == [{"verb": "ListRecords", "resumptionToken": "two"}]
    assert (source.state, source.seen, Instrument.objects.count()) == (HarvestState.DONE, 2, 2)


def test_a_token_that_grew_old_begins_the_pass_anew(elsewhere: Elsewhere, source: Harvest) -> None:
    old = iter([True])

    def answer(arguments: dict[str, str]) -> bytes:
        if "resumptionToken" not in arguments:
            return page(told("a"), token="t")
        return envelope('<error code="badResumptionToken">old</error>') if next(old, False) else page(told("b"))

    elsewhere.answer = answer
    harvest(source)
    assert (source.restarts, Instrument.objects.count()) == (1, 2)


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_repository_that_leads_in_a_circle_is_left(elsewhere: Elsewhere, source: Harvest, length: int) -> None:
    tokens = iter(range(10_000))
    elsewhere.answer = lambda _: page(told("a"), token=f"t{next(tokens) % length}")
    with pytest.raises(harvesting.Failed, match="circle"):
        harvest(source)
    assert len(elsewhere.asked) < 10 + 4 * length


def test_a_busy_server_and_a_torn_answer_are_asked_again(
    elsewhere: Elsewhere, source: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    answers = iter([_fetching.Unreachable("busy", 7.0), b"<OAI-PMH", page(told("a"))])

    def answer(_arguments: dict[str, str]) -> bytes:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    elsewhere.answer = answer
    harvesting.run(source, clock=lambda: NOW, sleep=waits.append)
    assert waits == [7.0, harvesting.WAITS_S[1]]
    assert source.created == 1


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH/>',
        b'<?xml version="1.0"?><!DOCTYPE OAI-PMH SYSTEM "file:///etc/passwd"><OAI-PMH/>',
        b"<html>not here</html>",
        b"\xff\xfe\x00nonsense",
        b"",
        b"<a>" * 5000,
    ],
)
def test_a_hostile_or_broken_answer_ends_in_one_sentence(elsewhere: Elsewhere, source: Harvest, hostile: bytes) -> None:
    elsewhere.answer = lambda _: hostile
    with pytest.raises(harvesting.Failed):
        harvest(source)
    source.refresh_from_db()
    assert source.state == HarvestState.FAILED
    assert source.message


def test_whoever_was_overtaken_writes_nothing(elsewhere: Elsewhere, source: Harvest) -> None:
    def answer(_arguments: dict[str, str]) -> bytes:
        Harvest.objects.update(runner="another")
        return page(told("a"))

    elsewhere.answer = answer
    with pytest.raises(harvesting.Overtaken):
        harvest(source)
    assert not Instrument.objects.exists()
