"""Landing pages for machines: typed links in the header, and another form of the record where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from liqi.catalogue import exporter
from liqi.catalogue.federation import signposts

MARK = "_landing_record"
PLURALS = {"instrument": "instruments", "facility": "facilities", "institution": "institutions"}
FORMS = {
    "application/ld+json": "jsonld",
    "application/vnd.datacite.datacite+json": "datacite",
    "application/json": "pidinst-json",
    "application/xml": "cerif",
    "text/xml": "cerif",
    "text/csv": "csv",
}
"""Media types that a machine may ask for, and the export that it is led to (a kind may lack some)."""
LINKSETS = (signposts.JSON, signposts.TEXT)
Page = Callable[..., HttpResponseBase]


def site_of(request: HttpRequest) -> str:
    """The root of this catalogue's addresses: LIQI_SITE, else the host that was asked."""
    return str(getattr(settings, "LIQI_SITE", "")) or request.build_absolute_uri("/")


def found(request: HttpRequest, record: Any) -> None:
    """The page shows this record: its links go into the header."""
    setattr(request, MARK, record)


def page(kind: str) -> Callable[[Page], Page]:
    """A landing page of records of the kind: leads machines to the form that they accept, and signs its posts."""

    def wrapped(view: Page) -> Page:
        @wraps(view)
        def shown(request: HttpRequest, key: str, *words: Any, **more: Any) -> HttpResponseBase:
            other = _other_form(request, kind, key)
            if other is not None:
                return other
            answer = view(request, key, *words, **more)
            record = getattr(request, MARK, None)
            if record is not None and answer.status_code == 200:
                address = reverse(f"{kind}_linkset", args=[record.key])
                answer["Link"] = signposts.header(links(request, kind, record), absolute(request, address))
            patch_vary_headers(answer, ["Accept"])
            return answer

        return shown

    return wrapped


def links(request: HttpRequest, kind: str, record: Any, items: list[str] | None = None) -> list[signposts.Link]:
    """The typed links of the record's page."""
    described_by = [
        (absolute(request, reverse(f"{kind}_export", args=[record.key, name])), module.MEDIA_TYPE)
        for name, module in exporter.of_one(kind)
    ]
    return signposts.links_of(kind, record, site_of(request), described_by, items or [])


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address of a path of this site."""
    return site_of(request).rstrip("/") + path


def _other_form(request: HttpRequest, kind: str, key: str) -> HttpResponse | None:
    """Where the machine is sent that accepts something else than a page, None for everybody else."""
    accepted = request.headers.get("Accept", "")
    if request.method not in ("GET", "HEAD") or "text/html" in accepted or "*/*" in accepted.split(",")[0]:
        return None
    wanted = request.get_preferred_type(["text/html", *FORMS, *LINKSETS])
    if wanted is None or wanted == "text/html":
        return None
    if wanted in LINKSETS:
        address = reverse(f"{kind}_linkset", args=[key]) + ("?format=text" if wanted == signposts.TEXT else "")
    elif FORMS[wanted] in dict(exporter.of_one(kind)):
        address = reverse(f"{kind}_export", args=[key, FORMS[wanted]])
    else:
        address = f"/api/{PLURALS[kind]}/{quote(key)}"
    answer = HttpResponse(status=303, headers={"Location": address})
    patch_vary_headers(answer, ["Accept"])
    return answer
