"""Two records of one instrument made one, and made two again.

The kept record takes the chosen values of the other; what pointed at the other points at the kept one; the other
stays as a record that says where it went. `Merge.facts` holds all that is needed to take it back exactly.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import _pointers, _values, editing
from liqi.catalogue._pointers import Clash
from liqi.catalogue.editing import NotAllowed
from liqi.catalogue.models import Instrument, Merge, RecordChange, Service, Twins
from liqi.catalogue.search import note

__all__ = ["Clash", "NotAllowed", "NotAsItWas", "fields_to_take", "merge", "unmerge"]

IDENTICAL = "IsIdenticalTo"
_TICK = timedelta(microseconds=1)


class NotAsItWas(ValueError):
    """The records are not as they were when this was asked; the message says what changed and what to do."""


def fields_to_take() -> tuple[str, ...]:
    """The fields that a kept record may take from the other."""
    hung = ("contacts", "pictures", "related", "parent")
    return tuple(name for name in editing.fields_of(Instrument) if name not in hung)


def merge(
    kept: Instrument, other: Instrument, *, person: Person | None, now: datetime, take: Collection[str] = ()
) -> Merge:
    """`other` is merged into `kept`, which takes the named fields of it; `person=None` is the platform itself.

    Raises NotAllowed, Clash where both hold what only one can (a time, a running session), NotAsItWas.
    """
    for one in (kept, other):
        if person is not None and not editing.may_edit(person, one):
            raise NotAllowed(
                _("“%(record)s” is not yours to edit; ask its institution or an operator to merge.")
                % {"record": called(one)}
            )
    if kept.pk == other.pk:
        raise NotAsItWas(_("A record cannot be merged with itself; choose two records."))
    if unknown := sorted(set(take) - set(fields_to_take())):
        raise NotAsItWas(_("“%(field)s” is no field that can be taken over.") % {"field": unknown[0]})
    try:
        with transaction.atomic():
            kept, other = _locked(kept.pk, other.pk)
            return _merge(kept, other, person=person, now=now, take=sorted(take))
    except IntegrityError:
        raise NotAsItWas(_("Somebody else merged one of these records just now; load the page again.")) from None


def unmerge(done: Merge, *, person: Person | None, now: datetime) -> Merge:
    """The two records are as they were before that merge; what came to the kept one since stays with it.

    Raises NotAllowed, and NotAsItWas where a taken field was changed since or a record went elsewhere.
    """
    for one in (done.kept, done.merged):
        if person is not None and not editing.may_edit(person, one):
            raise NotAllowed(
                _("“%(record)s” is not yours to edit; ask its institution or an operator to undo the merge.")
                % {"record": called(one)}
            )
    with transaction.atomic():
        done = Merge.objects.select_for_update().get(pk=done.pk)
        kept, other = _locked(done.kept_id, done.merged_id)
        _refuse_undo(done, kept, other)
        _part(done, kept, other, person=person, now=now)
    return done


def _locked(first: int, second: int) -> tuple[Instrument, Instrument]:
    """Both records as they are now, held until the transaction ends, always in one order."""
    rows = Instrument.everything.select_for_update(of=("self",)).filter(pk__in=(first, second)).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[first], found[second]


def _merge(kept: Instrument, other: Instrument, *, person: Person | None, now: datetime, take: list[str]) -> Merge:
    for one in (kept, other):
        if one.removed_at is not None:
            raise NotAsItWas(
                _("“%(record)s” is no longer in the catalogue; it was merged or removed meanwhile.")
                % {"record": called(one)}
            )
    before = {one.pk: _said(one, take) for one in (kept, other)}
    done = Merge.objects.create(kept=kept, merged=other, at=now, person=person)
    moved, dropped = _pointers.move(other, kept)
    kept.refresh_from_db()
    facts: dict[str, Any] = {"moved": moved, "dropped": dropped, "taken": {}, "related": {}, "twins": []}
    for name in take:
        was = _pointers.dump(kept, name)
        setattr(kept, _column(name), getattr(other, _column(name)))
        facts["taken"][name] = [was, _pointers.dump(kept, name)]
    if kept.parent_id == other.pk:
        upper = other.parent_id if other.parent_id != kept.pk else None
        facts["parent"] = [kept.parent_id, upper]
        kept.parent_id = upper
    for one, twin in ((kept, other), (other, kept)):
        facts["related"][str(one.pk)] = list(one.related)
        one.related = [*one.related, _identical(twin)]
    other.merged_into, other.removed_at = kept, now
    _save(kept, now)
    _save(other, now)
    facts["twins"] = _settle_twins(kept, other, person=person, now=now)
    done.facts = facts
    done.save(update_fields=["facts"])
    _tell("merge", done, kept, other, before, take, person=person, now=now)
    return done


def _part(done: Merge, kept: Instrument, other: Instrument, *, person: Person | None, now: datetime) -> None:
    facts = done.facts
    before = {one.pk: _said(one, facts["taken"]) for one in (kept, other)}
    for name, (was, _taken) in facts["taken"].items():
        setattr(kept, _column(name), _pointers.load(Instrument, name, was))
    if "parent" in facts:
        kept.parent_id = facts["parent"][0]
    for one, twin in ((kept, other), (other, kept)):
        one.related = _without(one.related, _identical(twin), facts["related"][str(one.pk)])
    other.merged_into, other.removed_at = None, None
    _save(other, now)
    _save(kept, now)
    _pointers.back(facts["moved"], facts["dropped"], other, kept)
    for number, state in facts["twins"]:
        Twins.objects.filter(pk=number).update(state=state, decided_at=None, person=None)
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    _tell("unmerge", done, kept, other, before, facts["taken"], person=person, now=now)


def _refuse_undo(done: Merge, kept: Instrument, other: Instrument) -> None:
    if done.undone_at is not None:
        raise NotAsItWas(_("This merge was undone already; load the page again."))
    if kept.removed_at is not None:
        raise NotAsItWas(
            _("“%(record)s” was itself merged or removed since; undo that first.") % {"record": called(kept)}
        )
    for name, (_was, taken) in done.facts["taken"].items():
        if _pointers.dump(kept, name) != taken:
            raise NotAsItWas(
                _("“%(field)s” of “%(record)s” was changed since the merge; undo that change first.")
                % {"field": name, "record": called(kept)}
            )


def _said(one: Instrument, names: Collection[str]) -> dict[str, Any]:
    return {name: _values.current(one, name) for name in (*names, "related", "parent", "removed_at", "merged_into")}


def _column(name: str) -> str:
    return str(Instrument._meta.get_field(name).attname)  # type: ignore[union-attr]


def _identical(twin: Instrument) -> dict[str, str]:
    """How PIDINST says that two identifiers mean one instrument."""
    if twin.doi:
        return {"relation": IDENTICAL, "identifier": twin.doi, "type": "DOI"}
    if twin.handle:
        return {"relation": IDENTICAL, "identifier": twin.handle, "type": "Handle"}
    return {"relation": IDENTICAL, "identifier": twin.key, "type": "Other"}


def _without(now: list[Any], one: dict[str, str], before: list[Any]) -> list[Any]:
    """The relations as they were; those added since stay, the one that the merge added goes."""
    if now == [*before, one]:
        return before
    kept = list(now)
    if one in kept:
        kept.remove(one)
    return kept


def _save(one: Instrument, now: datetime) -> None:
    one.updated_at = max(now, one.updated_at + _TICK)
    one.save()


def _settle_twins(kept: Instrument, other: Instrument, *, person: Person | None, now: datetime) -> list[Any]:
    """The proposal of the pair is decided, the others of the merged record wait no longer; what they said before."""
    first, second = sorted((kept.pk, other.pk))
    pair = Twins.objects.filter(first_id=first, second_id=second)
    said = list(pair.values_list("pk", "state"))
    pair.update(state="merged", decided_at=now, person=person)
    return [list(row) for row in said]


def _tell(
    verb: str,
    done: Merge,
    kept: Instrument,
    other: Instrument,
    before: dict[int, dict[str, Any]],
    names: Collection[str],
    *,
    person: Person | None,
    now: datetime,
) -> None:
    """The change of both records is on record, in the journal, and noted for the index."""
    for one in (kept, other):
        after = _said(one, names)
        fields = {name: [was, after[name]] for name, was in before[one.pk].items() if was != after[name]}
        RecordChange.objects.create(
            kind="instrument", key=one.key, at=now, person=person, cause=verb, cause_id=str(done.pk), fields=fields
        )
        journal.write(person=person, verb=verb, thing=one, at=now, merge=done.pk, kept=kept.key, merged=other.key)
    note("instrument", [kept.key, other.key])
    touched = Service.objects.filter(instruments__in=[kept, other]).values_list("key", flat=True).distinct()
    note("service", list(touched))
