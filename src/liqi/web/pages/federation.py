"""What machines of other catalogues read: the OAI-PMH provider, its schema, and the lists of ResourceSync."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from liqi.catalogue.federation import provider, resource_lists
from liqi.web import landing

XML = "text/xml; charset=utf-8"
KEPT_S = 3600
_RESOURCES = re.compile(r"resourcelist-([a-z]+)-(\d{1,9})")
_CHANGES = re.compile(r"changelist-([a-z]+)-(\d{4}-\d{2}-\d{2})-(\d{1,9})")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """The answer of the OAI-PMH provider, asked by GET or by POST."""
    given = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in given.lists() for value in values]
    site = landing.site_of(request)
    content = provider.answer(pairs, base_url=f"{site.rstrip('/')}/oai", site=site, now=timezone.now())
    return HttpResponse(content, content_type=XML)


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """A schema of ours."""
    content = provider.schema(name)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type=XML)


@require_safe
def source_description(request: HttpRequest) -> HttpResponseBase:
    """Where ResourceSync begins."""
    return _list(resource_lists.description(_root(request)))


@require_safe
def sync_list(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list of ResourceSync of that name; long ones are sent as they are read."""
    root, now = _root(request), timezone.now()
    whole = {
        "capabilitylist": lambda: resource_lists.capabilities(root),
        "resourcelist": lambda: resource_lists.resource_index(root, now=now),
        "changelist": lambda: resource_lists.change_index(root, now=now),
    }
    if name in whole:
        return _list(whole[name]())
    try:
        if found := _RESOURCES.fullmatch(name):
            return _list(resource_lists.resources(found[1], int(found[2]), root, now=now))
        if found := _CHANGES.fullmatch(name):
            day = date.fromisoformat(found[2])
            return _list(resource_lists.changes(found[1], day, int(found[3]), root))
    except (resource_lists.NoSuchList, ValueError) as problem:
        raise Http404(str(problem)) from None
    raise Http404


def _root(request: HttpRequest) -> str:
    return landing.site_of(request).rstrip("/")


def _list(content: str | Iterator[str]) -> HttpResponseBase:
    """A list that others may keep for an hour."""
    kind = HttpResponse if isinstance(content, str) else StreamingHttpResponse
    answer: HttpResponseBase = kind(content, content_type="application/xml; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={KEPT_S}"
    return answer
