"""The fields of the index."""

import tantivy

VERSION = 4
"""Raised whenever the fields or the tokens change; an index of another version is built anew."""

PARTS = ("name", "label", "place", "text")
"""What is searched of a record: name and model; maker and class; institution and place; description."""

WHOLE = "whole"
"""All parts in one field, which decides whether a record is found: one look-up instead of four."""

GRAMS = "grams"
"""The grams of all parts: short phrases as terms."""

WEIGHTS = {"name": 8.0, "label": 4.0}
"""Parts that decide the order, over the weight 1 of being found at all."""

CODES = ("key", "kind", "class", "region", "country", "where", "maker", "origin", "squashed")
FACETS = ("kind", "class", "region", "country", "maker", "origin")
STORED = ("show",)


def schema() -> tantivy.Schema:
    """Searched text in tokens, codes for filters and facets, and what a hit shows, as JSON."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(WHOLE, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(GRAMS, tokenizer_name="whitespace", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    for field in CODES:
        builder.add_text_field(
            field,
            stored=field in ("key", "kind"),
            fast=field in FACETS,
            tokenizer_name="raw",
            index_option="basic",
        )
    builder.add_text_field("class_below", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("shared", indexed=True, fast=True)
    builder.add_unsigned_field("bookable", indexed=True, fast=True)
    builder.add_float_field("value_cny", indexed=True, fast=True)
    builder.add_bytes_field("show", stored=True)
    return builder.build()


SCHEMA = schema()
