"""The money of one institution as plain lists: what every step should do to balances, and which steps are refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
OWED = ("confirmed", "invoiced", "settled")
RATE, CAP = Decimal("0.5"), Decimal(300)
"""The programme pays half in whole yuan, at most so much in a year."""


class No(Exception):
    """The step is refused."""


def percent(amount: Decimal, rate: int) -> Decimal:
    """So many per cent, rounded half up to the fen."""
    return (amount * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(eq=False)
class Job:
    """An order: what a budget has set aside for it, and what a voucher pays of it."""

    of: str
    held: Decimal = ZERO
    hold: str = ""
    """held, settled or released; blank before."""
    uses: list[Use] = field(default_factory=list)

    @property
    def use(self) -> Use | None:
        """The use that stands."""
        return next((each for each in self.uses if each.state != "released"), None)


@dataclass(eq=False)
class Use:
    """A part of the voucher."""

    contract: Decimal
    amount: Decimal
    whole: tuple[Decimal, Decimal]
    """Both as they were reserved."""
    state: str = "reserved"


@dataclass(eq=False)
class Item:
    """A charge."""

    of: str
    net: Decimal
    rate: int
    job: Job | None = None
    state: str = "proposed"
    corrects: Item | None = None
    credits: list[Item] = field(default_factory=list)
    from_budget: bool = False
    settled_hold: Decimal | None = None
    tax: Decimal = ZERO

    def __post_init__(self) -> None:
        """Of a charge alone; of a credit what makes those of its charge together the tax of what they give back."""
        if self.corrects is None:
            self.tax = percent(self.net, self.rate)
            return
        whole = self.corrects
        most = min(percent(whole.given() - self.net, self.rate), whole.tax)
        self.tax = -max(most - whole.given_tax(), ZERO)

    def given_tax(self, but: Item | None = None) -> Decimal:
        """How much of its tax was credited."""
        return -sum((each.tax for each in self.credits if each.state != "waived" and each is not but), ZERO)

    def given(self, but: Item | None = None) -> Decimal:
        """What was credited of it."""
        return -sum((each.net for each in self.credits if each.state != "waived" and each is not but), ZERO)


@dataclass(eq=False)
class Bill:
    """An invoice."""

    items: list[Item]
    uses: list[Use]
    net: Decimal
    tax: Decimal
    paid: Decimal = ZERO
    state: str = "open"

    @property
    def voucher(self) -> Decimal:
        """Its part."""
        return sum((each.amount for each in self.uses), ZERO)

    @property
    def open(self) -> Decimal:
        """What the buyer still owes."""
        return self.net + self.tax - self.voucher - self.paid


@dataclass(eq=False)
class Money:
    """A payment and what of it pays which bill."""

    amount: Decimal
    pays: dict[Bill, Decimal] = field(default_factory=dict)

    @property
    def open(self) -> Decimal:
        """What is matched to nothing."""
        return self.amount - sum(self.pays.values(), ZERO)


class Books:
    """Every balance by the name of its account; debits above zero."""

    def __init__(self) -> None:
        self.sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self.items: list[Item] = []
        self.jobs: list[Job] = []
        self.bills: list[Bill] = []
        self.money: list[Money] = []
        self.voucher = ZERO

    def post(self, **lines: Decimal) -> None:
        """All lines or none; a budget is never overdrawn."""
        assert sum(lines.values()) == 0
        if self.sums["available"] + lines.get("available", ZERO) > 0:
            raise No("overdrawn")
        for name, amount in lines.items():
            self.sums[name] += amount

    def confirm(self, item: Item) -> None:
        """It is owed, or paid from the budget with what was set aside."""
        if item.state != "proposed":
            return
        whole = item.corrects
        if whole is not None and (
            whole.state not in OWED or -item.net > whole.net - whole.given(item)
            or -item.tax > whole.tax - whole.given_tax(item)
        ):  # fmt: skip
            raise No("credited otherwise")
        if not item.from_budget:
            self.post(unbilled=item.net, income=-item.net)
            item.state = "confirmed"
            return
        held = item.job.held if item.job and item.job.hold == "held" and whole is None else ZERO
        self.post(
            available=item.net + item.tax - held, reserved=held, income=-item.net, output_tax=-item.tax,
        )  # fmt: skip
        item.settled_hold = held
        item.state = "settled"
        if item.job and item.job.hold == "held" and whole is None:
            item.job.hold = "settled"

    def undo(self, item: Item) -> None:
        """It waits again."""
        if item.state == "invoiced":
            raise No("invoiced")
        if any(each.state in OWED for each in item.credits):
            raise No("credited")
        if item.state == "confirmed":
            self.post(unbilled=-item.net, income=item.net)
        if item.state == "settled":
            held = item.settled_hold or ZERO
            self.post(available=-item.net - item.tax + held, reserved=-held, income=item.net, output_tax=item.tax)
            if item.job and item.job.hold == "settled" and item.corrects is None:
                item.job.hold = "held"
        item.state = "proposed"

    def waive(self, item: Item) -> None:
        """Nothing is to be paid for it."""
        if item.state != "proposed":
            raise No("not proposed")
        if item.job is not None and item.corrects is None:
            self.give_back(item.job)
        item.state = "waived"

    def credit(self, item: Item, amount: Decimal) -> Item:
        """So much of it is given back."""
        if item.state not in OWED or not 0 < amount <= item.net - item.given():
            raise No("too much")
        made = Item(item.of, -amount, item.rate, item.job, corrects=item, from_budget=item.state == "settled")
        self.confirm(made)
        item.credits.append(made)
        self.items.append(made)
        return made

    def hold(self, job: Job, amount: Decimal) -> None:
        """So much of the budget is set aside."""
        if job.hold == "settled":
            return
        before = job.held if job.hold == "held" else ZERO
        self.post(available=amount - before, reserved=before - amount)
        job.held, job.hold = amount, "held"

    def give_back(self, job: Job) -> None:
        """What was set aside can be spent."""
        if job.hold == "held":
            self.post(available=-job.held, reserved=job.held)
            job.hold = "released"

    def fund(self, amount: Decimal) -> None:
        """The budget has so much more, or less."""
        if not amount:
            raise No("nothing")
        self.post(funding=amount, available=-amount)

    def reserve(self, job: Job, contract: Decimal) -> None:
        """The voucher pays its part of the job."""
        most = min(percent(contract, 50), contract, CAP - self.voucher).quantize(Decimal(1), ROUND_FLOOR)
        if most <= 0 or job.use is not None:
            raise No("nothing left, or used")
        job.uses.append(Use(contract, most, (contract, most)))
        self.voucher += most

    def release(self, use: Use) -> None:
        """The voucher can be used for something else."""
        if use.state == "used":
            raise No("on a bill")
        if use.state == "reserved":
            use.state = "released"
            self.voucher -= use.amount

    def bill(self, items: list[Item]) -> Bill:
        """The confirmed charges stand on a bill, which the voucher splits."""
        net = sum((each.net for each in items), ZERO)
        if any(each.state != "confirmed" for each in items) or net <= 0:
            raise No("not confirmed, or nothing")
        rates = {each.rate for each in items}
        tax = ZERO
        for rate in rates:
            base = sum((each.net for each in items if each.rate == rate), ZERO)
            tax += -percent(-base, rate) if base < 0 else percent(base, rate)
        agreed = [each.job for each in items if each.corrects is None and each.job is not None]
        cut = [self._cut(job, items) for job in dict.fromkeys(agreed) if job.use and job.use.state == "reserved"]
        if sum((amount for _use, _cost, amount in cut), ZERO) > net + tax:
            raise No("more than the bill")
        for use, cost, amount in cut:
            self.voucher += amount - use.amount
            use.state = "used" if amount else "released"
            if amount:
                use.contract, use.amount = cost, amount
        uses = [use for use, _cost, amount in cut if amount]
        made = Bill(list(items), uses, net, tax)
        part = made.voucher
        self.post(receivable=net + tax - part, unbilled=-net, output_tax=-tax, vouchers=part)
        for each in items:
            each.state = "invoiced"
        made.state = "open" if made.open else "paid"
        self.bills.append(made)
        return made

    def _cut(self, job: Job, items: list[Item]) -> tuple[Use, Decimal, Decimal]:
        """The use, what the job came to, and what the voucher pays of that."""
        use = job.use
        assert use is not None
        mine = [each for each in items if each.job is job]
        net = sum((each.net for each in mine), ZERO)
        cost = max(net + percent(net, mine[0].rate), ZERO)
        if cost >= use.contract:
            return use, use.contract, use.amount
        return use, cost, (use.amount * cost / use.contract).quantize(Decimal(1), ROUND_FLOOR)

    def take_back(self, bill: Bill) -> None:
        """A credit note takes it back whole."""
        if bill.state == "credited" or bill.paid:
            raise No("paid, or taken back")
        part = bill.voucher
        self.post(receivable=-(bill.net + bill.tax - part), unbilled=bill.net, output_tax=bill.tax, vouchers=-part)
        bill.state = "credited"
        for item in bill.items:
            item.state = "confirmed"
        for use in bill.uses:
            use.state, more = "reserved", use.whole[1] - use.amount
            if 0 < more <= CAP - self.voucher:
                self.voucher += more
                use.contract, use.amount = use.whole
        bill.uses = []

    def receive(self, amount: Decimal) -> None:
        """Money came in."""
        self.post(bank=amount, advances=-amount)
        self.money.append(Money(amount))

    def match(self, money: Money, bill: Bill) -> None:
        """All of it that fits pays the bill."""
        amount = min(money.open, bill.open)
        if bill.state != "open" or amount <= 0 or bill in money.pays:
            raise No("nothing open, or matched")
        self.post(advances=amount, receivable=-amount)
        money.pays[bill] = amount
        bill.paid += amount
        bill.state = "paid" if not bill.open else "open"

    def unmatch(self, money: Money, bill: Bill) -> None:
        """It pays the bill no longer."""
        amount = money.pays.pop(bill)
        self.post(advances=-amount, receivable=amount)
        bill.paid -= amount
        bill.state = "open"
