"""The language of the pages: chosen in the bar, kept in a cookie and with the person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as keep_in_cookie

from liqi.accounts import profile


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """The chosen language holds from the next page on, on every machine where the person signs in."""
    person: Any = request.user
    language = request.POST.get("language", "")
    if person.is_authenticated and language in dict(settings.LANGUAGES):
        profile.speak(person, language=language)
    return keep_in_cookie(request)
