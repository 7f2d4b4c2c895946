"""The boards: what people keep in the observatory: a list each, a record each, tables in and out, undo."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access.care.refusal import NotPossible as NotTyped
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.insight.workbook import UnusableWorkbook
from liqi.observatory import boards, demand, scenarios
from liqi.observatory.boards import Board, NotPossible
from liqi.observatory.models import Firm, Intake, Project, TrialStep
from liqi.web import asked, board_cells, board_deeds, deed_words, library_words, records, rulewords, tables
from liqi.web.indicator_titles import OF_FIRMS, TITLES

PAGE = 50
SHOWN_TABLES = 5


def index(request: HttpRequest) -> HttpResponse:
    """Every board with how many records stand on it."""
    person = records.person_of(request)
    lines = [{"board": one, "count": boards.read(one, person=person).count()} for one in boards.BOARDS.values()]
    crumbs = [(_("Observatory"), reverse("observatory")), (_("Firms, plans and pipelines"), "")]
    facts = {"lines": lines, "crumbs": crumbs, "tables": [(name, TITLES[name]) for name in OF_FIRMS]}
    return render(request, "boards/index.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, name: str) -> HttpResponseBase:
    """One board as a list; a POST adds a record or takes a table in; `format` (csv, xlsx) gives what is left."""
    board, now = _board(name), timezone.now()
    person, wrong, problems = records.person_of(request), "", []
    if request.method == "POST":
        if person is None:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        try:
            done = _take(request, board, person, now) if "file" in request.FILES else _add(request, board, person, now)
            if isinstance(done, HttpResponse):
                return done
            problems = done
        except (NotPossible, NotTyped) as problem:
            wrong = _in_words(problem)
    given = {field: request.GET.get(field, "") for field in board.filters}
    rows = boards.read(
        board, person=person, text=request.GET.get("q", "")[:200], filters=given, sort=request.GET.get("sort", "")
    )
    if write := tables.FORMATS.get(request.GET.get("format", "")):
        lines = ([boards.said(one, field) for field in board.fields] for one in rows.iterator(chunk_size=2000))
        return write(f"liqi-{board.name}", board.fields, lines)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    more = board_cells.more_cells(board, list(page), now.date())
    status = 422 if wrong or problems else 200
    facts: dict[str, Any] = {
        "board": board,
        "page": page,
        "lines": [
            {"record": one, "cells": [board_cells.cell(one, f) for f in board.columns], "more": more.get(one.pk, [])}
            for one in page
        ],
        "heads": [_head(request, board, field) for field in board.columns],
        "more_heads": board_cells.more_heads(board),
        "q": request.GET.get("q", ""),
        "filters": [_filter(board, field, given[field], now.date()) for field in board.filters],
        "may_add": boards.may_keep(person, board),
        "fields": board_cells.fields(board, request.POST.dict() if wrong else {}),
        "columns": ", ".join(board.fields),
        "tables": _tables(board) if boards.may_keep(person, board) else [],
        "wrong": wrong,
        "problems": problems,
        "register": demand.register(on=now.date(), programme=given.get("programme", ""))
        if board.name == "demand" and page.paginator.count
        else None,
        "today": now.date(),
        "example": any(one.synthetic for one in page),
        "crumbs": [*_crumbs(), (str(board.title), "")],
    }
    return render(request, "boards/show.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, name: str, pk: int) -> HttpResponseBase:
    """One record of a board with what was done to it; a POST does one of the things that its page offers."""
    board, now, wrong = _board(name), timezone.now(), ""
    person = records.person_of(request)
    one = board_deeds.seen(board, pk, person)
    if request.method == "POST":
        if person is None:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        try:
            messages.success(request, board_deeds.do(board, one, request.POST.dict(), person, now))
        except (NotPossible, NotTyped) as problem:
            wrong = str(problem)
        else:
            return redirect("board_record", board.name, pk)
    lines = list(journal.read(one)[:20])
    facts: dict[str, Any] = {
        "board": board,
        "record": one,
        "cells": [board_cells.cell(one, field) for field in board.fields],
        "more": board_cells.more_cells(board, [one], now.date()).get(one.pk, []),
        "may_change": boards.may_keep(person, board, one),
        "fields": board_cells.fields(board, request.POST.dict() if wrong else {}, one),
        "history": [(line, deed_words.DEEDS.get(line.verb, line.verb)) for line in lines],
        "can_undo": boards.can_undo(lines[0] if lines else None),
        "typed": request.POST.dict(),
        "wrong": wrong,
        "today": now.date(),
        "example": one.synthetic,
        "crumbs": [*_crumbs(), (str(board.title), reverse("board", args=[board.name])), (str(one), "")],
        **_panel(board, one, now),
    }
    return render(request, "boards/record.html", facts, status=422 if wrong else 200)


@require_POST
@login_required
def undo(request: HttpRequest, name: str, pk: int) -> HttpResponseBase:
    """The last step of the record is undone."""
    board = _board(name)
    one = get_object_or_404(board.model, pk=pk)
    boards.undo(board, one, person=asked.signed_in(request), now=timezone.now())
    messages.success(request, _("The last step is undone."))
    one.refresh_from_db()
    return redirect("board", name) if one.withdrawn_at else redirect("board_record", name, pk)


@require_POST
@login_required
def undo_table(request: HttpRequest, name: str, pk: int) -> HttpResponseBase:
    """A table that was taken in is taken back."""
    board = _board(name)
    intake = get_object_or_404(Intake, board=board.name, pk=pk)
    count = boards.undo_intake(board, intake, person=asked.signed_in(request), now=timezone.now())
    messages.success(request, _("The table is taken back: %(n)d records.") % {"n": count})
    return redirect("board", name)


def _add(request: HttpRequest, board: Board, person: Person, now: datetime) -> HttpResponse:
    made = boards.add(board, request.POST.dict(), person=person, now=now)
    messages.success(request, _("It is on the board."))
    return redirect("board_record", board.name, made.pk)


def _take(request: HttpRequest, board: Board, person: Person, now: datetime) -> Any:
    file: Any = request.FILES["file"]
    if file.size and file.size > 64 * 1024 * 1024:
        raise NotPossible(_("Found a file of more than 64 MB; split it."))
    dry = request.POST.get("dry") == "yes"
    mapping = boards.read_mapping(request.POST.get("mapping", ""), board)
    done = boards.take_in(board, file.read(), file.name or "", person=person, now=now, dry_run=dry, mapping=mapping)
    if done.problems:
        return done.problems
    counts = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged}
    words = _("%(created)d new, %(updated)d changed, %(unchanged)d as they were.") % counts
    if done.passed_over:
        told = {"columns": ", ".join(done.passed_over)[:200]}
        messages.info(request, _("Columns that are no field of the board were passed over: %(columns)s") % told)
    if done.remarks:
        first = "; ".join(f"{one.row}: {one.message}" for one in done.remarks[:5])
        words_kept = _("%(n)d likely swapped words were kept as written. Row %(first)s")
        messages.warning(request, words_kept % {"n": len(done.remarks), "first": first})
    nothing = _("Nothing was kept; it would be:")
    messages.success(request, f"{nothing} {words}" if dry else words)
    return redirect("board", board.name)


def _in_words(problem: Exception) -> str:
    """The refusal; the reason of a workbook that cannot be read stands in brackets and is the library's."""
    reason = str(problem.__context__) if isinstance(problem.__context__, UnusableWorkbook) else ""
    told = library_words.told(reason, translation.get_language()).rstrip("。.")
    return str(problem).replace(reason, told) if reason else str(problem)


def _panel(board: Board, one: Any, now: datetime) -> dict[str, Any]:
    """What the page of this record has besides its fields."""
    if board.name == "projects":
        others = Project.objects.there().exclude(pk=one.pk).values_list("name", flat=True)[:500]
        return {"moves": one.moves.select_related("person").order_by("-on", "-pk"), "states": Project.State.choices,
                "exits": Project.Exit.choices, "judgements": one.judgements.all(), "excludes": one.excludes.all(),
                "others": others}  # fmt: skip
    if board.name == "needs":
        return {"wishes": one.wishes.select_related("firm"), "firms": Firm.objects.there()[:500]}
    if board.name == "scenarios":
        return {"missing": [boards.label(board.model, name) for name in scenarios.missing(one)]}
    if board.name == "trials":
        kinds = [(kind, TrialStep.Kind(kind).label) for kind in scenarios.next_steps(one)]
        language = translation.get_language() or "en"
        insurance = scenarios.insurance(one, on=now.date(), language=language)
        said = {
            "insurance": insurance,
            "insurance_title": rulewords.said(insurance.rule.title, language),
            "insurance_missing": rulewords.missing(insurance, language),
        } if insurance else {}  # fmt: skip
        return {"steps": one.steps.all(), "next": kinds, **said}
    if board.name == "targets":
        return {"readings": one.readings.order_by("-on")}
    return {}


def _tables(board: Board) -> list[Intake]:
    return list(Intake.objects.filter(board=board.name).select_related("person")[:SHOWN_TABLES])


def _head(request: HttpRequest, board: Board, field: str) -> dict[str, Any]:
    sort = request.GET.get("sort", "")
    down = sort == field
    return {
        "label": boards.label(board.model, field),
        "sort": f"-{field}" if down else field,
        "mark": "ascending" if down else "descending" if sort == f"-{field}" else "",
    }


def _filter(board: Board, field: str, chosen: str, today: date) -> dict[str, Any]:
    options = board_cells.filter_options(board, field, sorted({chosen or str(today), str(today)}))
    derived = {"form": pgettext("project", "Form"), "due_before": _("Day")}
    label = derived[field] if field in derived else boards.label(board.model, field)
    return {"name": field, "label": label, "options": options, "chosen": chosen}


def _board(name: str) -> Board:
    if name not in boards.BOARDS:
        raise Http404
    return boards.BOARDS[name]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Observatory"), reverse("observatory")), (_("Firms, plans and pipelines"), reverse("boards"))]
