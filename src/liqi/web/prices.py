"""Prices in words."""

from datetime import timedelta
from decimal import Decimal

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


def of_period(instrument: Instrument, length: timedelta) -> str:
    """The price of a period with how it comes about; blank when none is recorded."""
    price = instrument.price_cny_per_hour
    if price is None:
        return ""
    hours = Decimal(length // timedelta(seconds=1)) / 3600
    facts = {
        "price": thin((price * hours).quantize(Decimal("0.01"))),
        "hours": thin(hours.quantize(Decimal("0.01"))),
        "rate": thin(price),
    }
    return _("¥ %(price)s (%(hours)s h at ¥ %(rate)s an hour)") % facts
