"""What methods say in fixed words, in the languages of the reader: names of findings, of checks' results, of marks.

A finding keeps its English name in every language, for programs; its words stand beside it as ``title``.
"""

from liqi.methods.phrases._book import Phrase, phrases, said
from liqi.methods.phrases._telling import finding_title, unit_words, with_words

__all__ = ["Phrase", "finding_title", "phrases", "said", "unit_words", "with_words"]
