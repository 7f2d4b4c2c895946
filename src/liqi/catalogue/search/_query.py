"""Questions and filters as queries of the index."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tantivy import FieldType, Occur, Query

from liqi.catalogue.search._question import FUZZY_LETTERS, Alternative, Unit, needed
from liqi.catalogue.search._schema import GRAMS, PARTS, SCHEMA, WEIGHTS, WHOLE
from liqi.catalogue.search._tokens import grams_of, squashed
from liqi.taxonomy import class_prefix, countries, find_class, find_maker, find_place

EXACT = 100.0
FOUND = 1.0
MOST_RANKED = 4
"""Alternatives that decide the order; the further ones only decide whether a record is found."""


class UnknownFilter(ValueError):
    """A filter names something that the taxonomy does not know; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must be; several values of one filter mean any of them. Codes are those of the taxonomy."""

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    shared: bool | None = None
    bookable: bool | None = None
    min_value_cny: Decimal | None = None
    max_value_cny: Decimal | None = None

    def without(self, facet: str) -> "Filters":
        """The filters but the one that this facet sets: so a facet shows the counts of the choices not taken."""
        if facet == "shared":
            return replace(self, shared=None) if self.shared is not None else self
        names = {"kind": "kinds", "class": "classes", "maker": "makers", "origin": "origins"}
        name = names.get(facet, "places")
        emptied: Any = {name: ()}
        return replace(self, **emptied) if getattr(self, name) else self


def class_code(text: str) -> str:
    """The class code that a code or name means."""
    if code := find_class(text):
        return code
    raise UnknownFilter(f"found class {text!r}; expected a class code such as 010200, or its name.")


def place_code(text: str) -> str:
    """The place code that a code or name means."""
    if code := find_place(text):
        return code
    raise UnknownFilter(f"found place {text!r}; expected a country code, a division code or a name such as 安徽.")


def maker_key(text: str) -> str:
    """The key of the maker that a key or spelling means; an unknown one is taken as a key."""
    found = find_maker(text)
    return found.key if found else text


def origin_code(text: str) -> str:
    """The ISO code of the country that a code or name means."""
    code = find_place(text) or ""
    code = {"710000": "TW", "810000": "HK", "820000": "MO"}.get(code, code)
    if code in countries():
        return code
    raise UnknownFilter(f"found origin {text!r}; expected an ISO country code such as DE, or a country's name.")


def build(units: Sequence[Unit], filters: Filters, *, every: bool = True) -> Query:
    """The query that is met by records with every unit (or any of them) that pass the filters."""
    occur = Occur.Must if every else Occur.Should
    asked: list[tuple[Occur, Query]] = [(occur, _unit(one)) for one in units]
    if len(units) > 1 and every:
        whole = squashed("".join(one.text for one in units))
        asked.append((Occur.Should, Query.const_score_query(_term("squashed", whole), EXACT)))
    if not every:
        asked = [(Occur.Must, Query.boolean_query(asked))]
    asked += [(Occur.Must, Query.const_score_query(one, 0.0)) for one in _filters(filters)]
    return Query.boolean_query(asked) if asked else Query.all_query()


def _term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, index_option="basic")


def _any(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, one) for one in queries])


def _unit(one: Unit) -> Query:
    """Met where any alternative stands; the better, the nearer to the name and to the words as asked."""
    found = [_met(alternative) for alternative in needed(one.alternatives)]
    exact = [_term("squashed", one.exact)] if one.exact else []
    parts = [(Occur.Must, Query.const_score_query(_any([*found, *exact]), FOUND))]
    ranks = [_ranked(alternative) for alternative in one.alternatives[:MOST_RANKED]]
    ranks += [Query.const_score_query(term, EXACT) for term in exact]
    best = ranks[0] if len(ranks) == 1 else Query.disjunction_max_query(ranks, 0.05)
    return Query.boolean_query([*parts, (Occur.Should, best)])


def matching(units: Sequence[Unit], filters: Filters, *, every: bool = True) -> Query:
    """The query that is met by the same records as that of `build`, for counting: without order."""
    occur = Occur.Must if every else Occur.Should
    asked: list[tuple[Occur, Query]] = []
    for one in units:
        exact = [_term("squashed", one.exact)] if one.exact else []
        asked.append((occur, _any([*(_met(alternative) for alternative in needed(one.alternatives)), *exact])))
    if not every:
        asked = [(Occur.Must, Query.boolean_query(asked))]
    asked += [(Occur.Must, one) for one in _filters(filters)]
    return Query.boolean_query(asked) if asked else Query.all_query()


def _met(one: Alternative) -> Query:
    """All phrases of the alternative stand somewhere in the record, or in the name where it must be there."""
    field = WHOLE if one.fields == PARTS else one.fields[0]
    return _all([_stands(field, wanted, fuzzy=one.fuzzy) for wanted in one.phrases])


def _ranked(one: Alternative) -> Query:
    """Scores where the alternative's phrases stand in the parts that decide the order."""
    found = [
        Query.boost_query(_near(field, wanted, fuzzy=one.fuzzy), weight * one.weight)
        for field, weight in WEIGHTS.items()
        for wanted in one.phrases
        if field in one.fields
    ]
    return found[0] if len(found) == 1 else Query.disjunction_max_query(found, 0.1)


def _all(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, one) for one in queries])


def _stands(field: str, wanted: Sequence[str], *, fuzzy: bool) -> Query:
    """Exactly where the phrase stands; a short one is a term of its own."""
    if len(wanted) == 1:
        return _word(field, wanted[0], fuzzy=fuzzy)
    near = grams_of(wanted)
    return _term(GRAMS, near[0]) if len(near) == 1 else Query.phrase_query(SCHEMA, WHOLE, list(wanted))


def _near(field: str, wanted: Sequence[str], *, fuzzy: bool) -> Query:
    """Where all pieces of the phrase stand, for the order."""
    if len(wanted) == 1:
        return _word(field, wanted[0], fuzzy=fuzzy)
    return _all([Query.term_query(SCHEMA, field, gram, index_option="freq") for gram in grams_of(wanted)])


def _word(field: str, word: str, *, fuzzy: bool) -> Query:
    if fuzzy and len(word) >= FUZZY_LETTERS:
        return Query.fuzzy_term_query(SCHEMA, field, word, distance=1)
    if len(word) == 1 and not word.isascii() and not word.isdigit():
        return Query.regex_query(SCHEMA, field, f"{word}.?")
    return Query.term_query(SCHEMA, field, word, index_option="freq")


def _filters(filters: Filters) -> list[Query]:
    found = []
    given = {
        "kind": filters.kinds,
        "class_below": tuple(class_prefix(code) for code in filters.classes),
        "where": filters.places,
        "maker": filters.makers,
        "origin": filters.origins,
    }
    for field, values in given.items():
        if values:
            found.append(_any([_term(field, value) for value in values]))
    for field, wanted in (("shared", filters.shared), ("bookable", filters.bookable)):
        if wanted is not None:
            found.append(Query.range_query(SCHEMA, field, FieldType.Unsigned, int(wanted), int(wanted)))
    low, high = filters.min_value_cny, filters.max_value_cny
    if low is not None or high is not None:
        bounds = (float(low) if low is not None else None, float(high) if high is not None else None)
        found.append(Query.range_query(SCHEMA, "value_cny", FieldType.Float, *bounds))
    return found
