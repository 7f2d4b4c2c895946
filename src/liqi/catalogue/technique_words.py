"""Words added to techniques: seen by the next question, kept in the journal, taken back as easily."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import TechniqueWords
from liqi.taxonomy import techniques

MOST_WORDS, LONGEST = 100, 120


class UnknownTechnique(ValueError):
    """The key is of no technique; the message says what was expected."""


class WordsRefused(ValueError):
    """The words cannot be taken; the message says why."""


def added() -> dict[str, list[str]]:
    """The words that were added to each technique; one query."""
    return dict(TechniqueWords.objects.order_by("technique").values_list("technique", "words"))


def add(technique: str, words: Iterable[str], *, person: Person | None, now: datetime) -> list[str]:
    """The technique also has these words from the next question on; all its added words are returned.

    Raises UnknownTechnique, and WordsRefused for no words, too long ones or too many.
    """
    given = _checked(technique, words)
    with transaction.atomic():
        row, _made = TechniqueWords.objects.select_for_update().get_or_create(
            technique=technique, defaults={"words": [], "updated_at": now}
        )
        together = list(dict.fromkeys([*row.words, *given]))
        if len(together) > MOST_WORDS:
            raise WordsRefused(
                _("found %(found)s added words; expected at most %(most_words)s: take some away.")
                % {"found": len(together), "most_words": MOST_WORDS}
            )
        _write(row, together, "technique_words.add", person, now)
    return together


def take_back(technique: str, word: str, *, person: Person | None, now: datetime) -> list[str]:
    """The technique no longer has this added word; the others are returned."""
    with transaction.atomic():
        row = TechniqueWords.objects.select_for_update().filter(technique=technique).first()
        if row is None or word not in row.words:
            return list(row.words) if row else []
        left = [one for one in row.words if one != word]
        _write(row, left, "technique_words.take_back", person, now)
    return left


def _write(row: TechniqueWords, words: list[str], verb: str, person: Person | None, now: datetime) -> None:
    before, row.words = row.words, words
    row.person, row.updated_at = person, now
    row.save()
    journal.write(person=person, verb=verb, thing=row, at=now, technique=row.technique, before=before, after=words)


def _checked(technique: str, words: Iterable[str]) -> list[str]:
    if technique not in techniques():
        raise UnknownTechnique(
            _("found technique %(technique)r; expected a key of the taxonomy such as lcms.") % {"technique": technique}
        )
    given = [" ".join(word.split()) for word in words]
    given = [word for word in given if word]
    if not given:
        raise WordsRefused(_("found no words; expected a use such as “tetracycline in milk”, one on a line."))
    if too_long := next((word for word in given if len(word) > LONGEST), None):
        raise WordsRefused(
            _("found %(found)r… of %(too_long)s signs; expected at most %(longest)s.")
            % {"found": too_long[:40], "too_long": len(too_long), "longest": LONGEST}
        )
    return given
