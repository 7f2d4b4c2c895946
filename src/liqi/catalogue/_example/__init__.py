"""Builds the records of the example cluster."""
