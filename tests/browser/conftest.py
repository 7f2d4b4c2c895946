"""The fixtures of the browser tests."""

from tests.browser.visiting import chromium, visit

__all__ = ["chromium", "visit"]
