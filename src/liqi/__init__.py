"""Liqi: need, instrument, slot, run, data, answer, evidence."""

__version__ = "0.2.0"
