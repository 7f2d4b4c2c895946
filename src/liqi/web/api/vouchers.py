"""/api/money/vouchers: innovation vouchers applied for, issued, used, proved with documents, handed in and paid."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.models import Voucher, VoucherProgramme
from liqi.access.money import books, programmes, vouchers
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation
from liqi.observatory import policies
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._once import changes_nothing
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)

Sum = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
Share = Annotated[Decimal, Field(gt=0, le=1, max_digits=5, decimal_places=4)]


class ProgrammeTerms(Sent):
    """The terms of an authority: rates as shares of 1, caps in CNY, places by division code, `rule` a policy's id."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    document: Annotated[str, Field(max_length=300)] = ""
    rate: Share
    rate_sharing: Share | None = None
    cap_year: Sum
    cap_contract: Sum | None = None
    total: Sum | None = None
    step: Sum = Decimal(1)
    valid_from: date
    valid_until: date | None = None
    firm_places: list[str] = []
    provider_places: list[str] = []
    rule: str = ""


class ProgrammeAsks(Schema):
    """What an application answers: the name, kind and unit of each value, and the question."""

    name: str
    kind: str
    unit: str
    question: str
    options: list[str]


class Programme(ProgrammeTerms):
    """A programme as it stands, and what its applications answer."""

    key: str
    asks: list[ProgrammeAsks]
    synthetic: bool


class Answers(Sent):
    """Answers to what the programme asks, by name: true or false, numbers, days as 2026-01-31, codes of options."""

    answers: dict[str, Any] = {}


class Judged(Schema):
    """What the programme's rule says to these answers (yes, no or cannot tell), why, and what is not known."""

    result: str
    clause: str
    missing: list[str]


class Application(Answers):
    """The firm by number, how much it asks for, its answers."""

    firm: int
    asked: Sum


class VoucherOut(Schema):
    """A voucher from its application to its last day."""

    number: str
    programme: str
    firm: str
    state: str
    asked: Decimal
    amount: Decimal
    reserved: Decimal
    left: Decimal
    valid_until: date | None
    applied: datetime
    reason: str
    synthetic: bool


class IssueAsked(Sent):
    """How much the firm may use; null is all it asked for."""

    amount: Sum | None = None


class RefusalIn(Sent):
    """Why an application is refused."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


@router.get("/voucher-programmes", response=Page[Programme], summary="Programmes of vouchers")
def list_programmes(request: HttpRequest, paged: Annotated[Paged, Query()], open: bool = False) -> Any:
    """The terms of every authority; ``open`` gives those that take applications today."""
    rows, today = VoucherProgramme.objects.all(), books.day_of(timezone.now())
    if open:
        rows = rows.filter(valid_from__lte=today).exclude(valid_until__lt=today)
    found, following = page(rows, paged)
    rules = policies.in_use()
    return {"items": [_programme(one, rules) for one in found], "next": following}


@router.put("/voucher-programmes/{key}", response=Programme, summary="Write a programme")
def write_programme(request: HttpRequest, key: str, sent: ProgrammeTerms) -> Any:
    """The programme has these terms, new or known; vouchers that were issued keep theirs. For operators."""
    rules = policies.in_use()
    values = sent.dict(exclude={"rule"}) | {"rule": {"policy": sent.rule} if sent.rule else {}}
    made = programmes.write(key=key, values=values, person=signed_in(request), now=timezone.now(), rules=rules)
    return _programme(made, rules)


@router.post("/voucher-programmes/{key}/check", response=Judged, summary="Whether a firm may apply")
@changes_nothing
def check(request: HttpRequest, key: str, sent: Answers) -> Any:
    """What the programme's rule says to these answers today; nothing is kept."""
    programme, rules = get_object_or_404(VoucherProgramme, key=key), policies.in_use()
    subject = _subject(programme, sent.answers, rules)
    found = programmes.verdict(programme, subject, on=books.day_of(timezone.now()), rules=rules)
    if found is None:
        return {"result": "yes", "clause": "", "missing": []}
    return {"result": found.result, "clause": found.rule.cited(found.language), "missing": list(found.missing)}


@router.post("/voucher-programmes/{key}/applications", response={201: VoucherOut}, summary="Apply for a voucher")
def apply(request: HttpRequest, key: str, sent: Application) -> Any:
    """The firm's application is on record with what the rule says to it; operators are told and decide."""
    person, rules = signed_in(request), policies.in_use()
    programme = get_object_or_404(VoucherProgramme, key=key)
    firms = Organisation.objects.filter(memberships__person=person, kind=Organisation.Kind.FIRM)
    firm = firms.filter(pk=sent.firm).first()
    if firm is None:
        raise NotAllowed(_("Found no firm of yours; found it under “My organisations” first."))
    made = vouchers.apply(
        programme, organisation=firm, asked=sent.asked, subject=_subject(programme, sent.answers, rules),
        person=person, now=timezone.now(), rules=rules,
    )  # fmt: skip
    return Status(201, _shown(made))


@router.get("/voucher-applications", response=Page[VoucherOut], summary="Applications to decide")
def applications(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Those that wait, oldest first; operators see all, others those of their own firms."""
    person = signed_in(request)
    rows = Voucher.objects.filter(state=Voucher.State.APPLIED).select_related("programme", "organisation")
    if not person.is_operator:
        rows = rows.filter(organisation__in=person.memberships.values("organisation"))
    found, following = page(rows, paged)
    return {"items": [_shown(one) for one in found], "next": following}


@router.get("/vouchers/{str:number}", response=VoucherOut, summary="One voucher")
def show(request: HttpRequest, number: str) -> Any:
    """The voucher; for its firm and operators."""
    found, person = _found(number), signed_in(request)
    if not person.is_operator and not person.memberships.filter(organisation=found.organisation).exists():
        raise NotAllowed(_("This voucher is %(firm)s's; ask somebody there.") % {"firm": found.organisation})
    return _shown(found)


@router.post("/vouchers/{str:number}/issue", response=VoucherOut, summary="Issue a voucher")
def issue(request: HttpRequest, number: str, sent: IssueAsked) -> Any:
    """The firm may use so much until the voucher ends; for operators."""
    return _shown(
        vouchers.issue(_found(number), person=signed_in(request), now=timezone.now(), amount=sent.amount)
    )  # fmt: skip


@router.post("/vouchers/{str:number}/refuse", response=VoucherOut, summary="Refuse a voucher")
def refuse(request: HttpRequest, number: str, sent: RefusalIn) -> Any:
    """The application is refused, with the reason; for operators."""
    return _shown(
        vouchers.refuse(_found(number), reason=sent.reason, person=signed_in(request), now=timezone.now())
    )  # fmt: skip


def _subject(programme: VoucherProgramme, answers: dict[str, Any], rules: Any) -> dict[str, Any]:
    """The answers under the names that the rule knows; it converts them, and says which it cannot read."""
    rule = programmes.rule_of(programme, rules)
    known = rule.inputs if rule else {}
    if strange := answers.keys() - known.keys():
        words = _("Found answers to %(found)s; expected some of %(known)s.")
        raise Unable(words % {"found": ", ".join(sorted(strange))[:200], "known": ", ".join(known) or "–"})
    return {name: value for name, value in answers.items() if value is not None}


def _found(number: str) -> Voucher:
    rows = Voucher.objects.select_related("programme", "organisation", "applied_by")
    found: Voucher = get_object_or_404(rows, number=number)
    return found


def _programme(one: VoucherProgramme, rules: Any) -> dict[str, Any]:
    names = [name for name in (*ProgrammeTerms.model_fields, "key", "synthetic") if name != "rule"]
    try:
        rule = programmes.rule_of(one, rules)
    except Unable:  # its rule is switched off: it stands in the list, and applications are told why they cannot be
        rule = None
    language = programmes.language()
    asks = [
        {"name": each.name, "kind": each.kind, "unit": each.unit, "question": each.question.said(language),
         "options": list(each.options)}
        for each in (rule.inputs.values() if rule else ())
    ]  # fmt: skip
    known_as = rule.id if rule else str(one.rule.get("policy", ""))
    return {name: getattr(one, name) for name in names} | {"rule": known_as, "asks": asks}


def _shown(one: Voucher) -> dict[str, Any]:
    names = ("number", "state", "asked", "amount", "reserved", "left", "valid_until", "reason", "synthetic")
    facts = {name: getattr(one, name) for name in names}
    return facts | {"programme": one.programme.key, "firm": str(one.organisation), "applied": one.applied_at}
