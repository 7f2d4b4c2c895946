"""The same is answered once, what changed is compared."""

import dataclasses
import io
from typing import Any

import pytest

from liqi.accounts.models import Person
from liqi.answers import answer, comparison, execution, recomputation, run, storage
from liqi.answers.models import Run
from liqi.methods import Answer, Finding, Text

from . import conftest
from .conftest import NOW

pytestmark = pytest.mark.django_db


def answered(person: Person, name: str = "a.txt", **more: Any) -> Run:
    file = storage.keep(io.BytesIO(b"hello"), name=name, person=person, now=NOW)
    one = run.start(method="test.count", files=[file], person=person, now=NOW, **more)
    return worked(one)


def worked(one: Run) -> Run:
    execution.perform(key=one.key, clock=lambda: NOW)
    one.refresh_from_db()
    assert one.state == "done"
    return one


def test_the_same_file_method_and_settings_are_answered_once(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answered(person)
    monkeypatch.setattr(execution, "_run", lambda *_: pytest.fail("computed again"))
    second = answered(person, name="b.txt")
    assert (second.same_as, second.answer_key) == (first, first.answer_key)
    assert answer.read(second)["inputs"][0]["path"] == "b.txt"
    assert answer.read(second)["findings"] == answer.read(first)["findings"]
    assert recomputation.former(second) is None


def test_another_setting_is_another_answer(person: Person) -> None:
    first, second = answered(person), answered(person, parameters={"factor": "2"})
    assert second.same_as is None
    assert second.answer_key != first.answer_key
    assert recomputation.former(second) is None


def test_nobody_is_given_an_answer_they_may_not_see(person: Person, other: Person) -> None:
    first = answered(person)
    assert answered(other).same_as is None
    assert recomputation.former(answered(other)) != first


def test_a_run_asked_for_anew_is_computed_and_agrees(person: Person) -> None:
    first = answered(person)
    second = worked(run.start_again(run=first, person=person, now=NOW))
    assert second.same_as is None
    assert recomputation.former(second) == first
    compared = comparison.compare(answer.read(first), answer.read(second))
    assert compared.same
    assert not compared.circumstances


def test_a_new_version_is_computed_and_says_what_differs(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answered(person)

    def twice(*_: Any) -> Answer:
        return Answer("counted", Text.same("10"), [Finding("bytes", 10, "B", 0.0), Finding("lines", 1, "1")])

    monkeypatch.setattr(conftest, "COUNT", dataclasses.replace(conftest.COUNT, version="2.0", function=twice))
    second = answered(person)
    assert second.same_as is None
    assert recomputation.former(second) == first
    compared = comparison.compare(answer.read(first), answer.read(second))
    assert [(line.name, line.before, line.after, line.change) for line in compared.differing] == [
        ("bytes", 5, 10, 5.0),
        ("lines", None, 1, None),
    ]
    assert compared.circumstances == [("method", "test.count 1.0", "test.count 2.0")]


def test_files_that_differ_are_told_by_name_and_hash_and_a_name_alone_is_no_difference() -> None:
    def of(*files: tuple[str, str]) -> dict[str, Any]:
        inputs = [{"path": f"/lent/{name}", "sha256": sha, "size": 1} for name, sha in files]
        return Answer("x", Text.same("x"), []).as_json() | {"method": "m", "version": "1", "inputs": inputs}

    compared = comparison.compare(of(("a.csv", "0" * 64), ("c.csv", "2" * 64)), of(("b.csv", "1" * 64)))
    assert compared.circumstances == [
        ("file 1", "a.csv (000000000000)", "b.csv (111111111111)"),
        ("file 2", "c.csv (222222222222)", ""),
    ]
    assert not comparison.compare(of(("a.csv", "0" * 64)), of(("b.csv", "0" * 64))).circumstances


def test_numbers_that_differ_by_rounding_alone_are_the_same() -> None:
    def of(value: float) -> dict[str, Any]:
        told = Answer("x", Text.same("x"), [Finding("sum", value, "1")]).as_json()
        return told | {"method": "m", "version": "1"}

    assert comparison.compare(of(0.1 + 0.2), of(0.3)).same
    assert not comparison.compare(of(0.3), of(0.3001)).same
    assert comparison.compare(of(5), of(5.0000000000001)).same
    assert comparison.compare(of(5.0000000000001), of(5)).same


def test_another_uncertainty_is_a_difference() -> None:
    def of(u: float) -> dict[str, Any]:
        told = Answer("x", Text.same("x"), [Finding("sum", 1.0, "1", u)]).as_json()
        return told | {"method": "m", "version": "1"}

    assert comparison.compare(of(0.1), of(0.1)).same
    assert not comparison.compare(of(0.1), of(0.2)).same
