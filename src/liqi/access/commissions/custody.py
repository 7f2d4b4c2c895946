"""The chain of custody: every hand-over of a sample is one link, and what breaks the chain is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers, progress, storage
from liqi.access.commissions.samples import Taken
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Commission, Custody, Sample, StoragePlace
from liqi.accounts import journal
from liqi.accounts.models import Person

__all__ = ["ALLOWED", "Gap", "HandOver", "gaps", "hand_over", "split"]

State, Verb = Sample.State, Custody.Verb
ALLOWED: dict[str, tuple[str, ...]] = {
    State.EXPECTED: (Verb.SEND, Verb.RECEIVE),
    State.HELD: (Verb.MOVE, Verb.TAKE, Verb.SPLIT, Verb.CONSUME, Verb.COUNT, Verb.RETURN, Verb.DISPOSE),
    State.OUT: (Verb.MOVE, Verb.TAKE, Verb.SPLIT, Verb.CONSUME, Verb.RETURN, Verb.DISPOSE),
    State.CONSUMED: (),
    State.DISPOSED: (),
    State.RETURNED: (),
}
"""What may be done with a sample in each of its states: one table."""
AFTER: dict[str, str] = {
    Verb.SEND: State.EXPECTED,
    Verb.RECEIVE: State.HELD,
    Verb.MOVE: State.HELD,
    Verb.TAKE: State.OUT,
    Verb.DISPOSE: State.DISPOSED,
    Verb.RETURN: State.RETURNED,
}
"""The state after a hand-over; splitting, using a part and checking leave the state as it is."""
_CLOSED_TO = (Commission.State.DRAFT, Commission.State.WITHDRAWN)
MOST_ALIQUOTS = 96


@dataclass(frozen=True)
class HandOver:
    """What is written down at one hand-over, beside who and when."""

    place: StoragePlace | None = None
    slot: str = ""
    giver: str = ""
    temperature_c: Decimal | None = None
    condition: str = ""
    quantity: Decimal | None = None
    """What is left after it, in the unit of the sample; none where that was not looked at."""
    note: str = ""


@dataclass(frozen=True)
class Gap:
    """Where the chain is broken or doubtful: at which link, and why in one sentence."""

    number: int
    words: str


def hand_over(*, sample: Sample, verb: str, person: Person, now: datetime, facts: HandOver | None = None) -> Custody:
    """The sample went through this hand-over and lies where it says; the link is the next of its chain.

    When it was the last awaited sample of an accepted order, the order is received by it.
    Raises NotPossible, WrongPlace, Taken (the position holds another sample), NotAllowed.
    """
    facts = facts or HandOver()
    with transaction.atomic():
        held, commission = _locked(sample)
        _require(held, commission, verb, person)
        facts = _in_place(held, verb, facts)
        link = _write(held, verb, person, now, facts)
        journal.write(person=person, verb=f"sample {verb}", thing=held, at=now, number=link.number)
        if verb == Verb.RECEIVE:
            _receive_order(commission, person, now)
    for name in ("state", "place", "slot", "quantity"):
        setattr(sample, name, getattr(held, name))
    return link


def split(
    *, sample: Sample, parts: Sequence[Decimal | None], person: Person, now: datetime, note: str = ""
) -> list[Sample]:
    """As many aliquots as amounts are given come out of the sample, each with a label and a chain of its own."""
    if not 1 <= len(parts) <= MOST_ALIQUOTS:
        raise NotPossible(_("Found %(n)d aliquots; expected 1 to %(most)d.") % {"n": len(parts), "most": MOST_ALIQUOTS})
    taken = sum((part for part in parts if part is not None), Decimal(0))
    with transaction.atomic():
        held, commission = _locked(sample)
        _require(held, commission, Verb.SPLIT, person)
        if held.quantity is not None and taken > held.quantity:
            raise NotPossible(
                _("Found %(taken)s %(unit)s to be taken out; only %(left)s %(unit)s are left.")
                % {"taken": taken, "left": held.quantity.normalize(), "unit": held.unit}
            )
        left = None if held.quantity is None else held.quantity - taken
        _write(held, Verb.SPLIT, person, now, HandOver(held.place, held.slot, quantity=left, note=note))
        made = [_aliquot(held, part, person, now) for part in parts]
        journal.write(person=person, verb="sample split", thing=held, at=now, aliquots=[one.key for one in made])
    sample.quantity = held.quantity
    return made


def gaps(sample: Sample, links: Sequence[Custody]) -> list[Gap]:
    """Every place where the chain is broken or doubtful, in the order of the chain; nothing for an unbroken one."""
    found: list[Gap] = []
    before: Custody | None = None
    bounds = bounds_of(sample)
    for place, link in enumerate(links, start=1):
        if link.number != place:
            found.append(Gap(link.number, _("a link is missing before this one")))
        if before is None and link.verb not in (Verb.SEND, Verb.RECEIVE, Verb.SPLIT):
            found.append(Gap(link.number, _("the chain does not begin with a sending or a receipt")))
        if before is not None and link.at < before.at:
            found.append(Gap(link.number, _("it is dated before the link that it follows")))
        if (
            before is not None
            and before.verb == Verb.TAKE
            and link.person_id != before.person_id
            and (link.verb != Verb.TAKE)
        ):
            text = _("%(taker)s had taken it out, %(person)s put it on record without a hand-over")
            found.append(Gap(link.number, text % {"taker": before.person, "person": link.person}))
        if link.temperature_c is not None and bounds and not bounds[0] <= link.temperature_c <= bounds[1]:
            text = _("found at %(found)s °C; to be kept at %(wanted)s")
            found.append(Gap(link.number, text % {"found": link.temperature_c, "wanted": sample.storage}))
        if link.verb == Verb.RECEIVE and link.temperature_c is None and sample.storage != Sample.Storage.ROOM:
            found.append(Gap(link.number, _("cooled, and no temperature was written down at the receipt")))
        before = link
    if before is not None and sample.state == State.HELD and sample.place_id is None:
        found.append(Gap(before.number, _("nobody wrote down where it lies")))
    if before is None and sample.state != State.EXPECTED:
        found.append(Gap(0, _("it has a state and no chain")))
    return found


def bounds_of(sample: Sample) -> tuple[Decimal, Decimal] | None:
    """The least and highest temperature of its storage class, in °C."""
    return {
        "15..25 °C": (Decimal(15), Decimal(25)),
        "2..8 °C": (Decimal(2), Decimal(8)),
        "-25..-15 °C": (Decimal(-25), Decimal(-15)),
        "-90..-65 °C": (Decimal(-90), Decimal(-65)),
        "..-150 °C": (Decimal(-273), Decimal(-150)),
    }.get(sample.storage)


def _locked(sample: Sample) -> tuple[Sample, Commission]:
    held = Sample.objects.select_for_update(of=("self",)).select_related("order__service__institution", "place")
    found = held.get(pk=sample.pk)
    return found, Commission.objects.select_related("order").get(order=found.order)


def _require(sample: Sample, commission: Commission, verb: str, person: Person) -> None:
    order = sample.order
    if verb == Verb.SEND and not keepers.answers_for(person, order.service):
        keepers.require_customer(person, order)
    elif verb != Verb.SEND:
        keepers.require_keeper(person, order.service)
    if commission.state in _CLOSED_TO and verb in (Verb.SEND, Verb.RECEIVE):
        raise NotPossible(
            _("The order of %(sample)s is “%(state)s”; it must be sent before its samples can be handed over.")
            % {"sample": sample.name, "state": commission.get_state_display()}
        )
    if verb not in ALLOWED[sample.state]:
        known = ", ".join(str(Verb(one).label) for one in ALLOWED[sample.state]) or _("nothing more")
        raise NotPossible(
            _("%(sample)s is “%(state)s”; what can be written down now: %(known)s.")
            % {"sample": sample.name, "state": sample.get_state_display(), "known": known}
        )


def _in_place(sample: Sample, verb: str, facts: HandOver) -> HandOver:
    """The facts with the place the sample lies in afterwards: none outside, the first free position of a box."""
    if verb in (Verb.COUNT, Verb.CONSUME, Verb.SPLIT) and facts.place is None:
        return HandOver(
            sample.place, sample.slot, facts.giver, facts.temperature_c, facts.condition, facts.quantity, facts.note
        )
    if verb not in (Verb.RECEIVE, Verb.MOVE):
        return HandOver(None, "", facts.giver, facts.temperature_c, facts.condition, facts.quantity, facts.note)
    place = facts.place
    if place is None:
        if verb == Verb.MOVE:
            raise storage.WrongPlace(_("Found no place; choose where the sample lies now."))
        return facts
    if sample.order.service is not None and place.facility_id != sample.order.service.facility_id:
        raise storage.WrongPlace(
            _("“%(place)s” belongs to another facility; choose a place of your own.") % {"place": place}
        )
    slot = facts.slot.strip().upper()
    if place.kind != StoragePlace.Kind.BOX:
        slot = ""
    elif not slot:
        slot = storage.free_slot(place)
    elif slot not in storage.slots(place):
        raise storage.WrongPlace(
            _("Found the position “%(slot)s”; the box “%(box)s” has %(first)s to %(last)s.")
            % {"slot": slot, "box": place, "first": storage.slots(place)[0], "last": storage.slots(place)[-1]}
        )
    return HandOver(place, slot, facts.giver, facts.temperature_c, facts.condition, facts.quantity, facts.note)


def _write(sample: Sample, verb: str, person: Person, now: datetime, facts: HandOver) -> Custody:
    """The next link, and the sample as it is after it."""
    last = sample.custody.order_by("-number").values_list("number", flat=True).first() or 0
    sample.state = AFTER.get(verb, sample.state)
    if facts.quantity is not None:
        if facts.quantity < 0:
            raise NotPossible(_("Found less than nothing left; write what is left in the vessel."))
        sample.quantity = facts.quantity
    if verb == Verb.CONSUME and (facts.quantity is None or facts.quantity == 0):
        sample.state, facts = State.CONSUMED, HandOver(note=facts.note, quantity=Decimal(0))
        sample.quantity = Decimal(0) if sample.quantity is not None else None
    lies = sample.state == State.HELD
    sample.place, sample.slot = (facts.place, facts.slot) if lies else (None, "")
    values: dict[str, Any] = {
        "giver": facts.giver[:120], "place": facts.place, "slot": facts.slot, "temperature_c": facts.temperature_c,
        "condition": facts.condition if facts.condition in Custody.Condition.values else "",
        "quantity": sample.quantity, "note": facts.note[:300],
    }  # fmt: skip
    try:
        with transaction.atomic():
            sample.save(update_fields=["state", "place", "slot", "quantity"])
            return Custody.objects.create(
                sample=sample, number=last + 1, verb=verb, at=now, person=person, synthetic=sample.synthetic, **values
            )
    except IntegrityError:
        raise Taken(
            _("The position %(slot)s of “%(place)s” holds another sample; choose a free one.")
            % {"slot": facts.slot, "place": facts.place}
        ) from None


def _aliquot(parent: Sample, amount: Decimal | None, person: Person, now: datetime) -> Sample:
    count, number = parent.aliquots.count() + 1, 0
    last = parent.order.samples.order_by("-number").values_list("number", flat=True).first() or 0
    number = last + 1
    made = Sample.objects.create(
        order=parent.order, number=number, name=f"{parent.name[:70]}/{count}", kind=parent.kind, matrix=parent.matrix,
        quantity=amount, unit=parent.unit if amount is not None else "", container=parent.container,
        hazards=parent.hazards, storage=parent.storage, facts=parent.facts, parent=parent, state=State.OUT,
        registered_at=now, synthetic=parent.synthetic, keep_until=parent.keep_until,
    )  # fmt: skip
    Custody.objects.create(
        sample=made, number=1, verb=Verb.SPLIT, at=now, person=person, giver=parent.key, quantity=amount,
        synthetic=parent.synthetic,
    )  # fmt: skip
    return made


def _receive_order(commission: Commission, person: Person, now: datetime) -> None:
    """An accepted order is received with the last of its samples."""
    if commission.state != Commission.State.ACCEPTED:
        return
    if not commission.order.samples.filter(state=State.EXPECTED).exists():
        progress.take(commission=commission, verb="receive", person=person, now=now)
