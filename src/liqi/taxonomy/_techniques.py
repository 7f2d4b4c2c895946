"""Techniques: ways of measuring and making, what they are used for, and the classes of instruments that do them."""

from dataclasses import dataclass
from functools import cache

from liqi.taxonomy._classes import classes
from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import in_language


@dataclass(frozen=True, slots=True)
class Technique:
    """A way of measuring or making; `key` never changes, the first Chinese label is the name.

    `analytes` are what it finds or makes, `matrices` what it is found in, both in English and Chinese;
    `qualifications` those that a laboratory can hold for it (CMA, CNAS), empty where none is usual;
    `common` says that it is one of those that most laboratories have and most needs mean.
    """

    key: str
    label_en: str
    abbreviations: tuple[str, ...]
    labels_zh: tuple[str, ...]
    uses_en: tuple[str, ...]
    uses_zh: tuple[str, ...]
    analytes: tuple[str, ...]
    matrices: tuple[str, ...]
    qualifications: tuple[str, ...]
    ontology_ids: tuple[str, ...]
    synonyms: tuple[str, ...]
    definition: str
    common: bool

    def label(self, language: str) -> str:
        """The name in zh-hans, zh-hant or en."""
        return in_language(language, hans=self.labels_zh[0], en=self.label_en)

    def uses(self, language: str) -> tuple[str, ...]:
        """What it is used for, in zh-hans, zh-hant or en."""
        if language == "en":
            return self.uses_en
        return tuple(in_language(language, hans=use) for use in self.uses_zh)


@cache
def techniques() -> dict[str, Technique]:
    """Every technique by its key."""
    uses = {row["key"]: row for row in table("technique_uses.tsv")}
    return {
        row["key"]: Technique(
            key=row["key"],
            label_en=row["label_en"],
            abbreviations=parts(row["abbr"]),
            labels_zh=parts(row["label_zh"]),
            uses_en=parts(uses[row["key"]]["uses_en"]),
            uses_zh=parts(uses[row["key"]]["uses_zh"]),
            analytes=parts(uses[row["key"]]["analytes_en"]) + parts(uses[row["key"]]["analytes_zh"]),
            matrices=parts(uses[row["key"]]["matrices_en"]) + parts(uses[row["key"]]["matrices_zh"]),
            qualifications=parts(uses[row["key"]]["qualifications"] or ""),
            ontology_ids=parts(row["ids"] or ""),
            synonyms=parts(row["onto_synonyms"] or ""),
            definition=row["definition"] or "",
            common=uses[row["key"]]["common"] == "1",
        )
        for row in table("techniques.tsv")
    }


@cache
def _by_class() -> dict[str, tuple[str, ...]]:
    return {row["class_code"]: parts(row["techniques"]) for row in table("class_techniques.tsv")}


def techniques_of(class_code: str) -> tuple[str, ...]:
    """The techniques that instruments of the class usually do, the most usual first; of the class above where none.

    >>> techniques_of("010204"), techniques_of("030312"), techniques_of("")
    (('sims',), ('forcecal', 'hardness'), ())
    """
    code = class_code
    while code in classes():
        if code in _by_class():
            return _by_class()[code]
        code = classes()[code].parent
    return ()


@cache
def classes_of(technique: str) -> tuple[str, ...]:
    """The codes of the classes (of every level) whose instruments usually do the technique.

    >>> classes_of("sims")
    ('010204',)
    """
    return tuple(code for code in classes() if technique in techniques_of(code))
