"""What people say of an answer: an identification confirmed, rejected or renamed; the answer signed by two."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liqi.accounts.models import Person
from liqi.answers import amendments, signatures
from liqi.web.asked import number, run_seen, signed_in


@require_POST
@login_required
def amend(request: HttpRequest, key: str) -> HttpResponse:
    """The edit of one row stands, or the one that stood is undone; back to the row."""
    one, feature = run_seen(request, key), number(request.POST.get("feature", ""))
    person, now, said = signed_in(request), datetime.now(UTC), request.POST
    if said.get("kind") == "undo":
        amendments.undo(run=one, feature=feature, person=person, now=now)
    else:
        kind, name, reason = said.get("kind", ""), said.get("name", ""), said.get("reason", "")
        amendments.amend(run=one, feature=feature, kind=kind, name=name, reason=reason, person=person, now=now)
    row = number(request.POST.get("row", ""))
    return redirect(f"{reverse('run', args=[key])}?row={row}#found")


@require_POST
@login_required
def sign(request: HttpRequest, key: str) -> HttpResponse:
    """The step of signing that ``step`` names: sign, countersign, withdraw or send_back; back to the answer."""
    one, now, person = run_seen(request, key), datetime.now(UTC), signed_in(request)
    step = request.POST.get("step", "")
    if step == "sign":
        asked = get_object_or_404(Person, pk=number(request.POST.get("asked", "")))
        signatures.sign(run=one, asked=asked, person=person, now=now)
    elif step == "countersign":
        signatures.countersign(run=one, person=person, now=now)
    elif step == "withdraw":
        signatures.withdraw(run=one, person=person, now=now)
    else:
        signatures.send_back(run=one, reason=request.POST.get("reason", ""), person=person, now=now)
    return redirect(f"{reverse('run', args=[key])}#signatures")
