"""Policy rules of this site, and which rules are switched on."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PolicyRule(models.Model):
    """A rule of this site as its TOML text, or a rule that is shipped and was switched here."""

    rule_id = models.CharField(max_length=120, unique=True)
    text = models.TextField(blank=True)
    """The whole rule; empty for one that is shipped."""
    on = models.BooleanField(default=False)
    """A rule that is off is asked of nobody."""
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["rule_id"]
        constraints = [models.CheckConstraint(condition=~Q(rule_id=""), name="policyrule_has_id")]

    def __str__(self) -> str:
        return self.rule_id
