"""Fittings: what an instrument has on it, such as its column or source, when it was changed, who needs which."""

from django.db import models


class Fitting(models.Model):
    """A place on an instrument where one of several things is fitted."""

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="fittings")
    name = models.CharField(max_length=60)
    choices = models.JSONField(default=list)
    """What can be fitted, in words."""
    ended_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["instrument", "name"], name="fitting_name_once")]

    def __str__(self) -> str:
        return self.name


class FittedState(models.Model):
    """What was fitted from a moment on, until the next one; never changed."""

    fitting = models.ForeignKey(Fitting, on_delete=models.PROTECT, related_name="states")
    value = models.CharField(max_length=80)
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["fitting", "at"], name="fittedstate_fitting_at")]

    def __str__(self) -> str:
        return self.value


class FittingNeed(models.Model):
    """A booking needs this fitted."""

    booking = models.ForeignKey("access.Booking", on_delete=models.CASCADE, related_name="fitting_needs")
    fitting = models.ForeignKey(Fitting, on_delete=models.PROTECT, related_name="needs")
    value = models.CharField(max_length=80)
    told_at = models.DateTimeField(null=True, blank=True)
    """When the stewards were reminded that something else is fitted."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "fitting"], name="fittingneed_once")]

    def __str__(self) -> str:
        return self.value
