"""The sample, where it lies, and every hand it went through."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liqi.access.models.order import new_key


class StoragePlace(models.Model):
    """A place that samples are kept in: a room, a freezer in it, a rack in that, a box with a grid of positions."""

    class Kind(models.TextChoices):
        ROOM = "room", _("room")
        FREEZER = "freezer", _("freezer or cabinet")
        RACK = "rack", _("rack or shelf")
        BOX = "box", _("box")

    facility = models.ForeignKey("catalogue.Facility", on_delete=models.PROTECT, related_name="storage_places")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80)
    temperature_c = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    """What it is kept at; empty where its parent says."""
    rows = models.PositiveSmallIntegerField(default=0)
    columns = models.PositiveSmallIntegerField(default=0)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="storageplace_name_once"),
            models.UniqueConstraint(
                fields=["facility", "name"], condition=Q(parent__isnull=True), name="storageplace_room_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="box", rows__gte=1, rows__lte=26, columns__gte=1, columns__lte=99)
                | (~Q(kind="box") & Q(rows=0, columns=0)),
                name="storageplace_box_has_a_grid",
            ),
            models.CheckConstraint(
                condition=Q(kind="room", parent__isnull=True) | (~Q(kind="room") & Q(parent__isnull=False)),
                name="storageplace_only_rooms_on_top",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SampleQuerySet(models.QuerySet["Sample"]):
    """The questions asked of samples."""

    def held(self) -> Self:
        """Those that the facility has in its hands."""
        return self.filter(state__in=Sample.HELD)


class Sample(models.Model):
    """One thing to be measured: what it is, how much, how dangerous, where it lies."""

    class State(models.TextChoices):
        EXPECTED = "expected", pgettext_lazy("state of a sample", "expected")
        HELD = "held", pgettext_lazy("state of a sample", "in the facility")
        OUT = "out", pgettext_lazy("state of a sample", "handed out")
        CONSUMED = "consumed", pgettext_lazy("state of a sample", "used up")
        DISPOSED = "disposed", pgettext_lazy("state of a sample", "disposed of")
        RETURNED = "returned", pgettext_lazy("state of a sample", "returned")

    class Storage(models.TextChoices):
        ROOM = "15..25 °C", _("room temperature, 15 to 25 °C")
        COOL = "2..8 °C", _("refrigerator, 2 to 8 °C")
        FREEZER = "-25..-15 °C", _("freezer, -25 to -15 °C")
        DEEP = "-90..-65 °C", _("deep freezer, -90 to -65 °C")
        NITROGEN = "..-150 °C", _("liquid nitrogen, below -150 °C")

    HELD: ClassVar[tuple[str, ...]] = (State.HELD, State.OUT)
    OVER: ClassVar[tuple[str, ...]] = (State.CONSUMED, State.DISPOSED, State.RETURNED)

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    """What its label says: never used twice."""
    order = models.ForeignKey("access.Order", on_delete=models.PROTECT, related_name="samples")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    """What the customer calls it."""
    barcode = models.CharField(max_length=48, blank=True)
    """A code that is printed on the vessel already, where there is one."""
    kind = models.CharField(max_length=80, blank=True)
    matrix = models.CharField(max_length=80, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    container = models.CharField(max_length=80, blank=True)
    hazards = models.JSONField(default=list, blank=True)
    """Codes of hazards as `liqi.access.commissions.hazards` knows them."""
    storage = models.CharField(max_length=16, choices=Storage.choices, default=Storage.ROOM)
    facts = models.JSONField(default=dict, blank=True)
    """Answers to the sample questions of the form."""
    note = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="aliquots")
    state = models.CharField(max_length=10, choices=State.choices, default=State.EXPECTED)
    place = models.ForeignKey(StoragePlace, null=True, blank=True, on_delete=models.PROTECT, related_name="samples")
    slot = models.CharField(max_length=4, blank=True)
    """The position in a box: row letter and column number."""
    keep_until = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[SampleQuerySet] = SampleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="sample_number_once"),
            models.UniqueConstraint(fields=["order", "name"], name="sample_name_once"),
            models.UniqueConstraint(fields=["barcode"], condition=~Q(barcode=""), name="sample_barcode_once"),
            models.UniqueConstraint(fields=["place", "slot"], condition=~Q(slot=""), name="sample_position_once"),
            models.CheckConstraint(condition=Q(slot="") | Q(place__isnull=False), name="sample_position_in_a_place"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=0), name="sample_quantity_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state="held") | Q(place__isnull=True), name="sample_lies_only_where_held"
            ),
        ]
        indexes = [models.Index(fields=["state", "keep_until"], name="sample_state_keep")]

    def __str__(self) -> str:
        return f"{self.key} {self.name}"

    @property
    def is_over(self) -> bool:
        """Whether it is used up, disposed of or returned."""
        return self.state in self.OVER


class Custody(models.Model):
    """One hand-over in the chain of custody of a sample. Links are added, never changed."""

    class Verb(models.TextChoices):
        SEND = "send", pgettext_lazy("hand-over", "sent")
        RECEIVE = "receive", pgettext_lazy("hand-over", "received")
        MOVE = "move", pgettext_lazy("hand-over", "moved")
        TAKE = "take", pgettext_lazy("hand-over", "taken out")
        SPLIT = "split", pgettext_lazy("hand-over", "split")
        CONSUME = "consume", pgettext_lazy("hand-over", "used")
        DISPOSE = "dispose", pgettext_lazy("hand-over", "disposed of")
        RETURN = "return", pgettext_lazy("hand-over", "returned")
        COUNT = "count", pgettext_lazy("hand-over", "checked")

    class Condition(models.TextChoices):
        GOOD = "good", _("in order")
        DAMAGED = "damaged", _("damaged")
        WARM = "thawed", _("thawed or too warm")
        SHORT = "short", _("too little")
        OTHER = "other", _("otherwise not as agreed")

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="custody")
    number = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=8, choices=Verb.choices)
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    """Who wrote it down, and holds the sample after a taking out."""
    giver = models.CharField(max_length=120, blank=True)
    """Who gave it away, in words: the courier, the customer, the colleague."""
    place = models.ForeignKey(StoragePlace, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=4, blank=True)
    temperature_c = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    condition = models.CharField(max_length=8, choices=Condition.choices, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    """What was left after it, in the unit of the sample."""
    note = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["sample", "number"]
        constraints = [models.UniqueConstraint(fields=["sample", "number"], name="custody_number_once")]

    def __str__(self) -> str:
        return f"{self.sample_id}.{self.number} {self.verb}"
