"""The access app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Booking, orders, metered sessions and the rules they keep."""

    name = "liqi.access"
    label = "access"
