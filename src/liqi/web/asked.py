"""What a request asks for: its person, a record it names, a number it gives."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from liqi.access.metering.terms import require_steward
from liqi.access.models import Booking, Order
from liqi.accounts.models import Organisation, Person
from liqi.answers.models import Run
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
    """The whole number of up to 17 digits that was typed; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def journal_thing(kind: str, key: str) -> Instrument | Booking | Order | Organisation:
    """The thing with a journal of this kind and key, or number where it has no key; 404 where there is none."""
    pk = number(key)
    rows: dict[str, tuple[Any, dict[str, Any]]] = {
        "instrument": (Instrument.objects.select_related("facility", "institution"), {"key": key}),
        "order": (Order.objects.select_related("person", "organisation", "service"), {"key": key}),
        "booking": (Booking.objects.select_related("organisation", "instrument", "person"), {"pk": pk}),
        "organisation": (Organisation.objects.all(), {"pk": pk}),
    }
    if kind not in rows:
        raise Http404(_("Found no journals of %(kind)s; expected one of %(known)s.")
                      % {"kind": kind[:40], "known": ", ".join(rows)})  # fmt: skip
    found: Instrument | Booking | Order | Organisation = get_object_or_404(rows[kind][0], **rows[kind][1])
    return found


def in_my_care(request: HttpRequest, key: str) -> Instrument:
    """The instrument of this key, for its stewards: they alone see and settle its hours; raises NotAllowed."""
    near = Instrument.objects.select_related("institution__organisation", "facility")
    instrument: Instrument = get_object_or_404(near, key=key)
    require_steward(signed_in(request), instrument)
    return instrument


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in; None for a visitor."""
    return request.user if isinstance(request.user, Person) else None


def signed_in(request: HttpRequest) -> Person:
    """Who is signed in; ask it behind ``login_required`` only."""
    assert isinstance(request.user, Person)
    return request.user


def run_seen(request: HttpRequest, key: str) -> Run:
    """The run of this key, if it is for the eyes of who asks; else 404."""
    runs = (
        Run.objects.visible_to(person_of(request))
        .select_related("order", "person", "same_as", "edited_from")
        .prefetch_related("files")
    )
    found: Run = get_object_or_404(runs, key=key)
    return found
