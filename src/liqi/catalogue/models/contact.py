"""Contacts of a record: private unless marked public."""

from django.db import models
from django.db.models import Q

from liqi.catalogue.models.facility import Facility
from liqi.catalogue.models.institution import Institution
from liqi.catalogue.models.instrument import Instrument
from liqi.catalogue.models.service import Service

_OF = ("instrument", "facility", "service", "institution")


class Contact(models.Model):
    """Somebody to ask about one record; only a public one is shown, harvested or exported to others."""

    instrument = models.ForeignKey(Instrument, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    role = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    position = models.CharField(max_length=120, blank=True, default="")
    unit = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    postcode = models.CharField(max_length=12, blank=True, default="")
    public = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *[Q(**{f"{other}__isnull": other != one for other in _OF}) for one in _OF],
                    _connector=Q.OR,
                ),
                name="contact_of_one_record",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone
