"""An address of the interface is looked for among those of its resource alone, and not among all four hundred."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern


class Resource(RoutePattern):
    """Lets through the addresses that begin with one word, and takes nothing off them."""

    def __init__(self, word: str) -> None:
        super().__init__("")
        self.word = word

    def match(self, path: str) -> tuple[str, tuple[()], dict[str, Any]] | None:
        """The whole path where it begins with the word."""
        return (path, (), {}) if path.partition("/")[0] == self.word else None


def by_resource(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern | URLResolver]:
    """The same addresses in the same order within each resource; those without a word of their own stay as they are."""
    groups: dict[str, list[Any]] = {}
    alone: list[URLPattern | URLResolver] = []
    for each in patterns:
        word = str(each.pattern).partition("/")[0]
        if not word or "<" in word:
            alone.append(each)
        else:
            groups.setdefault(word, []).append(each)
    yield from (URLResolver(Resource(word), found) for word, found in groups.items())
    yield from alone
