"""Notices: what I was told, what is new among it, and how I want to be told."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.accounts import notice_wishes, notices, sentences
from liqi.accounts.models import Notice
from liqi.web import periods, tables
from liqi.web.asked import signed_in

PAGE = 30
REMIND = (15, 30, 60, 120, 240, 720, 1440, 2880, 10080)
"""How many minutes before a booking one can be reminded; a program can set any other, which then stays a choice."""
RHYTHMS = {
    "at once": gettext_lazy("at once"),
    "daily": gettext_lazy("once a day"),
    "weekly": gettext_lazy("once a week, on Monday"),
    "never": gettext_lazy("never"),
}


class Wishes(forms.Form):
    """When mail comes, when it does not, about what not, and how long before a booking."""

    rhythm = forms.ChoiceField(label=gettext_lazy("Mail comes"), choices=list(RHYTHMS.items()))
    hour = forms.IntegerField(
        label=gettext_lazy("Hour of the digest"),
        min_value=0,
        max_value=23,
        help_text=gettext_lazy("On your own clock."),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=gettext_lazy("No mail in between; it comes afterwards."),
    )  # fmt: skip
    remind_minutes = forms.TypedChoiceField(label=gettext_lazy("Remind me before a booking"), coerce=int)
    muted = forms.MultipleChoiceField(
        label=gettext_lazy("Send no mail and count nothing about"), required=False,
        choices=list(sentences.SUBJECTS.items()), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *given: Any, remind_minutes: int, **named: Any) -> None:
        super().__init__(*given, **named)
        lengths = sorted({*REMIND, remind_minutes} - {0})
        said = [(str(each), periods.length_in_words(each)) for each in lengths]
        self.fields["remind_minutes"].choices = [("0", RHYTHMS["never"]), *said]  # type: ignore[attr-defined]


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """What the person was told, newest first; `new=1` shows what is unread, `about=` one subject."""
    person = signed_in(request)
    rows = Notice.objects.filter(person=person).order_by("-at", "-pk")
    about, new = request.GET.get("about", ""), request.GET.get("new") == "1"
    if about in sentences.SUBJECTS:
        rows = rows.filter(kind__startswith=f"{about}.")
    if new:
        rows = rows.filter(read_at=None)
    zone = person.time_zone
    if request.GET.get("format") == "csv":
        lines = sentences.sentences(rows[:20_000], zone=zone)
        header = ("at", "kind", "notice", "link", "read_at")
        cells = [(one.at.isoformat(), one.kind, words, one.link, one.read_at or "") for one, words in lines]
        return tables.as_csv("notices", header, cells)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "lines": sentences.sentences(page.object_list, zone=zone),
        "subjects": sentences.SUBJECTS.items(),
        "about": about,
        "new": new,
        "crumbs": [(_("My bench"), "/bench/"), (_("Notices"), "")],
    }
    return render(request, "notices/index.html", facts)


@require_safe
@never_cache
@login_required
def count(request: HttpRequest) -> HttpResponse:
    """How many notices are new, for the bar: a number, or nothing."""
    new = notices.unread(signed_in(request))
    return HttpResponse("99+" if new > 99 else str(new or ""), content_type="text/plain; charset=utf-8")


@require_safe
@login_required
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice is read, and the page where the person can act opens."""
    notice = get_object_or_404(Notice, pk=pk, person=signed_in(request))
    notices.read(signed_in(request), now=timezone.now(), only=[pk])
    inside = notice.link.startswith("/") and url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return redirect(notice.link if inside else reverse("notices"))


@require_POST
@login_required
def mark(request: HttpRequest) -> HttpResponse:
    """All notices are read, or the one that is named; `unread` takes it back."""
    person, now = signed_in(request), timezone.now()
    only = [int(one) for one in request.POST.getlist("notice") if one.isascii() and one.isdecimal() and len(one) < 18]
    if request.POST.get("unread"):
        Notice.objects.filter(person=person, pk__in=only).update(read_at=None)
    else:
        notices.read(person, now=now, only=only or None)
    return redirect(f"{reverse('notices')}?{request.GET.urlencode()}".rstrip("?"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def wishes(request: HttpRequest) -> HttpResponse:
    """How the person wants to be told."""
    person = signed_in(request)
    kept = notice_wishes.of(person)
    names = ("rhythm", "hour", "quiet_from", "quiet_until", "muted", "remind_minutes")
    initial = {name: getattr(kept, name) for name in names}
    form = Wishes(request.POST or None, initial=initial, remind_minutes=kept.remind_minutes)
    if request.method == "POST" and form.is_valid():
        try:
            notice_wishes.change(person, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("notice_wishes")
        except notice_wishes.WrongWish as problem:
            form.add_error("quiet_until", str(problem))
    facts: dict[str, Any] = {
        "form": form,
        "mail": settings.LIQI_MAIL,
        "crumbs": [(_("My bench"), "/bench/"), (_("Notices"), reverse("notices")), (_("How I am told"), "")],
    }
    return render(request, "notices/wishes.html", facts, status=422 if form.errors else 200)
