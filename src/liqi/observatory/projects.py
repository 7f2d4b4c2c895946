"""Projects on their way to the market: moved, judged, screened, and what all of them together say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.insight import pipeline, portfolio, survival
from liqi.observatory import boards
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Judgement, Move, Project

BOARD = boards.board("projects")
FORMS = ("idea", "sample", "product", "commodity")


@dataclass(frozen=True, slots=True)
class Stay:
    """How long projects stay in a form: how many did, how many have left, and the median in days (Kaplan-Meier)."""

    form: str
    spells: int
    ended: int
    median_days: float | None
    exits: dict[str, float]
    """By way out the probability of having left by it at the last time on record (Aalen-Johansen)."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What the projects together say."""

    projects: int
    forms: dict[str, int]
    left: dict[str, int]
    funnel: list[pipeline.Rung]
    stays: list[Stay]
    mid_gap: float | None
    """Mean of ideas and products with commodities over samples (001-08): how much thinner the middle is."""
    as_of: date


@dataclass(frozen=True, slots=True)
class Screened:
    """A candidate with its fair score, its fit to the focus, and whether it is taken."""

    project: Project
    score: float | None
    judges: int
    interests: tuple[str, ...]
    fit: float | None
    taken: bool


@dataclass(frozen=True, slots=True)
class Screening:
    """What a budget buys: the candidates, the choice, and whether it is proved to be the best."""

    lines: list[Screened]
    budget: Decimal
    cost: Decimal
    score: float
    proved: bool
    not_judged: int


def move(
    project: Project,
    *,
    level: int,
    state: str,
    on: date,
    person: Person,
    now: datetime,
    exit: str = "",
    sold: bool = False,
    words: str = "",
) -> Move:
    """The project has come to this level and state on that day, or has left."""
    boards.require_keeper(person, BOARD, project)
    if not 1 <= level <= 9 or (sold and level != 9):
        raise NotPossible(_("Found the readiness %(n)d; expected 1 to 9, and 9 for what is sold.") % {"n": level})
    if state not in Project.State.values or exit not in ("", *Project.Exit.values):
        raise NotPossible(_("Found a state that there is not; choose one of the list."))
    last = project.moves.order_by("-on", "-pk").first()
    earliest = last.on if last else project.begun_on
    if on < earliest:
        words_ = _("Found %(day)s, before the last move on %(last)s; expected that day or a later one.")
        raise NotPossible(words_ % {"day": on, "last": earliest})
    with transaction.atomic():
        if last is None:
            _step(project, project.begun_on, project.level, project.state, project.exit, project.sold, "", None, now)
        made = _step(project, on, level, state, exit, sold, words[:300], person, now)
        _stand(project, made, now)
        journal.write(person=person, verb="moved on", thing=project, at=now, level=level, state=state, exit=exit)
    return made


def take_back(project: Project, *, person: Person, now: datetime) -> None:
    """The last move is undone; raises NotPossible where only the beginning is left."""
    boards.require_keeper(person, BOARD, project)
    last, before = [*project.moves.order_by("-on", "-pk")[:2], None, None][:2]
    if last is None or before is None:
        raise NotPossible(_("Found no move to take back; the project stands where it began."))
    with transaction.atomic():
        last.delete()
        _stand(project, before, now)
        journal.write(person=person, verb="moved back", thing=project, at=now, level=before.level, state=before.state)


def read_all(*, now: datetime, park: int | None = None) -> Pipeline:
    """The pipeline on the day of `now`, of one park where one is named."""
    today = timezone.localdate(now)
    rows = Project.objects.there().select_related("firm")
    rows = rows.filter(park=park) if park else rows
    projects = list(rows)
    there = [one for one in projects if not one.exit]
    forms = {form: sum(pipeline.form(one.level, one.sold) == form for one in there) for form in FORMS}
    moves = Move.objects.filter(project__in=projects).values_list("project_id", "on", "level", "exit", "sold")
    tracks: dict[str, list[pipeline.Move]] = {}
    for key, on, level, exit_, _sold in moves:
        tracks.setdefault(str(key), []).append(pipeline.Move(str(key), on, level, exit_))
    for one in projects:
        tracks.setdefault(str(one.pk), [pipeline.Move(str(one.pk), one.begun_on, one.level, one.exit)])
    spells = pipeline.spells([step for track in tracks.values() for step in track], until=today)
    ends = [forms["idea"], forms["product"] + forms["commodity"]]
    return Pipeline(
        projects=len(projects),
        forms=forms,
        left={way: sum(one.exit == way for one in projects) for way in Project.Exit.values},
        funnel=pipeline.funnel([one.state for one in projects]),
        stays=[_stay(form, spells.get(form, [])) for form in FORMS[:3]],
        mid_gap=sum(ends) / 2 / forms["sample"] if forms["sample"] else None,
        as_of=today,
    )


def judge(
    project: Project, *, judge: str, score: Decimal | None, interest: bool, person: Person, now: datetime
) -> Judgement:
    """The judge's score of the project stands, or the interest that keeps it from counting is declared."""
    boards.require_keeper(person, BOARD, project)
    if not judge.strip():
        raise NotPossible(_("Found no judge; say who judges."))
    if score is None and not interest:
        raise NotPossible(_("Found neither a score nor an interest; give a score from 0 to 100, or declare one."))
    if score is not None and not 0 <= score <= 100:
        raise NotPossible(_("Found the score %(n)s, expected 0 to 100.") % {"n": score})
    with transaction.atomic():
        made, _new = Judgement.objects.update_or_create(
            project=project, judge=judge.strip()[:120], defaults={"score": score, "interest": interest}
        )
        journal.write(person=person, verb="judged", thing=project, at=now, judge=made.judge, score=str(score or ""))
    return made


def screen(budget: Decimal, *, focus: Sequence[str] = (), park: int | None = None) -> Screening:
    """The best set of the projects that ask for money within the budget; conflicts exclude each other.

    A project's score is the mean of its judges without interest, times its fit to the focus where there is one.
    """
    rows = Project.objects.there().filter(exit="", cost_cny__isnull=False).prefetch_related("judgements", "excludes")
    projects = list(rows.filter(park=park) if park else rows)
    given = {
        str(one.pk): {j.judge: float(j.score) for j in one.judgements.all() if j.score is not None} for one in projects
    }
    interests = [(j.judge, str(one.pk)) for one in projects for j in one.judgements.all() if j.interest]
    means = portfolio.judged(given, interests)
    fits = {one.pk: portfolio.fit(_split(one.fields), focus) if focus else None for one in projects}
    scores = {key: mean for key, mean in means.items() if mean is not None}
    candidates = [
        portfolio.Candidate(str(one.pk), float(one.cost_cny or 0), scores[str(one.pk)] * _weight(fits[one.pk], focus))
        for one in projects
        if str(one.pk) in scores
    ]
    known = {one.id for one in candidates}
    pairs = {
        (str(min(one.pk, other.pk)), str(max(one.pk, other.pk)))
        for one in projects
        for other in one.excludes.all()
        if {str(one.pk), str(other.pk)} <= known
    }
    found = portfolio.choose(candidates, float(budget), sorted(pairs))
    lines = [
        Screened(
            one,
            means[str(one.pk)],
            len(given[str(one.pk)]),
            tuple(name for name, key in interests if key == str(one.pk)),
            fits[one.pk],
            str(one.pk) in found.ids,
        )
        for one in projects
    ]
    lines.sort(key=lambda line: (not line.taken, -(line.score or -1), line.project.name))
    cost = sum((line.project.cost_cny or Decimal(0) for line in lines if line.taken), Decimal(0))
    return Screening(lines, budget, cost, found.score, found.proved, sum(line.score is None for line in lines))


def exclude(one: Project, other: Project, *, person: Person, now: datetime, on: bool = True) -> None:
    """At most one of the two is taken by a screening; or, `on` false, both may be again."""
    boards.require_keeper(person, BOARD, one)
    if one.pk == other.pk:
        raise NotPossible(_("Found the project itself; name another one that it excludes."))
    with transaction.atomic():
        (one.excludes.add if on else one.excludes.remove)(other)
        journal.write(person=person, verb="excluded" if on else "allowed", thing=one, at=now, other=other.pk)


def _weight(fit: float | None, focus: Sequence[str]) -> float:
    return (fit or 0.0) if focus else 1.0


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]


def _stay(form: str, spells: list[survival.Spell]) -> Stay:
    ended = sum(bool(one.exit) for one in spells)
    ways = {way: curve[-1][1] for way, curve in survival.incidence(spells).items()}
    return Stay(form, len(spells), ended, survival.median(spells), ways)


def _step(
    project: Project, on: date, level: int, state: str, exit_: str, sold: bool, words: str, person: Person | None,
    now: datetime,
) -> Move:  # fmt: skip
    return Move.objects.create(
        project=project, on=on, level=level, state=state, exit=exit_, sold=sold, words=words, person=person, at=now
    )


def _stand(project: Project, at: Move, now: datetime) -> None:
    project.level, project.state, project.exit, project.sold = at.level, at.state, at.exit, at.sold
    project.updated_at = now
    project.save(update_fields=["level", "state", "exit", "sold", "updated_at"])
