"""Words of policy rules on pages: topics, confidence, results, units, and values as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import policy
from liqi.web import scripts

TOPICS = {
    "vouchers": (gettext_lazy("Innovation vouchers"), ("voucher", "voucher-eligibility")),
    "sharing": (gettext_lazy("Subsidies for shared instruments"), ("sharing-subsidy",)),
    "buying": (gettext_lazy("Buying an instrument"), ("procurement-review", "procurement")),
    "import": (gettext_lazy("Importing free of duty"), ("tax", "sharing-rule")),
    "loans": (gettext_lazy("Loans and insurance of first sets"), ("loan-subsidy", "first-set")),
    "projects": (gettext_lazy("Projects, pilot lines and parks"),
                 ("r&d-grant", "pilot-platform", "milestone-award", "park-support")),
    "recognition": (gettext_lazy("Recognition of firms"), ("recognition",)),
    "evaluation": (gettext_lazy("Evaluation of sharing"), ("evaluation", "kpi")),
}  # fmt: skip
"""What one may ask about, and the kinds of rules that answer."""
CONFIDENCE = {
    "official": gettext_lazy("read in the official text"),
    "official-excerpt": gettext_lazy("read in an excerpt of the official text"),
    "official-old": gettext_lazy("read in an older official text"),
    "secondary": gettext_lazy("read at second hand; check the issuing text"),
    "news": gettext_lazy("read in the news; check the issuing text"),
    "draft": gettext_lazy("a draft, not in force"),
    "seed": gettext_lazy("quoted by a document about the policy"),
    "sample": gettext_lazy("a sample, not a public rule"),
}
TONES = {"yes": "good", "cannot tell": "warn", "no": ""}
RESULTS = {
    "yes": gettext_lazy("yes"),
    "cannot tell": gettext_lazy("cannot tell"),
    "no": gettext_lazy("no"),
}
UNITS = {"CNY": gettext_lazy("CNY"), "EUR": gettext_lazy("EUR"), "points": gettext_lazy("points")}


def said(text: policy.Text, language: str) -> str:
    """The words in the script of the page."""
    return scripts.in_script(text.said(language), language)


def places(rules: Iterable[policy.Rule], language: str) -> list[tuple[str, str]]:
    """The places that the rules know, each once, by code."""
    found = {rule.place.code: rule.place.name for rule in rules if rule.place.code.isdigit()}
    return sorted(((code, said(name, language)) for code, name in found.items()), key=lambda pair: pair[0])


def topic_of(rule: policy.Rule) -> str:
    """The topic whose page asks for this rule."""
    return next((topic for topic, (_label, kinds) in TOPICS.items() if rule.kind in kinds), "vouchers")


def missing(verdict: policy.Verdict, language: str) -> list[str]:
    """What was not said and decides, as the rule calls it."""
    inputs = verdict.rule.inputs
    return [said(inputs[name].label, language) if name in inputs else _("place") for name in verdict.missing]


def unit(asked: policy.Input, language: str) -> str:
    """The unit of an input as the page says it."""
    kinds = {"yes_no": _("yes or no"), "share": _("a share from 0 to 1"), "date": _("a day")}
    if asked.kind in kinds:
        return kinds[asked.kind]
    known = {"CNY": _("CNY"), "EUR": _("EUR"), "h": _("hours")}
    return known.get(asked.unit, scripts.in_script(asked.unit, language) if language.startswith("zh") else "")


def value(found: Any) -> str:
    """A value of a subject as people write it."""
    if found is None or found == "":
        return _("not known")
    if isinstance(found, bool):
        return str(RESULTS["yes" if found else "no"])
    if isinstance(found, list | tuple):
        return ", ".join(
            " ".join(value(part) for part in one) if isinstance(one, list) else value(one) for one in found
        )
    if isinstance(found, int | Decimal):
        return f"{found:,f}".rstrip("0").rstrip(".") if "." in f"{found:f}" else f"{found:,}"
    return str(found)


def subject(rule: policy.Rule, found: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """What a case says of its subject: label and value."""
    pairs = []
    for name, asked in rule.inputs.items():
        if name in found:
            options = asked.options
            words = said(options[found[name]], language) if options and found[name] in options else value(found[name])
            pairs.append((said(asked.label, language), words))
    return pairs


def more(verdict: policy.Verdict, language: str) -> str:
    """What a rule answers beside yes, no and an amount."""
    outcome = next((said(o.text, language) for o in verdict.rule.outcomes if o.code == verdict.outcome), "")
    parts = [value(edge) for edge in verdict.reached] + list(verdict.order)
    labels = {name: part.label for name, part in verdict.rule.parts.items()}
    parts += [
        f"{said(label, language) if label else name} {value(verdict.parts.get(name))}"
        for name, label in labels.items()
        if name in verdict.parts
    ]
    return "; ".join(
        [*filter(None, [outcome]), *parts, *(scripts.in_script(r, language) for r in verdict.requirements)]
    )
