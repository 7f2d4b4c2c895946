"""The web app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """All HTTP: pages, the JSON interface, templates, static files, translations."""

    name = "liqi.web"
    label = "web"
