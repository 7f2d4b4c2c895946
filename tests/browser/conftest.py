"""The fixtures of the browser tests."""

from tests.browser.answering import answered, person
from tests.browser.lab import lab
from tests.browser.visiting import chromium, visit
from tests.kept_answers import answers_are_kept

__all__ = ["answered", "answers_are_kept", "chromium", "lab", "person", "visit"]
