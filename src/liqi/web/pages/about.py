"""What Liqi is and where help is found; and the answer for machines that watch the server."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def about(request: HttpRequest) -> HttpResponse:
    """The page of help."""
    return render(request, "about/about.html", {"crumbs": [(_("About and help"), "")]})


def health(request: HttpRequest) -> HttpResponse:
    """200 and "ok" while the server answers."""
    return HttpResponse("ok", content_type="text/plain")
