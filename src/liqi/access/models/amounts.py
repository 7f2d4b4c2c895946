"""Amounts of money in the database: whole fen, so that sums are exact on every database; Decimal CNY in Python."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

FEN = Decimal(100)


class CnyField(models.BigIntegerField[Any, Any]):
    """CNY as Decimal with two places, kept as whole fen; an amount with more places is refused, never rounded."""

    description = "CNY in whole fen"
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    _pyi_lookup_exact_type: Any

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        """The amount in CNY."""
        return None if value is None else (Decimal(int(value)) / FEN).quantize(Decimal("0.01"))

    def to_python(self, value: Any) -> Any:
        """The amount in CNY, from what a form or a fixture gives."""
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))

    def get_prep_value(self, value: Any) -> Any:
        """Whole fen; ValidationError for a part of a fen."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        fen = Decimal(str(value)) * FEN
        if fen != fen.to_integral_value():
            raise ValidationError(f"found {value} CNY; expected an amount with at most two places.")
        return int(fen)
