"""Saved searches: what did I ask before, and what is new?"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.catalogue import saved_search
from liqi.catalogue.models import SavedSearch
from liqi.web import news, questions
from liqi.web.asked import signed_in

_SALT = "forgotten search"


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The searches the person keeps, each with how many records came since they last looked."""
    rows = news.of(signed_in(request), muted=True)
    return render(request, "searches/index.html", {"rows": rows, "crumbs": [(_("Saved searches"), "")]})


@require_POST
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """The question of the address is kept; the person is back at its hits."""
    address = questions.address(QueryDict(request.POST.get("address", "")[: 2 * saved_search.ADDRESS]))
    back = f"{reverse('search')}?{address}"
    try:
        saved = saved_search.save(
            address, request.POST.get("title", "") or news.title(address), person=signed_in(request), now=timezone.now()
        )
    except saved_search.NotSaved as problem:
        messages.error(request, str(problem))
        return redirect(back)
    messages.success(request, _("Saved as “%(title)s”; new hits are counted on your bench.") % {"title": saved.title})
    return redirect(back)


@require_safe
@login_required
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The hits of the saved search; what comes from now on is new."""
    saved = _of_mine(request, pk)
    saved_search.see(saved, now=timezone.now())
    return redirect(f"{reverse('search')}?{saved.address}")


@require_POST
@login_required
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """The saved search has another title."""
    try:
        saved_search.rename(
            _of_mine(request, pk), request.POST.get("title", ""), person=signed_in(request), now=timezone.now()
        )
    except saved_search.NotSaved as problem:
        messages.error(request, str(problem))
    return redirect("searches")


@require_POST
@login_required
def notify(request: HttpRequest, pk: int) -> HttpResponse:
    """New hits are announced on the bench, or no longer."""
    wanted = request.POST.get("notify") == "1"
    saved_search.notify(_of_mine(request, pk), wanted, person=signed_in(request), now=timezone.now())
    return redirect("searches")


@require_POST
@login_required
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """The search is no longer kept; one button takes it back."""
    saved = _of_mine(request, pk)
    facts = saved_search.forget(saved, person=signed_in(request), now=timezone.now())
    undo = f"{reverse('search_back')}?facts={signing.dumps(facts, salt=_SALT, compress=True)}"
    messages.success(request, _("“%(title)s” is forgotten.") % {"title": facts["title"]}, extra_tags=undo)
    return redirect("searches")


@require_POST
@login_required
def back(request: HttpRequest) -> HttpResponse:
    """A forgotten search is kept again."""
    try:
        facts = signing.loads(request.GET.get("facts", ""), salt=_SALT)
    except signing.BadSignature:
        raise Http404 from None
    saved_search.take_back(facts, person=signed_in(request), now=timezone.now())
    return redirect("searches")


def _of_mine(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch, pk=pk, person=signed_in(request))
