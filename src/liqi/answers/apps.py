"""The answers app."""

from django.apps import AppConfig


class AnswersConfig(AppConfig):
    """Stored files, runs of methods, reports."""

    name = "liqi.answers"
    label = "answers"
