"""The fields of the index."""

import tantivy

VERSION = 5
"""Raised whenever the fields or the tokens change; an index of another version is built anew."""

PARTS = ("name", "label", "place", "text")
"""What is searched of a record: name and model; maker and class; institution and place; description."""

WHOLE = "whole"
"""All parts in one field, which decides whether a record is found: one look-up instead of four."""

GRAMS = "grams"
"""Single characters and the grams of all parts: short phrases as terms."""

WEIGHTS = {"name": 8.0, "label": 4.0}
"""Parts that decide the order, over the weight 1 of being found at all."""

COLUMNS = (
    *("kind", "class", "region", "country", "maker", "origin", "made_in", "value", "year"),
    *("shared", "bookable", "status", "owner", "facility", "source", "point"),
)
"""Codes with exactly one value in every record (blank where there is none): filtered by, and counted the fast way."""

SEVERAL = ("technique", "stage")
"""Codes of which a record has any number; counted too."""

LOOKED_UP = ("key", "class_below", "where", "squashed", "tier")
"""Codes that are only looked up."""

NUMBERS = ("value_cny", "built_year", "weight")
ORDERS = ("row", "added", "spelling")
"""Whole numbers: which record it is, the second it was added, and the beginning of its name."""

CAN = "can"
"""What instruments can do: for each quantity its lowest and highest value, as `can.KEY_low` and `can.KEY_high`."""


def schema() -> tantivy.Schema:
    """Searched text in tokens, codes for filters and facets, numbers for ranges and order, what a hit shows."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(WHOLE, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(GRAMS, tokenizer_name="whitespace", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    for field in (*COLUMNS, *SEVERAL):
        builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    for field in LOOKED_UP:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in NUMBERS:
        builder.add_float_field(field, fast=True)
    for field in ORDERS:
        builder.add_unsigned_field(field, fast=True)
    builder.add_json_field(CAN, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("show", stored=True)
    return builder.build()


SCHEMA = schema()
