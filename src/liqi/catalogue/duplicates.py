"""Pairs of instruments that may be one, found by grouping in the database, and what people say of them.

Three reasons: the same maker and serial number; the same institution, name and model, acquired within a year; the same
DOI, Handle or asset number. A pair that was decided is not proposed again.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace, Upper
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import editing
from liqi.catalogue.editing import NotAllowed
from liqi.catalogue.models import Instrument, Twins
from liqi.taxonomy import fold, says_nothing

__all__ = ["Found", "NotAllowed", "call_different", "of_person", "propose", "reconsider"]

YEAR = timedelta(days=366)
LEAST = 0.5
"""Pairs below this score are not proposed."""
FLEET = 5
"""More records than this with one name, model and year are a fleet that was bought together, not one thing."""
_SERIAL_SHORTEST = 3
_ASSET = ("asset", "inventorynumber", "inventory", "inventory number")
_TWO_NUMBERS = 0.7
"""What a serial number counts where one institution gave the two records different asset numbers."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found: pairs that are new, all that wait for a decision, those that no longer hold, groups passed."""

    new: int
    waiting: int
    withdrawn: int
    fleets: int
    by_reason: dict[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Pair:
    first: int
    second: int
    reason: str
    score: float


def propose(*, now: datetime, since: datetime | None = None) -> Found:
    """Every pair that may be one record is on record as a proposal; with `since` only pairs with a record changed then.

    A full run also withdraws proposals that no longer hold.
    """
    began = time.perf_counter()
    best: dict[tuple[int, int], _Pair] = {}
    fleets = 0
    for reason, group in _groups(since):
        if reason == "name" and len(group) > FLEET:
            fleets += 1
            continue
        for pair in _pairs(reason, group):
            key = (pair.first, pair.second)
            if key not in best or best[key].score < pair.score:
                best[key] = pair
    known = _known()
    new = [pair for key, pair in best.items() if key not in known]
    with transaction.atomic():
        Twins.objects.bulk_create(
            [Twins(first_id=p.first, second_id=p.second, reason=p.reason, score=p.score, found_at=now) for p in new],
            batch_size=_BATCH,
            ignore_conflicts=True,
        )
        withdrawn = _withdraw(best) if since is None else 0
    waiting = _waiting().count()
    reasons = dict(Counter(pair.reason for pair in new))
    return Found(len(new), waiting, withdrawn, fleets, reasons, round(time.perf_counter() - began, 3))


def call_different(twins: Twins, *, person: Person, now: datetime) -> Twins:
    """The two are different instruments, and are not proposed again."""
    return _decide(twins, "different", person=person, now=now)


def reconsider(twins: Twins, *, person: Person, now: datetime) -> Twins:
    """The pair waits for a decision again."""
    return _decide(twins, "proposed", person=person, now=now)


def of_person(person: Person) -> QuerySet[Twins]:
    """The pairs that wait for a decision by this person: both records are theirs to edit; best first."""
    rows = _waiting()
    if not person.is_operator:
        mine = editing.editable(person, Instrument).values("pk")
        rows = rows.filter(first__in=mine, second__in=mine)
    return rows.select_related(
        "first__institution", "second__institution", "first__maker", "second__maker", "first__facility",
        "second__facility",
    )  # fmt: skip


def normal_serial(text: str) -> str:
    """The serial number as it is compared, or nothing when it is no serial number.

    >>> normal_serial("S/N: 12-345"), normal_serial("1"), normal_serial("n/a"), normal_serial("0000")
    ('12345', '', '', '')
    """
    plain = fold(text).upper()
    for word in ("S/N", "SN:", "SERIAL", "NO."):
        plain = plain.replace(word, "")
    plain = "".join(character for character in plain if character.isalnum())
    short = len(plain) < _SERIAL_SHORTEST and plain.isascii()
    if short or says_nothing(plain) or len(set(plain)) == 1:
        return ""
    return plain


def _waiting() -> QuerySet[Twins]:
    return Twins.objects.filter(state="proposed", first__removed_at=None, second__removed_at=None)


def _known() -> set[tuple[int, int]]:
    return set(Twins.objects.values_list("first_id", "second_id"))


def _withdraw(best: dict[tuple[int, int], _Pair]) -> int:
    """Proposals that no longer hold are gone, the others have the reason and score of today; how many are gone."""
    gone, other = [], []
    for twins in Twins.objects.filter(state="proposed"):
        pair = best.get((twins.first_id, twins.second_id))
        if pair is None:
            gone.append(twins.pk)
        elif (twins.reason, twins.score) != (pair.reason, pair.score):
            twins.reason, twins.score = pair.reason, pair.score
            other.append(twins)
    Twins.objects.bulk_update(other, ["reason", "score"], batch_size=_BATCH // 5)
    for at in range(0, len(gone), _BATCH):
        Twins.objects.filter(pk__in=gone[at : at + _BATCH]).delete()
    return len(gone)


def _decide(twins: Twins, state: str, *, person: Person, now: datetime) -> Twins:
    for one in (twins.first, twins.second):
        if not editing.may_edit(person, one):
            raise NotAllowed(
                _("“%(record)s” is not yours to edit; ask its institution or an operator.") % {"record": called(one)}
            )
    with transaction.atomic():
        fresh = Twins.objects.select_for_update(of=("self",)).get(pk=twins.pk)
        if fresh.state == "merged":
            raise NotAllowed(_("These two were merged; undo the merge first."))
        fresh.state, fresh.person = state, person if state != "proposed" else None
        fresh.decided_at = now if state != "proposed" else None
        fresh.save(update_fields=["state", "person", "decided_at"])
        journal.write(person=person, verb=f"twins {state}", thing=fresh, at=now, of=[fresh.first_id, fresh.second_id])
    return fresh


def _groups(since: datetime | None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Records that share a key, group by group, each with its reason."""
    rows = Instrument.objects.order_by()
    serial = rows.exclude(serial="").filter(Q(maker__isnull=False) | ~Q(maker_text=""))
    plain: Any = Upper("serial")
    for sign in (" ", "-", ".", ":", "S/N", "/"):
        plain = Replace(plain, Value(sign), Value(""))
    yield from _shared("serial", serial.annotate(a=F("maker_id"), b=Upper("maker_text"), c=plain), "abc", since)
    named = rows.filter(institution__isnull=False, acquired_on__isnull=False)
    named = named.annotate(a=F("institution_id"), b=Upper("name"), c=Upper("model"))
    yield from _shared("name", named, "abc", since)
    for field in ("doi", "handle"):
        yield from _shared(field, rows.exclude(**{field: ""}).annotate(a=Lower(field)), "a", since)
    yield from _assets(rows, since)


def _shared(
    reason: str, rows: QuerySet[Instrument], by: str, since: datetime | None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    groups = rows.values(*by).annotate(n=Count("pk"), last=Max("updated_at")).filter(n__gt=1)
    if since is not None:
        groups = groups.filter(last__gte=since)
    sizes = {tuple(group[name] for name in by): group["n"] for group in groups}
    wanted = {key for key, size in sizes.items() if reason != "name" or size <= FLEET}
    for key in sizes.keys() - wanted:
        yield reason, [{"name": ""} for _one in range(sizes[key])]
    members: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    if wanted:
        for number, *key in rows.values_list("pk", *by).iterator(chunk_size=5000):
            if tuple(key) in wanted:
                members[tuple(key)].append({"pk": number})
    found = _compared([row["pk"] for group in members.values() for row in group])
    yield from ((reason, [found[row["pk"]] for row in group if row["pk"] in found]) for group in members.values())


def _compared(numbers: list[int]) -> dict[int, dict[str, Any]]:
    """What is compared of these records, by their number."""
    return {
        row["pk"]: row
        for at in range(0, len(numbers), _BATCH)
        for row in Instrument.objects.filter(pk__in=numbers[at : at + _BATCH]).order_by().values(*_COMPARED)
    }


_COMPARED = (
    "pk",
    "institution_id",
    "maker_id",
    "model",
    "serial",
    "acquired_on",
    "parent_id",
    "name",
    "identifiers",
    "updated_at",
)


def _assets(rows: QuerySet[Instrument], since: datetime | None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Instruments of one institution with the same asset or inventory number."""
    members: dict[Any, list[int]] = defaultdict(list)
    asked = rows.exclude(identifiers=[]).values_list("pk", "institution_id", "identifiers")
    for number, institution, identifiers in asked.iterator(chunk_size=5000):
        for value in _assets_in(identifiers):
            members[institution, value].append(number)
    groups = [group for group in members.values() if len(group) > 1]
    by_number = _compared([number for group in groups for number in group])
    for group in groups:
        if since is None or any(by_number[number]["updated_at"] >= since for number in group):
            yield "asset", [by_number[number] for number in group]


def _assets_in(identifiers: list[Any]) -> set[str]:
    found = {(str(one.get("type", "")).lower(), fold(str(one.get("value", ""))).strip()) for one in identifiers}
    return {value for kind, value in found if value and kind in _ASSET}


def _asset_numbers(row: dict[str, Any]) -> set[str]:
    return _assets_in(row["identifiers"])


def _pairs(reason: str, group: list[dict[str, Any]]) -> Iterator[_Pair]:
    """The pairs of a group that are worth a look; in a large group each with the next alone."""
    group = sorted(group, key=lambda row: (row["acquired_on"] is None, str(row["acquired_on"]), row["pk"]))
    chosen: Iterable[Any] = combinations(group, 2) if len(group) <= FLEET else pairwise(group)
    for one, two in chosen:
        score = _SCORES.get(reason, _same_identifier)(one, two)
        if score >= LEAST and one["parent_id"] != two["pk"] and two["parent_id"] != one["pk"]:
            first, second = sorted((one["pk"], two["pk"]))
            yield _Pair(first, second, reason, round(score / (1 + (len(group) - 2) / 10), 3))


def _same_identifier(one: dict[str, Any], two: dict[str, Any]) -> float:
    return 0.98 if _agree(one["model"], two["model"]) is not False else 0.8


def _same_serial(one: dict[str, Any], two: dict[str, Any]) -> float:
    """Makers count per model: another model with the same number is another instrument."""
    if not normal_serial(one["serial"]):
        return 0.0
    score = {True: 0.97, None: 0.85, False: 0.3}[_agree(one["model"], two["model"])]
    mine, theirs = _asset_numbers(one), _asset_numbers(two)
    apart = one["institution_id"] == two["institution_id"] and mine and theirs and not mine & theirs
    return score * _TWO_NUMBERS if apart else score


def _same_name(one: dict[str, Any], two: dict[str, Any]) -> float:
    """Bought within a year; two different serial numbers are two instruments."""
    if abs(one["acquired_on"] - two["acquired_on"]) > YEAR:
        return 0.0
    serials = normal_serial(one["serial"]), normal_serial(two["serial"])
    if all(serials) and serials[0] != serials[1]:
        return 0.0
    same_day = 0.1 if one["acquired_on"] == two["acquired_on"] else 0.0
    return (0.7 if one["model"] else 0.55) + same_day


_SCORES = {"serial": _same_serial, "name": _same_name}


def _agree(one: str, two: str) -> bool | None:
    """Whether two models are the same; None where one of them is not known."""
    plain = ["".join(c for c in fold(text) if c.isalnum()) for text in (one, two)]
    if not all(plain):
        return None
    return plain[0] == plain[1] or plain[0] in plain[1] or plain[1] in plain[0]
