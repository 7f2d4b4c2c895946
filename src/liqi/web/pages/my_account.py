"""What is mine as a user: tokens for my programs, what the journal says of me, my data as a file, being forgotten."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.accounts import personal_data, tokens
from liqi.accounts.models import ApiToken, JournalEntry
from liqi.web import deeds
from liqi.web.asked import signed_in

DAYS = ((7, gettext_lazy("7 days")), (30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")),
        (366, gettext_lazy("one year")))  # fmt: skip


class NewToken(forms.Form):
    """What a new token is called, what it may do, how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Such as the program that will use it.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), choices=list(tokens.SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(label=gettext_lazy("It expires after"), choices=DAYS, coerce=int, initial=90)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def my_tokens(request: HttpRequest) -> HttpResponse:
    """The person's tokens and the form that makes one; its secret stands on the answer and nowhere else."""
    person, now = signed_in(request), timezone.now()
    form, made = NewToken(request.POST or None, initial={"scopes": ["read"]}), None
    if request.method == "POST" and form.is_valid():
        try:
            made = tokens.issue(person=person, **form.cleaned_data, now=now)
            form = NewToken(initial={"scopes": ["read"]})
        except tokens.WrongToken as problem:
            form.add_error("name", str(problem))
    facts = {
        "form": form,
        "made": made,
        "scopes": tokens.SCOPES,
        "live": tokens.live(person, now=now).order_by("-issued_at", "-pk"),
        "over": ApiToken.objects.filter(person=person).exclude(pk__in=tokens.live(person, now=now))[:20],
        "crumbs": _crumbs(_("API tokens")),
    }
    return render(request, "my_account/tokens.html", facts, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The token is good for nothing any more."""
    person = signed_in(request)
    tokens.revoke(token=get_object_or_404(ApiToken, pk=pk, person=person), person=person, now=timezone.now())
    messages.success(request, _("The token is revoked; programs that use it are refused."))
    return redirect("my_tokens")


@require_safe
@login_required
def journal(request: HttpRequest) -> HttpResponseBase:
    """What was done by me and about me; operators read everything, or one person's or one thing's lines."""
    person = signed_in(request)
    everything = person.is_operator and request.GET.get("all") == "1"
    rows = personal_data.lines_about(person)
    if everything:
        rows = JournalEntry.objects.select_related("person").order_by("-at", "-pk")
    thing, verb = request.GET.get("thing", "").strip()[:60], request.GET.get("verb", "").strip()[:60]
    if thing:
        kind, _slash, number = thing.partition("/")
        rows = rows.filter(thing=kind, thing_id=number) if number else rows.filter(thing=kind)
    if verb:
        rows = rows.filter(verb=verb)
    if request.GET.get("format") == "csv":
        return deeds.as_csv("journal", rows)
    page = deeds.page_of(request, rows)
    facts = {
        "page": page,
        "deeds": deeds.read(page),
        "thing": thing,
        "verb": verb,
        "all": everything,
        "may_all": person.is_operator,
        "crumbs": _crumbs(_("Journal")),
    }
    return render(request, "my_account/journal.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about the person, and the way to be forgotten: the address is typed, as nothing undoes it."""
    person, now = signed_in(request), timezone.now()
    problem = ""
    if request.method == "POST":
        if request.POST.get("email", "").strip().lower() != person.email:
            problem = _("Found another address; type your own, %(email)s, to be forgotten.") % {"email": person.email}
        else:
            try:
                personal_data.forget(person=person, by=person, now=now)
                logout(request)
                messages.success(request, _("You are forgotten here. What had to stay carries no name."))
                return redirect("home")
            except personal_data.LastLead as found:
                problem = str(found)
    facts: dict[str, Any] = {"problem": problem, "crumbs": _crumbs(_("My data"))}
    return render(request, "my_account/data.html", facts, status=422 if problem else 200)


@require_safe
@never_cache
@login_required
def my_data_file(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about the person, as a ZIP."""
    answer = HttpResponse(personal_data.export(signed_in(request), now=timezone.now()), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return answer


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(_("Profile"), reverse("profile")), (here, "")]
