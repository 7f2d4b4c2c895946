"""The example of the boards: made once, marked where it was generated, and written in the journal."""

import pytest

from liqi.accounts.models import JournalEntry
from liqi.observatory import example
from liqi.observatory.models import Firm, ParkEntry, Project
from tests.observatory.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_the_example_is_made_once_and_what_was_generated_is_marked(loaded):
    assert loaded > 300
    assert example.load(now=NOW) == 0
    assert not Firm.objects.filter(synthetic=True).exists()
    assert not Project.objects.filter(synthetic=False).exists()


def test_every_change_stands_in_the_journal(loaded):
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {"took in", "moved on", "published", "stepped", "read"} <= verbs
    assert ParkEntry.objects.filter(kind="alliance").count() == 6
