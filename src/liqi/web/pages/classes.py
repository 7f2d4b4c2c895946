"""Classes of instruments: the whole tree with counts, and what the catalogue holds of one class."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi import taxonomy
from liqi.catalogue import holdings
from liqi.catalogue.models import Instrument
from liqi.taxonomy import InstrumentClass
from liqi.web import counted, maps, scripts, tables

PAGE = 25
EDITIONS = (taxonomy.CLASS_EDITION, "2006")
HEADER = ("code", "level", "parent", "name_zh", "name_zh_hant", "name_en", "other_names", "instruments")


@dataclass
class Branch:
    """A class in the tree: how many instruments are of it or below it, what is below it, whether it was asked for."""

    code: str
    label: str
    other: str
    count: int
    below: list[Branch] = field(default_factory=list)
    open: bool = False


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All classes as a tree; `q` keeps those that are named so, `with` those that hold something."""
    language = translation.get_language() or ""
    asked, only_held = request.GET.get("q", "").strip()[:100], request.GET.get("with") == "1"
    edition = request.GET.get("edition", EDITIONS[0])
    edition = edition if edition in EDITIONS else EDITIONS[0]
    counts = counted.kept("classes", holdings.by_class)
    whole = _sums(counts)
    if request.GET.get("format") == "csv":
        return tables.as_csv("classes", HEADER, _rows(whole))
    named = _named(asked)
    shown = {code for code in named if whole[code] or not only_held}
    facts = {
        "asked": asked,
        "only_held": only_held,
        "edition": edition,
        "editions": EDITIONS,
        "tree": _tree(shown, whole, language, opened=bool(asked)),
        "found": len(shown),
        "levels": [sum(taxonomy.classes()[code].level == level for code in shown) for level in (1, 2, 3)],
        "instruments": sum(counts.values()),
        "unclassed": sum(count for code, count in counts.items() if code not in taxonomy.classes()),
        "draft": _draft(asked, language) if edition == "2006" else [],
        "crumbs": [(_("Classes"), "")],
    }
    return render(request, "classes/index.html", facts)


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One class: its names, its techniques, codes elsewhere, its instruments, their makers, origins and places."""
    known = taxonomy.classes().get(code)
    if known is None:
        found = taxonomy.find_class(code)
        if found is None:
            raise Http404(_("No class has the code %(code)s.") % {"code": code})
        return redirect("class", found, permanent=True)
    language = translation.get_language() or ""
    rows = Instrument.objects.filter(holdings.below(code))
    held = counted.read(f"class/{code}", rows)
    listed = rows.select_related("maker", "institution").defer("source_row").order_by("-bookable", "name", "id")
    paginator = Paginator(listed, PAGE)
    paginator.count = held.total
    whole = _sums(counted.kept("classes", holdings.by_class))
    facts = {
        "code": code,
        "known": known,
        "label": known.label(language),
        "others": _said_otherwise(known, language),
        "below": [Branch(one.code, one.label(language), "", whole[one.code]) for one in _children(code)],
        "techniques": [(key, one.label(language)) for key, one in _techniques(code)],
        "codes": taxonomy.codes_of(code),
        "held": held,
        "bars": [
            counted.makers(held, language),
            counted.brands(held, language),
            counted.made_in(held, language),
            counted.regions(held, language, **{"class": code}),
            counted.bands(held, language),
        ],
        "page": paginator.get_page(request.GET.get("page")),
        "map": maps.of_spots(held.spots, language, world=True) if held.spots else None,
        "example": held.synthetic > 0,
        "crumbs": _crumbs(code, language),
    }
    return render(request, "classes/show.html", facts)


def _crumbs(code: str, language: str) -> list[tuple[str, str]]:
    above = [one for one in dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00")) if one != code]
    names = [(taxonomy.label(one, language), reverse("class", args=[one])) for one in above]
    return [(_("Classes"), reverse("classes")), *names, (taxonomy.label(code, language), "")]


def _children(code: str) -> list[InstrumentClass]:
    return [one for one in taxonomy.classes().values() if one.parent == code]


def _sums(counts: dict[str, int]) -> dict[str, int]:
    """Each class with its instruments and those of the classes below it."""
    whole = dict.fromkeys(taxonomy.classes(), 0)
    for code, count in counts.items():
        for one in dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code)):
            if one in whole:
                whole[one] += count
    return whole


def _named(asked: str) -> set[str]:
    """The classes that are called so in any script, by name, other name or code, with those above them."""
    known = taxonomy.classes()
    if not asked:
        return set(known)
    folded = taxonomy.fold(asked)
    wanted = {folded, *taxonomy.synonyms().get(folded, ())}
    found = {
        code
        for code, one in known.items()
        if code.startswith(folded)
        or any(
            word in taxonomy.fold(name) for word in wanted for name in (one.name_zh, one.name_en, *one.aliases) if name
        )
    }
    found |= {term.class_code for term in taxonomy.terms() if term.class_code in known and _calls(term.names, wanted)}
    return {above for code in found for above in (f"{code[:2]}0000", f"{code[:4]}00", code) if above in known}


def _called(known: InstrumentClass, wanted: set[str]) -> bool:
    names = [taxonomy.fold(name) for name in (known.name_zh, known.name_en, *known.aliases) if name]
    return any(_contains(name, word) for word in wanted for name in names)


def _contains(name: str, word: str) -> bool:
    """Whether the name has the word: a Latin one at the beginning of a word, a Chinese one anywhere."""
    return bool(re.search(rf"\b{re.escape(word)}", name)) if word.isascii() else word in name


def _calls(names: Iterable[str], wanted: set[str]) -> bool:
    return any(taxonomy.fold(name) in wanted for name in names)


def _tree(shown: set[str], whole: dict[str, int], language: str, *, opened: bool) -> list[Branch]:
    branches: dict[str, Branch] = {}
    tops = []
    for code, one in taxonomy.classes().items():
        if code not in shown:
            continue
        other = one.name_zh if language == "en" else one.name_en
        branches[code] = Branch(code, one.label(language), other, whole[code], open=opened)
        if one.level == 1:
            tops.append(branches[code])
        elif one.parent in branches:
            branches[one.parent].below.append(branches[code])
    return tops


def _draft(asked: str, language: str) -> list[tuple[str, str, str, str]]:
    """The middle classes of the 2006 draft and what they are today: code, label, current code, current label."""
    rows = []
    for old, current in taxonomy.from_2006().items():
        label = taxonomy.read_code(taxonomy.CLASS_SCHEME, "2006", old).name(language)
        if not asked or taxonomy.fold(asked) in taxonomy.fold(f"{old} {label} {current}"):
            rows.append((old, label, current, taxonomy.label(current, language)))
    return rows


def _other_names(known: InstrumentClass) -> list[str]:
    """What else the class is called: aliases, and the names of the table of terms in every script."""
    names = [*known.aliases]
    for term in taxonomy.terms():
        if term.class_code == known.code:
            names += term.names
    said = {taxonomy.fold(known.name_zh), taxonomy.fold(known.name_en)}
    return [name for name in dict.fromkeys(names) if name and taxonomy.fold(name) not in said]


def _said_otherwise(known: InstrumentClass, language: str) -> list[str]:
    """What else the class is called, in the script of the page, each name once."""
    names = dict.fromkeys(scripts.in_script(name, language) for name in _other_names(known))
    return [name for name in names if name != known.label(language)]


def _techniques(code: str) -> list[tuple[str, Any]]:
    """The techniques of the class and of those below it."""
    keys: dict[str, None] = {}
    prefix = taxonomy.class_prefix(code)
    for one in taxonomy.classes():
        if one.startswith(prefix):
            keys.update(dict.fromkeys(taxonomy.techniques_of(one)))
    known = taxonomy.techniques()
    return [(key, known[key]) for key in keys if key in known][:30]


def _rows(whole: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    for code, one in taxonomy.classes().items():
        others = "; ".join(_other_names(one))
        yield (code, one.level, one.parent, one.name_zh, one.label("zh-hant"), one.name_en, others, whole[code])
