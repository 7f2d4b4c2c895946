"""The access app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    """Booking, orders, metered sessions, the rules they keep and their money."""

    name = "liqi.access"
    label = "access"

    def ready(self) -> None:
        """The guards of the database are down while it is migrated; the waiting list hears of time that falls free."""
        from liqi.access import booking, guards, waiting

        pre_migrate.connect(guards.take_down, sender=self)
        post_migrate.connect(guards.put_up, sender=self)
        if waiting.offer_free not in booking.WATCHERS:
            booking.WATCHERS.append(waiting.offer_free)
