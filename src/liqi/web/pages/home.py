"""The home page: what can I do here?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """One question box, what Liqi can answer, a map, four doors."""
    return render(request, "home/home.html", {})
