"""Words that people of this catalogue gave to techniques, so that needs in these words find them."""

from django.db import models

from liqi.accounts.models import Person


class TechniqueWords(models.Model):
    """One technique (its key in the taxonomy) and the uses that were added to those of the taxonomy here."""

    technique = models.CharField(max_length=40, unique=True)
    words = models.JSONField(default=list)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "technique words"
        ordering = ["technique"]

    def __str__(self) -> str:
        return f"{self.technique}: {', '.join(self.words)}"
