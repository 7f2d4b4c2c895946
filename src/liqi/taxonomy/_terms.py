"""Names of kinds of instruments: English, abbreviations, mainland and Taiwan usage, and the class."""

from dataclasses import dataclass
from functools import cache

from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import fold


@dataclass(frozen=True, slots=True)
class InstrumentTerm:
    """One kind of instrument and everything it is called."""

    name_en: str
    abbreviations: tuple[str, ...]
    name_zh: str
    variants: tuple[str, ...]
    names_hant: tuple[str, ...]
    class_code: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every name and abbreviation."""
        return (self.name_en, *self.abbreviations, self.name_zh, *self.variants, *self.names_hant)


@cache
def terms() -> tuple[InstrumentTerm, ...]:
    """The whole table of terms."""
    return tuple(
        InstrumentTerm(
            name_en=row["name_en"],
            abbreviations=parts(row["abbreviations"]),
            name_zh=row["name_zh_hans"],
            variants=parts(row["variants_zh_hans"]),
            names_hant=parts(row["names_zh_hant"]),
            class_code=row["class_code"],
        )
        for row in table("zh_en_instrument_terms.csv")
    )


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Each folded name of a kind of instrument mapped to all its other folded names."""
    found: dict[str, dict[str, None]] = {}
    for term in terms():
        names = [fold(name) for name in term.names]
        for name in names:
            found.setdefault(name, {}).update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items()}


def term_for(text: str) -> InstrumentTerm | None:
    """The kind of instrument that the text names or contains, by the longest name; None if there is none."""
    folded = fold(text)
    best, length = None, 1
    for term in terms():
        for name in term.names:
            known = fold(name)
            if len(known) > length and _names(known, folded):
                best, length = term, len(known)
    return best


def _names(known: str, text: str) -> bool:
    if not known.isascii():
        return known in text
    at = text.find(known)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(known) : at + len(known) + 1]
        if not (before.isalnum() and before.isascii()) and not (after.isalnum() and after.isascii()):
            return True
        at = text.find(known, at + 1)
    return False
