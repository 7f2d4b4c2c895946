"""What methods say in fixed words, in the languages of the reader: findings, results of checks, marks, refusals.

A finding keeps its English name in every language, for programs; its words stand beside it as ``title``.
"""

from liqi.arguments import explain_face
from liqi.methods.phrases._book import Phrase, phrases, said
from liqi.methods.phrases._refusals import refusal, refusal_phrase
from liqi.methods.phrases._telling import confidence_words, finding_title, unit_words, with_words

__all__ = [
    "Phrase",
    "confidence_words",
    "finding_title",
    "phrases",
    "refusal",
    "refusal_phrase",
    "said",
    "unit_words",
    "with_words",
]

explain_face(__name__)
