"""The searches that a person keeps, for a card on their bench."""

from __future__ import annotations

from django import template

from liqi.accounts.models import Person
from liqi.web import news

register = template.Library()
SHOWN = 5


@register.simple_tag
def saved_searches(person: Person) -> list[news.Kept]:
    """The first few searches that are not muted, those with something new first."""
    return news.of(person, most=SHOWN) if person.is_authenticated else []
