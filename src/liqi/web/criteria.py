"""Criteria tables on pages: what was typed or uploaded, read with a sentence for whatever is wrong with it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from liqi.insight import sites

MOST_CHARACTERS = 4_000
MOST_SITES = 60
MOST_CRITERIA = 12


class Unreadable(ValueError):
    """What was typed is no table of criteria; the message says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Sites down, criteria across."""

    sites: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]


def read(text: str) -> Criteria:
    """The table of this text: commas, tabs or semicolons between, a header, one site a line."""
    if len(text) > MOST_CHARACTERS:
        said = _(
            "Found a table of %(found)s characters; expected at most %(most)s; keep the sites and criteria that count."
        )
        raise Unreadable(said % {"found": len(text), "most": MOST_CHARACTERS})
    plain = text.replace("，", ",").replace("；", ";").strip("\ufeff\r\n ")
    between = next((one for one in ("\t", ";") if one in plain.split("\n")[0]), ",")
    lines = [[cell.strip() for cell in line] for line in csv.reader(plain.splitlines(), delimiter=between)]
    lines = [line for line in lines if any(line)]
    if len(lines) < 3 or len(lines[0]) < 2:
        raise Unreadable(_("Found no table; expected a header and two or more sites, one a line, with commas between."))
    if len(lines) - 1 > MOST_SITES or len(lines[0]) - 1 > MOST_CRITERIA:
        said = _("Found %(sites)s sites and %(criteria)s criteria; expected at most %(most)s and %(across)s.")
        facts = {"sites": len(lines) - 1, "criteria": len(lines[0]) - 1, "most": MOST_SITES, "across": MOST_CRITERIA}
        raise Unreadable(said % facts)
    header, body = lines[0][1:], lines[1:]
    for what in (header, [line[0] for line in body]):
        twice = next((one for one in what if what.count(one) > 1 or not one), None)
        if twice is not None:
            raise Unreadable(
                _("Found the name “%(name)s” twice or blank; expected each once; rename it.") % {"name": twice}
            )
    rows = [tuple(_cell(line, at, header) for at in range(len(header))) for line in body]
    return Criteria(tuple(line[0] for line in body), tuple(header), tuple(rows))


def by_rank(said: str, names: Sequence[str]) -> dict[str, float]:
    """The weights of an order such as `talent > rent > roads`; criteria that are not named weigh nothing."""
    order = [one.strip() for one in said.replace("＞", ">").replace("、", ">").split(">") if one.strip()]
    _known(order, names)
    return dict(zip(order, sites.rank_order_centroid(len(order)), strict=True)) if order else dict.fromkeys(names, 1.0)


def by_pairs(said: str, names: Sequence[str]) -> sites.Compared:
    """Saaty's weights of lines such as `talent, rent, 3` (talent counts three times rent); 1/3 may be written."""
    pairs: dict[tuple[str, str], float] = {}
    for line in filter(None, (line.strip() for line in said.splitlines())):
        parts = [part.strip() for part in line.replace("，", ",").split(",")]
        times = _times(parts[2]) if len(parts) == 3 else None
        if times is None:
            text = _("Found “%(line)s”; expected two criteria and a number above 0, such as talent, rent, 3.")
            raise Unreadable(text % {"line": line[:60]})
        _known(parts[:2], names)
        pairs[parts[0], parts[1]] = times
    named = list(dict.fromkeys(name for pair in pairs for name in pair))
    said_of = {frozenset(pair) for pair in pairs}
    for at, one in enumerate(named):
        for other in named[at + 1 :]:
            if frozenset((one, other)) not in said_of:
                text = _("Found no comparison of %(one)s with %(other)s; expected every two criteria once; add it.")
                raise Unreadable(text % {"one": one, "other": other})
    if len(named) < 2 or any(len(pair) < 2 for pair in said_of):
        raise Unreadable(_("Found no comparison; expected one line for every two criteria, such as talent, rent, 3."))
    return sites.analytic_hierarchy(pairs)


def worse(said: Sequence[str], names: Sequence[str]) -> list[bool]:
    """For each criterion whether more is better: all but those named."""
    return [name not in said for name in names]


def weights_of(weights: Mapping[str, float], names: Sequence[str]) -> list[float]:
    """A weight for each criterion in the order of the table, as shares of 1."""
    return sites.shared([weights.get(name, 0.0) for name in names])


def _known(said: Sequence[str], names: Sequence[str]) -> None:
    if odd := [one for one in said if one not in names]:
        text = _("Found the criterion “%(found)s”; expected one of the table: %(names)s.")
        raise Unreadable(text % {"found": odd[0][:60], "names": ", ".join(names)})
    if len(set(said)) < len(said) and len(said) > 2:
        raise Unreadable(_("Found a criterion twice in the order; expected each once; take one away."))


def _times(text: str) -> float | None:
    top, _bar, bottom = text.partition("/")
    try:
        value = float(top) / float(bottom or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return value if 0 < value < math.inf else None


def _cell(line: Sequence[str], at: int, header: Sequence[str]) -> float:
    said = line[at + 1] if at + 1 < len(line) else ""
    try:
        value = float(said.replace("\u202f", "").replace(" ", "").replace("%", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        text = _("Found “%(found)s” for %(site)s, %(criterion)s; expected a number; fill it in or take the site away.")
        raise Unreadable(text % {"found": said[:40], "site": line[0][:60], "criterion": header[at]})
    return value
