"""Names and numbers of an answer in the language of the reader."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liqi import insight, policy, taxonomy
from liqi.insight.dependence import DOMESTIC_FORMULA, FOREIGN_FORMULA
from liqi.observatory.question._asked import Asked
from liqi.observatory.question._told import Link

LENSES = {
    "made_in": (gettext_lazy("Made in"), gettext_lazy("where the instrument was made")),
    "brand": (gettext_lazy("Brand"), gettext_lazy("where its brand comes from")),
    "owner": (gettext_lazy("Owner"), gettext_lazy("where the owner of its maker sits today")),
}
FORMULAS = {
    FOREIGN_FORMULA: gettext_lazy(
        "from abroad / (domestic + from abroad); what is not recorded is left out and shown as missing"
    ),
    DOMESTIC_FORMULA: gettext_lazy(
        "domestic / (domestic + from abroad); what is not recorded is left out and shown as missing"
    ),
}
THIN = "\u202f"
"""A narrow space that does not break: 12 345."""


def language() -> str:
    """The language that words are told in now."""
    return get_language() or "en"


def number(value: float | None) -> str:
    """A count or amount with thin grouping, at most one decimal and a true minus.

    >>> number(12345.0) == "12\\u202f345"
    True
    """
    if value is None:
        return ""
    whole = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
    return whole.replace(",", THIN).replace("-", "−")


def percent(share: float | None) -> str:
    """A share of one as per cent.

    >>> percent(0.9867)
    '98.7 %'
    """
    return "" if share is None else f"{100 * share:.1f} %"


def nothing(figure: insight.Figure) -> str:
    """What stands where a figure has no value: none recorded is not zero, and not the same as not known."""
    return _("none recorded") if figure.note == insight.NONE_RECORDED else _("not known")


def class_name(code: str) -> str:
    """The class in words; every class for none."""
    return taxonomy.label(code, language()) if code else _("instruments of every class")


def named(hans: str, en: str) -> str:
    """A name in the reader's language and script."""
    return taxonomy.in_language(language(), hans=hans, en=en)


def said(text: policy.Text) -> str:
    """Words of a rule in the reader's language and script."""
    return taxonomy.in_language(language(), hans=text.zh, en=text.en)


def place_name(code: str) -> str:
    """A country or division in words."""
    return taxonomy.place_label(code, language()) if code else ""


def rows_of(asked: Asked, **narrower: str) -> Link:
    """The way to the rows of this question, narrowed to an origin, a maker, terms, another class or place."""
    return Link("rows", {**query_of(asked), **{name: value for name, value in narrower.items() if value}})


def ask(asked: Asked, **other: str) -> Link:
    """The way to the same question read otherwise."""
    return Link("ask", {**query_of(asked), **{name: value for name, value in other.items() if value}})


def query_of(asked: Asked) -> dict[str, str]:
    """What reproduces the question as it was understood."""
    known = {"q": asked.text, "class": asked.class_code, "place": asked.place.code, "lens": asked.lens}
    return {name: value for name, value in known.items() if value}


def term(terms: Any, code: str) -> str:
    """A term of the taxonomy (a stage, a class of facility) in words."""
    found = terms.get(code)
    return taxonomy.in_language(language(), hans=found.zh_hans, hant=found.zh_hant, en=found.en) if found else code
