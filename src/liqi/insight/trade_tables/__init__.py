"""Trade tables: customs exports, UN Comtrade and BACI read into one shape, and the card of a product made of it."""

from liqi.insight.trade_tables._card import FEWEST_FIRMS, Card, Partner, Year, card
from liqi.insight.trade_tables._columns import FIELDS, KINDS, kind_of
from liqi.insight.trade_tables._read import COLUMNS, Problem, Read, country_of, read

__all__ = [
    "COLUMNS",
    "FEWEST_FIRMS",
    "FIELDS",
    "KINDS",
    "Card",
    "Partner",
    "Problem",
    "Read",
    "Year",
    "card",
    "country_of",
    "kind_of",
    "read",
]
