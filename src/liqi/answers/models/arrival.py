"""The arrival: a file that an agent brought from an instrument, and whose it is."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.access.models.order import new_key


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    """The questions asked of arrivals."""

    def waiting(self) -> Self:
        """Those in the inbox: nobody knows yet whose they are."""
        return self.filter(state=Arrival.State.INBOX)


class Arrival(models.Model):
    """A whole file, its hash checked, under the path that it has at the instrument; it belongs to an order or waits."""

    class State(models.TextChoices):
        INBOX = "inbox", _("in the inbox")
        FILED = "filed", _("in an order")
        ASIDE = "aside", _("put aside")

    class How(models.TextChoices):
        NAME = "name", _("its name says so")
        CONTENT = "content", _("its content says so")
        SESSION = "session", _("the session at its time")
        BOOKING = "booking", _("the booking at its time")
        STEWARD = "steward", _("a steward said so")

    class Why(models.TextChoices):
        NOBODY = "nobody", _("nobody had the instrument at its time, and its name says no order or sample")
        SEVERAL = "several", _("several people had the instrument at its time")
        NAMES = "names", _("it names more than one order")
        CONFLICT = "conflict", _("the session and the booking at its time are of different people")
        CLOSED = "closed", _("the order that it names is closed")
        TAKEN_BACK = "taken back", _("a steward took it back")

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="arrivals", db_index=False
    )
    agent = models.ForeignKey("access.Agent", on_delete=models.PROTECT, related_name="arrivals", db_index=False)
    path = models.CharField(max_length=500)
    """Below the folder that the agent watches, with slashes."""
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    """In bytes."""
    modified_at = models.DateTimeField()
    """When it was last written, by the server's clock: the agent's clock corrected by how wrong it is."""
    arrived_at = models.DateTimeField()
    entire = models.BooleanField(default=True)
    """Whether its format says that it has its end; a file that stayed without one for a day is brought as it is."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.INBOX)
    how = models.CharField(max_length=8, choices=How.choices, blank=True)
    why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    """Why it waits."""
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals")
    file = models.ForeignKey(
        "answers.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals"
    )
    """What the person of the order has of it; empty while it is nobody's."""
    decided_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The steward who said so; empty where the match was made by rule."""
    decided_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[ArrivalQuerySet] = ArrivalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "sha256", "path"], name="arrival_once"),
            models.CheckConstraint(
                condition=Q(state="filed", order__isnull=False, file__isnull=False)
                | (~Q(state="filed") & Q(order__isnull=True, file__isnull=True)),
                name="arrival_filed_in_an_order",
            ),
        ]
        indexes = [
            models.Index(fields=["instrument", "-arrived_at"], name="arrival_instrument_arrived"),
            models.Index(fields=["instrument", "-modified_at"], condition=Q(state="inbox"), name="arrival_inbox"),
            models.Index(fields=["agent", "-arrived_at"], name="arrival_agent_arrived"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]
