"""Results: values with their uncertainty, written down by the facility, closed once they are released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.access.commissions.samples import Problem
from liqi.access.commissions.states import NotPossible, words
from liqi.access.models import Commission, Order, Result, Sample
from liqi.accounts import journal
from liqi.accounts.models import Person

__all__ = ["RELEASED", "VERBS", "Reading", "WrongResults", "conclude", "rounded", "seen_by", "shown", "write"]

OPEN = (Commission.State.IN_WORK, Commission.State.MEASURED, Commission.State.IN_REVIEW)
DIGITS = 9
RELEASED = Q(order__commission__isnull=True) | Q(order__commission__state__in=Commission.OPENED)
"""What belongs to an order whose results its customer may see: one's own use, or a service that has released them."""
VERBS = ("wrote result", "concluded")
"""The journal's words for what a customer does not read before the release."""


class WrongResults(ValueError):
    """Some lines cannot be taken, so none was; `problems` says which and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            _("No result was taken: %(problems)s.") % {"problems": "; ".join(str(one) for one in problems[:5])}
        )
        self.problems = list(problems)


@dataclass(frozen=True)
class Reading:
    """One result as somebody writes it down: the value as text, with < or > before it at a limit."""

    sample: str
    """The key, the barcode or the customer's name of the sample."""
    quantity: str
    value: str
    uncertainty: str = ""
    unit: str = ""
    method: str = ""
    coverage: str = "2"


def write(*, order: Order, readings: Sequence[Reading], person: Person, now: datetime) -> list[Result]:
    """The results stand beside their samples, all or none; one that was there is corrected, and the journal keeps both.

    Raises WrongResults, NotPossible outside the work and its review, NotAllowed.
    """
    keepers.require_keeper(person, order.service)
    with transaction.atomic():
        commission = Commission.objects.select_for_update(of=("self",)).get(order=order)
        if commission.state not in OPEN:
            raise NotPossible(
                _("The order is “%(state)s”; results are written while it is in work, measured or in review.")
                % {"state": words(commission.state)}
            )
        samples = _samples(order)
        problems, made = [], []
        for row, one in enumerate(readings, start=1):
            said, result = _result(samples, one)
            if result is None:
                problems.append(Problem(row, "value", said))
            else:
                made.append(result)
        if problems:
            raise WrongResults(problems)
        return [_keep(one, person, now) for one in made]


def conclude(*, order: Order, text: str, person: Person, now: datetime) -> None:
    """The report says this on top of its results; raises NotPossible outside the work and its review, NotAllowed."""
    keepers.require_keeper(person, order.service)
    with transaction.atomic():
        commission = Commission.objects.select_for_update(of=("self",)).get(order=order)
        if commission.conclusion == text.strip():
            return
        if commission.state not in OPEN:
            raise NotPossible(
                _("The order is “%(state)s”; results are written while it is in work, measured or in review.")
                % {"state": words(commission.state)}
            )
        commission.conclusion = text.strip()[:8000]
        commission.save(update_fields=["conclusion"])
        journal.write(person=person, verb="concluded", thing=order, at=now)


def seen_by(order: Order, person: Person) -> bool:
    """Whether this person sees the order's results: the facility always, the customer after the release."""
    commission = getattr(order, "commission", None)
    if commission is None or commission.is_open_to_customer:
        return True
    return keepers.answers_for(person, order.service)


def shown(result: Result) -> str:
    """The result as people write it: sign, value with its decimals, ± expanded uncertainty, unit.

    >>> shown(Result(value=Decimal("1.5"), digits=2, uncertainty=Decimal("0.061"), unit="mg/kg"))
    '1.50 ± 0.061 mg/kg'
    >>> shown(Result(sign="<", value=Decimal("0.01"), digits=2, unit="mg/kg"))
    '< 0.01 mg/kg'
    """
    value = rounded(result.value, result.digits)
    sign = "" if result.sign == "=" else f"{result.sign} "
    spread = "" if result.uncertainty is None else f" ± {_bare(result.uncertainty)}"
    return f"{sign}{value}{spread} {result.unit}".strip()


def rounded(value: Decimal, digits: int) -> str:
    """The value with so many decimals, half to even.

    >>> rounded(Decimal("0.125"), 2), rounded(Decimal("12"), 0)
    ('0.12', '12')
    """
    return f"{value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN):f}"


def _bare(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _samples(order: Order) -> dict[str, Sample]:
    found: dict[str, Sample] = {}
    for sample in order.samples.all():
        found |= {name: sample for name in (sample.key, sample.barcode, sample.name) if name}
    return found


def _result(samples: dict[str, Sample], one: Reading) -> tuple[str, Result | None]:
    sample = samples.get(one.sample.strip())
    if sample is None:
        return _("found the sample “%(name)s”; expected one of this order") % {"name": one.sample[:40]}, None
    if not one.quantity.strip():
        return _("found no quantity; write what was measured"), None
    text = one.value.strip().replace(",", ".")
    sign = text[:1] if text[:1] in ("<", ">") else "="
    value, spread, factor = _number(text.lstrip("<>").strip()), None, _number(one.coverage or "2")
    if value is None:
        return _("found the value “%(value)s”; expected a number such as 1.50 or < 0.01") % {
            "value": one.value[:40]
        }, None
    if one.uncertainty.strip():
        spread = _number(one.uncertainty.strip().lstrip("±").strip().replace(",", "."))
        if spread is None or spread < 0:
            return _("found the uncertainty “%(value)s”; expected a number") % {"value": one.uncertainty[:40]}, None
    if factor is None or not 0 < factor < 100:
        return _("found the coverage factor “%(value)s”; expected a number such as 2") % {"value": one.coverage}, None
    exponent = value.as_tuple().exponent
    digits = min(DIGITS, -exponent) if isinstance(exponent, int) and exponent < 0 else 0
    return "", Result(
        sample=sample, quantity=one.quantity.strip()[:120], sign=sign, value=value, digits=digits, uncertainty=spread,
        coverage=factor, unit=one.unit.strip()[:24], method=one.method.strip()[:160], synthetic=sample.synthetic,
    )  # fmt: skip


def _keep(one: Result, person: Person, now: datetime) -> Result:
    before = Result.objects.filter(sample=one.sample, quantity=one.quantity).first()
    one.pk, one.person, one.at = (before.pk if before else None), person, now
    one.save()
    said = {"before": shown(before)} if before else {}
    journal.write(
        person=person, verb="wrote result", thing=one.sample, at=now, quantity=one.quantity, value=shown(one), **said
    )
    return one


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 14 else None
