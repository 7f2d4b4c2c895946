"""Commissioned orders: states, forms, samples with custody and storage, results, release, feedback; a verb a module."""
