"""The accounts of the example that anybody may try, as the sign-in page offers them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liqi.access import example
from liqi.accounts.models import Person

WORDS: dict[str, str | Promise] = {
    example.MEMBER: _("books, sends files, reads answers"),
    example.MANAGER: _("looks after the instruments of one facility"),
    example.OPERATOR: _("runs the platform"),
}


def accounts() -> list[tuple[str, str, str | Promise]]:
    """Address, password and part of each demo account there is; none on a platform without the example."""
    there = set(Person.objects.filter(email__in=WORDS, synthetic=True).values_list("email", flat=True))
    return [(email, example.DEMO_PASSWORD, words) for email, words in WORDS.items() if email in there]
