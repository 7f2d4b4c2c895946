"""Every address of Liqi: those of the pages room by room (`addresses/`), the interface, and signing in.

The bar finds its rooms by these names: search, bench, answers, observatory; the commands also desk and rules.
"""

from django.urls import URLPattern, URLResolver, include, path

from liqi.web.addresses import answers, boards, care, catalogue, evidence, money, orders, people, time
from liqi.web.api import api

handler400 = "liqi.web.errors.bad_request"
handler403 = "liqi.web.errors.forbidden"
handler404 = "liqi.web.errors.not_found"
handler500 = "liqi.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    *people.ADDRESSES,
    path("api/", api.urls),  # early, as a program asks more often than a person; after the page /api/ itself
    *catalogue.ADDRESSES,
    *time.ADDRESSES,
    *care.ADDRESSES,
    *orders.ADDRESSES,
    *money.ADDRESSES,
    *answers.ADDRESSES,
    *evidence.ADDRESSES,
    *boards.ADDRESSES,
    path("accounts/", include("allauth.account.urls")),
]
