"""What the tests of pages and programs share."""

from tests.kept_answers import answers_are_kept

__all__ = ["answers_are_kept"]
