"""The fixtures of the browser tests."""

from tests.browser.answering import answered, person
from tests.browser.lab import lab
from tests.browser.visiting import chromium, visit

__all__ = ["answered", "chromium", "lab", "person", "visit"]
