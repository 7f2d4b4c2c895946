"""Webhooks: which addresses are told of my instruments and organisations, what was sent, what they answered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access import webhooks
from liqi.access.models import Webhook
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument
from liqi.web.asked import signed_in
from liqi.web.deed_words import THINGS
from liqi.web.scripts import name_of

PAGE = 50
ACTS = {"stop": webhooks.stop, "restart": webhooks.restart}


class NewHook(forms.Form):
    """Of what place, to what address, about what."""

    place = forms.ChoiceField(label=gettext_lazy("Of"))
    url = forms.CharField(label=gettext_lazy("Address"), max_length=500, help_text="https://example.org/liqi")
    things = forms.MultipleChoiceField(
        label=gettext_lazy("Only about (nothing chosen: everything)"), required=False,
        widget=forms.CheckboxSelectMultiple, choices=[(name, THINGS[name]) for name in webhooks.THINGS],
    )  # fmt: skip

    def __init__(self, person: Person, *given: Any) -> None:
        super().__init__(*given)
        instruments, led = webhooks.places_of(person)
        choice = self.fields["place"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(f"organisation:{one.pk}", name_of(one, get_language())) for one in led[:200]] + [
            (f"instrument:{one.key}", name_of(one, get_language()))
            for one in instruments.only("key", "name", "name_en")[:500]
        ]
        self.placed = bool(choice.choices)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The person's webhooks and the form that makes one; its secret stands on the answer and nowhere else."""
    person = signed_in(request)
    form, made = NewHook(person, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = webhooks.make(
                place=_place(values["place"]), url=values["url"], things=values["things"], person=person,
                now=timezone.now(),
            )  # fmt: skip
            form = NewHook(person)
        except webhooks.NotPossible as problem:
            form.add_error("url", str(problem))
    facts = {
        "form": form,
        "made": made,
        "placed": form.placed,
        "hooks": webhooks.mine(person),
        "crumbs": [(_("Manager's desk"), "/desk/"), (_("Webhooks"), "")],
    }
    return render(request, "webhooks/index.html", facts, status=422 if form.errors else 200)


@require_safe
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent to the address, and what it answered."""
    return _shown(request, _hook(request, pk))


@require_POST
@never_cache
@login_required
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Tested, stopped, restarted, removed, or given a new secret, which stands on this answer and nowhere else."""
    hook, person, now = _hook(request, pk), signed_in(request), timezone.now()
    do = request.POST.get("do", "")
    if do == "test":
        sent = webhooks.test(hook=hook, person=person, now=now)
        if sent.state == sent.State.DELIVERED:
            messages.success(request, _("Delivered: the address answered %(status)s.") % {"status": sent.status})
        else:
            messages.error(request, _("Not delivered: %(said)s") % {"said": sent.said})
    elif do == "remove":
        webhooks.remove(hook=hook, person=person, now=now)
        return redirect("webhooks")
    elif do == "secret":
        changed = webhooks.change_secret(hook=hook, person=person, now=now)
        return _shown(request, changed, secret=changed.secret)
    elif do in ACTS:
        ACTS[do](hook=hook, person=person, now=now)
    else:
        return HttpResponse(status=400)
    return redirect("webhook", pk)


def _shown(request: HttpRequest, hook: Webhook, *, secret: str = "") -> HttpResponse:
    page = Paginator(hook.deliveries.order_by("-at", "-pk"), PAGE).get_page(request.GET.get("page"))
    until = hook.old_secret_until
    facts = {
        "hook": hook,
        "page": page,
        "secret": secret,
        "both_until": until if until and until > timezone.now() else None,
        "crumbs": [(_("Webhooks"), reverse("webhooks")), (hook.url[:60], "")],
    }
    return render(request, "webhooks/show.html", facts)


def _hook(request: HttpRequest, pk: int) -> Webhook:
    hook = webhooks.of_mine(signed_in(request), pk)
    if hook is None:
        raise Http404(_("You have no such webhook."))
    return hook


def _place(text: str) -> Instrument | Organisation:
    kind, _colon, name = text.partition(":")
    return Instrument.objects.get(key=name) if kind == "instrument" else Organisation.objects.get(pk=name)
