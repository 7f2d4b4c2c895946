"""Stored files: one's own with their quota, holds and check standards; the operators' page of rules and rounds."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access import belonging
from liqi.access.care.refusal import NotPossible
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.answers import check_standards, preview, quota, retention, rounds, storage
from liqi.answers.models import Audit, Content, RetentionRule, Run, StoredFile
from liqi.answers.store import Gone
from liqi.catalogue.models import Instrument, Service
from liqi.web import asked, downloads, tables, typed

PAGE = 50
PLANNED = 200
NIGHTS = 30
COLUMNS = ("key", "name", "format", "bytes", "sha256", "order", "brought_at", "goes_from", "held", "removed_at")


@require_http_methods(["GET", "HEAD"])
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """One's own files, newest first, with how much is kept and how much may be."""
    person = asked.signed_in(request)
    files = StoredFile.objects.filter(person=person).select_related("order", "check_standard_of", "held_by")
    if text := request.GET.get("q", "").strip():
        files = files.filter(name__icontains=text)
    if (state := request.GET.get("state", "")) in STATES:
        files = files.filter(**STATES[state])
    files = files.order_by("-uploaded_at", "-pk")
    if request.GET.get("format") == "csv":
        return tables.as_csv("liqi-files", COLUMNS, (_cells(one) for one in files.iterator(chunk_size=500)))
    facts = {
        "page": Paginator(files, PAGE).get_page(request.GET.get("page")),
        "use": quota.of(person),
        "organisations": quota.of_organisations(person),
        "q": text,
        "state": state,
        "states": [("announced", _("going soon")), ("held", _("on hold")), ("removed", _("bytes gone"))],
        "crumbs": [(_("My bench"), reverse("bench")), (_("My files"), "")],
    }
    return render(request, "files/index.html", facts)


STATES: dict[str, dict[str, Any]] = {
    "announced": {"announced_at__isnull": False, "removed_at": None},
    "held": {"held_at__isnull": False},
    "removed": {"removed_at__isnull": False},
}


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """One file: what its beginning says, its hash, its runs, and how long it stays."""
    person = asked.person_of(request)
    seen = StoredFile.objects.visible_to(person).select_related("order", "person", "held_by", "check_standard_of")
    one = get_object_or_404(seen, key=key)
    mine = person is not None and (person.is_operator or one.person_id == person.pk)
    facts = {
        "file": one,
        "preview": _previewed(one),
        "mine": mine,
        "same": StoredFile.objects.visible_to(person).filter(sha256=one.sha256).exclude(pk=one.pk)[:10],
        "runs": one.runs.filter(pk__in=Run.objects.visible_to(person)).order_by("-queued_at")[:20],
        "standards": belonging.looked_after_by(person).filter(control_charts__ended_at=None,
                     control_charts__isnull=False).distinct()[:50] if mine and person else [],
        "crumbs": [(_("My files"), reverse("files")), (one.name, "")],
    }  # fmt: skip
    return render(request, "files/show.html", facts)


def _previewed(one: StoredFile) -> preview.Preview:
    try:
        return preview.of(one)
    except Gone:
        return preview.Preview("missing")


@require_http_methods(["GET", "HEAD"])
def image(request: HttpRequest, key: str) -> HttpResponseBase:
    """The picture itself, for the preview: only of the kinds that a browser shows and cannot run."""
    person = asked.person_of(request)
    one = get_object_or_404(StoredFile.objects.visible_to(person).filter(removed_at=None), key=key)
    with storage.opened(one.sha256, length=16) as stream:
        head = stream.read(16)
    kind = next((kind for magic, kind in preview.IMAGES.values() if head.startswith(magic)), "")
    if not kind or one.size > preview.MOST_IMAGE_BYTES:
        raise Http404
    answer = downloads.send(request, sha256=one.sha256, size=one.size, name=one.name, kind=kind)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@login_required
def standard(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file is of the check standard of an instrument that one looks after, or is not any more."""
    person = asked.signed_in(request)
    file = get_object_or_404(StoredFile.objects.visible_to(person), key=key)
    given = request.POST.get("instrument", "")
    instrument = get_object_or_404(Instrument, key=given) if given else None
    check_standards.mark(file=file, instrument=instrument, person=person, now=timezone.now())
    messages.success(
        request, _("Runs on it add a point to the control charts.") if instrument else _("It is a file like others.")
    )
    return redirect("file_page", key)


@require_POST
@login_required
def hold(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file is held with the reason given, or let go."""
    person, now = asked.signed_in(request), timezone.now()
    file = get_object_or_404(StoredFile.objects.visible_to(person), key=key)
    try:
        if "go" in request.POST:
            retention.let_go(file=file, person=person, now=now)
            messages.success(request, _("The hold is over; its rule counts again."))
        else:
            retention.hold(file=file, person=person, why=request.POST.get("why", ""), now=now)
            messages.success(request, _("It stays until the hold is over."))
    except retention.Impossible as problem:
        messages.error(request, str(problem))
    return redirect("file_page", key) if request.POST.get("back") == "file" else redirect("files")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """What the nightly rounds found, the rules of retention, and what would go by them; for operators."""
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    if not person.is_operator:
        raise NotAllowed(_("Only operators of the platform look after the stored files; ask one."))
    if request.method == "POST":
        try:
            _act(request, person)
        except (retention.Impossible, NotPossible) as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("The rule is kept; nothing goes without notice."))
            return redirect("desk_files")
    days = min(asked.number(request.GET.get("days", "")) or 90, 3650)
    planned = list(islice(retention.plan(now=now, within=timedelta(days=days)), PLANNED + 1))
    if request.GET.get("format") == "csv":
        rows = ((one.file.key, one.file.name, one.file.size, str(one.rule), one.over_at.isoformat(),
                 one.earliest_at.isoformat(), one.stays_why) for one in planned)  # fmt: skip
        return tables.as_csv("liqi-retention", ("key", "name", "bytes", "rule", "over_at", "goes_from", "stays"), rows)
    nights = list(Audit.objects.all()[:NIGHTS])
    facts = {
        "rules": RetentionRule.objects.select_related("organisation", "service", "person"),
        "planned": planned[:PLANNED],
        "more": len(planned) > PLANNED,
        "going": sum(not one.stays for one in planned[:PLANNED]),
        "days": days,
        "nights": nights,
        "last": nights[0] if nights else None,
        "overdue": rounds.overdue(now=now),
        "contents": Content.objects.count(),
        "bad": Content.objects.exclude(state=Content.State.WHOLE).order_by("sha256")[:50],
        "typed": request.POST.dict(),
        "wrong": wrong,
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Stored files"), "")],
    }
    return render(request, "files/desk.html", facts, status=422 if wrong else 200)


def _act(request: HttpRequest, person: Person) -> None:
    given, now = request.POST, timezone.now()
    if drop := given.get("drop", ""):
        retention.drop_rule(rule=get_object_or_404(RetentionRule, pk=asked.number(drop)), person=person, now=now)
        return
    organisation, service = given.get("organisation", "").strip(), given.get("service", "").strip()
    retention.set_rule(
        person=person, now=now, days_kept=typed.whole(given.get("days_kept", "")) or 0,
        notice_days=typed.whole(given.get("notice_days", "")) or 30, takes_released="takes_released" in given,
        organisation=_organisation(organisation) if organisation else None,
        service=_service(service) if service else None,
    )  # fmt: skip


def _organisation(name: str) -> Organisation:
    found = list(Organisation.objects.filter(name=name)[:2])
    if len(found) != 1:
        words = _("Found %(count)s organisations called “%(name)s”; expected one, write its whole name.")
        raise retention.Impossible(words % {"count": len(found), "name": name})
    return found[0]


def _service(key: str) -> Service:
    found: Service | None = Service.objects.filter(key=key).first()
    if found is None:
        raise retention.Impossible(_("Found no service with the key “%(key)s”; copy it from its page.") % {"key": key})
    return found


def _cells(one: StoredFile) -> tuple[Any, ...]:
    def moment(at: Any) -> str:
        return at.isoformat() if at is not None else ""

    return (
        one.key, one.name, one.format, one.size, one.sha256, one.order.key if one.order else "",
        moment(one.uploaded_at), moment(one.announced_at), one.held_why, moment(one.removed_at),
    )  # fmt: skip
