"""Innovation vouchers: programmes, my firm's vouchers and their use; the desk issues, hands in and settles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi import policy
from liqi.access.commissions import subsidy
from liqi.access.models import (
    Order,
    Quote,
    Voucher,
    VoucherBatch,
    VoucherEvidence,
    VoucherProgramme,
    VoucherUse,
)
from liqi.access.money import amounts, books, programmes, redemption, vouchers
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.web import tables
from liqi.web.asked import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mine(request: HttpRequest) -> HttpResponseBase:
    """The programmes, the vouchers of one's firms, and what they pay; a POST reserves, releases or adds evidence."""
    person, now = signed_in(request), timezone.now()
    if request.method == "POST":
        return _tried(request, lambda: _use(request, person), "vouchers")
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
            _uses().filter(voucher__organisation__memberships__person=person).distinct().order_by("-at")[:200]
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
    rule = programmes.rule_of(programme)
    inputs = list(rule.inputs.values()) if rule else []
    subject, wrong, verdict = {}, "", None
    given = request.POST
    firms = Organisation.objects.filter(memberships__person=person, kind=Organisation.Kind.FIRM).order_by("name")
    if request.method == "POST":
        try:
            for one in inputs:
                if given.get(one.name, "").strip():
                    subject[one.name] = policy.from_text(one, given[one.name])
            verdict = programmes.verdict(programme, subject, on=books.day_of(now))
            if "apply" in given:
                firm = firms.filter(pk=_number(given.get("firm", ""))).first()
                if firm is None:
                    raise Unable(_("Found no firm of yours; found it under “My organisations” first."))
                asked = amounts.read(given.get("asked", ""))
                made = vouchers.apply(
                    programme, organisation=firm, asked=asked, subject=subject, person=person, now=now
                )
                messages.success(
                    request, _("Applied: %(number)s. You are told when it is decided.") % {"number": made.number}
                )
                return redirect("vouchers")
        except (Unable, policy.UnreadableSubject) as problem:
            wrong = str(problem)
    language = "en" if translation.get_language() == "en" else "zh"
    facts = {
        "programme": programme,
        "firms": list(firms),
        "wrong": wrong,
        "verdict": verdict,
        "clause": rule.cited(language) if rule else "",
        "example": programme.synthetic,
        "questions": [
            {
                "name": one.name,
                "kind": one.kind,
                "unit": one.unit,
                "question": one.question.said(language),
                "options": [(code, words.said(language)) for code, words in one.options.items()],
                "value": given.get(one.name, ""),
            }
            for one in inputs
        ],
        "asked": given.get("asked", ""),
        "crumbs": [(_("Innovation vouchers"), reverse("vouchers")), (programme.title, "")],
    }
    return render(request, "money/voucher_apply.html", facts, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """Applications to decide (operators), used vouchers to hand in, batches and their settlement files."""
    person = signed_in(request)
    sellers = books.kept_by(person)
    if request.method == "POST":
        return _tried(request, lambda: _decide(request, person), "desk_vouchers")
    waiting = Voucher.objects.filter(state=Voucher.State.APPLIED).select_related("programme", "organisation")
    used = list(
        _uses().filter(seller__in=sellers, state=VoucherUse.State.USED).order_by("voucher__programme", "pk")[:500]
    )
    groups: dict[tuple[int, int], list[VoucherUse]] = {}
    for use in used:
        groups.setdefault((use.voucher.programme_id, use.seller_id), []).append(use)
    facts = {
        "waiting": list(waiting.order_by("applied_at")[:200]) if person.is_operator else [],
        "groups": [
            {
                "programme": own[0].voucher.programme,
                "seller": own[0].seller,
                "sum": sum(use.amount for use in own),
                "uses": [(use, redemption.lacking(use)) for use in own],
            }
            for own in groups.values()
        ],
        "batches": list(
            VoucherBatch.objects.filter(seller__in=sellers)
            .select_related("programme", "seller")
            .order_by("-made_at")[:100]
        ),
        "programmes": list(VoucherProgramme.objects.order_by("title")) if person.is_operator else [],
        "rules": [
            (key, rule.title.said("en" if translation.get_language() == "en" else "zh"))
            for key, rule in policy.rules().items()
            if rule.kind == "voucher-eligibility"
        ],
        "evidence": VoucherEvidence.Kind.values,
        "today": books.day_of(timezone.now()),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Innovation vouchers"), "")],
    }
    return render(request, "money/desk_vouchers.html", facts)


@require_safe
@login_required
def batch_file(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """The settlement file for the authority, as CSV or XLSX."""
    batch = get_object_or_404(VoucherBatch.objects.select_related("seller", "programme"), number=number)
    books.require(signed_in(request), batch.seller)
    rows = redemption.rows(batch)
    if kind == "csv":
        return tables.as_csv(batch.number, redemption.HEADER, rows)
    if kind != "xlsx":
        raise Http404
    money = [name.endswith("_cny") for name in redemption.HEADER]
    cells = ([Decimal(cell) if is_money else cell for cell, is_money in zip(row, money, strict=True)] for row in rows)
    return tables.as_xlsx(batch.number, redemption.HEADER, cells)


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
    use = get_object_or_404(_uses(), pk=_number(given.get("use", "")))
    if given.get("do") == "release":
        subsidy.give_back(use=use, person=person, now=now)
        return _("The voucher can be used for something else.")
    return _proof(request, use, person)


def _proof(request: HttpRequest, use: VoucherUse, person: Person) -> str:
    sent = request.FILES.get("file")
    if sent is None or sent.size is None or sent.size > redemption.MOST_BYTES:
        raise Unable(_("Found no file, or one above 10 MB; choose a PDF, picture or office file."))
    kind = request.POST.get("kind", "")
    redemption.add_evidence(
        use, kind=kind, name=sent.name or kind, content=sent.read(), person=person, now=timezone.now()
    )
    return _("The document is kept with the voucher.")


def _decide(request: HttpRequest, person: Person) -> str:
    given, now, do = request.POST, timezone.now(), request.POST.get("do", "")
    if do in ("issue", "refuse"):
        voucher = get_object_or_404(
            Voucher.objects.select_related("programme", "applied_by"), number=given.get("voucher", "")
        )
        if do == "issue":
            vouchers.issue(voucher, person=person, now=now, amount=amounts.read(given.get("amount", "")))
            return _("Issued: %(number)s") % {"number": voucher.number}
        vouchers.refuse(voucher, reason=given.get("reason", ""), person=person, now=now)
        return _("Refused: %(number)s") % {"number": voucher.number}
    if do == "hand in":
        chosen = list(_uses().filter(pk__in=[_number(each) for each in given.getlist("use")]))
        if not chosen:
            raise Unable(_("Found no voucher chosen; tick at least one."))
        first = chosen[0]
        made = redemption.hand_in(first.voucher.programme, first.seller, chosen, person=person, now=now)
        return _("Handed in: %(number)s") % {"number": made.number}
    if do == "paid":
        batch = get_object_or_404(VoucherBatch, number=given.get("batch", ""))
        redemption.paid(batch, on=books.day_of(now), person=person, now=now)
        return _("Paid: %(number)s") % {"number": batch.number}
    if do == "programme":
        return _programme(request, person)
    return _proof(request, get_object_or_404(_uses(), pk=_number(given.get("use", ""))), person)


def _programme(request: HttpRequest, person: Person) -> str:
    given = request.POST
    rule = given.get("rule", "")
    made = programmes.write(
        key=given.get("key", ""),
        person=person,
        now=timezone.now(),
        values={
            "title": given.get("title", ""),
            "authority": given.get("authority", ""),
            "document": given.get("document", ""),
            "rate": _share(given.get("rate", "")),
            "rate_sharing": _share(given["rate_sharing"]) if given.get("rate_sharing") else None,
            "cap_year": amounts.read(given.get("cap_year", "")),
            "cap_contract": amounts.read(given["cap_contract"]) if given.get("cap_contract") else None,
            "total": amounts.read(given["total"]) if given.get("total") else None,
            "step": amounts.read(given.get("step") or "0.01"),
            "valid_from": given.get("valid_from", ""),
            "valid_until": given.get("valid_until") or None,
            "firm_places": _codes(given.get("firm_places", "")),
            "provider_places": _codes(given.get("provider_places", "")),
            "rule": {"policy": rule} if rule else {},
        },
    )
    return _("Kept: %(title)s") % {"title": made.title}


def _tried(request: HttpRequest, verb: Any, name: str) -> HttpResponseBase:
    try:
        messages.success(request, verb())
    except Unable as problem:
        messages.error(request, str(problem))
    return redirect(name)


def _uses() -> Any:
    rows = VoucherUse.objects.select_related(
        "voucher__programme", "voucher__organisation", "order", "invoice", "seller"
    )
    return rows.select_related("allowance").prefetch_related("evidence")


def _share(text: str) -> Decimal:
    percent = amounts.read(text.rstrip("% "))
    if not 0 < percent <= 100:
        raise Unable(_("Found rate %(found)s; expected a percentage above 0, at most 100.") % {"found": percent})
    return percent / 100


def _codes(text: str) -> list[str]:
    return [code for code in text.replace(",", " ").replace("，", " ").split() if code]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 15 else 0
