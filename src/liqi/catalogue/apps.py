"""The catalogue app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Facilities, instruments, services and their makers; search; exchange with other systems."""

    name = "liqi.catalogue"
    label = "catalogue"
