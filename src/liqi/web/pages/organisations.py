"""Organisations: found one, add and remove its people, begin and close its projects."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from liqi.accounts import membership, organisation
from liqi.accounts.models import Membership, Organisation, Project
from liqi.accounts.naming import called
from liqi.answers import quota
from liqi.web.asked import signed_in
from liqi.web.words import word

KINDS = (Organisation.Kind.GROUP, Organisation.Kind.FIRM, Organisation.Kind.INSTITUTION)


class Found(forms.Form):
    """The name and kind of a new organisation."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    name_en = forms.CharField(max_length=200, required=False, label=gettext_lazy("Name in English"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(code, word(code)) for code in KINDS]


class Add(forms.Form):
    """The address and role of somebody who has an account."""

    email = forms.EmailField(label=gettext_lazy("E-mail address of their account"))
    lead = forms.BooleanField(required=False, label=gettext_lazy("May add and remove people"))


class Begin(forms.Form):
    """The code and title of a project."""

    code = forms.SlugField(max_length=40, label=gettext_lazy("Code"))
    title = forms.CharField(max_length=200, label=gettext_lazy("Title"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The organisations the person acts for, and the form that founds one."""
    person = signed_in(request)
    form = Found(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = organisation.found(**form.cleaned_data, person=person, now=timezone.now())
            return redirect("organisation", made.pk)
        except organisation.AlreadyThere as problem:
            form.add_error("name", str(problem))
    memberships = person.memberships.select_related("organisation").order_by("organisation__name")
    facts = {"form": form, "memberships": memberships, "crumbs": [(_("My organisations"), "")]}
    return render(request, "organisations/mine.html", facts, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The people and the projects of an organisation, for those who act for it."""
    return _page(request, _of_mine(request, pk), Add(), Begin())


@login_required
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody joins, or the page says why not."""
    theirs, form, now = _of_mine(request, pk), Add(request.POST), timezone.now()

    def join() -> None:
        role = Membership.Role.LEAD if form.cleaned_data["lead"] else Membership.Role.MEMBER
        email = form.cleaned_data["email"]
        organisation.add(organisation=theirs, email=email, by=signed_in(request), now=now, role=role)

    return _tried(form, "email", join, theirs) or _page(request, theirs, form, Begin())


@login_required
@require_POST
def remove(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Somebody leaves; oneself too."""
    theirs = _of_mine(request, pk)
    left = get_object_or_404(theirs.memberships.select_related("organisation", "person"), pk=membership_pk)
    organisation.remove(left=left, by=signed_in(request), now=timezone.now())
    messages.success(
        request,
        _("%(person)s no longer acts for %(organisation)s.")
        % {"person": called(left.person), "organisation": called(theirs)},
    )
    return redirect("organisations") if left.person_id == request.user.pk else redirect("organisation", pk)


@login_required
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """A project begins, or the page says why not."""
    theirs, form, now = _of_mine(request, pk), Begin(request.POST), timezone.now()

    def start() -> None:
        organisation.begin_project(organisation=theirs, **form.cleaned_data, person=signed_in(request), now=now)

    return _tried(form, "code", start, theirs) or _page(request, theirs, Add(), form)


@login_required
@require_POST
def close(request: HttpRequest, pk: int, project_pk: int) -> HttpResponse:
    """A project is closed, or opened again."""
    theirs, now = _of_mine(request, pk), timezone.now()
    project = get_object_or_404(Project, organisation=theirs, pk=project_pk)
    on = None if project.closed_on else timezone.localdate(now)
    organisation.close_project(project=project, person=signed_in(request), now=now, on=on)
    return redirect("organisation", pk)


def _tried(form: forms.Form, field: str, verb: Callable[[], None], theirs: Organisation) -> HttpResponse | None:
    """Back to the page when the verb went well; None with the reason in the form when it did not."""
    if form.is_valid():
        try:
            verb()
            return redirect("organisation", theirs.pk)
        except (organisation.AlreadyThere, organisation.NoSuchPerson) as problem:
            form.add_error(field, str(problem))
    return None


def _page(request: HttpRequest, theirs: Organisation, add_form: Add, begin_form: Begin) -> HttpResponse:
    facts = {
        "organisation": theirs,
        "memberships": theirs.memberships.select_related("person").order_by("person__name"),
        "projects": theirs.projects.order_by("closed_on", "code"),
        "may_add": organisation.is_lead(theirs, signed_in(request)),
        "add_form": add_form,
        "begin_form": begin_form,
        "use": quota.of_organisation(theirs),
        "example": theirs.synthetic,
        "crumbs": [(_("My organisations"), "/organisations/"), (theirs.name, "")],
    }
    status = 422 if add_form.errors or begin_form.errors else 200
    return render(request, "organisations/organisation.html", facts, status=status)


def _of_mine(request: HttpRequest, pk: int) -> Organisation:
    theirs = get_object_or_404(Organisation, pk=pk)
    membership.require(signed_in(request), theirs)
    return theirs
