"""Rules of this site: an operator keeps their texts and switches rules on and off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liqi import policy
from liqi.accounts.membership import NotAllowed
from liqi.observatory import policies
from liqi.web import library_words
from liqi.web.asked import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """The text of a rule of this site, as TOML; it is kept switched off."""
    person = signed_in(request)
    if not person.is_operator:
        raise NotAllowed(_("Only an operator of the platform keeps rules and switches them."))
    text = request.POST.get("text", "") or policies.texts().get(request.GET.get("rule", ""), "")
    facts: dict[str, Any] = {
        "text": text,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("All rules"), reverse("policy_rules")),
            (_("A rule of your own"), ""),
        ],
    }
    if request.method != "POST":
        return render(request, "observatory/policy_keep.html", facts)
    try:
        row = policies.keep(text, person=person, now=timezone.now())
    except (policy.BrokenRule, policies.NotPossible) as problem:
        facts["mistake"] = library_words.told(str(problem), translation.get_language())
        return render(request, "observatory/policy_keep.html", facts, status=422)
    return redirect("policy_rule", row.rule_id)


@require_POST
@login_required
def switch(request: HttpRequest, rule: str) -> HttpResponse:
    """The rule is on or off; pressing the other button undoes it."""
    row = policies.switch(rule, on=request.POST.get("on") == "yes", person=signed_in(request), now=timezone.now())
    messages.success(request, _("The rule is on.") if row.on else _("The rule is off; nobody is asked it."))
    return redirect("policy_rule", rule)
