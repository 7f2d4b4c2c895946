import io
from datetime import timedelta
from typing import Any

import pytest

from liqi.access import orders
from liqi.access.models import Order
from liqi.accounts.models import Person
from liqi.answers import execution, run, storage, thread
from liqi.answers.models import Run

from .conftest import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def order(person: Person) -> Order:
    return orders.open(person=person, title="Pesticides in tea", now=NOW)


def bring(order: Order, content: bytes, minutes: int = 1) -> Any:
    now = NOW + minutes * MINUTE
    return storage.keep(io.BytesIO(content), name="tea.txt", person=order.person, order=order, now=now)


def begin(order: Order, file: Any, minutes: int = 2) -> Run:
    now = NOW + minutes * MINUTE
    return run.start(method="test.count", files=[file], person=order.person, order=order, now=now)


def test_the_chain_grows_from_need_to_report(order: Order) -> None:
    assert [step.kind for step in thread.read(order, now=NOW).thread.steps] == ["need"]
    file = bring(order, b"tea")
    chain = thread.read(order, now=NOW)
    assert [step.kind for step in chain.thread.steps] == ["need", "file"]
    assert (chain.next.verb, chain.next.thing) == ("answer", file)
    one = begin(order, file)
    assert thread.read(order, now=NOW).next.verb == "wait"
    execution.perform(key=one.key, clock=lambda: NOW + 3 * MINUTE)
    chain = thread.read(order, now=NOW)
    assert [step.kind for step in chain.thread.steps] == ["need", "file", "run", "answer", "report"]
    assert (chain.next.verb, chain.next.thing) == ("read", one)
    assert chain.answered == [one]


def test_a_failed_run_asks_for_another(order: Order) -> None:
    one = begin(order, bring(order, b"bad"))
    execution.perform(key=one.key, clock=lambda: NOW + 3 * MINUTE)
    chain = thread.read(order, now=NOW)
    assert chain.next.verb == "answer"
    assert chain.answered == []


def test_a_finished_order_asks_for_nothing(order: Order) -> None:
    bring(order, b"tea")
    orders.finish(order=order, person=order.person, now=NOW)
    assert thread.read(order, now=NOW).next.verb == "nothing"


def test_a_long_chain_costs_as_few_queries_as_a_short_one(order: Order, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        begin(order, bring(order, b"tea %d" % number))
    with django_assert_max_num_queries(7):
        thread.read(Order.objects.select_related("person", "instrument", "service").get(pk=order.pk), now=NOW)
