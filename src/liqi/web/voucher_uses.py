"""Uses of vouchers on pages: their rows, a document sent with one, a step that is told."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from liqi.access.models import VoucherUse
from liqi.access.money import redemption
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Person


def keep_document(request: HttpRequest, use: VoucherUse, person: Person) -> str:
    """The document that was sent is kept with the use; Unable where none, or one too large, was sent."""
    sent = request.FILES.get("file")
    if sent is None or sent.size is None or sent.size > redemption.MOST_BYTES:
        raise Unable(_("Found no file, or one above 10 MB; choose a PDF, picture or office file."))
    kind = request.POST.get("kind", "")
    redemption.add_evidence(
        use, kind=kind, name=sent.name or kind, content=sent.read(), person=person, now=timezone.now()
    )
    return _("The document is kept with the voucher.")


def tried(request: HttpRequest, verb: Callable[[], str], name: str) -> HttpResponseBase:
    """The page of that name, which says what the verb did, or why it could not."""
    try:
        messages.success(request, verb())
    except Unable as problem:
        messages.error(request, str(problem))
    return redirect(name)


def rows() -> QuerySet[VoucherUse]:
    """The uses with all that their lists show."""
    rows = VoucherUse.objects.select_related(
        "voucher__programme", "voucher__organisation", "order", "invoice", "seller"
    )
    return rows.select_related("allowance").prefetch_related("evidence")
