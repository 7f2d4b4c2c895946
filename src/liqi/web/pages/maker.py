"""One maker of instruments: where the brand is from, who owned it when, what of it is in the catalogue."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liqi.catalogue.models import Maker
from liqi.web import scripts

PAGE = 50


def show(request: HttpRequest, key: str) -> HttpResponse:
    """The maker with its owners in the order of time, and a list of its instruments."""
    maker = get_object_or_404(Maker.objects.prefetch_related("owners"), key=key)
    language = translation.get_language() or ""
    instruments = maker.instruments.select_related("institution").order_by("name", "id")
    facts = {
        "maker": maker,
        "owner": maker.owner_on(timezone.localdate()),
        "owners": maker.owners.all(),
        "page": Paginator(instruments, PAGE).get_page(request.GET.get("page")),
        "example": maker.synthetic,
        "crumbs": [(_("Makers"), ""), (scripts.name_of(maker, language), "")],
    }
    return render(request, "maker/show.html", facts)
