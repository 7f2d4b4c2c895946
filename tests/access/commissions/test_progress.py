"""The order of a service goes from state to state by its table of steps, and by nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access import orders, thread
from liqi.access.commissions import custody, feedback, progress, queue, reminders, results, states
from liqi.access.commissions.results import Reading
from liqi.access.commissions.states import STEPS, NotPossible
from liqi.access.models import Commission, GroupTerms, Order, ServiceTerms
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Notice, Person
from liqi.catalogue.models import Service
from tests.access.commissions.conftest import register, take
from tests.access.conftest import NOW

Bring = Callable[[Order, str], Commission]
ALL = list(Commission.State.values)


def test_every_step_leads_from_known_states_into_a_known_one_and_tells_somebody() -> None:
    from liqi.accounts.notices import KINDS

    for step in STEPS.values():
        assert set(step.before) <= set(ALL)
        assert step.after in ALL
        assert step.side in ("customer", "facility")
        assert f"order.{step.verb}" in KINDS
    reached = {"draft"} | {step.after for step in STEPS.values()}
    assert reached == set(ALL)


def test_a_step_that_the_table_does_not_allow_is_refused_with_words(order: Order, wei: Person, guest: Person) -> None:
    refused = 0
    for state in ALL:
        values: dict[str, Any] = {"state": state}
        if state in Commission.OPENED:
            values |= {"released_by": wei, "released_at": NOW}
        Commission.objects.filter(order=order).update(**values)
        for verb, step in STEPS.items():
            if state in step.before:
                continue
            person = guest if step.side == "customer" else wei
            with pytest.raises(NotPossible, match="What can be done now"):
                take(order, verb, person, reason="because")
            assert Commission.objects.get(order=order).state == state
            refused += 1
    assert not order.commission.steps.exists()
    assert refused == len(ALL) * len(STEPS) - sum(len(step.before) for step in STEPS.values())


def test_an_order_begins_as_a_draft_and_is_sent_only_when_complete(order: Order, guest: Person, form: Any) -> None:
    commission = order.commission
    assert (commission.state, commission.form) == ("draft", None)  # opened before the form was made
    commission.form = form
    commission.save()
    with pytest.raises(NotPossible, match=r"“Solvent” is not answered; no sample is registered"):
        take(order, "submit", guest)
    commission.answers = {"solvent": "methanol"}
    commission.save()
    register(order, guest, "A", facts={"mass": 1.5})
    assert take(order, "submit", guest).state == "submitted"


def test_each_step_says_who_when_why_and_tells_the_other_side(
    order: Order, guest: Person, wei: Person, han: Person
) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    assert {notice.person for notice in Notice.objects.filter(kind="order.submit")} == {wei, han}
    with pytest.raises(NotPossible, match="no reason"):
        take(order, "send_back", wei)
    take(order, "send_back", wei, reason="Which solvent?")
    step = order.commission.steps.get(number=2)
    assert (step.before, step.after, step.person, step.reason, step.at) == (
        "submitted", "draft", wei, "Which solvent?", NOW,
    )  # fmt: skip
    told = Notice.objects.get(kind="order.send_back")
    assert (told.person, told.link, told.facts["reason"]) == (guest, f"/orders/{order.key}/", "Which solvent?")
    assert JournalEntry.objects.filter(thing="access.order", thing_id=str(order.pk), verb="send_back").count() == 1


def test_only_the_right_side_takes_a_step(order: Order, guest: Person, wei: Person, member: Person) -> None:
    register(order, guest, "A")
    for person in (wei, member):
        with pytest.raises(NotAllowed, match="Gast's"):
            take(order, "submit", person)
    take(order, "submit", guest)
    with pytest.raises(NotAllowed, match="stewards"):
        take(order, "refuse", guest, reason="x")


def test_the_same_click_twice_is_one_step(order: Order, guest: Person) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    assert take(order, "submit", guest).state == "submitted"
    assert order.commission.steps.count() == 1


def test_is_taken_on_at_the_listed_price_only_where_the_terms_say_so(
    order: Order, service: Service, guest: Person, wei: Person
) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    with pytest.raises(NotPossible, match="accepted quote first"):
        take(order, "take_on", wei)
    ServiceTerms.objects.create(service=service, quote_needed=False)
    Service.objects.update(price_cny=None)
    with pytest.raises(NotPossible, match="no listed price"):
        take(order, "take_on", wei)
    Service.objects.update(price_cny=800)
    GroupTerms.objects.create(organisation=guest.organisations.get(), lead_accepts=True)
    from tests.access.commissions.conftest import make_lead

    make_lead("Boss", guest.organisations.get())
    with pytest.raises(NotPossible, match="a lead"):
        take(order, "take_on", wei)
    GroupTerms.objects.all().delete()
    assert take(order, "take_on", wei).state == "accepted"


def test_the_last_sample_received_receives_the_order_and_sets_the_day(order: Order, wei: Person, bring: Bring) -> None:
    bring(order, "accepted")
    first, second = order.samples.all()
    custody.hand_over(sample=first, verb="receive", person=wei, now=NOW)
    assert Commission.objects.get(order=order).state == "accepted"
    with pytest.raises(NotPossible, match="B"):
        take(order, "receive", wei)
    custody.hand_over(sample=second, verb="receive", person=wei, now=NOW)
    commission = Commission.objects.get(order=order)
    assert (commission.state, commission.due_on) == ("received", date(2026, 11, 26))


def test_who_measured_does_not_release(order: Order, wei: Person, han: Person, bring: Bring) -> None:
    bring(order, "in review")
    with pytest.raises(NotAllowed, match="four eyes"):
        take(order, "release", wei)
    released = take(order, "release", han)
    assert (released.released_by, released.measured_by) == (han, wei)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commission.objects.filter(order=order).update(released_by=wei)


def test_who_wrote_a_result_down_does_not_release_either(order: Order, wei: Person, han: Person, bring: Bring) -> None:
    bring(order, "in review")
    results.write(order=order, readings=[Reading("A", "lead", "1.50", "0.06", "mg/kg")], person=han, now=NOW)
    with pytest.raises(NotAllowed, match="four eyes"):
        take(order, "release", han)


def test_one_pair_of_eyes_is_enough_where_the_terms_say_so(order: Order, wei: Person, bring: Bring) -> None:
    Commission.objects.filter(order=order).update(four_eyes=False)
    bring(order, "in review")
    assert take(order, "release", wei).state == "released"


def test_results_are_seen_by_the_customer_after_the_release(
    order: Order, guest: Person, wei: Person, han: Person, bring: Bring
) -> None:
    bring(order, "in review")
    order = Order.objects.get(pk=order.pk)
    assert (results.seen_by(order, guest), results.seen_by(order, wei)) == (False, True)
    take(order, "release", han)
    order = Order.objects.get(pk=order.pk)
    assert results.seen_by(order, guest)
    take(order, "recall", han, reason="wrong unit")
    assert not results.seen_by(Order.objects.get(pk=order.pk), guest)


def test_results_are_written_in_the_work_and_its_review_only(order: Order, wei: Person, bring: Bring) -> None:
    bring(order, "accepted")
    reading = Reading("A", "lead", "<0.010", unit="mg/kg", method="GB 5009.12-2023")
    with pytest.raises(NotPossible, match="accepted"):
        results.write(order=order, readings=[reading], person=wei, now=NOW)
    for sample in order.samples.all():
        custody.hand_over(sample=sample, verb="receive", person=wei, now=NOW)
    take(order, "begin", wei)
    (made,) = results.write(order=order, readings=[reading], person=wei, now=NOW)
    assert results.shown(made) == "< 0.010 mg/kg"
    with pytest.raises(results.WrongResults, match="row 2") as refused:
        results.write(order=order, readings=[Reading("A", "x", "1"), Reading("Z", "x", "1")], person=wei, now=NOW)
    assert [one.row for one in refused.value.problems] == [2]
    assert results.Result.objects.count() == 1
    results.write(order=order, readings=[Reading("A", "lead", "0.02", "0.004", "mg/kg")], person=wei, now=NOW)
    assert [results.shown(one) for one in results.Result.objects.all()] == ["0.02 ± 0.004 mg/kg"]
    line = JournalEntry.objects.filter(verb="wrote result").latest("pk")
    assert (line.facts["before"], line.facts["value"]) == ("< 0.010 mg/kg", "0.02 ± 0.004 mg/kg")


def test_is_closed_when_every_sample_has_gone(order: Order, wei: Person, guest: Person, bring: Bring) -> None:
    bring(order, "released")
    held = order.samples.first()
    assert held is not None
    assert held.keep_until == date(2026, 11, 21) + timedelta(days=90)
    with pytest.raises(NotPossible, match=r"A, B"):
        take(order, "close", wei)
    for sample, verb in zip(order.samples.all(), ("return", "dispose"), strict=True):
        custody.hand_over(sample=sample, verb=verb, person=wei, now=NOW)
    assert take(order, "close", wei).state == "closed"
    assert Order.objects.get(pk=order.pk).state == "done"


def test_feedback_is_given_after_the_release_and_by_the_customer(
    order: Order, guest: Person, wei: Person, bring: Bring
) -> None:
    bring(order, "in review")
    with pytest.raises(NotPossible):
        feedback.give(order=order, grade=5, person=guest, now=NOW)
    bring_on = take(order, "release", Person.objects.get(name="Han"))
    assert bring_on.state == "released"
    with pytest.raises(NotAllowed):
        feedback.give(order=order, grade=5, person=wei, now=NOW)
    with pytest.raises(ValueError, match="1 to 5"):
        feedback.give(order=order, grade=6, person=guest, now=NOW)
    feedback.give(order=order, grade=3, person=guest, now=NOW)
    feedback.give(order=order, grade=4, person=guest, now=NOW, text="quick")
    assert order.service is not None
    assert feedback.summary([order.service.pk]) == (1, 4)


def test_an_order_under_way_is_refused_withdrawn_and_taken_up_again(order: Order, guest: Person, wei: Person) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    take(order, "refuse", wei, reason="out of scope")
    assert Order.objects.get(pk=order.pk).state == "closed"
    take(order, "reconsider", wei)
    take(order, "withdraw", guest)
    take(order, "reopen", guest)
    assert Order.objects.get(pk=order.pk).state == "open"
    assert [step.number for step in order.commission.steps.all()] == [1, 2, 3, 4, 5]
    with pytest.raises(orders.NotPossible):
        orders.finish(order=order, person=guest, now=NOW)


def test_the_thread_shows_every_step_and_gathers_hand_overs(order: Order, bring: Bring) -> None:
    bring(order, "in work")
    read = thread.read(Order.objects.get(pk=order.pk), now=NOW)
    kinds = [step.kind for step in read.steps]
    assert kinds.count("state") == 4
    assert kinds.count("custody") == 1
    assert (read.next.verb, read.next.words) == ("commission", "The facility measures the samples.")
    assert states.turn_of("in work") == "facility"


def test_the_board_shows_orders_by_state_and_what_is_late(
    order: Order, wei: Person, guest: Person, bring: Bring, django_assert_max_num_queries: Any
) -> None:
    bring(order, "in work")
    late = date(2026, 12, 1)
    with django_assert_max_num_queries(2):
        board = queue.board(wei, today=late)
    (card,) = next(column.cards for column in board if column.state == "in work")
    assert (card.samples, card.held, card.overdue, card.turn) == (2, 2, True, "facility")
    assert not queue.board(guest, today=late)[4].cards
    assert list(queue.mine(guest)) == [order]


def test_what_is_late_is_told_of_once(order: Order, wei: Person, han: Person, bring: Bring) -> None:
    bring(order, "released")
    assert reminders.remind(now=NOW) == 0
    later = NOW + timedelta(days=120)
    assert reminders.remind(now=later) == 1
    assert reminders.remind(now=later) == 0
    assert {one.person for one in Notice.objects.filter(kind="samples.overdue")} == {wei, han}
    assert progress.today(NOW) == date(2026, 11, 21)
