"""Questions as queries of the index: one that decides what is found, one that also puts it in order."""

from collections.abc import Sequence

from tantivy import Occur, Query

from liqi.catalogue.search._concepts import told
from liqi.catalogue.search._question import SYNONYM, Alternative, Unit, letters_off, needed
from liqi.catalogue.search._schema import GRAMS, PARTS, SCHEMA, WEIGHTS, WHOLE
from liqi.catalogue.search._tokens import grams_of, squashed

EXACT = 100.0
FOUND = 1.0
OFFERED = (("bookable", "1", 4.0), ("shared", "1", 2.0))
"""What stands first where nothing is asked in words: what can be had, not what happens to be first in the index."""
MOST_RANKED = 2
"""Alternatives that decide the order; the further ones only decide whether a record is found."""


def matching(units: Sequence[Unit], filters: Sequence[Query], *, every: bool = True) -> Query:
    """Met by the records with every unit (or any of them) that pass the filters; without order."""
    asked = _units(units, every=every) + [(Occur.Must, one) for one in filters]
    return asked[0][1] if len(asked) == 1 else Query.boolean_query(asked) if asked else Query.all_query()


def ranked(units: Sequence[Unit], filters: Sequence[Query], *, every: bool = True, tier: int | None = None) -> Query:
    """Met by the same records, of one tier where asked for; scored by how near each is to the words as asked.

    The first tier also has every record, of whatever quality, whose name or number is exactly what was asked.
    """
    only = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in filters]
    exact = _exact(units)
    if tier is not None:
        here = _term("tier", str(tier))
        if exact:
            here = _any([here, *exact]) if tier == 0 else Query.boolean_query(
                [(Occur.Must, here), *((Occur.MustNot, one) for one in exact)]
            )  # fmt: skip
        only.append((Occur.Must, Query.const_score_query(here, 0.0)))
    if not units:
        offered = [(Occur.Should, Query.const_score_query(_term(field, yes), by)) for field, yes, by in OFFERED]
        return Query.boolean_query([(Occur.Must, Query.const_score_query(Query.all_query(), FOUND)), *only, *offered])
    met = Query.const_score_query(matching(units, (), every=every), FOUND)
    within = None if tier is None else Query.const_score_query(_term("tier", str(tier)), 0.0)
    best = [(Occur.Should, _inside(query, within)) for one in units for query in _best(one)]
    if len(units) > 1:
        best += [(Occur.Should, Query.const_score_query(one, EXACT)) for one in exact]
    return Query.boolean_query([(Occur.Must, met), *only, *best])


def _inside(query: Query, tier: Query | None) -> Query:
    """The query for the few records of the tier, so that all the others need not be gone through for their score."""
    return query if tier is None else Query.boolean_query([(Occur.Must, query), (Occur.Must, tier)])


def _units(units: Sequence[Unit], *, every: bool) -> list[tuple[Occur, Query]]:
    met = [_any([*_ways(unit), *_exactly(unit)]) for unit in units]
    if every or len(met) < 2:
        return [(Occur.Must, one) for one in met]
    return [(Occur.Must, _any(met))]


def _ways(unit: Unit) -> list[Query]:
    """One look-up for each concept that the unit means, and what else it may be met by."""
    terms, left = told(unit)
    return [*(_term(GRAMS, term) for term in terms), *(_met(one) for one in needed(left))]


def _exact(units: Sequence[Unit]) -> list[Query]:
    whole = squashed("".join(one.text for one in units))
    return [_term("squashed", whole)] if whole else []


def _exactly(unit: Unit) -> list[Query]:
    return [_term("squashed", unit.exact)] if unit.exact else []


def _best(unit: Unit) -> list[Query]:
    """How near a record is to one unit: the very words in its name, another name for them, the same in its label."""
    terms, left = told(unit)
    if terms:
        same = f"~{unit.text.replace(' ', '_')}"
        found = [_weighed("name", same, WEIGHTS["name"])]
        found += [
            _weighed(field, term, weight * SYNONYM) for term in terms for field, weight in WEIGHTS.items()
        ]  # fmt: skip
    else:
        found = [query for one in left[:MOST_RANKED] for query in _ranked(one)]
    return found + [Query.const_score_query(term, EXACT) for term in _exactly(unit)]


def _weighed(field: str, term: str, weight: float) -> Query:
    return Query.boost_query(Query.term_query(SCHEMA, field, term, index_option="freq"), weight)


def _met(one: Alternative) -> Query:
    """All phrases of the alternative stand somewhere in the record, or in the name where it must be there."""
    field = WHOLE if one.fields == PARTS else one.fields[0]
    return _all([_stands(field, wanted, fuzzy=one.fuzzy) for wanted in one.phrases])


def _ranked(one: Alternative) -> list[Query]:
    """Scores where the alternative's phrases stand in the parts that decide the order."""
    return [
        Query.boost_query(_near(field, wanted, fuzzy=one.fuzzy), weight * one.weight)
        for field, weight in WEIGHTS.items()
        for wanted in one.phrases
        if field in one.fields and not is_character(wanted[-1])
    ]


def _stands(field: str, wanted: Sequence[str], *, fuzzy: bool) -> Query:
    """Exactly where the phrase stands; a short one is a term of its own."""
    if len(wanted) == 1:
        if is_character(wanted[0]):
            return _term(GRAMS, wanted[0]) if field == WHOLE else Query.regex_query(SCHEMA, field, f"{wanted[0]}.?")
        return _word(field, wanted[0], fuzzy=fuzzy)
    near = grams_of(wanted)
    if field == WHOLE and len(near) == 1:
        return _term(GRAMS, near[0])
    return Query.phrase_query(SCHEMA, WHOLE, list(wanted))


def _near(field: str, wanted: Sequence[str], *, fuzzy: bool) -> Query:
    """Where all pieces of the phrase stand, for the order."""
    return _all([_word(field, piece, fuzzy=fuzzy and len(wanted) == 1) for piece in wanted])


def _word(field: str, word: str, *, fuzzy: bool) -> Query:
    if fuzzy and (off := letters_off(word)):
        return Query.fuzzy_term_query(SCHEMA, field, word, distance=off)
    return Query.term_query(SCHEMA, field, word, index_option="basic" if field == WHOLE else "freq")


def is_character(token: str) -> bool:
    """Whether the token is one Chinese character."""
    return len(token) == 1 and not token.isascii() and not token.isdigit()


def _term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, index_option="basic")


def _any(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, one) for one in queries])


def _all(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, one) for one in queries])
