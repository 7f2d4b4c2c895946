"""What a request asks for: its person, a record it names, a number it gives."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from liqi.access.metering.terms import require_steward
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument


class NoSuchPerson(ValueError):
    """No account has this address."""


def place(request: HttpRequest) -> Instrument | Facility:
    """The instrument or facility that ``place`` names as instrument:KEY or facility:KEY; 404 where there is none."""
    given = request.GET.get("place", "") or request.POST.get("place", "")
    kind, _colon, key = given.partition(":")
    if kind == "facility":
        return get_object_or_404(Facility, key=key)
    return get_object_or_404(Instrument, key=key)


def somebody(email: str) -> Person:
    """The person whose address this is; raises NoSuchPerson."""
    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        words = _("Found no account with the address %(found)s; ask them to sign up first.")
        raise NoSuchPerson(words % {"found": email or "–"})
    return found


def number(text: str) -> int:
    """The whole number that was typed; 0 for anything else."""
    return int(text) if text.isdigit() and len(text) < 9 else 0


def in_my_care(request: HttpRequest, key: str) -> Instrument:
    """The instrument of this key, for its stewards: they alone see and settle its hours; raises NotAllowed."""
    near = Instrument.objects.select_related("institution__organisation", "facility")
    instrument: Instrument = get_object_or_404(near, key=key)
    require_steward(signed_in(request), instrument)
    return instrument


def signed_in(request: HttpRequest) -> Person:
    """Who is signed in; ask it behind ``login_required`` only."""
    assert isinstance(request.user, Person)
    return request.user
