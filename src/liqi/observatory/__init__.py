"""Snapshots of the catalogue and the indicators on record."""
