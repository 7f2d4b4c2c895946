"""What the templates of answers may use: words by language out of an answer, sizes, durations, values."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from liqi.methods.phrases import confidence_words
from liqi.methods.structure import drawing, structures_of
from liqi.web import evidence, figures, hand, method_words, numbers

register = template.Library()

MOST_DRAWN = 2
"""So many isomers of one row are drawn."""

RUN_STATES = {
    "queued": (pgettext_lazy("run", "waiting"), ""),
    "running": (pgettext_lazy("run", "running"), "warn"),
    "done": (pgettext_lazy("run", "answered"), "good"),
    "failed": (pgettext_lazy("run", "failed"), "bad"),
    "cancelled": (pgettext_lazy("run", "cancelled"), ""),
}
"""The word and the colour of a run's state."""
TAGS = (
    gettext_noop("research use only"),
    gettext_noop("example"),
    gettext_noop("synthetic"),
    gettext_noop("composite"),
    gettext_noop("suspect screening"),
)
"""The tags that methods put on answers."""
STEPS = (gettext_noop("reading"), gettext_noop("searching"), gettext_noop("writing"))
"""What methods say they do; `gettext` finds them when a page shows a step."""
LISTS = {
    "identified": (
        _("Identified"),
        _("One compound fits clearly better than all others. Level 2a: its fragment spectrum is in the library."),
        _("Nothing was identified. Look at the isomers and the unknown, or search a larger library."),
    ),
    "isomers": (
        _("Isomers"),
        _("One of a few compounds of the same formula that this spectrum does not tell apart. Level 3."),
        _("No feature was left between isomers."),
    ),
    "unknown": (
        _("Unknown"),
        _("Nothing in the library fits well enough to be named. An honest unknown is an answer, too. Level 5."),
        _("Every feature has a name or a group of isomers."),
    ),
}
"""Title, meaning and empty state of the three lists."""
FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*|[()\[\]]\d*)+[+-]?")
"""A chemical formula; what else is called one, as the logic of a gate, keeps its figures on the line."""
LANGUAGE_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}


@register.filter
def said(words: Mapping[str, str] | Any) -> str:
    """The words of an answer or a method in the language of the page."""
    return str(words.of(translation.get_language() or "en")) if hasattr(words, "of") else figures.said(words)


@register.filter
def sentence_of(run: Any) -> str:
    """The verdict of a run in the language of the page."""
    return str(run.sentence(translation.get_language() or "en"))


@register.filter
def structures(row: Mapping[str, Any]) -> SafeString:
    """The structural formulas of a row or a candidate, as drawings beside its name; nothing where none is known."""
    drawn = [svg for smiles in structures_of(row)[:MOST_DRAWN] if (svg := drawing(smiles))]
    return format_html('<span class="structures">{}</span>', mark_safe("".join(drawn))) if drawn else SafeString("")


@register.filter
def refused(words: str) -> str:
    """What a method refused, in the language of the page."""
    return method_words.refused(words)


@register.filter
def refused_part(words: Any) -> str:
    """What was found or expected of a setting, in the language of the page."""
    return method_words.part(str(words))


@register.filter
def tag_word(tag: str) -> str:
    """The word for a tag of an answer."""
    return gettext(tag)


@register.filter
def state_word(state: str) -> str:
    """The word for a run's state."""
    return str(RUN_STATES[state][0])


@register.filter
def state_colour(state: str) -> str:
    """The colour of a run's state: good, warn, bad, or nothing."""
    return RUN_STATES[state][1]


@register.filter
def setting(value: Any) -> str:
    """The value of a setting; several files by their names."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def size(count: int | None) -> str:
    """A number of bytes as people say it: 4.1 MB."""
    if count is None:
        return ""
    for unit, worth in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= worth:
            return f"{count / worth:.3g} {unit}"
    return f"{count} B"


@register.filter
def lasted(period: timedelta | float | None) -> str:
    """A duration as people say it: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if period is None:
        return ""
    seconds = period.total_seconds() if isinstance(period, timedelta) else float(period)
    if seconds < 10:
        return gettext("%(seconds)s s") % {"seconds": f"{max(0.0, seconds):.1f}"}
    whole = round(seconds)
    if whole < 60:
        return gettext("%(seconds)s s") % {"seconds": whole}
    if whole < 3600:
        return gettext("%(minutes)d min %(seconds)d s") % {"minutes": whole // 60, "seconds": whole % 60}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}


@register.filter
def fixed(value: Any, decimals: int | None) -> str:
    """A number with so many decimals, whole ones in groups of three; words and blanks as they are."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value).replace(">= ", "\u2265 ").replace("<= ", "\u2264 ")
    if decimals is None:
        return numbers.thin(value) if isinstance(value, int) else f"{value:.4g}"
    return f"{value:z{',' if not decimals else ''}.{decimals}f}".replace(",", numbers.GROUP).replace("-", "\u2212")


@register.filter
def percent(value: float | None) -> str:
    """A probability as whole per cent, never rounded up to certainty."""
    if value is None:
        return ""
    return f"{min(99, round(100 * value)) if value < 1 else 100} %"


@register.filter
def instead(found: Mapping[str, Any]) -> str:
    """What is said in place of a confidence that no fragment speaks for; empty where it is told as it is."""
    words = confidence_words(found)
    return "" if words is None else words.of(translation.get_language() or "en")


@register.filter
def any_instead(found: Iterable[Mapping[str, Any]]) -> bool:
    """Whether that is said of any of them."""
    return any(confidence_words(one) for one in found)


@register.filter
def short_hash(sha256: str) -> str:
    """The first twelve figures of a hash."""
    return sha256[:12]


@register.filter
def list_word(verdict: str) -> str:
    """The title of one of the three lists."""
    return str(LISTS[verdict][0])


@register.filter
def list_meaning(verdict: str) -> str:
    """What it means to stand in this list."""
    return str(LISTS[verdict][1])


@register.filter
def list_empty(verdict: str) -> str:
    """What an empty list says."""
    return str(LISTS[verdict][2]) if verdict in LISTS else gettext("Nothing was found.")


@register.filter
def own_language(tag: str) -> str:
    """The name of a language in itself."""
    return LANGUAGE_NAMES[tag]


@register.filter
def edit_of(edits: Mapping[str, Any], row: Any) -> Any:
    """What a person said of a row of features, None where nobody did."""
    return edits.get(str(row.cells.get("index")))


@register.filter
def why(candidate: Mapping[str, Any]) -> evidence.Why:
    """The evidence for a candidate, in words."""
    return evidence.why(candidate)


@register.filter
def push_bar(push: float) -> SafeString:
    """A bar to the right for what speaks for a candidate, to the left for what speaks against it."""
    start, wide = evidence.bar(push)
    return format_html(
        '<svg class="push {}" viewBox="-100 0 200 12" width="120" height="8" preserveAspectRatio="none"'
        ' aria-hidden="true"><path d="M0 0v12"/><rect x="{}" y="2" width="{}" height="8"/></svg>',
        "push-up" if push >= 0 else "push-down", f"{start:.1f}", f"{wide:.1f}",
    )  # fmt: skip


@register.filter
def signed(value: float) -> str:
    """A number with its sign: +0.31, −1.20."""
    return f"{value:+.2f}".replace("-", "\u2212")


@register.filter
def unlocalised(value: float) -> str:
    """A number as HTML attributes take it."""
    return repr(value)


@register.filter
def json_text(value: Any) -> str:
    """A value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.filter
def is_small(plot: Mapping[str, Any]) -> bool:
    """Whether a plot's numbers come with the page."""
    return figures.is_small(plot)


@register.filter
def is_number(column: Mapping[str, Any], page: Any) -> bool:
    """Whether the column holds numbers on this page of rows, or in these rows."""
    rows = [row.cells for row in page.object_list] if hasattr(page, "object_list") else page
    return any(isinstance(row.get(column["name"]), (int, float)) for row in rows)


@register.filter
def has_unit(column: Mapping[str, Any]) -> bool:
    """Whether a unit stands beside the column's title: none for plain numbers, nor where the title says it."""
    return bool(column.get("unit")) and column["unit"] not in ("1", column["title"]["en"])


@register.filter
def cell(row: Mapping[str, Any], column: Mapping[str, Any]) -> str | SafeString:
    """A cell of a table: words by language, numbers with their decimals, formulas with low figures."""
    value = figures.cell(row, column["name"])
    if column["name"] == "formula" and isinstance(value, str) and FORMULA.fullmatch(value):
        return formula(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return fixed(value, column.get("decimals"))


@register.filter
def formula(text: str) -> SafeString:
    """A chemical formula with its counts set low: C8H10N4O2."""
    parts = re.findall(r"(\D+)(\d*)", text)
    marked = ((letters, format_html("<sub>{}</sub>", count) if count else "") for letters, count in parts)
    return format_html_join("", "{}{}", marked)


@register.filter
def change_words(change: Mapping[str, Any]) -> str:
    """What was changed by hand, in words."""
    return hand.change_words(change)


@register.filter
def is_overlay(plot: Mapping[str, Any]) -> bool:
    """Whether the curves of a figure are the same thing of several samples, to be arranged as one likes."""
    return plot["name"] == "overlay" or bool(plot["data"].get("overlay"))
