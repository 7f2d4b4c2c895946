"""What tests cost in processor time, told at the end: ``./run test -p tests.cost -n 2`` or with the tests named.

Not by the clock, which also runs while others work. Programs count that a test starts and waits for; a PostgreSQL
server, which outlives its tests, does not.
"""

import os
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

MOST = 25
"""So many lines of each table are told at most."""
LEAST_S = 0.1
KEY = "processor seconds"

_fixtures: list[tuple[str, float]] = []
_by_test: Counter[str] = Counter()
_by_fixture: Counter[str] = Counter()


def spent_s() -> float:
    """By this process and the programs that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
    """What a fixture of several tests costs is told apart: it is paid by the first of them."""
    began = spent_s()
    made = yield
    if fixturedef.scope != "function":
        _fixtures.append((f"{fixturedef.baseid}::{fixturedef.argname}", spent_s() - began))
    return made


def _counted(item: pytest.Item) -> Generator[None, Any, Any]:
    began = spent_s()
    try:
        return (yield)
    finally:
        item.user_properties.append((KEY, spent_s() - began))
        item.user_properties.extend((f"{KEY} of {name}", cost) for name, cost in _fixtures)
        _fixtures.clear()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Counted."""
    return (yield from _counted(item))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Counted."""
    return (yield from _counted(item))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Counted."""
    return (yield from _counted(item))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """The last report of a test carries what all its parts cost, from whichever process it comes."""
    if report.when != "teardown":
        return
    for name, cost in report.user_properties:
        if name == KEY:
            _by_test[report.nodeid] += float(str(cost))
        elif name.startswith(KEY):
            _by_fixture[name.removeprefix(f"{KEY} of ")] += float(str(cost))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The files, tests and shared fixtures that cost most."""
    files: Counter[str] = Counter()
    for test, cost in _by_test.items():
        files[test.partition("::")[0]] += cost
    terminalreporter.section(f"{sum(_by_test.values()):.0f} processor seconds in {len(_by_test)} tests")
    for what, costs in (("files", files), ("tests", _by_test), ("shared fixtures", _by_fixture)):
        terminalreporter.write_line(f"{what}:")
        for name, cost in costs.most_common(MOST):
            if cost >= LEAST_S:
                terminalreporter.write_line(f"{cost:9.1f}  {name}")
