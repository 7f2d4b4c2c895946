"""What a verb of money refuses, in one family of errors."""

from __future__ import annotations

__all__ = ["MonthClosed", "Overdrawn", "Unable"]


class Unable(ValueError):
    """It cannot be done as asked; the message says what was found, what was expected, what to do."""


class Overdrawn(Unable):
    """There is less left than was asked for."""


class MonthClosed(Unable):
    """The books of that month are closed."""
