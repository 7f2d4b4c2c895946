"""Prices in words."""

from django.utils.translation import gettext as _

from liqi.catalogue.models import Instrument
from liqi.web.numbers import thin


def of_instrument(instrument: Instrument) -> str:
    """The price of an hour; blank when none is recorded, for blank is not free.

    >>> of_instrument(Instrument(price_cny_per_hour=None))
    ''
    """
    price = instrument.price_cny_per_hour
    return "" if price is None else _("¥ %(price)s an hour") % {"price": thin(price)}
