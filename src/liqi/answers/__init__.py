"""Stored files, runs of methods, reports."""
