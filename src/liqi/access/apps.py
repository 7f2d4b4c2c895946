"""The access app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    """Booking, orders, metered sessions, the rules they keep and their money."""

    name = "liqi.access"
    label = "access"

    def ready(self) -> None:
        """The guards of the database are down while it is migrated, and up afterwards."""
        from liqi.access import guards

        pre_migrate.connect(guards.take_down, sender=self)
        post_migrate.connect(guards.put_up, sender=self)
