"""Who needs it: questions that nothing answered, bookings that were refused, people who wait; nobody is named."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db.models import Count, Q, Sum

from liqi import taxonomy
from liqi.catalogue.models import Miss
from liqi.observatory.models import DemandLine
from liqi.observatory.question._asked import Asked
from liqi.taxonomy import fold

YEAR = timedelta(days=365)
FEWEST = 3
"""A count made of fewer people than this is not shown: who knows the place could tell who they are."""
MOST = 2_000
"""Different questions that are looked through."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How often something was wanted, by how many people; `hidden` where there are too few of them to say."""

    times: int
    people: int

    @property
    def hidden(self) -> bool:
        """Whether the numbers would tell who it was."""
        return 0 < self.people < FEWEST


@dataclass(frozen=True, slots=True)
class Needs:
    """Unmet demand of the last 365 days."""

    asked: int
    """Times that somebody asked for instruments of the class and nothing answered, wherever they meant."""
    asked_here: int
    """Of these, those that named the place."""
    questions: tuple[str, ...]
    """The words that were used, most asked first."""
    refused: Wanted
    waiting: Wanted
    lines: int
    """Lines of facilities' demand registers for instruments of the class, wherever the facility is."""
    pieces: int
    """Pieces that these lines ask for."""
    since: date

    @property
    def any(self) -> bool:
        """Whether anybody wanted anything."""
        return bool(self.asked or self.refused.times or self.waiting.times)

    @property
    def said(self) -> bool:
        """Whether there is anything to tell: what people wanted, or what facilities plan."""
        return self.any or bool(self.lines)


def find(demand: pl.DataFrame, mine: pl.DataFrame, asked: Asked, *, today: date) -> Needs:
    """What was wanted of the class: questions from everywhere, bookings and wishes on instruments of the place."""
    since = today - YEAR
    held = demand.join(mine.select("id"), left_on="instrument", right_on="id", how="semi")
    misses = _misses(asked, since)
    names = _names_of_place(asked)
    lines, pieces = _planned(asked)
    return Needs(
        asked=sum(n for _text, _filters, n in misses),
        asked_here=sum(n for text, said, n in misses if _names(text, said, names)),
        questions=tuple(dict.fromkeys(text for text, _filters, _n in misses)),
        refused=_wanted(held, "refused"),
        waiting=_wanted(held, "waiting"),
        lines=lines,
        pieces=pieces,
        since=since,
    )


def _planned(asked: Asked) -> tuple[int, int]:
    """Lines and pieces of the demand registers; none for a question about every class."""
    if not asked.class_code:
        return 0, 0
    rows = DemandLine.objects.there().filter(class_code__startswith=asked.prefix)
    found = rows.aggregate(lines=Count("pk"), pieces=Sum("quantity"))
    return found["lines"], found["pieces"] or 0


def _wanted(held: pl.DataFrame, kind: str) -> Wanted:
    of_kind = held.filter(pl.col("kind") == kind)
    return Wanted(of_kind.height, of_kind["person"].n_unique())


def _misses(asked: Asked, since: date) -> list[tuple[str, str, int]]:
    """Unanswered questions about the class: found by its names, kept where the whole text means the class."""
    rows = Miss.objects.filter(day__gte=since)
    if asked.class_code:
        about = Q()
        for name in _names_of_class(asked):
            about |= Q(text__contains=name)
        rows = rows.filter(about) if about else rows.none()
    counted = rows.order_by().values("text", "filters").annotate(n=Sum("count")).order_by("-n", "text")[:MOST]
    found = [(row["text"], row["filters"], row["n"]) for row in counted]
    return [one for one in found if not asked.class_code or _means(one[0], asked.prefix)]


def _means(text: str, prefix: str) -> bool:
    best = taxonomy.suggest_class(text, limit=1)
    return bool(best) and best[0].code.startswith(prefix)


def _names_of_class(asked: Asked) -> list[str]:
    """Folded names of the class, of those below it and of the kinds of instruments in it."""
    found = [name for term in taxonomy.terms() if term.class_code.startswith(asked.prefix) for name in term.names]
    for code, one in taxonomy.classes().items():
        if code.startswith(asked.prefix):
            found += [one.name_zh, one.name_zh.removesuffix("仪器").removesuffix("仪"), one.name_en, *one.aliases]
    found.append(asked.words)
    plain = {fold(name).strip() for name in found if name and name != "其他"}
    return sorted(name for name in plain if len(name) > (3 if name.isascii() else 1))


def _names_of_place(asked: Asked) -> tuple[str, ...]:
    place = asked.place
    labels = [place.label("zh-hans"), place.label("en"), taxonomy.short_name(place.label("zh-hans")), place.code]
    return tuple(dict.fromkeys([*(fold(one) for one in labels), *place.names]))


def _names(text: str, filters: str, names: tuple[str, ...]) -> bool:
    return any(name in text or name in fold(filters) for name in names)
