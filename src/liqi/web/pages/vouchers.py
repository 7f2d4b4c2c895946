"""Innovation vouchers: programmes, my firm's vouchers and what they pay, applying for one, documents of a use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi import policy
from liqi.access.commissions import subsidy
from liqi.access.models import (
    Order,
    Quote,
    Voucher,
    VoucherEvidence,
    VoucherProgramme,
)
from liqi.access.money import amounts, books, programmes, redemption, vouchers
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.observatory import policies
from liqi.web import scripts, voucher_uses
from liqi.web.asked import number, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mine(request: HttpRequest) -> HttpResponseBase:
    """The programmes, the vouchers of one's firms, and what they pay; a POST reserves, releases or adds evidence."""
    person, now = signed_in(request), timezone.now()
    if request.method == "POST":
        return voucher_uses.tried(request, lambda: _use(request, person), "vouchers")
    today = books.day_of(now)
    open_ones = VoucherProgramme.objects.filter(valid_from__lte=today)
    open_ones = open_ones.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    own = Voucher.objects.filter(organisation__memberships__person=person).select_related("programme", "organisation")
    quotes = Quote.objects.filter(state=Quote.State.ACCEPTED, order__organisation__memberships__person=person)
    quotes = quotes.exclude(order__voucher_uses__state__in=("reserved", "used", "submitted", "redeemed"))
    facts = {
        "programmes": list(open_ones.order_by("title")[:100]),
        "vouchers": list(own.distinct().order_by("-applied_at")[:200]),
        "uses": list(
            voucher_uses.rows()
            .filter(voucher__organisation__memberships__person=person)
            .distinct()
            .order_by("-at")[:200]
        ),
        "quotes": list(
            quotes.exclude(order__charges__state="invoiced").select_related("order", "seller").distinct()[:100]
        ),
        "evidence": VoucherEvidence.Kind.values,
        "crumbs": [(_("My bench"), reverse("bench")), (_("Innovation vouchers"), "")],
    }
    return render(request, "money/vouchers.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def apply(request: HttpRequest, key: str) -> HttpResponseBase:
    """The terms of a programme, its questions, and the answer by them; a POST with ``apply`` sends the application."""
    person, now = signed_in(request), timezone.now()
    programme = get_object_or_404(VoucherProgramme, key=key)
    rules = policies.in_use()
    rule, wrong, verdict = None, "", None
    try:
        rule = programmes.rule_of(programme, rules)
    except Unable as problem:  # its rule is switched off: the page says so, and takes nothing
        wrong = str(problem)
    inputs = list(rule.inputs.values()) if rule else []
    firms = Organisation.objects.filter(memberships__person=person, kind=Organisation.Kind.FIRM).order_by("name")
    if request.method == "POST" and not wrong:
        try:
            subject = _subject(inputs, request.POST)
            verdict = programmes.verdict(programme, subject, on=books.day_of(now), rules=rules)
            if "apply" in request.POST:
                firm, sum_asked = _firm(firms, request.POST), amounts.read(request.POST.get("asked", ""))
                made = vouchers.apply(
                    programme, organisation=firm, asked=sum_asked, subject=subject, person=person, now=now, rules=rules
                )
                said = _("Applied: %(number)s. You are told when it is decided.")
                messages.success(request, said % {"number": made.number})
                return redirect("vouchers")
        except (Unable, policy.UnreadableSubject) as problem:
            wrong = str(problem)
    facts = {
        "programme": programme,
        "firms": list(firms),
        "wrong": wrong,
        "verdict": verdict,
        "clause": rule.cited(programmes.language()) if rule else "",
        "example": programme.synthetic,
        "questions": [_question(one, request.POST) for one in inputs],
        "asked": request.POST.get("asked", ""),
        "crumbs": [(_("Innovation vouchers"), reverse("vouchers")), (scripts.title_of(programme, get_language()), "")],
    }
    return render(request, "money/voucher_apply.html", facts, status=422 if wrong and request.method == "POST" else 200)


def _subject(inputs: Sequence[policy.Input], given: Mapping[str, str]) -> dict[str, Any]:
    """What the firm says of itself; a question left blank is not answered. Raises UnreadableSubject."""
    said = (one for one in inputs if given.get(one.name, "").strip())
    return {one.name: policy.from_text(one, given[one.name]) for one in said}


def _firm(firms: QuerySet[Organisation], given: Mapping[str, str]) -> Organisation:
    """The firm that applies, one of the person's; raises Unable."""
    found = firms.filter(pk=number(given.get("firm", ""))).first()
    if found is None:
        raise Unable(_("Found no firm of yours; found it under “My organisations” first."))
    return found


def _question(one: policy.Input, given: Mapping[str, str]) -> dict[str, Any]:
    language = programmes.language()
    return {
        "name": one.name,
        "kind": one.kind,
        "unit": one.unit,
        "question": one.question.said(language),
        "options": [(code, words.said(language)) for code, words in one.options.items()],
        "value": given.get(one.name, ""),
    }


@require_safe
@login_required
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A document of a use, for its firm and for who keeps the books of its provider."""
    person = signed_in(request)
    rows = VoucherEvidence.objects.select_related("use__voucher__organisation", "use__seller")
    kept = get_object_or_404(rows, pk=pk)
    mine = person.memberships.filter(organisation=kept.use.voucher.organisation).exists()
    if not mine and not books.keeps(person, kept.use.seller):
        raise NotAllowed(_("This document is its firm's and its provider's; ask one of them."))
    path = redemption.path_of(kept.sha256)
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=kept.name, content_type="application/octet-stream"
    )


def _use(request: HttpRequest, person: Person) -> str:
    given, now = request.POST, timezone.now()
    if given.get("do") == "reserve":
        mine = Order.objects.filter(organisation__memberships__person=person).distinct()
        order = get_object_or_404(mine, key=given.get("order", ""))
        made = subsidy.use(order=order, number=given.get("voucher", ""), person=person, now=now)
        facts = {"amount": made.amount, "number": made.voucher.number}
        return _("¥ %(amount)s of this order are paid by voucher %(number)s.") % facts
    use = get_object_or_404(voucher_uses.rows(), pk=number(given.get("use", "")))
    if given.get("do") == "release":
        subsidy.give_back(use=use, person=person, now=now)
        return _("The voucher can be used for something else.")
    return voucher_uses.keep_document(request, use, person)
