"""The profile: name, language, time zone, and for whom one acts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liqi.accounts import profile
from liqi.web.forms import Profile


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The form with what is known; a saved change holds from the next page on."""
    person: Any = request.user
    known = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
    form = Profile(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        profile.change(person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        answer = redirect("profile")
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return answer
    facts = {
        "form": form,
        "memberships": person.memberships.select_related("organisation").order_by("organisation__name"),
        "crumbs": [(_("Profile"), "")],
    }
    return render(request, "account/profile.html", facts)
