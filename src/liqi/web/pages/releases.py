"""The release of an answer: to whom, under which licence, from when; taken back; and the log of it."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from liqi.accounts.models import Organisation
from liqi.answers import releases
from liqi.answers.licences import AGREED, LICENCES
from liqi.answers.models import Run
from liqi.web.asked import signed_in

EVERYBODY, SOME = "everybody", "organisations"


class NewRelease(forms.Form):
    """To whom, under which licence, from when, and whether with the files."""

    to = forms.ChoiceField(
        label=gettext_lazy("To whom"), widget=forms.RadioSelect, initial=EVERYBODY,
        choices=((EVERYBODY, gettext_lazy("everybody, without an account")), (SOME, gettext_lazy("organisations"))),
    )  # fmt: skip
    organisations = forms.CharField(
        label=gettext_lazy("Organisations"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One name a line, as it stands in Liqi."),
    )  # fmt: skip
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence"), initial="CC-BY-4.0",
        choices=[(one.spdx, f"{one.name} ({one.spdx})") for one in LICENCES.values() if one.open]
        + [(AGREED, gettext_lazy("as the organisations agreed (not for everybody)"))],
    )  # fmt: skip
    embargo = forms.DateField(
        label=gettext_lazy("Not before"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: at once."),
    )  # fmt: skip
    with_files = forms.BooleanField(label=gettext_lazy("With the files that went in"), required=False)

    def clean_organisations(self) -> list[Organisation]:
        """The organisations of these names; a name that is none, or that several have, is said."""
        found = []
        for name in filter(None, map(str.strip, self.cleaned_data["organisations"].splitlines())):
            same = list(Organisation.objects.filter(Q(name=name) | Q(name_en=name))[:2])
            if len(same) != 1:
                words = _("Found %(count)d organisations called “%(name)s”, expected one; write its name in full.")
                raise forms.ValidationError(words % {"count": len(same), "name": name[:80]})
            found += same
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def release(request: HttpRequest, key: str) -> HttpResponse:
    """The release that stands, the form of a new one, and the log; a POST releases."""
    person, one = signed_in(request), _own(request, key)
    form = NewRelease(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            releases.release(
                run=one,
                person=person,
                now=timezone.now(),
                licence=values["licence"],
                to_everybody=values["to"] == EVERYBODY,
                organisations=values["organisations"],
                with_files=values["with_files"],
                embargo_until=_start_of(values["embargo"]),
            )
            return redirect("run_release", key)
        except releases.NotPossible as problem:
            form.add_error(None, str(problem))
    facts = _facts(one, person) | {"form": form}
    return render(request, "answers/release.html", facts, status=422 if form.errors else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """The release is taken back, with its reason."""
    person, one = signed_in(request), _own(request, key)
    try:
        releases.withdraw(run=one, person=person, reason=request.POST.get("reason", ""), now=timezone.now())
    except releases.NotPossible as problem:
        facts = _facts(one, person) | {"form": NewRelease(), "wrong": str(problem)}
        return render(request, "answers/release.html", facts, status=422)
    return redirect("run_release", key)


def _own(request: HttpRequest, key: str) -> Run:
    near = Run.objects.of_own(signed_in(request)).select_related("order", "person")
    one: Run = get_object_or_404(near, key=key)
    return one


def _facts(one: Run, person: Any) -> dict[str, Any]:
    log = releases.all_of(one)
    return {
        "run": one,
        "log": log,
        "standing": next((each for each in log if each.withdrawn_at is None), None),
        "now": timezone.now(),
        "may_release": releases.may_release(person, one) and one.state == Run.State.DONE,
        "may_withdraw": releases.may_withdraw(person, one),
        "licences": LICENCES,
        "crumbs": [
            (_("Answers"), reverse("answers")),
            (one.called, reverse("run", args=[one.key])),
            (_("Release"), ""),
        ],
    }


def _start_of(day: Any) -> datetime | None:
    """The first moment of a day on the clock of this place."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
