"""What machines of other catalogues read: the OAI-PMH provider, its schema, and the lists of ResourceSync."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from liqi.catalogue.federation import provider

XML = "text/xml; charset=utf-8"


def site_of(request: HttpRequest) -> str:
    """The root of this catalogue's addresses: LIQI_SITE, else the host that was asked."""
    return str(getattr(settings, "LIQI_SITE", "")) or request.build_absolute_uri("/")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """The answer of the OAI-PMH provider, asked by GET or by POST."""
    given = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in given.lists() for value in values]
    site = site_of(request)
    content = provider.answer(pairs, base_url=f"{site.rstrip('/')}/oai", site=site, now=timezone.now())
    return HttpResponse(content, content_type=XML)


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """A schema of ours."""
    content = provider.schema(name)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type=XML)
