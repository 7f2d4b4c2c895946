"""Questions that people asked: saved ones, and those that found nothing."""

from django.db import models
from django.db.models import Q

from liqi.accounts.models import Person


class SavedSearch(models.Model):
    """A question that a person keeps; `seen_at` is when they last looked at its hits."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_searches")
    title = models.CharField(max_length=120)
    address = models.CharField(max_length=1000)
    """The query string of the search page, in one order of its parts."""
    notify = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "address"], name="savedsearch_once")]

    def __str__(self) -> str:
        return self.title


class Miss(models.Model):
    """A question that nothing answered, counted by day, without the person: unmet demand."""

    where = models.CharField(max_length=8, choices=[("search", "search"), ("match", "match")])
    text = models.CharField(max_length=300)
    filters = models.CharField(max_length=300, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "misses"
        ordering = ["-day", "-count", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(where__in=["search", "match"]), name="miss_where_known"),
            models.UniqueConstraint(fields=["where", "text", "filters", "language", "day"], name="miss_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.text} ({self.count})"
