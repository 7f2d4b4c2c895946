"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organisations, projects and the journal."""

    name = "liqi.accounts"
    label = "accounts"
