"""The desk of vouchers: applications to decide, used vouchers handed in, batches and their settlement files."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access.models import Voucher, VoucherBatch, VoucherEvidence, VoucherProgramme, VoucherUse
from liqi.access.money import amounts, books, programmes, redemption, vouchers
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Person
from liqi.observatory import policies
from liqi.web import tables, voucher_uses
from liqi.web.asked import number, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """Applications to decide (operators), used vouchers to hand in, batches and their settlement files."""
    person = signed_in(request)
    sellers = books.kept_by(person)
    if request.method == "POST":
        return voucher_uses.tried(request, lambda: _decide(request, person), "desk_vouchers")
    waiting = Voucher.objects.filter(state=Voucher.State.APPLIED).select_related("programme", "organisation")
    used = voucher_uses.rows().filter(seller__in=sellers, state=VoucherUse.State.USED)
    groups: dict[tuple[int, int], list[VoucherUse]] = {}
    for use in used.order_by("voucher__programme", "pk")[:500]:
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
            (key, rule.title.said(programmes.language()))
            for key, rule in policies.in_use().items()
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
        chosen = list(voucher_uses.rows().filter(pk__in=[number(each) for each in given.getlist("use")]))
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
    return voucher_uses.keep_document(
        request, get_object_or_404(voucher_uses.rows(), pk=number(given.get("use", ""))), person
    )


def _programme(request: HttpRequest, person: Person) -> str:
    given = request.POST
    rule = given.get("rule", "")
    made = programmes.write(
        key=given.get("key", ""),
        person=person,
        now=timezone.now(),
        rules=policies.in_use(),
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


def _share(text: str) -> Decimal:
    percent = amounts.read(text.rstrip("% "))
    if not 0 < percent <= 100:
        raise Unable(_("Found rate %(found)s; expected a percentage above 0, at most 100.") % {"found": percent})
    return percent / 100


def _codes(text: str) -> list[str]:
    return [code for code in text.replace(",", " ").replace("，", " ").split() if code]
