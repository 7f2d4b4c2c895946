"""Notices: what a person is told of, kept in the transaction of the change that it tells of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.accounts.models import Notice, NoticeWishes, Person

__all__ = ["KINDS", "in_english", "read", "rename", "tell", "unread"]

KINDS: dict[str, Any] = {
    "harvest.failed": _("The harvest of “%(source)s” failed %(times)s times in a row; the last time: %(reason)s"),
    "order.submit": _("%(person)s sent the order “%(title)s”; it waits for you."),
    "order.send_back": _("%(person)s asks for more about the order “%(title)s”: %(reason)s"),
    "order.quote": _("%(person)s made a quote for the order “%(title)s”; accept it or withdraw the order."),
    "order.take_on": _("%(person)s took on the order “%(title)s”; send the samples."),
    "order.decline": _("%(person)s declined the quote for the order “%(title)s”; make another, or refuse the order."),
    "order.accept": _("%(person)s accepted the quote for the order “%(title)s”; its samples are on their way."),
    "order.receive": _("All samples of the order “%(title)s” have arrived."),
    "order.begin": _("%(person)s began the work on the order “%(title)s”."),
    "order.measure": _("%(person)s measured the samples of the order “%(title)s”; somebody else reviews them now."),
    "order.review": _("%(person)s reviews the results of the order “%(title)s”."),
    "order.rework": _("%(person)s sent the order “%(title)s” back to work: %(reason)s"),
    "order.release": _("The results of the order “%(title)s” are released; read them, and say how satisfied you are."),
    "order.recall": _("%(person)s took the results of the order “%(title)s” back: %(reason)s"),
    "order.close": _("%(person)s closed the order “%(title)s”."),
    "order.refuse": _("%(person)s refused the order “%(title)s”: %(reason)s"),
    "order.withdraw": _("%(person)s withdrew the order “%(title)s”. %(reason)s"),
    "order.reopen": _("%(person)s took up the order “%(title)s” again."),
    "order.reconsider": _("%(person)s looks at the order “%(title)s” again."),
    "order.graded": _("%(person)s graded the order “%(title)s”: %(grade)d of 5."),
    "order.overdue": _("The order “%(title)s” was promised for %(day)s and is not released yet."),
    "samples.overdue": _(
        "The samples of the order “%(title)s” were to be kept until %(day)s: return or dispose of them."
    ),
    "booking.cancelled": _("%(person)s cancelled your booking of %(instrument)s at %(start_at)s."),
    "qualification.granted": _("You are qualified: %(course)s. It expires: %(expires)s."),
    "qualification.revoked": _("Your qualification %(course)s is revoked: %(why)s"),
    "qualification.expires": _("Your qualification %(course)s expires on %(day)s; renew it in time."),
    "document.expires": _("Your acceptance of %(document)s ends on %(day)s; read it again and accept it."),
    "training.cancelled": _("The session of %(course)s at %(start_at)s is not held. %(why)s"),
    "training.seat": _("A place came free: you have a seat in %(course)s at %(start_at)s."),
    "training.check_failed": _("The practical check of %(course)s is not passed yet: %(notes)s"),
    "booking.moved": _("%(person)s moved your booking of %(instrument)s to %(start_at)s."),
    "booking.made": _("%(person)s booked %(instrument)s for you at %(start_at)s."),
    "booking.requested": _("%(person)s asks for %(instrument)s at %(start_at)s; answer the request."),
    "booking.approved": _("%(person)s approved your booking of %(instrument)s at %(start_at)s. %(words)s"),
    "booking.refused": _("%(person)s refused your booking of %(instrument)s at %(start_at)s. %(words)s"),
    "booking.expired": _("Nobody answered your request of %(instrument)s at %(start_at)s in time; the time is free."),
    "booking.outage": _(
        "%(instrument)s is out of use (%(words)s) during your booking at %(start_at)s; move or cancel it."
    ),
    "booking.outage_over": _("%(instrument)s is in use again; your booking at %(start_at)s stands."),
    "booking.soon": _("Your booking of %(instrument)s begins at %(start_at)s."),
    "access.webhook_stopped": _("The webhook to %(url)s took nothing for days and was switched off: %(reason)s"),
    "swap.proposed": _("%(person)s would swap their time with your booking of %(instrument)s at %(start_at)s."),
    "swap.done": _("Your booking was swapped with %(person)s's; yours is now %(instrument)s at %(start_at)s."),
    "swap.declined": _("%(person)s would rather keep their booking of %(instrument)s at %(start_at)s."),
    "waiting.offered": _("%(instrument)s is free at %(starts_at)s and held for you until %(expires_at)s."),
    "waiting.booked": _("%(instrument)s fell free and is booked for you at %(starts_at)s."),
    "waiting.expired": _("The offer of %(instrument)s at %(starts_at)s ended unanswered; you stay on the list."),
    "waiting.over": _("You wait no longer for “%(title)s”: the time is past, or offers went unanswered too often."),
    "no_show.released": _(
        "Your booking of %(instrument)s at %(starts_at)s was not begun within %(minutes)d min and was given free."
    ),
    "no_show.banned": _(
        "Your booking of %(instrument)s at %(starts_at)s was not begun and was given free. "
        "These are %(points)d no-shows, so you cannot book here until %(until_at)s."
    ),
    "no_show.forgiven": _("Your no-show on %(instrument)s is forgiven: %(why)s"),
    "quote.offered": _("Quote %(number)s for “%(title)s”: ¥ %(amount)s, until %(until)s. Accept or decline it."),
    "quote.accepted": _("Quote %(number)s for “%(title)s” is accepted."),
    "quote.declined": _("Quote %(number)s for “%(title)s” is declined."),
    "quote.withdrawn": _("Quote %(number)s for “%(title)s” is withdrawn."),
    "quote.expired": _("Quote %(number)s for “%(title)s” stood long enough and is over."),
    "charge.settled": _("“%(title)s” was paid from budget “%(budget)s”: ¥ %(amount)s."),
    "invoice.issued": _("Invoice %(number)s: ¥ %(amount)s, due on %(due)s."),
    "invoice.credited": _("Invoice %(number)s is taken back by credit note %(credit)s."),
    "invoice.part_credited": _("Credit note %(credit)s takes ¥ %(amount)s off invoice %(number)s."),
    "invoice.overdue": _("Invoice %(number)s of ¥ %(amount)s was due on %(due)s; pay it, or say what is wrong."),
    "voucher.applied": _("%(organisation)s applied for a voucher of ¥ %(amount)s: %(number)s."),
    "voucher.issued": _("Voucher %(number)s of ¥ %(amount)s is yours until %(until)s."),
    "voucher.refused": _("Your application for voucher %(number)s was refused: %(reason)s"),
    "customs.ending": _("Customs supervision of %(instrument)s ends on %(until)s; apply for its release."),
    "instrument.trouble": _("%(person)s reports a problem with %(instrument)s: %(words)s"),
    "incident.closed": _("The problem with %(instrument)s that you reported is closed: %(words)s"),
    "chore.given": _("%(person)s gave you a task at %(instrument)s: %(title)s"),
    "chore.comment": _("%(person)s about the task “%(title)s”: %(words)s"),
    "chore.overdue": _("The task “%(title)s” at %(instrument)s was due on %(day)s; do it, or change its day."),
    "maintenance.due": _("%(name)s of %(instrument)s falls due; plan an outage and record what was done."),
    "contract.ends": _("The contract with %(name)s for %(instrument)s ends on %(day)s; renew it in time."),
    "stock.low": _("“%(item)s” runs low: %(left)s %(unit)s left; order it again."),
    "fitting.needed": _(
        "The booking of %(instrument)s at %(start_at)s needs %(name)s: %(value)s; something else is fitted now."
    ),
    "session.ended_by_rule": _(
        "Your session on %(instrument)s was still running long after its booking; it was ended at %(end_at)s."
    ),
    "session.in_the_way": _(
        "%(person)s's session on %(instrument)s runs over; your booking there starts at %(start_at)s."
    ),
    "session.over": _("Your booking of %(instrument)s is over and your session still runs; end it when you leave."),
    "agent.silent": _("Nothing was heard of the agent %(agent)s of %(instrument)s since %(seen_at)s; look at its PC."),
    "control.out": _(
        "The check standard “%(name)s” of %(instrument)s is out of its limits at %(value)s (%(rules)s); "
        "look, then release."
    ),
    "files.going": _(
        "By the rule of retention %(count)d of your files go from %(day)s on, the first is %(name)s; "
        "download them, or say why they have to stay."
    ),
    "files.damaged": _("%(count)d stored files are damaged or missing, the first is %(name)s; restore a backup."),
    "answer.countersign": _("%(person)s signed the answer %(run)s and asks you to countersign it."),
    "answer.countersigned": _("%(person)s countersigned your answer %(run)s; it is final."),
    "answer.sent_back": _("%(person)s sent your signed answer %(run)s back: %(reason)s"),
    "arrival.filed": _("%(instrument)s sent %(name)s; it is in your order “%(title)s”."),
    "arrival.waits": _("A file of %(instrument)s waits in the inbox: %(name)s. Say whose it is."),
}
"""Every kind of notice and its sentence; the facts of a notice fill it in the language of whoever reads it."""


def tell(people: Iterable[Person], *, kind: str, now: datetime, link: str = "", **facts: Any) -> list[Notice]:
    """Each of the people has the notice; call it inside the transaction of the change.

    ``link`` is the path of the page where the person can act. The facts are words or numbers that JSON can keep;
    a moment goes in as ISO 8601 under a name that ends in ``_at`` and is shown on the reader's clock. Several of a
    kind go in as a list: the sentence names the first and counts the rest. A person goes in as they are: their name
    is kept with their number, so that it can be taken out again. So does what has an English name or title beside its
    own, for who reads English.
    Raises KeyError for a kind without a sentence.
    """
    KINDS[kind]
    told = {person.pk: person for person in people if person.is_active}
    kept: dict[str, Any] = {}
    for name, fact in facts.items():
        kept |= _kept(name, fact)
    return Notice.objects.bulk_create(
        Notice(person=person, kind=kind, facts=kept, link=link, at=now) for person in told.values()
    )


def in_english(name: str) -> str:
    """Under what the English name of this fact is kept."""
    return f"{name}_en"


def rename(person: Person, *, called: str) -> int:
    """Notices that others have of the person call them so from now on; how many there were.

    One from before numbers were kept is found by the name alone. In words that somebody typed the name is replaced too
    where the notice is of the person.
    """
    theirs = Q(facts__person_id=person.pk) | (Q(facts__person=str(person)) & ~Q(facts__has_key="person_id"))
    found = list(Notice.objects.filter(theirs))
    for notice in found:
        notice.facts = {name: _without(fact, person, called) for name, fact in notice.facts.items()}
    return Notice.objects.bulk_update(found, ["facts"], batch_size=500)


def _without(fact: Any, person: Person, called: str) -> Any:
    if isinstance(fact, list):
        return [_without(each, person, called) for each in fact]
    if not isinstance(fact, str):
        return fact
    for word in filter(None, (person.email, person.name)):
        fact = fact.replace(word, called)
    return fact


def unread(person: Person) -> int:
    """How many notices the person has not seen, without those about what they muted."""
    muted = NoticeWishes.objects.filter(person=person).values_list("muted", flat=True).first() or []
    rows = Notice.objects.filter(person=person, read_at=None)
    for subject in muted:
        rows = rows.exclude(kind__startswith=f"{subject}.")
    return rows.count()


def read(person: Person, *, now: datetime, only: Iterable[int] | None = None) -> int:
    """The person has seen all their notices, or only those with these numbers; how many were new."""
    rows = Notice.objects.filter(person=person, read_at=None)
    return (rows if only is None else rows.filter(pk__in=list(only))).update(read_at=now)


def _kept(name: str, fact: Any) -> dict[str, Any]:
    """The fact as JSON keeps it, with the number of a person and the English names of things that have one."""
    if isinstance(fact, Person):
        return {name: str(fact), f"{name}_id": fact.pk}
    if isinstance(fact, list):
        both = [_named(one) for one in fact]
        english = {in_english(name): [en or own for own, en in both]} if any(en for _own, en in both) else {}
        return {name: [own for own, _en in both]} | english
    own, en = _named(fact)
    return {name: own, in_english(name): en} if en else {name: own}


def _named(fact: Any) -> tuple[Any, str]:
    """What it is called, and in English where it says so; a plain word or number is itself."""
    for attribute in ("name", "title"):
        if hasattr(fact, in_english(attribute)):
            return getattr(fact, attribute), getattr(fact, in_english(attribute))
    return fact, ""
