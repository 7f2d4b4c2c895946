"""Needs to offers, intervals to plans, modules to configurations; knows no person and no calendar."""
