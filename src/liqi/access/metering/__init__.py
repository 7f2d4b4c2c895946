"""Metered hours: meters and log-ons come in, sources are reconciled, stewards correct and confirm."""
