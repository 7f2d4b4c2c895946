"""The fixtures of the browser tests."""

from tests.browser.lab import lab
from tests.browser.visiting import chromium, visit

__all__ = ["chromium", "lab", "visit"]
