"""The register of what facilities will need, added up: pieces, made to order, without a maker, late, short boards."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from liqi.observatory.models import DemandLine


@dataclass(frozen=True, slots=True)
class Register:
    """The lines of the demand register added up."""

    lines: int
    quantity: int
    custom: int
    not_custom: int
    not_said: int
    unmatched: int
    """Pieces of lines without a maker."""
    unmatched_lines: int
    overdue: int
    undated: int
    """Lines that say no day."""
    short_board: int
    short_board_covered: int

    @property
    def custom_share(self) -> float | None:
        """Pieces made to order over pieces whose line says."""
        said = self.custom + self.not_custom
        return self.custom / said if said else None

    @property
    def missing_share(self) -> float:
        """Pieces whose line does not say over all."""
        return self.not_said / self.quantity if self.quantity else 0.0

    @property
    def undated_share(self) -> float:
        """Lines that say no day over all."""
        return self.undated / self.lines if self.lines else 0.0

    @property
    def short_board_share(self) -> float | None:
        """Short boards with a maker over all short boards."""
        return self.short_board_covered / self.short_board if self.short_board else None


def register(*, on: date, programme: str = "") -> Register:
    """The register of one facility, or of all."""
    rows = DemandLine.objects.there()
    if programme:
        rows = rows.filter(programme=programme)
    found = rows.aggregate(
        n_lines=Count("pk"),
        n_quantity=Sum("quantity"),
        n_custom=Sum("quantity", filter=Q(custom=True)),
        n_not_custom=Sum("quantity", filter=Q(custom=False)),
        n_not_said=Sum("quantity", filter=Q(custom=None)),
        n_unmatched=Sum("quantity", filter=Q(firm=None)),
        n_unmatched_lines=Count("pk", filter=Q(firm=None)),
        n_overdue=Count("pk", filter=Q(due_on__lt=on)),
        n_undated=Count("pk", filter=Q(due_on=None)),
        n_short_board=Count("pk", filter=Q(short_board=True)),
        n_short_board_covered=Count("pk", filter=Q(short_board=True, firm__isnull=False)),
    )
    return Register(**{name.removeprefix("n_"): value or 0 for name, value in found.items()})
