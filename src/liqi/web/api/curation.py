"""/api/curation: pairs that may be one record, merges, records without a class, words of techniques."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi import taxonomy
from liqi.accounts.models import Person
from liqi.catalogue import bulk_edit, class_suggestion, duplicates, editing, merging, technique_words
from liqi.catalogue.models import BulkEdit, Instrument, Merge, Twins
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["curation"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]
Key = Annotated[str, Field(max_length=120)]


class PairOut(Schema):
    """Two instruments that may be one, why, how sure (0 to 1); `differs`: the fields in which they do not agree."""

    id: int
    first: str
    second: str
    reason: str
    score: float
    state: str
    found_at: datetime
    differs: list[str]


class MergeIn(Sent):
    """Which of the two records stays, and the fields that it takes from the other."""

    keep: Key
    take: Annotated[list[str], Field(max_length=60)] = []


class MergeOut(Schema):
    """Two records made one; `undone_at` where they were parted again."""

    id: int
    kept: str
    merged: str
    at: datetime
    undone_at: datetime | None


class MayBe(Schema):
    """A class that a record may be of, and how sure that is, from 0 to 1."""

    code: str
    confidence: float


class UnclassedOut(Schema):
    """An instrument without a class, and the classes that its words suggest, best first."""

    key: str
    name: str
    name_en: str
    model: str
    institution: str | None
    suggestions: list[MayBe]


class ChosenClasses(Sent):
    """The class of each record, by its key."""

    classes: Annotated[dict[Key, str], Field(min_length=1, max_length=500)]


class EditOut(Schema):
    """One change of many records, which can be taken back as one."""

    id: int
    values: dict[str, Any]
    count: int
    at: datetime


class UndoneOut(Schema):
    """How many records have what they had before; `changed_since`: those that were changed since and are left."""

    restored: int
    changed_since: list[str]


class TechniqueWordsOut(Schema):
    """The words that people added to a technique."""

    technique: str
    words: list[str]


class WordsIn(Sent):
    """Words by which a technique is to be found from now on."""

    technique: Key
    words: Annotated[list[str], Field(min_length=1, max_length=technique_words.MOST_WORDS)]


@router.get("/duplicates", response=Page[PairOut], summary="Pairs that may be one record")
def pairs(request: HttpRequest, paged: Asked, institution: str = "", reason: str = "") -> Any:
    """The pairs that wait for my decision, of an institution or found for one reason where asked for."""
    rows = duplicates.of_person(signed_in(request))
    if institution:
        rows = rows.filter(Q(first__institution__key=institution) | Q(second__institution__key=institution))
    found, following = page(rows.filter(reason=reason) if reason else rows, paged)
    return {"items": [_pair(one) for one in found], "next": following}


@router.post("/duplicates/{int:id}/different", response=PairOut, summary="Keep a pair apart")
def keep_apart(request: HttpRequest, id: int) -> Any:
    """The two are different instruments and are not proposed again."""
    return _pair(duplicates.call_different(_twins(id), person=signed_in(request), now=timezone.now()))


@router.post("/duplicates/{int:id}/reconsider", response=PairOut, summary="Look at a pair again")
def reconsider(request: HttpRequest, id: int) -> Any:
    """The pair waits for a decision again."""
    return _pair(duplicates.reconsider(_twins(id), person=signed_in(request), now=timezone.now()))


@router.post("/duplicates/{int:id}/merge", response={201: MergeOut}, summary="Make a pair one record")
def merge(request: HttpRequest, id: int, asked: MergeIn) -> Any:
    """The pair is one record; what pointed at the other points at the one that is kept, and it can be undone."""
    pair = _twins(id)
    by_key = {pair.first.key: (pair.first, pair.second), pair.second.key: (pair.second, pair.first)}
    kept, other = by_key[one_of(asked.keep, by_key)]
    done = merging.merge(kept, other, person=signed_in(request), now=timezone.now(), take=asked.take)
    return Status(201, _merge(done))


@router.get("/merges", response=Page[MergeOut], summary="Merges")
def merges(request: HttpRequest, paged: Asked) -> Any:
    """Merges of records that are mine to edit, newest first."""
    rows, person = Merge.objects.select_related("kept", "merged"), signed_in(request)
    if not person.is_operator:
        mine = editing.editable(person, Instrument).values("pk")
        rows = rows.filter(kept__in=mine, merged__in=mine)
    found, following = page(rows, paged, newest_first=True)
    return {"items": [_merge(one) for one in found], "next": following}


@router.post("/merges/{int:id}/undo", response=MergeOut, summary="Undo a merge")
def unmerge(request: HttpRequest, id: int) -> Any:
    """The two records are as they were before; what came to the kept one since stays with it."""
    done = get_object_or_404(Merge.objects.select_related("kept", "merged"), pk=id)
    merging.unmerge(done, person=signed_in(request), now=timezone.now())
    done.refresh_from_db(fields=["undone_at"])
    return _merge(done)


@router.get("/unclassed", response=Page[UnclassedOut], summary="Instruments without a class")
def unclassed(request: HttpRequest, paged: Asked, institution: str = "") -> Any:
    """My instruments without a class, each with what it may be."""
    rows = class_suggestion.unclassified(signed_in(request))
    found, following = page(rows.filter(institution__key=institution) if institution else rows, paged)
    return {"items": [_unclassed(one) for one in class_suggestion.suggest(found)], "next": following}


@router.post("/classes", response={201: list[EditOut]}, summary="Choose classes")
def choose(request: HttpRequest, asked: ChosenClasses) -> Any:
    """The records are of these classes, all or none: one change for each class, which can be taken back."""
    for code in asked.classes.values():
        if code not in taxonomy.classes():
            raise ValueError(
                _("Found “%(found)s”; expected a class by its code or name, such as 010201.") % {"found": code[:40]}
            )
    made = class_suggestion.accept(asked.classes, person=signed_in(request), now=timezone.now())
    return Status(201, [{"id": one.pk, "values": one.values, "count": one.count, "at": one.at} for one in made])


@router.post("/edits/{int:id}/undo", response=UndoneOut, summary="Take a change of many records back")
def undo(request: HttpRequest, id: int) -> Any:
    """The records have what they had before that change, but those that were changed since."""
    done = bulk_edit.undo(get_object_or_404(BulkEdit, pk=id), person=signed_in(request), now=timezone.now())
    return {"restored": done.restored, "changed_since": sorted(done.changed_since)}


@router.get("/technique-words", response=Page[TechniqueWordsOut], summary="Words added to techniques")
def words(request: HttpRequest, paged: Asked) -> Any:
    """The techniques that people added words to, by their key."""
    _operator(request)
    rows = [{"technique": key, "words": said} for key, said in technique_words.added().items() if said]
    found, following = among(rows, paged, key=lambda row: str(row["technique"]))
    return {"items": found, "next": following}


@router.post("/technique-words", response=TechniqueWordsOut, summary="Add words to a technique")
def add_words(request: HttpRequest, asked: WordsIn) -> Any:
    """The technique is found by these words too, from the next question on."""
    said = technique_words.add(asked.technique, asked.words, person=_operator(request), now=timezone.now())
    return {"technique": asked.technique, "words": said}


@router.post("/technique-words/back", response=TechniqueWordsOut, summary="Take added words back")
def take_words_back(request: HttpRequest, asked: WordsIn) -> Any:
    """The technique no longer has these added words; sending it again changes nothing."""
    person, now = _operator(request), timezone.now()
    for word in asked.words:
        technique_words.take_back(asked.technique, word, person=person, now=now)
    return {"technique": asked.technique, "words": technique_words.added().get(asked.technique, [])}


def _operator(request: HttpRequest) -> Person:
    person = signed_in(request)
    if not person.is_operator:
        raise editing.NotAllowed(_("Only operators change what is understood by a word; ask one of them."))
    return person


def _twins(id: int) -> Twins:
    return get_object_or_404(Twins.objects.select_related("first", "second"), pk=id)


def _pair(one: Twins) -> dict[str, Any]:
    names = ("reason", "score", "state", "found_at")
    differs = [name for name in merging.fields_to_take() if getattr(one.first, name) != getattr(one.second, name)]
    own = {name: getattr(one, name) for name in names}
    return {"id": one.pk, "first": one.first.key, "second": one.second.key, "differs": differs, **own}


def _merge(done: Merge) -> dict[str, Any]:
    return {"id": done.pk, "kept": done.kept.key, "merged": done.merged.key, "at": done.at,
            "undone_at": done.undone_at}  # fmt: skip


def _unclassed(one: class_suggestion.Suggested) -> dict[str, Any]:
    names = ("key", "name", "name_en", "model")
    may_be = [{"code": each.code, "confidence": each.confidence} for each in one.suggestions]
    key = one.record.institution.key if one.record.institution else None
    return {name: getattr(one.record, name) for name in names} | {"institution": key, "suggestions": may_be}
