"""Techniques: ways of measuring, with what they are used for and their ontology ids."""

from dataclasses import dataclass
from functools import cache

from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import in_language


@dataclass(frozen=True, slots=True)
class Technique:
    """A way of measuring; `key` never changes, the first Chinese label is the name."""

    key: str
    label_en: str
    abbreviations: tuple[str, ...]
    labels_zh: tuple[str, ...]
    uses_en: tuple[str, ...]
    uses_zh: tuple[str, ...]
    ontology_ids: tuple[str, ...]
    synonyms: tuple[str, ...]
    definition: str

    def label(self, language: str) -> str:
        """The name in zh-hans, zh-hant or en."""
        return in_language(language, hans=self.labels_zh[0], en=self.label_en)


@cache
def techniques() -> dict[str, Technique]:
    """Every technique by its key."""
    return {
        row["key"]: Technique(
            key=row["key"],
            label_en=row["label_en"],
            abbreviations=parts(row["abbr"] or ""),
            labels_zh=parts(row["label_zh"]),
            uses_en=tuple(use.strip() for use in row["uses_en"].split(",") if use.strip()),
            uses_zh=parts(row["uses_zh"]),
            ontology_ids=parts(row["ids"] or ""),
            synonyms=parts(row["onto_synonyms"] or ""),
            definition=row["definition"] or "",
        )
        for row in table("techniques.tsv")
    }
