"""The observatory app."""

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    """Snapshots of the catalogue and the indicators on record."""

    name = "liqi.observatory"
    label = "observatory"
