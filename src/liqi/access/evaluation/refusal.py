"""What evaluation cannot take."""

__all__ = ["NotSound"]


class NotSound(ValueError):
    """What was given cannot be kept or computed; the message says what was found, expected, and what to do."""
